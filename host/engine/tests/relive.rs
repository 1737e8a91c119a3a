//! The policy time machine over a ledger.

#![allow(clippy::unwrap_used)] // a test may

use std::sync::Arc;

use engine::clock::{SimulatedClock, morning};
use engine::holds::Holds;
use engine::relive::{Policies, relive_all};
use engine::{Clock, Engine, Scribe};
use escalation::event::Event;
use escalation::invoice::{Invoice, plus_days};
use escalation::relive::Span;
use escalation::request::Request;
use escalation::{
    Account, AccountId, Currency, Date, Effect, Fact, Money, Packs, Party, Policy, Received, Report, Source,
};
use store::sqlite::SqliteStore;
use store::{Entry, Ingest, Store};

const STANDARD: &str = include_str!("../../../config/policies/standard.toml");
const FIRST: Date = Date::constant(2026, 3, 2);

struct Mute;

impl Scribe for Mute {
    fn request(&self, _: &Account, _: &Effect, _: u32, _: Date) -> Result<Request, String> {
        Err("nothing is sent".to_owned())
    }
}

/// One customer with an invoice that is never paid.
fn entry(n: u32) -> Entry {
    let id = format!("debtor-{n}");
    let debtor = Party {
        id: id.clone(),
        name: id.clone(),
        country: "DE".to_owned(),
        email: Some("a@b.example".to_owned()),
        address: vec!["Street 1".to_owned()],
        ..Party::default()
    };
    let amount = Money::new(50_000, Currency::EUR);
    let invoice = Invoice {
        number: format!("INV-{n}").as_str().into(),
        issued_on: plus_days(FIRST, -30),
        due_on: FIRST,
        total: amount,
        payable: amount,
        terms: String::new(),
        payment_references: Vec::new(),
        discounts: Vec::new(),
        buyer_reference: None,
        order: None,
        products: Vec::new(),
    };
    let event = |fact| Event { at: morning(FIRST), on: FIRST, origin: "books".to_owned(), fact };
    let facts = [Fact::DebtorSynced { debtor: debtor.clone() }, Fact::InvoiceIssued { invoice }];
    let source = Source {
        key: format!("invoice-{n}"),
        version: None,
        digest: None,
        document: String::new(),
        place: String::new(),
        occurred_on: FIRST,
    };
    let events = facts.into_iter().map(|fact| (AccountId::new(id.as_str()), event(fact))).collect();
    Entry { received: Received { source, report: Report::Debtor { debtor } }, events }
}

#[tokio::test]
async fn a_ledger_is_lived_again_under_two_policies() {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> =
        Arc::new(SqliteStore::open(&folder.path().join("dunlin.sqlite"), "test").await.unwrap());
    let (policy, packs) = (Policy::parse(STANDARD, "standard.toml").unwrap(), Packs::shipped().unwrap());
    let clock = Arc::new(SimulatedClock::new(morning(FIRST)));
    let engine = Engine {
        store: store.clone(),
        clock: clock.clone() as Arc<dyn Clock>,
        policy: Arc::new(policy.clone()),
        packs: Arc::new(packs.clone()),
        creditor: Party::default(),
        scribe: Arc::new(Mute),
        plugins: Vec::new(),
        owner: "host".to_owned(),
        holds: Holds::default(),
    };
    let entries = (0..3).map(entry).collect();
    store.ingest(Ingest { entries, ..Ingest::empty("books", morning(FIRST)) }).await.unwrap();
    let last = plus_days(FIRST, 20);
    for day in 0..=20 {
        clock.set(morning(plus_days(FIRST, day)));
        engine.decide_due().await.unwrap();
    }
    let span = Span { from: FIRST, until: last };
    let same = Policies { current: &policy, other: &policy, packs: &packs };
    let relived = relive_all(store.as_ref(), same, span, &|_| {}).await.unwrap();
    assert_eq!((relived.accounts, relived.differing_count, relived.left_out_count), (3, 0, 0));
    assert_eq!(relived.current, relived.other);
    // Nothing was sent here, for nobody sends; lived again, what was planned goes out.
    assert_eq!(relived.as_it_was.contacts(), 0);
    // Due on 2 March: a reminder on the day, and the first notice two days later, which lie between two contacts.
    assert_eq!(relived.current.levels.get("first-notice"), Some(&3));

    let late = STANDARD.replace("days = 14\n", "days = 20\n").replace("version = \"1\"", "version = \"2\"");
    let late = Policy::parse(&late, "late.toml").unwrap();
    let other = Policies { other: &late, ..same };
    let mut relived = relive_all(store.as_ref(), other, span, &|_| {}).await.unwrap();
    relived.keep_most();
    // The firm notice would come on 22 March, a Sunday: after the last day.
    assert_eq!((relived.current.levels.get("firm-notice"), relived.other.levels.get("firm-notice")), (Some(&3), None));
    assert_eq!((relived.current.contacts(), relived.other.contacts()), (12, 9));
    assert_eq!((relived.differing_count, relived.differing.len()), (3, 3));
    store.close().await;
}
