//! Who performs an effect: what a colleague has to know goes out over a notifier, and where none runs a messenger carries it;
//! what is for one of several agencies goes to that one.

#![allow(clippy::unwrap_used)] // a test may

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use engine::clock::{SimulatedClock, morning};
use engine::holds::Holds;
use engine::{Clock, Connector, Engine, Scribe};
use escalation::answer::{Called, Class, Finding, Outcome, Page, Performs, Stated};
use escalation::credit::CreditApplication;
use escalation::event::Event;
use escalation::invoice::Invoice;
use escalation::placement::PlacementState;
use escalation::report::{Received, Report, Source};
use escalation::request::{Ask, Batch, CreditNotice, Notification, PlacementAsk, Request};
use escalation::{Account, Action, Currency, Date, Effect, EffectKey, Fact, Money, Packs, Party, Policy, Role};
use jiff::Span;
use store::sqlite::SqliteStore;
use store::valve::Rate;
use store::{EffectStatus, Entry, Ingest};
use tempfile::TempDir;

const STANDARD: &str = include_str!("../../../config/policies/standard.toml");
const DAY: Date = Date::constant(2026, 3, 2);

/// Keeps what it was asked for, as which role.
struct Carrier {
    name: &'static str,
    roles: BTreeSet<Role>,
    asked: Mutex<Vec<(Role, Ask)>>,
    class: Class,
    /// What it answers first; then everything is done.
    outcomes: Mutex<VecDeque<Outcome>>,
    /// What it finds first; then nothing is known.
    findings: Mutex<VecDeque<Finding>>,
}

impl Carrier {
    fn new(name: &'static str, role: Role) -> Arc<Self> {
        Self::of_class(name, role, Class::Native, [], [])
    }

    fn of_class(
        name: &'static str,
        role: Role,
        class: Class,
        outcomes: impl IntoIterator<Item = Outcome>,
        findings: impl IntoIterator<Item = Finding>,
    ) -> Arc<Self> {
        let (outcomes, findings) = (outcomes.into_iter().collect(), findings.into_iter().collect());
        let (outcomes, findings) = (Mutex::new(outcomes), Mutex::new(findings));
        Arc::new(Self { name, roles: BTreeSet::from([role]), asked: Mutex::default(), class, outcomes, findings })
    }

    fn asked(&self) -> Vec<(Role, Ask)> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl Connector for Carrier {
    fn name(&self) -> &str {
        self.name
    }

    fn version(&self) -> String {
        "1".to_owned()
    }

    fn roles(&self) -> &BTreeSet<Role> {
        &self.roles
    }

    fn performs(&self, kind: &str) -> Option<Performs> {
        let known = ["send", "notify", "place", "hold-credit"].contains(&kind);
        known.then_some(Performs { class: self.class, batch_max: 10, key_hours: None })
    }

    fn rate(&self) -> Option<Rate> {
        None
    }

    fn paused(&self) -> Option<String> {
        None
    }

    async fn pull(&self, _: Role, cursor: Option<&str>) -> Called<Page> {
        let cursor = cursor.unwrap_or_default().to_owned();
        Called::plain(Ok(Page { received: Vec::new(), cursor, more: false, refusals: Vec::new(), totals: Vec::new() }))
    }

    async fn perform(&self, _: &Batch, role: Role, requests: &[Request]) -> Called<Vec<Outcome>> {
        self.asked.lock().unwrap().extend(requests.iter().map(|request| (role, request.ask.clone())));
        let done = || Outcome::Done { reference: "there".to_owned(), stated: Stated::default() };
        let mut outcomes = self.outcomes.lock().unwrap();
        Called::plain(Ok(requests.iter().map(|_| outcomes.pop_front().unwrap_or_else(done)).collect()))
    }

    async fn lookup(&self, _: Role, keys: &[EffectKey]) -> Called<Vec<Finding>> {
        let mut findings = self.findings.lock().unwrap();
        Called::plain(Ok(keys.iter().map(|_| findings.pop_front().unwrap_or(Finding::Absent)).collect()))
    }
}

struct Words;

impl Scribe for Words {
    fn request(&self, account: &Account, effect: &Effect, _: u32, _: Date) -> Result<Request, String> {
        let (to, subject, text) = match &effect.action {
            Action::AlertColleague { to, subject, text } => (to, subject, text),
            Action::PlaceWithAgency { sequence, total, commission, .. } => {
                let ask = PlacementAsk {
                    account: account.id.clone(),
                    debtor: account.debtor.clone(),
                    sequence: *sequence,
                    items: Vec::new(),
                    total: *total,
                    commission: commission.clone(),
                    last_payment_on: None,
                    history: Vec::new(),
                };
                return Ok(Request { key: effect.key.clone(), ask: Ask::Place(ask) });
            }
            Action::HoldCredit { reason } => {
                let (debtor, overdue) = (account.debtor.clone(), Money::new(100_000, Currency::EUR));
                let ask = CreditNotice { debtor, reason: reason.clone(), overdue };
                return Ok(Request { key: effect.key.clone(), ask: Ask::HoldCredit(ask) });
            }
            _ => return Err(format!("`{}` is not for this test", effect.key)),
        };
        let notification = Notification {
            account: account.id.clone(),
            recipient_role: to.clone(),
            recipient: Party::default(),
            address: "rep@example.com".to_owned(),
            language: "en".to_owned(),
            subject: subject.clone(),
            text: text.clone(),
            html: None,
            link: "https://desk.example/accounts/acme".to_owned(),
        };
        Ok(Request { key: effect.key.clone(), ask: Ask::Notify(notification) })
    }
}

/// A small application for credit, of which the sales rep is told.
fn application() -> Fact {
    let amount = Money::new(100_000, Currency::EUR);
    let application = CreditApplication { id: "APP-1".into(), amount, applied_on: DAY, text: String::new() };
    Fact::CreditApplied { application }
}

/// Old enough for the agency.
fn invoice() -> Fact {
    let amount = Money::new(100_000, Currency::EUR);
    let invoice = Invoice {
        number: "INV-1".into(),
        issued_on: DAY.saturating_sub(Span::new().days(100)),
        due_on: DAY.saturating_sub(Span::new().days(90)),
        total: amount,
        payable: amount,
        terms: String::new(),
        payment_references: Vec::new(),
        discounts: Vec::new(),
        buyer_reference: None,
        order: None,
        products: Vec::new(),
    };
    Fact::InvoiceIssued { invoice }
}

/// A hub with these carriers and this policy, which hears of one thing.
async fn hub(carriers: &[Arc<Carrier>], policy: &str, fact: Fact) -> (TempDir, Engine) {
    hub_with(Arc::new(SimulatedClock::new(morning(DAY))), carriers, policy, fact).await
}

async fn hub_with(
    clock: Arc<SimulatedClock>,
    carriers: &[Arc<Carrier>],
    policy: &str,
    fact: Fact,
) -> (TempDir, Engine) {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(&folder.path().join("dunlin.sqlite"), "nordlicht").await.unwrap());
    let engine = Engine {
        store,
        clock: clock as Arc<dyn Clock>,
        policy: Arc::new(Policy::parse(policy, "policy.toml").unwrap()),
        packs: Arc::new(Packs::shipped().unwrap()),
        creditor: Party::default(),
        scribe: Arc::new(Words),
        plugins: carriers.iter().map(|carrier| carrier.clone() as Arc<dyn Connector>).collect(),
        owner: "host".to_owned(),
        holds: Holds::default(),
    };
    let source = Source {
        key: "1".to_owned(),
        version: None,
        digest: None,
        document: String::new(),
        place: String::new(),
        occurred_on: DAY,
    };
    let at = morning(DAY);
    let event = Event { at, on: DAY, origin: "shop".to_owned(), fact };
    let report = Report::Other { kind: "test".to_owned(), notes: Vec::new() };
    let entry = Entry { received: Received { source, report }, events: vec![("acme".into(), event)] };
    engine.store.ingest(Ingest { entries: vec![entry], ..Ingest::empty("shop", at) }).await.unwrap();
    engine.turn().await.unwrap();
    engine.turn().await.unwrap();
    (folder, engine)
}

#[tokio::test]
async fn a_notifier_is_asked_before_a_messenger() {
    let (mail, news) = (Carrier::new("mail", Role::Messenger), Carrier::new("news", Role::Notifier));
    let _hub = hub(&[mail.clone(), news.clone()], STANDARD, application()).await;
    assert!(mail.asked().is_empty(), "{:?}", mail.asked());
    let asked = news.asked();
    let [(Role::Notifier, Ask::Notify(notification))] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!((notification.recipient_role.as_str(), notification.account.as_str()), ("sales-rep", "acme"));
}

#[tokio::test]
async fn without_a_notifier_a_messenger_carries_the_same_words_and_the_link() {
    let mail = Carrier::new("mail", Role::Messenger);
    let _hub = hub(std::slice::from_ref(&mail), STANDARD, application()).await;
    let asked = mail.asked();
    let [(Role::Messenger, Ask::Send(message))] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!((message.channel.as_str(), message.address.as_str()), ("email", "rep@example.com"));
    assert!(message.text.ends_with("\n\nhttps://desk.example/accounts/acme"), "{}", message.text);
}

/// Two agencies, of which the second is expected to bring more.
const AGENCIES: &str = r#"
name = "agencies"
version = "1"
[cash]
feed_age_days_max = 0
[[agency.choice]]
connection = "north"
commission = "1/3"
expected = [{ percent = 20 }]
[[agency.choice]]
connection = "south"
commission = "1/3"
expected = [{ percent = 30 }]
[[level]]
id = "agency"
title = "placement"
action = "place"
days = 45
"#;

#[tokio::test]
async fn a_placement_goes_to_the_agency_that_was_chosen() {
    let (north, south) = (Carrier::new("north", Role::Agency), Carrier::new("south", Role::Agency));
    let _hub = hub(&[north.clone(), south.clone()], AGENCIES, invoice()).await;
    assert!(north.asked().is_empty(), "{:?}", north.asked());
    let asked = south.asked();
    assert!(matches!(asked.as_slice(), [(Role::Agency, Ask::Place(_))]), "{asked:?}");
}

const HOLD: &str = r#"
name = "hold"
version = "1"
[cash]
feed_age_days_max = 0
[[level]]
id = "hold"
title = "credit hold"
action = "hold-credit"
days = 30
"#;

/// The hub's reports come over the connection `shop`.
#[tokio::test]
async fn of_several_accounting_packages_the_one_with_the_invoice_is_told() {
    let (other, shop) = (Carrier::new("books", Role::Accounting), Carrier::new("shop", Role::Accounting));
    let _hub = hub(&[other.clone(), shop.clone()], HOLD, invoice()).await;
    assert!(other.asked().is_empty(), "{:?}", other.asked());
    let asked = shop.asked();
    assert!(matches!(asked.as_slice(), [(Role::Accounting, Ask::HoldCredit(_))]), "{asked:?}");
    // Where that one does not take it, whoever does is told.
    let (other, mute) = (Carrier::new("books", Role::Accounting), Carrier::new("shop", Role::Messenger));
    let _hub = hub(&[other.clone(), Carrier::new("more", Role::Accounting), mute], HOLD, invoice()).await;
    assert_eq!(other.asked().len(), 1);
}

/// The other one must not get what was meant for it, nor may a plugin of its name that is no agency.
#[tokio::test]
async fn nobody_takes_the_place_of_an_agency_that_does_not_run() {
    let (north, post) = (Carrier::new("north", Role::Agency), Carrier::new("south", Role::Messenger));
    let (_folder, engine) = hub(&[north.clone(), post.clone()], AGENCIES, invoice()).await;
    assert!(north.asked().is_empty() && post.asked().is_empty());
    let (account, _) = engine.store.account(&"acme".into()).await.unwrap().unwrap();
    let [placement] = account.placements.as_slice() else { panic!("{:?}", account.placements) };
    assert_eq!((placement.state, placement.agency.as_deref()), (PlacementState::Rejected, Some("south")));
    assert_eq!(placement.closing_reason, "no plugin runs as `south` that performs `place`");
}

fn unknown() -> Outcome {
    Outcome::Unknown { text: "it broke off".to_owned() }
}

fn found() -> Finding {
    Finding::Done { reference: "found".to_owned(), stated: Stated::default() }
}

/// The credit hold, as it stands with the hub.
async fn stands(engine: &Engine) -> (EffectStatus, String) {
    let effects = engine.store.effects_of(&"acme".into(), 10).await.unwrap();
    assert_eq!(effects.len(), 1, "{effects:?}");
    (effects[0].status, effects[0].note.clone())
}

#[tokio::test]
async fn what_a_plugin_does_not_know_the_other_side_is_asked() {
    let books = Carrier::of_class("shop", Role::Accounting, Class::Lookup, [unknown()], [found()]);
    let (_folder, engine) = hub(std::slice::from_ref(&books), HOLD, invoice()).await;
    assert_eq!((stands(&engine).await.0, books.asked().len()), (EffectStatus::Succeeded, 1));

    // It cannot say either: a person decides, and nothing goes out again.
    let unclear = Finding::Unclear { text: "there are two of it".to_owned() };
    let books = Carrier::of_class("shop", Role::Accounting, Class::Lookup, [unknown()], [unclear]);
    let (_folder, engine) = hub(std::slice::from_ref(&books), HOLD, invoice()).await;
    assert_eq!((stands(&engine).await.0, books.asked().len()), (EffectStatus::Unknown, 1));

    // Who cannot be asked is not asked.
    let books = Carrier::of_class("shop", Role::Accounting, Class::None, [unknown()], [found()]);
    let (_folder, engine) = hub(std::slice::from_ref(&books), HOLD, invoice()).await;
    assert_eq!((stands(&engine).await.0, books.asked().len()), (EffectStatus::Unknown, 1));
}

/// The request was still on its way when the other side was asked for it.
#[tokio::test]
async fn what_was_not_known_at_first_is_asked_for_once_more_before_it_goes_out_again() {
    let findings = [Finding::Absent, found()];
    let books = Carrier::of_class("shop", Role::Accounting, Class::Lookup, [unknown()], findings);
    let clock = Arc::new(SimulatedClock::new(morning(DAY)));
    let (_folder, engine) = hub_with(clock.clone(), std::slice::from_ref(&books), HOLD, invoice()).await;
    assert_eq!((stands(&engine).await.0, books.asked().len()), (EffectStatus::Planned, 1));
    clock.set(engine.at().saturating_add(Span::new().hours(2)));
    engine.turn().await.unwrap();
    assert_eq!((stands(&engine).await.0, books.asked().len()), (EffectStatus::Succeeded, 1));
}
