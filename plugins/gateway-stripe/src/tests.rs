//! Whole pulls against an account that a test plays: rounds, interruptions, waiting, and what can go wrong on the way.

use super::*;
use dunlin_plugin_sdk::Kind;
use dunlin_plugin_sdk::http::Failure;
use dunlin_plugin_sdk::testing::{Asked, Upstream};
use serde_json::json;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

pub(crate) fn config(live: bool) -> Config {
    serde_json::from_value(json!({ "live": live })).unwrap()
}

/// A page that a running localstripe gave.
pub(crate) fn recorded() -> Value {
    serde_json::from_str(include_str!("../fixtures/recorded.json")).unwrap()
}

/// A dispute that was won: withdrawn and reinstated.
pub(crate) fn dispute() -> Value {
    serde_json::from_str(include_str!("../fixtures/dispute.json")).unwrap()
}

pub(crate) fn direct_debit(status: &str) -> Value {
    let debit = serde_json::from_str(include_str!("../fixtures/direct-debit.json")).unwrap();
    with(debit, &[("/source/status", json!(status))])
}

/// The same with other values; what is not there is added to its object.
pub(crate) fn with(mut value: Value, changes: &[(&str, Value)]) -> Value {
    for (pointer, change) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        value.pointer_mut(parent).unwrap()[name] = change.clone();
    }
    value
}

/// A charge of `cents`, made at second `created`.
fn charge(number: i64, created: i64, cents: i64) -> Value {
    with(
        recorded()["data"][5].clone(),
        &[
            ("/id", json!(format!("txn_{number:04}"))),
            ("/created", json!(created)),
            ("/amount", json!(cents)),
            ("/source/id", json!(format!("ch_{number:04}"))),
            ("/source/amount", json!(cents)),
        ],
    )
}

fn debit(number: i64, created: i64, status: &str) -> Value {
    with(charge(number, created, 900), &[("/source/status", json!(status))])
}

/// An account of Stripe: its transactions, the oldest first.
#[derive(Clone, Default)]
struct Ledger(Rc<RefCell<Vec<Value>>>);

impl Ledger {
    fn of(transactions: impl IntoIterator<Item = Value>) -> (Ledger, Upstream) {
        let ledger = Ledger(Rc::new(RefCell::new(transactions.into_iter().collect())));
        let answering = ledger.clone();
        (ledger, Upstream::new("api", move |asked| Ok(answering.answer(asked))))
    }

    fn add(&self, transaction: Value) {
        self.0.borrow_mut().push(transaction);
    }

    /// What a bank says later about a charge.
    fn settle(&self, id: &str, status: &str) {
        for transaction in self.0.borrow_mut().iter_mut().filter(|transaction| transaction["id"] == id) {
            transaction["source"]["status"] = json!(status);
        }
    }

    fn answer(&self, asked: &Asked) -> Answer {
        if let Some(id) = asked.path().strip_prefix("/v1/balance_transactions/") {
            return match self.0.borrow().iter().find(|transaction| transaction["id"] == id) {
                Some(transaction) => Answer::new(200, transaction.to_string()),
                None => Answer::new(404, r#"{"error": {"type": "invalid_request_error"}}"#),
            };
        }
        let known = self.0.borrow();
        let floor: i64 = parameter(asked, "created%5Bgte%5D").map_or(0, |floor| floor.parse().unwrap());
        let limit: usize = parameter(asked, "limit").unwrap().parse().unwrap();
        let mut newest_first = known.iter().rev().filter(|one| one["created"].as_i64().unwrap() >= floor).peekable();
        if let Some(after) = parameter(asked, "starting_after") {
            newest_first.by_ref().find(|one| one["id"] == after.as_str());
        }
        let data: Vec<&Value> = newest_first.by_ref().take(limit).collect();
        let page = json!({"object": "list", "data": data, "has_more": newest_first.peek().is_some()});
        Answer::new(200, page.to_string())
    }
}

fn parameter(asked: &Asked, name: &str) -> Option<String> {
    let query = asked.target.split_once('?')?.1;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
}

/// A host that takes pages, keeps what it took, and holds the same key against what it knows.
#[derive(Default)]
struct Host {
    cursor: Option<String>,
    facts: BTreeMap<String, Event<Fact>>,
    refusals: Vec<Refusal>,
}

impl Host {
    fn pull(&mut self, config: &Config) -> Result<bool> {
        let page = Stripe::pull(config, self.cursor.as_deref())?;
        for event in page.events {
            let known = self.facts.entry(event.source.key.clone()).or_insert_with(|| event.clone());
            assert_eq!(known.source.digest, event.source.digest, "{}", event.source.key);
        }
        self.refusals.extend(page.progress.refusals);
        self.cursor = Some(page.progress.cursor);
        Ok(page.progress.more)
    }

    fn settle(&mut self, config: &Config) {
        while self.pull(config).unwrap() {}
    }

    fn keys(&self) -> Vec<&str> {
        self.facts.keys().map(String::as_str).collect()
    }

    fn cents(&self) -> i64 {
        let cents = |event: &Event<Fact>| match &event.fact {
            Fact::Received(payments) => payments[0].amount.minor,
            Fact::Reversed(payments) => -payments[0].amount.minor,
            _ => 0,
        };
        self.facts.values().map(cents).sum()
    }
}

/// Seven hundred and fifty charges, of which ten fall into each second.
fn busy() -> impl Iterator<Item = Value> {
    (0..750).map(|number| charge(number, 1_772_000_000 + number / 10, 100 + number))
}

#[test]
fn every_page_is_read_once_and_every_second_whole() {
    let (_, upstream) = Ledger::of(busy());
    let mut host = Host::default();
    assert!(host.pull(&config(false)).unwrap());
    assert_eq!((host.facts.len(), upstream.asked().len()), (300, 3));
    host.settle(&config(false));
    assert_eq!((host.facts.len(), host.cents()), (750, (0..750).map(|number| 100 + number).sum()));
    assert!(host.refusals.is_empty());
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
    // Long after both have left the overlap.
    ledger.add(charge(3, 1_773_000_000, 100));
    for _ in 0..3 {
        host.settle(&config(false));
    }
    ledger.settle("txn_0001", "succeeded");
    ledger.settle("txn_0002", "failed");
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
        assert!(looked.contains(&format!("/v1/balance_transactions/txn_{number:04}")), "{number}");
    }
    assert!(looked.len() <= 4 * (WAITING_PER_PULL + 1) + 1);
}

#[test]
fn with_too_many_on_their_way_reading_waits() {
    let many = WAITING_MAX as i64;
    let (ledger, _upstream) =
        Ledger::of((0..many).map(|number| debit(number, 1_772_000_000 + number * 700, "pending")));
    let mut host = Host::default();
    for _ in 0..20 {
        host.pull(&config(false)).unwrap();
    }
    let read = host.facts.len();
    assert!(read <= WAITING_MAX, "{read}");
    assert!(host.cursor.as_ref().unwrap().len() < 64 * 1024);
    (0..many).for_each(|number| ledger.settle(&format!("txn_{number:04}"), "succeeded"));
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
    assert_eq!(host.refusals[0].document, "txn_0001");
    upstream.asked();
    host.settle(&config(false));
    assert_eq!(upstream.asked().len(), 1);
}

#[test]
fn one_that_cannot_be_read_spoils_no_other() {
    let mut holed = charge(2, 1_772_000_000, 100);
    holed["source"].as_object_mut().unwrap().remove("currency");
    let (_, _upstream) = Ledger::of([charge(1, 1_772_000_000, 100), holed, charge(3, 1_772_000_000, 100)]);
    let mut host = Host::default();
    host.settle(&config(false));
    assert_eq!(host.keys(), ["ch_0001", "ch_0003"]);
    assert_eq!((host.refusals[0].document.as_str(), host.refusals[0].place.as_str()), ("txn_0002", "ch_0002"));
}

#[test]
fn a_refund_and_a_dispute_take_back_and_bring_back() {
    let (_, _upstream) = Ledger::of(recorded()["data"].as_array().unwrap().iter().rev().cloned());
    let mut host = Host::default();
    host.settle(&config(false));
    assert_eq!(host.cents(), 700 + 5_000 + 9_900 + 12_500 - 2_500 - 10_000);
    let (_, _upstream) = Ledger::of(dispute()["data"].as_array().unwrap().iter().rev().cloned());
    let mut host = Host::default();
    host.settle(&config(true));
    assert_eq!((host.keys(), host.cents()), (vec!["txn_3Reinstated", "txn_3Withdrawn"], 0));
}

#[test]
fn the_request_is_as_stripe_wants_it() {
    let (_, upstream) = Ledger::of([]);
    let since = Config { since: Some(Date::constant(2026, 1, 1)), invoice_numbers: false, ..config(false) };
    Stripe::pull(&since, None).unwrap();
    let asked = &upstream.asked()[0];
    assert_eq!(
        asked.target,
        "/v1/balance_transactions?expand%5B%5D=data.source&expand%5B%5D=data.source.charge&limit=100&created%5Bgte%5D=1767225600"
    );
    assert_eq!((asked.method.as_str(), asked.header("Stripe-Version")), ("GET", Some("2024-06-20")));
    assert_eq!(asked.header("Authorization"), None);
    Stripe::pull(&config(false), None).unwrap();
    assert!(upstream.asked()[0].target.contains("=data.source.charge.invoice&"));
}

#[test]
fn a_status_says_who_has_to_act() {
    let answers: [(Answer, Kind, Option<u64>); 5] = [
        (Answer::new(401, r#"{"error": {"message": "Invalid API Key provided"}}"#), Kind::Misconfigured, None),
        (Answer::new(403, r#"{"error": {"message": "rak_charge_read"}}"#), Kind::Misconfigured, None),
        (Answer::new(429, "{}").with("Retry-After", "2"), Kind::RetryLater, Some(2_000)),
        (Answer::new(500, "oops"), Kind::RetryLater, None),
        (Answer::new(200, r#"{"object": "list", "data": [{"id": "txn_1", "amo"#), Kind::Broken, None),
    ];
    for (answer, kind, wait) in answers {
        let _upstream = Upstream::new("api", move |_| Ok(answer.clone()));
        let error = Stripe::pull(&config(false), None).unwrap_err();
        assert_eq!((error.kind, error.retry_after_ms), (kind, wait), "{error}");
    }
}

#[test]
fn an_error_on_a_later_page_is_told_by_the_next_pull() {
    let (ledger, _) = Ledger::of(busy());
    let upstream = Upstream::new("api", move |asked| {
        let busy = parameter(asked, "starting_after").is_some();
        Ok(if busy { Answer::new(429, "").with("retry-after", "1") } else { ledger.answer(asked) })
    });
    let mut host = Host::default();
    assert!(host.pull(&config(false)).unwrap());
    assert_eq!((host.facts.len(), upstream.asked().len()), (100, 2));
    assert_eq!(host.pull(&config(false)).unwrap_err().retry_after_ms, Some(1_000));
}

#[test]
fn pages_that_go_nowhere_are_an_error() {
    for data in [json!([]), json!([{"created": 1}]), json!([{"id": "txn_1", "created": 1}])] {
        let page = json!({"object": "list", "data": data, "has_more": true});
        let _upstream = Upstream::new("api", move |_| Ok(Answer::new(200, page.to_string())));
        let mut host = Host::default();
        let _ = host.pull(&config(false));
        assert_eq!(host.pull(&config(false)).unwrap_err().kind, Kind::Broken);
    }
    assert!(Stripe::pull(&config(false), Some("2026-03-01")).unwrap_err().message.contains("cursor"));
}

#[test]
fn a_check_asks_for_the_mode_and_for_the_rights() {
    let upstream = Upstream::new("api", |asked| {
        Ok(match asked.path() {
            "/v1/balance" => Answer::new(200, r#"{"object": "balance", "livemode": false}"#),
            _ => Answer::new(200, r#"{"object": "list", "data": [], "has_more": false}"#),
        })
    });
    Stripe::check(&config(false)).unwrap();
    assert_eq!(upstream.asked().len(), 2);
    let error = Stripe::check(&config(true)).unwrap_err();
    assert_eq!(error.kind, Kind::Misconfigured);
    assert!(error.message.contains("test mode, and `live` asks for live mode"), "{error}");
    let _upstream = Upstream::new("api", |_| Ok(Answer::new(401, "")));
    assert_eq!(Stripe::check(&config(false)).unwrap_err().kind, Kind::Misconfigured);
}

#[test]
fn an_unknown_key_of_the_configuration_is_named() {
    for (wrong, named) in [(json!({"live": true, "lvie": 1}), "lvie"), (json!({}), "live")] {
        assert!(serde_json::from_value::<Config>(wrong).unwrap_err().to_string().contains(named));
    }
    let shipped = include_str!("../../../config/plugins/gateway-stripe.toml");
    assert!(shipped.contains("enabled = false") && shipped.contains("live = true"));
}
