//! Rounds: every transaction once, whatever is interrupted or happens meanwhile, and payments on their way.

use super::*;
use dunlin_plugin_sdk::http::Failure;

#[test]
fn every_page_is_read_once_and_every_second_whole() {
    let (_, upstream) = Ledger::of(busy());
    let mut host = Host::default();
    assert!(host.pull(&config(false)).unwrap());
    assert_eq!((host.facts.len(), upstream.asked().len()), (300, 3));
    host.settle(&config(false));
    assert_eq!((host.facts.len(), host.cents()), (750, (0..750).map(|number| 100 + number).sum()));
    assert!(host.refusals.is_empty());
    // The next round goes down to ten minutes before the newest of this one, and no further.
    assert_eq!(Cursor::read(host.cursor.as_deref()).unwrap().floor, Some(1_772_000_074 - 600));
}

#[test]
fn a_page_has_the_oldest_first() {
    let (_, _upstream) = Ledger::of([charge(1, 1_772_000_000, 100), charge(2, 1_772_000_000, 100)]);
    let page = Stripe::pull(&config(false), None).unwrap();
    let keys: Vec<&str> = page.events.iter().map(|event| event.source.key.as_str()).collect();
    assert_eq!(keys, ["ch_0001", "ch_0002"]);
}

#[test]
fn an_interruption_after_any_request_loses_and_doubles_nothing() {
    for broken in 0..9 {
        let ledger = Ledger(Rc::new(RefCell::new(busy().collect())));
        let (answering, count) = (ledger.clone(), Rc::new(RefCell::new(0)));
        let _upstream = Upstream::new("api", move |asked| {
            *count.borrow_mut() += 1;
            match *count.borrow() - 1 == broken {
                true => Err(Failure::lost(Error::retry_later("it broke off"))),
                false => Ok(answering.answer(asked)),
            }
        });
        let mut host = Host::default();
        while host.pull(&config(false)).unwrap_or(true) {}
        assert_eq!((host.facts.len(), host.cents()), (750, (0..750).map(|number| 100 + number).sum()), "{broken}");
    }
}

#[test]
fn a_host_that_forgets_its_last_pull_reads_it_again() {
    let (ledger, _upstream) = Ledger::of(busy());
    let mut host = Host::default();
    for step in 0.. {
        let before = host.cursor.clone();
        let more = host.pull(&config(false)).unwrap();
        host.cursor = before;
        host.pull(&config(false)).unwrap();
        ledger.add(charge(1_000 + step, 1_772_000_080 + step, 1));
        if !more {
            break;
        }
    }
    host.settle(&config(false));
    assert_eq!(host.facts.len(), ledger.0.borrow().len());
}

#[test]
fn what_happens_while_pages_are_read_is_not_lost() {
    let (ledger, _upstream) = Ledger::of(busy());
    let mut host = Host::default();
    let mut number = 2_000;
    while host.pull(&config(false)).unwrap() {
        // In the newest second that was there at the start, and later.
        for created in [1_772_000_074, 1_772_000_100] {
            ledger.add(charge(number, created, 7));
            number += 1;
        }
    }
    assert_eq!(host.facts.len(), 750);
    host.settle(&config(false));
    assert_eq!(host.facts.len(), ledger.0.borrow().len());
}

#[test]
fn a_transaction_that_shows_late_is_found_by_the_overlap() {
    let (ledger, upstream) = Ledger::of([charge(1, 1_772_000_000, 100), charge(2, 1_772_001_000, 100)]);
    let mut host = Host::default();
    host.settle(&config(false));
    upstream.asked();
    ledger.0.borrow_mut().insert(1, charge(3, 1_772_000_500, 100));
    host.settle(&config(false));
    assert_eq!(host.keys(), ["ch_0001", "ch_0002", "ch_0003"]);
    let asked = &upstream.asked()[0];
    assert_eq!(parameter(asked, "created%5Bgte%5D").as_deref(), Some("1772000400"));
}

#[test]
fn a_payment_on_its_way_is_looked_at_until_it_is_there() {
    let (ledger, upstream) = Ledger::of([debit(1, 1_772_000_000, "pending"), debit(2, 1_772_000_001, "pending")]);
    let mut host = Host::default();
    host.settle(&config(false));
    assert_eq!((host.keys(), host.cents()), (vec!["ch_0001|pending", "ch_0002|pending"], 0));
    // Seen again in the overlap, and still waited for once.
    host.settle(&config(false));
    assert_eq!(Cursor::read(host.cursor.as_deref()).unwrap().waiting, [txn(1), txn(2)]);
    // Long after both have left the overlap.
    ledger.add(charge(3, 1_773_000_000, 100));
    for _ in 0..3 {
        host.settle(&config(false));
    }
    ledger.settle(&txn(1), "succeeded");
    ledger.settle(&txn(2), "failed");
    host.settle(&config(false));
    host.settle(&config(false));
    assert_eq!(host.keys(), ["ch_0001", "ch_0001|pending", "ch_0002|pending", "ch_0003"]);
    assert_eq!(host.cents(), 1_000);
    upstream.asked();
    host.settle(&config(false));
    assert_eq!(upstream.asked().len(), 1, "nothing is waited for any more");
}

#[test]
fn many_on_their_way_are_looked_at_in_turns() {
    let (ledger, upstream) = Ledger::of((0..25).map(|number| debit(number, 1_772_000_000, "pending")));
    ledger.add(charge(99, 1_773_000_000, 100));
    let mut host = Host::default();
    for _ in 0..4 {
        host.pull(&config(false)).unwrap();
    }
    let looked: Vec<String> = upstream.asked().iter().map(|asked| asked.path().to_owned()).collect();
    for number in 0..25 {
        assert!(looked.contains(&format!("/v1/balance_transactions/{}", txn(number))), "{number}");
    }
    assert!(looked.len() <= 4 * (WAITING_PER_PULL + 1) + 1);
}

#[test]
fn with_too_many_on_their_way_reading_waits() {
    let many = 2_000;
    let (ledger, _upstream) =
        Ledger::of((0..many).map(|number| debit(number, 1_772_000_000 + number * 700, "pending")));
    let mut host = Host::default();
    for _ in 0..20 {
        host.pull(&config(false)).unwrap();
    }
    let read = host.facts.len();
    assert!((1_500..2_000).contains(&read), "{read}");
    assert!(host.cursor.as_ref().unwrap().len() < 64 * 1024);
    (0..many).for_each(|number| ledger.settle(&txn(number), "succeeded"));
    for _ in 0..200 {
        host.pull(&config(false)).unwrap();
    }
    assert_eq!(host.cents(), many * 900);
}

#[test]
fn a_transaction_that_stripe_forgot_is_refused_and_not_asked_for_again() {
    let (ledger, upstream) = Ledger::of([debit(1, 1_772_000_000, "pending")]);
    let mut host = Host::default();
    host.settle(&config(false));
    ledger.0.borrow_mut().clear();
    host.settle(&config(false));
    assert_eq!(host.refusals[0].document, txn(1));
    upstream.asked();
    host.settle(&config(false));
    assert_eq!(upstream.asked().len(), 1);
}
