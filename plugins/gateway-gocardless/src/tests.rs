//! Whole pulls against an account of GoCardless that the tests play.

mod calls;
mod rounds;

use super::*;
use dunlin_plugin_sdk::testing::{Asked, Upstream};
use serde_json::json;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::LazyLock;

pub(crate) fn config() -> Config {
    serde_json::from_value(json!({})).unwrap()
}

/// A page of events about payments, and one about refunds.
static PAGES: LazyLock<[Value; 2]> = LazyLock::new(|| {
    [include_str!("../fixtures/payments.json"), include_str!("../fixtures/refunds.json")]
        .map(|text| serde_json::from_str(text).unwrap())
});

pub(crate) fn payments() -> &'static Value {
    &PAGES[0]
}

/// The same with other values.
pub(crate) fn changed(value: &Value, changes: &[(&str, Value)]) -> Value {
    let mut value = value.clone();
    for (pointer, change) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        value.pointer_mut(parent).unwrap()[name] = change.clone();
    }
    value
}

/// An account of GoCardless: events the oldest first, payments and refunds by their ids.
#[derive(Default)]
struct Account {
    events: Vec<Value>,
    payments: BTreeMap<String, Value>,
    refunds: BTreeMap<String, Value>,
}

impl Account {
    /// What the fixtures tell.
    fn fixtures() -> Account {
        let mut account = Account::default();
        for page in PAGES.iter() {
            account.events.extend(page["events"].as_array().unwrap().iter().rev().cloned());
            for (kind, known) in [("payments", &mut account.payments), ("refunds", &mut account.refunds)] {
                for one in page["linked"][kind].as_array().into_iter().flatten() {
                    known.insert(one["id"].as_str().unwrap().to_owned(), one.clone());
                }
            }
        }
        account
    }

    /// A payment of `cents` that is confirmed at this millisecond of a day.
    fn confirm(&mut self, number: usize, millisecond: usize, cents: i64) {
        let id = format!("PM1{number:05}");
        let payment = &payments()["linked"]["payments"][0];
        self.payments.insert(id.clone(), changed(payment, &[("/id", json!(id)), ("/amount", json!(cents))]));
        let at = format!(
            "2026-05-01T00:{:02}:{:02}.{:03}Z",
            millisecond / 60_000,
            millisecond / 1_000 % 60,
            millisecond % 1_000
        );
        let changes = [
            ("/id", json!(format!("EV1{number:05}"))),
            ("/created_at", json!(at)),
            ("/action", json!("confirmed")),
            ("/links", json!({"payment": id})),
        ];
        self.events.push(changed(&payments()["events"][0], &changes));
    }

    fn answer(&self, asked: &Asked) -> Answer {
        if let Some(id) = asked.path().strip_prefix("/payments/") {
            return match self.payments.get(id) {
                Some(payment) => Answer::new(200, json!({"payments": payment}).to_string()),
                None => Answer::new(404, r#"{"error": {"type": "invalid_api_usage", "code": 404}}"#),
            };
        }
        let is = |value: &Value, wanted: Option<String>| wanted.is_none_or(|wanted| *value == wanted.as_str());
        let since = parameter(asked, "created_at%5Bgte%5D").map_or(String::new(), |since| since.replace("%3A", ":"));
        let limit: usize = parameter(asked, "limit").unwrap().parse().unwrap();
        let mut newest_first = self
            .events
            .iter()
            .rev()
            .filter(|event| is(&event["resource_type"], parameter(asked, "resource_type")))
            .filter(|event| is(&event["links"]["payment"], parameter(asked, "payment")))
            .filter(|event| is(&event["links"]["refund"], parameter(asked, "refund")))
            .filter(|event| event["created_at"].as_str().unwrap() >= since.as_str())
            .peekable();
        if let Some(after) = parameter(asked, "after") {
            newest_first.by_ref().find(|event| event["id"] == after.as_str());
        }
        let events: Vec<&Value> = newest_first.by_ref().take(limit).collect();
        let after = newest_first.peek().and(events.last()).map(|last| last["id"].clone());
        let about = |kind: &str, known: &BTreeMap<String, Value>| -> Vec<Value> {
            let ids: std::collections::BTreeSet<&str> =
                events.iter().filter_map(|one| one["links"][kind].as_str()).collect();
            ids.into_iter().filter_map(|id| known.get(id).cloned()).collect()
        };
        let linked = match parameter(asked, "include").as_deref() {
            Some("payment") => json!({"payments": about("payment", &self.payments)}),
            Some("refund") => json!({"refunds": about("refund", &self.refunds)}),
            _ => json!({}),
        };
        let meta = json!({"cursors": {"before": null, "after": after}, "limit": limit});
        Answer::new(200, json!({"events": events, "linked": linked, "meta": meta}).to_string())
    }
}

fn serve(account: Account) -> (Rc<RefCell<Account>>, Upstream) {
    let account = Rc::new(RefCell::new(account));
    let answering = account.clone();
    (account, Upstream::new("api", move |asked| Ok(answering.borrow().answer(asked))))
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
        let page = GoCardless::pull(config, self.cursor.as_deref())?;
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

    /// `received PM0001/confirmed/EV0004 119.00 EUR`
    fn told(&self) -> Vec<String> {
        let line = |event: &Event<Fact>| {
            let (kind, paid) = match &event.fact {
                Fact::Received(paid) => ("received", paid),
                Fact::Pending(paid) => ("pending", paid),
                Fact::Reversed(paid) => ("reversed", paid),
                other => panic!("{other:?}"),
            };
            format!("{kind} {} {}", event.source.key, paid[0].amount)
        };
        self.facts.values().map(line).collect()
    }

    fn cents(&self) -> i64 {
        let cents = |event: &Event<Fact>| match &event.fact {
            Fact::Received(paid) => paid[0].amount.minor,
            Fact::Reversed(paid) => -paid[0].amount.minor,
            _ => 0,
        };
        self.facts.values().map(cents).sum()
    }
}

/// A hundred and thirty payments, of which ten fall into each millisecond.
fn busy() -> Account {
    let mut account = Account::default();
    (0..130).for_each(|number| account.confirm(number, number / 10, 100 + number as i64));
    account
}
