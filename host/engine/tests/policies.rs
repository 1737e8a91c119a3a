//! A new version is published: accounts in flight keep theirs or are moved on record, and each is decided by its own.

#![allow(clippy::unwrap_used)] // a test may

use std::sync::Arc;

use engine::clock::{SimulatedClock, morning};
use engine::holds::Holds;
use engine::publish::{Plan, PublishError, carry_out, plan};
use engine::repair::Act;
use engine::{Clock, Engine, Scribe};
use escalation::event::Event;
use escalation::invoice::Invoice;
use escalation::report::{Received, Report, Source};
use escalation::request::Request;
use escalation::{
    Account, AccountId, Arrival, Currency, Date, Effect, Fact, InFlight, LevelId, Money, Packs, Party, Policy,
    PolicyRef,
};
use store::sqlite::SqliteStore;
use store::{Entry, Ingest, Published};
use tempfile::TempDir;

const FIRST: &str = include_str!("../../../tests/scenarios/policies/flight-1.toml");
const SECOND: &str = include_str!("../../../tests/scenarios/policies/flight-2.toml");

/// Nothing goes out here.
struct Mute;

impl Scribe for Mute {
    fn request(&self, _: &Account, effect: &Effect, _: u32, _: Date) -> Result<Request, String> {
        Err(format!("`{}` is not for this test", effect.key))
    }
}

struct Office {
    engine: Engine,
    clock: Arc<SimulatedClock>,
    _folder: TempDir,
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn published(text: &str) -> Published {
    let (policy, at) = (Policy::parse(text, "flight.toml").unwrap().reference(), morning(day("2026-03-02")));
    Published { policy, text: text.to_owned(), at, who: "kim".to_owned(), because: "better letters".to_owned() }
}

impl Office {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("dunlin.sqlite"), "nordlicht").await.unwrap();
        let clock = Arc::new(SimulatedClock::new(morning(day("2026-03-02"))));
        let engine = Engine {
            store: Arc::new(store),
            clock: clock.clone() as Arc<dyn Clock>,
            policy: Arc::new(Policy::parse(FIRST, "flight.toml").unwrap()),
            packs: Arc::new(Packs::shipped().unwrap()),
            creditor: Party::default(),
            scribe: Arc::new(Mute),
            plugins: Vec::new(),
            owner: "host".to_owned(),
            holds: Holds::default(),
        };
        Self { engine, clock, _folder: folder }
    }

    async fn turn_on(&self, text: &str) {
        self.clock.set(morning(day(text)));
        self.engine.turn().await.unwrap();
    }

    async fn happens(&self, account: &str, key: &str, fact: Fact) {
        let at = self.engine.at();
        let source = Source {
            key: format!("{account} {key}"),
            version: None,
            digest: None,
            document: String::new(),
            place: String::new(),
            occurred_on: at.date(),
        };
        let event = Event { at, on: at.date(), origin: "books".to_owned(), fact };
        let report = Report::Other { kind: key.to_owned(), notes: Vec::new() };
        let entry = Entry { received: Received { source, report }, events: vec![(AccountId::new(account), event)] };
        self.engine.store.ingest(Ingest { entries: vec![entry], ..Ingest::empty("books", at) }).await.unwrap();
    }

    /// Owes 1200.00 EUR.
    async fn owes(&self, account: &str, due_on: &str) {
        let debtor =
            Party { id: account.into(), country: "DE".into(), email: Some("a@b.example".into()), ..Party::default() };
        self.happens(account, "debtor", Fact::DebtorSynced { debtor }).await;
        let amount = Money::new(120_000, Currency::EUR);
        let invoice = Invoice {
            number: format!("{account}-1").as_str().into(),
            issued_on: day("2026-02-01"),
            due_on: day(due_on),
            total: amount,
            payable: amount,
            terms: String::new(),
            payment_references: Vec::new(),
            discounts: Vec::new(),
            buyer_reference: None,
            order: None,
            products: Vec::new(),
        };
        self.happens(account, "invoice", Fact::InvoiceIssued { invoice }).await;
    }

    async fn account(&self, account: &str) -> Account {
        self.engine.store.account(&AccountId::new(account)).await.unwrap().unwrap().0
    }

    async fn steps(&self, account: &str) -> Vec<String> {
        let account = self.account(account).await;
        account.items.values().flat_map(|item| &item.steps).map(|step| step.level.to_string()).collect()
    }

    /// The version that made the newest decision, and the one that the account keeps.
    async fn under(&self, account: &str) -> (String, String) {
        let decision = self.engine.store.decisions(&AccountId::new(account), 1).await.unwrap().remove(0);
        let kept = self.account(account).await.in_flight().map(ToString::to_string);
        (decision.policy, kept.unwrap_or_default())
    }

    async fn plan(&self, text: &str, how: InFlight) -> Plan {
        let new = Policy::parse(text, "flight.toml").unwrap();
        let now = self.engine.now().await.unwrap();
        plan(
            self.engine.store.as_ref(),
            Some(&self.engine.catalogue()),
            &new,
            &self.engine.packs,
            how,
            &now,
            "better letters",
        )
        .await
        .unwrap()
    }

    async fn publish(&self, text: &str, how: InFlight) -> Result<Plan, PublishError> {
        let plan = self.plan(text, how).await;
        let act = Act { at: self.engine.at(), who: "kim", reason: "better letters" };
        carry_out(self.engine.store.as_ref(), published(text), &plan, act).await?;
        Ok(plan)
    }
}

fn both(version: &str) -> (String, String) {
    (version.to_owned(), version.to_owned())
}

#[tokio::test]
async fn accounts_in_flight_keep_their_version_until_they_are_moved_on_record() {
    let office = Office::open().await;
    office.engine.store.publish(published(FIRST)).await.unwrap();
    office.owes("acme", "2026-03-01").await;
    office.turn_on("2026-03-02").await;
    assert_eq!(office.under("acme").await, both("flight 1"));

    let kept = office.publish(SECOND, InFlight::Keep).await.unwrap();
    assert_eq!(kept.moves.len(), 1);
    assert_eq!((kept.moves[0].lines[0].as_str(), &kept.moves[0].fact), ("ends its ladder with `flight 1`", &None));
    office.owes("beta", "2026-03-03").await;
    office.turn_on("2026-03-09").await;
    // Only the first version has a second notice.
    assert_eq!(
        (office.steps("acme").await, office.steps("beta").await),
        (vec!["first-notice".to_owned(), "second-notice".to_owned()], vec!["first-notice".to_owned()],)
    );
    assert_eq!((office.under("acme").await, office.under("beta").await), (both("flight 1"), both("flight 2")));

    // First shown, then done. Day 10 is over on 11 March; five days after the notice of the 9th it is the 14th.
    let shown = office.plan(SECOND, InFlight::Migrate).await;
    assert_eq!((shown.moves.len(), shown.others), (1, 1));
    let line = "acme-1: `second-notice` is no level any more, so after `first-notice`, matched by its id; \
                next is `legal-warning` (warning of legal steps) on 2026-03-14";
    assert_eq!(shown.moves[0].lines, [line]);
    assert_eq!(office.under("acme").await, both("flight 1"));
    office.publish(SECOND, InFlight::Migrate).await.unwrap();
    office.engine.turn().await.unwrap();
    assert_eq!(office.under("acme").await, both("flight 2"));
    let journal = office.engine.store.journal(&AccountId::new("acme"), 0, 100).await.unwrap();
    let moved: Vec<_> = journal
        .iter()
        .filter_map(|entry| entry.effective())
        .filter(|event| matches!(&event.fact, Fact::PolicyAssigned { how: Arrival::Migrate, because, .. } if because == "better letters"))
        .map(|event| event.origin.as_str())
        .collect();
    assert_eq!(moved, ["desk:kim"]);
    // The same again finds nobody to move.
    assert!(office.publish(SECOND, InFlight::Migrate).await.unwrap().moves.is_empty());
    assert!(engine::verify::verify(office.engine.store.as_ref()).await.unwrap().differences.is_empty());
}

#[tokio::test]
async fn a_changed_text_is_another_version() {
    let office = Office::open().await;
    office.engine.store.publish(published(FIRST)).await.unwrap();
    let changed = FIRST.replace("days = 40", "days = 41");
    let error = office.publish(&changed, InFlight::Keep).await.unwrap_err();
    assert!(matches!(&error, PublishError::Differs(version) if version.to_string() == "flight 1"));
    assert!(error.to_string().contains("hint: give the changed text another `version`"));
    assert_eq!(office.engine.store.policies().await.unwrap(), [published(FIRST)]);
}

#[tokio::test]
async fn an_account_whose_version_is_not_there_is_set_aside_with_a_hint() {
    let office = Office::open().await;
    office.owes("acme", "2026-03-01").await;
    let policy = PolicyRef { name: "flight".to_owned(), version: "0".to_owned() };
    let because = "the ladder begins".to_owned();
    office.happens("acme", "a", Fact::PolicyAssigned { policy, how: Arrival::Start, because, not_before: None }).await;
    let level = LevelId::new("first-notice");
    office.happens("acme", "b", Fact::LevelReached { invoice: "acme-1".into(), level }).await;
    office.turn_on("2026-03-09").await;
    let parked = office.engine.store.parked(10).await.unwrap();
    assert_eq!(parked.len(), 1);
    let text = &parked[0].1;
    assert!(text.starts_with("the account keeps the policy `flight 0`, which is not published here"), "{text}");
}
