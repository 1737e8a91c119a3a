//! Whole pulls against an account of Stripe that the tests play.

mod calls;
mod rounds;

use super::*;
use dunlin_plugin_sdk::testing::{Asked, Upstream};
use serde_json::json;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::LazyLock;

pub(crate) fn config(live: bool) -> Config {
    serde_json::from_value(json!({ "live": live })).unwrap()
}

/// A page that a running localstripe gave.
pub(crate) fn recorded() -> &'static Value {
    static PAGE: LazyLock<Value> =
        LazyLock::new(|| serde_json::from_str(include_str!("../fixtures/recorded.json")).unwrap());
    &PAGE
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

/// As long as Stripe's own.
fn txn(number: i64) -> String {
    format!("txn_1PgaxNB7WZ01zgkWEV3T{number:04}")
}

/// A charge of `cents`, made at second `created`.
fn charge(number: i64, created: i64, cents: i64) -> Value {
    with(
        recorded()["data"][5].clone(),
        &[
            ("/id", json!(txn(number))),
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
