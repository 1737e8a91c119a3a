//! Rounds: every event once, whatever is interrupted or happens meanwhile.

use super::*;
use dunlin_plugin_sdk::http::Failure;

const ALL: i64 = 130 * 100 + 129 * 130 / 2;

#[test]
fn every_page_is_read_once_and_every_instant_whole() {
    let (_, upstream) = serve(busy());
    let mut host = Host::default();
    assert!(host.pull(&config()).unwrap());
    assert_eq!((host.facts.len(), upstream.asked().len()), (40, 2));
    host.settle(&config());
    assert_eq!((host.facts.len(), host.cents()), (130, ALL));
    // The refunds had nothing and waited for the payments.
    assert_eq!(upstream.asked().len(), 3);
    let cursor = Cursor::read(host.cursor.as_deref()).unwrap();
    assert_eq!(cursor.payments.floor.map(map::written).as_deref(), Some("2026-04-30T23:50:00.012Z"));
    assert_eq!((cursor.refunds.floor, cursor.is_within_a_round()), (None, false));
}

#[test]
fn a_page_has_the_oldest_first() {
    let (_, _upstream) = serve(Account::fixtures());
    let page = GoCardless::pull(&config(), None).unwrap();
    let days: Vec<Date> = page.events.iter().take(8).map(|event| event.source.occurred_on).collect();
    assert!(days.is_sorted(), "{days:?}");
}

#[test]
fn two_reads_are_alike() {
    let (_, _upstream) = serve(Account::fixtures());
    assert_eq!(GoCardless::pull(&config(), None), GoCardless::pull(&config(), None));
}

#[test]
fn an_interruption_at_any_request_loses_and_doubles_nothing() {
    for broken in 0..14 {
        let mut account = Account::fixtures();
        account.events.extend(busy().events);
        account.payments.extend(busy().payments);
        let count = Rc::new(RefCell::new(0));
        let _upstream = Upstream::new("api", move |asked| {
            *count.borrow_mut() += 1;
            match *count.borrow() - 1 == broken {
                true => Err(Failure::lost(Error::retry_later("it broke off"))),
                false => Ok(account.answer(asked)),
            }
        });
        let mut host = Host::default();
        while host.pull(&config()).unwrap_or(true) {}
        assert_eq!((host.facts.len(), host.cents()), (140, ALL + 11_900), "{broken}");
    }
}

#[test]
fn a_host_that_forgets_its_last_pull_reads_it_again() {
    let (account, _upstream) = serve(busy());
    let mut host = Host::default();
    for step in 0.. {
        let before = host.cursor.clone();
        let more = host.pull(&config()).unwrap();
        host.cursor = before;
        host.pull(&config()).unwrap();
        account.borrow_mut().confirm(1_000 + step, 100 + step, 1);
        if !more {
            break;
        }
    }
    host.settle(&config());
    assert_eq!(host.facts.len(), account.borrow().events.len());
}

#[test]
fn what_happens_while_pages_are_read_is_not_lost() {
    let (account, _upstream) = serve(busy());
    let mut host = Host::default();
    let mut number = 2_000;
    while host.pull(&config()).unwrap() {
        // In the newest instant that was there at the start, and later.
        for millisecond in [12, 5_000] {
            account.borrow_mut().confirm(number, millisecond, 7);
            number += 1;
        }
    }
    assert_eq!(host.facts.len(), 130);
    host.settle(&config());
    assert_eq!(host.facts.len(), account.borrow().events.len());
}

#[test]
fn an_event_that_shows_late_is_found_by_the_overlap() {
    let mut account = Account::default();
    account.confirm(1, 1, 100);
    account.confirm(2, 900_000, 100);
    let (account, upstream) = serve(account);
    let mut host = Host::default();
    host.settle(&config());
    upstream.asked();
    account.borrow_mut().confirm(3, 400_000, 100);
    account.borrow_mut().events.swap(1, 2);
    host.settle(&config());
    assert_eq!(host.facts.len(), 3);
    let since = parameter(&upstream.asked()[0], "created_at%5Bgte%5D");
    assert_eq!(since.as_deref(), Some("2026-05-01T00%3A05%3A00.000Z"));
}

#[test]
fn a_place_that_is_forgotten_begins_the_round_again() {
    let account = busy();
    let forget = Rc::new(RefCell::new(false));
    let forgets = forget.clone();
    let _upstream = Upstream::new("api", move |asked| {
        let forgotten = *forgets.borrow() && parameter(asked, "after").is_some();
        Ok(if forgotten { Answer::new(400, r#"{"error": {"code": 400}}"#) } else { account.answer(asked) })
    });
    let mut host = Host::default();
    host.pull(&config()).unwrap();
    *forget.borrow_mut() = true;
    assert!(host.pull(&config()).unwrap());
    *forget.borrow_mut() = false;
    host.settle(&config());
    assert_eq!((host.facts.len(), host.cents()), (130, ALL));
}

#[test]
fn from_scratch_the_same_keys_come_again() {
    let (account, _upstream) = serve(Account::fixtures());
    let mut host = Host::default();
    host.settle(&config());
    let told = host.told();
    // The events of the oldest half have expired since, and the hub starts anew.
    account.borrow_mut().events.drain(..4);
    host.cursor = None;
    host.settle(&config());
    assert_eq!(host.told(), told);
}
