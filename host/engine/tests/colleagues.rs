//! What a colleague has to know goes out over a notifier; where none runs a messenger carries it.

#![allow(clippy::unwrap_used)] // a test may

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use engine::clock::{SimulatedClock, morning};
use engine::holds::Holds;
use engine::{Clock, Connector, Engine, Scribe};
use escalation::answer::{Called, Class, Finding, Outcome, Page, Performs, Stated};
use escalation::credit::CreditApplication;
use escalation::event::Event;
use escalation::report::{Received, Report, Source};
use escalation::request::{Ask, Batch, Notification, Request};
use escalation::{Account, Action, Currency, Date, Effect, EffectKey, Fact, Money, Packs, Party, Policy, Role};
use store::sqlite::SqliteStore;
use store::valve::Rate;
use store::{Entry, Ingest};
use tempfile::TempDir;

const STANDARD: &str = include_str!("../../../config/policies/standard.toml");
const DAY: Date = Date::constant(2026, 3, 2);

/// Keeps what it was asked for, as which role.
struct Carrier {
    name: &'static str,
    roles: BTreeSet<Role>,
    asked: Mutex<Vec<(Role, Ask)>>,
}

impl Carrier {
    fn new(name: &'static str, role: Role) -> Arc<Self> {
        Arc::new(Self { name, roles: BTreeSet::from([role]), asked: Mutex::default() })
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

    fn version(&self) -> &str {
        "1"
    }

    fn roles(&self) -> &BTreeSet<Role> {
        &self.roles
    }

    fn performs(&self, kind: &str) -> Option<Performs> {
        let known = ["send", "notify"].contains(&kind);
        known.then_some(Performs { class: Class::Native, batch_max: 10, key_hours: None })
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
        Called::plain(Ok(requests.iter().map(|_| done()).collect()))
    }

    async fn lookup(&self, _: Role, keys: &[EffectKey]) -> Called<Vec<Finding>> {
        Called::plain(Ok(keys.iter().map(|_| Finding::Absent).collect()))
    }
}

struct Words;

impl Scribe for Words {
    fn request(&self, account: &Account, effect: &Effect, _: u32, _: Date) -> Result<Request, String> {
        let Action::AlertColleague { to, subject, text } = &effect.action else {
            return Err(format!("`{}` is not for this test", effect.key));
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

/// A hub with these carriers, and a small application for credit, of which the sales rep is told.
async fn told(carriers: &[Arc<Carrier>]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(&folder.path().join("dunlin.sqlite"), "nordlicht").await.unwrap());
    let engine = Engine {
        store,
        clock: Arc::new(SimulatedClock::new(morning(DAY))) as Arc<dyn Clock>,
        policy: Arc::new(Policy::parse(STANDARD, "standard.toml").unwrap()),
        packs: Arc::new(Packs::shipped().unwrap()),
        creditor: Party::default(),
        scribe: Arc::new(Words),
        plugins: carriers.iter().map(|carrier| carrier.clone() as Arc<dyn Connector>).collect(),
        owner: "host".to_owned(),
        holds: Holds::default(),
    };
    let amount = Money::new(100_000, Currency::EUR);
    let application = CreditApplication { id: "APP-1".into(), amount, applied_on: DAY, text: String::new() };
    let source = Source {
        key: "APP-1".to_owned(),
        version: None,
        digest: None,
        document: String::new(),
        place: String::new(),
        occurred_on: DAY,
    };
    let at = morning(DAY);
    let event = Event { at, on: DAY, origin: "shop".to_owned(), fact: Fact::CreditApplied { application } };
    let report = Report::Other { kind: "test".to_owned(), notes: Vec::new() };
    let entry = Entry { received: Received { source, report }, events: vec![("acme".into(), event)] };
    engine.store.ingest(Ingest { entries: vec![entry], ..Ingest::empty("shop", at) }).await.unwrap();
    engine.turn().await.unwrap();
    engine.turn().await.unwrap();
    folder
}

#[tokio::test]
async fn a_notifier_is_asked_before_a_messenger() {
    let (mail, news) = (Carrier::new("mail", Role::Messenger), Carrier::new("news", Role::Notifier));
    let _folder = told(&[mail.clone(), news.clone()]).await;
    assert!(mail.asked().is_empty(), "{:?}", mail.asked());
    let asked = news.asked();
    let [(Role::Notifier, Ask::Notify(notification))] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!((notification.recipient_role.as_str(), notification.account.as_str()), ("sales-rep", "acme"));
}

#[tokio::test]
async fn without_a_notifier_a_messenger_carries_the_same_words_and_the_link() {
    let mail = Carrier::new("mail", Role::Messenger);
    let _folder = told(std::slice::from_ref(&mail)).await;
    let asked = mail.asked();
    let [(Role::Messenger, Ask::Send(message))] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!((message.channel.as_str(), message.address.as_str()), ("email", "rep@example.com"));
    assert!(message.text.ends_with("\n\nhttps://desk.example/accounts/acme"), "{}", message.text);
}
