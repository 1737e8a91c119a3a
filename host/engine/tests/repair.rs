//! A parked account is taken up again, passes over what it stumbled on, or reads something else in its place.

#![allow(clippy::unwrap_used)] // a test may

use std::time::Duration;

use engine::repair::{Act, Repair, RepairError, fact, parked, repair};
use escalation::event::Event;
use escalation::report::{Received, Report, Source};
use escalation::{AccountId, Date, DateTime, Fact};
use store::sqlite::SqliteStore;
use store::{Entry, Ingest, Store};
use tempfile::TempDir;

const DAY: Date = Date::constant(2026, 3, 2);

fn at() -> DateTime {
    DAY.at(9, 0, 0, 0)
}

fn act<'a>(who: &'a str, reason: &'a str) -> Act<'a> {
    Act { at: at(), who, reason }
}

fn blocked(reason: &str) -> Fact {
    Fact::DunningBlocked { reason: reason.to_owned(), until: None }
}

/// An account with three unread events, parked.
async fn stuck() -> (SqliteStore, AccountId, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("dunlin.sqlite"), "nordlicht").await.unwrap();
    let account = AccountId::new("acme");
    let entries = ["first", "poison", "third"].map(|text| {
        let source = Source {
            key: text.to_owned(),
            version: None,
            digest: None,
            document: String::new(),
            place: String::new(),
            occurred_on: DAY,
        };
        let event = Event { at: at(), on: DAY, origin: "books".to_owned(), fact: blocked(text) };
        let report = Report::Other { kind: text.to_owned(), notes: Vec::new() };
        Entry { received: Received { source, report }, events: vec![(account.clone(), event)] }
    });
    store.ingest(Ingest { entries: entries.to_vec(), ..Ingest::empty("books", at()) }).await.unwrap();
    park(&store, &account).await;
    (store, account, folder)
}

async fn park(store: &SqliteStore, account: &AccountId) {
    let claimed = store.claim("host", at(), Duration::from_secs(60), 1).await.unwrap().remove(0);
    store.park(account, claimed.fence, "deciding it failed").await.unwrap();
}

/// The reasons of the blocks that the account reads when it is taken up again, and who retried.
async fn reads(store: &SqliteStore) -> Vec<String> {
    let claimed = store.claim("host", at(), Duration::from_secs(60), 1).await.unwrap().remove(0);
    let told = claimed.unread.into_iter().map(|stored| match stored.event.fact {
        Fact::DunningBlocked { reason, .. } => reason,
        Fact::LaneRetried { reason } => format!("{}: {reason}", stored.event.origin),
        other => format!("{other:?}"),
    });
    told.collect()
}

#[tokio::test]
async fn a_retry_is_on_record() {
    let (store, account, _folder) = stuck().await;
    let lanes = parked(&store, 10).await.unwrap();
    assert_eq!((lanes.len(), lanes[0].reason.as_str(), lanes[0].unread.len()), (1, "deciding it failed", 3));
    let nameless = repair(&store, &account, act(" ", "why not"), Repair::Retry).await;
    assert!(matches!(nameless, Err(RepairError::Nameless)), "{nameless:?}");
    repair(&store, &account, act("kim", "the policy is mended"), Repair::Retry).await.unwrap();
    assert_eq!(reads(&store).await, ["first", "poison", "third", "desk:kim: the policy is mended"]);
    let again = repair(&store, &account, act("kim", "twice"), Repair::Retry).await;
    assert!(matches!(again, Err(RepairError::NotParked(_))), "{again:?}");
}

#[tokio::test]
async fn what_it_stumbles_on_is_passed_over_or_replaced() {
    let (store, account, _folder) = stuck().await;
    let wrong = repair(&store, &account, act("kim", "sent twice"), Repair::Skip { seq: 9 }).await;
    assert!(matches!(wrong, Err(RepairError::NoEvent { seq: 9, .. })), "{wrong:?}");
    repair(&store, &account, act("kim", "sent twice"), Repair::Skip { seq: 2 }).await.unwrap();
    assert_eq!(reads(&store).await, ["first", "third"]);
    let skipped = store.journal(&account, 1, 1).await.unwrap().remove(0).skipped;
    assert!(skipped.is_some_and(|skipped| skipped.contains("kim") && skipped.contains("sent twice")));

    let (store, account, _folder) = stuck().await;
    let fact = Box::new(blocked("instead"));
    repair(&store, &account, act("kim", "a wrong amount"), Repair::Edit { seq: 2, fact }).await.unwrap();
    assert_eq!(reads(&store).await, ["first", "third", "instead"]);
}

#[test]
fn only_a_whole_reported_fact_is_put_in() {
    let good = r#"{"type": "invoice-restated", "number": "INV-7", "open": {"minor": 1, "currency": "EUR"}}"#;
    assert!(matches!(fact(good), Ok(Fact::InvoiceRestated { .. })));
    for (text, told) in [
        ("{", "not a fact"),
        (r#"{"type": "invoice-vanished"}"#, "not a fact"),
        (r#"{"type": "lane-retried", "reason": "", "extra": 1}"#, "`extra`"),
        (&good.replace("\"minor\": 1", "\"minor\": 1, \"mayor\": 2"), "`mayor`"),
        (r#"{"type": "effect-done", "key": "k", "reference": ""}"#, "`effect-done`"),
    ] {
        let error = fact(text).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
}
