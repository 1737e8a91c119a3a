//! A source that can list everything: what it lacks is noticed in two runs, and backfill keeps the hub still.

#![allow(clippy::unwrap_used)] // a test may

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use engine::clock::{SimulatedClock, morning};
use engine::holds::Holds;
use engine::{Clock, Connector, Engine, Scribe};
use escalation::answer::{CallError, Called, Class, ErrorKind, Finding, Outcome, Page, Performs};
use escalation::report::{InvoiceReport, Received, Report, Source};
use escalation::request::{Batch, Request};
use escalation::{
    Account, AccountId, Currency, Date, Effect, EffectKey, InvoiceNumber, Money, Packs, Party, Policy, Role,
};
use store::sqlite::SqliteStore;
use store::valve::Rate;
use tempfile::TempDir;

const STANDARD: &str = include_str!("../../../config/policies/standard.toml");
/// Invoices of a page of the source.
const PAGE: usize = 2;

/// An accounting package: without a cursor it lists everything, page by page.
struct Books {
    roles: BTreeSet<Role>,
    invoices: Mutex<Vec<u32>>,
    /// It breaks at this page.
    breaks_at: Mutex<Option<usize>>,
}

impl Books {
    fn set(&self, invoices: &[u32]) {
        *self.invoices.lock().unwrap() = invoices.to_vec();
    }
}

#[async_trait]
impl Connector for Books {
    fn name(&self) -> &str {
        "books"
    }

    fn version(&self) -> String {
        "1".to_owned()
    }

    fn roles(&self) -> &BTreeSet<Role> {
        &self.roles
    }

    fn performs(&self, _: &str) -> Option<Performs> {
        Some(Performs { class: Class::Native, batch_max: 10, key_hours: None })
    }

    fn rate(&self) -> Option<Rate> {
        None
    }

    fn paused(&self) -> Option<String> {
        None
    }

    fn reconcile_days(&self) -> Option<u16> {
        Some(7)
    }

    async fn pull(&self, _: Role, cursor: Option<&str>) -> Called<Page> {
        let page: usize = cursor.map_or(0, |cursor| cursor.parse().unwrap());
        if *self.breaks_at.lock().unwrap() == Some(page) {
            let kind = ErrorKind::Refused;
            let message = "books 1: not today".to_owned();
            return Called::plain(Err(CallError {
                kind,
                message,
                hint: None,
                retry_after: None,
                last_words: String::new(),
            }));
        }
        let invoices = self.invoices.lock().unwrap();
        let received = invoices.iter().skip(page * PAGE).take(PAGE).map(|n| invoice(*n)).collect::<Vec<_>>();
        let more = invoices.len() > (page + 1) * PAGE;
        let cursor = (page + usize::from(!received.is_empty())).to_string();
        Called::plain(Ok(Page { received, cursor, more, refusals: Vec::new(), totals: Vec::new() }))
    }

    async fn perform(&self, _: &Batch, _: Role, requests: &[Request]) -> Called<Vec<Outcome>> {
        Called::plain(Ok(requests
            .iter()
            .map(|_| Outcome::Done { reference: String::new(), stated: Default::default() })
            .collect()))
    }

    async fn lookup(&self, _: Role, _: &[EffectKey]) -> Called<Vec<Finding>> {
        Called::plain(Ok(Vec::new()))
    }
}

/// Each invoice is a debtor's only one, so that an account tells about one invoice.
fn invoice(n: u32) -> Received {
    let due_on = Date::constant(2026, 3, 1);
    let amount = Money::new(i64::from(n) * 10_000, Currency::EUR);
    let debtor = Party {
        id: format!("D-{n}"),
        country: "DE".to_owned(),
        email: Some("a@b.example".to_owned()),
        ..Party::default()
    };
    let report = InvoiceReport {
        debtor,
        number: InvoiceNumber::new(format!("INV-{n}")),
        issued_on: Date::constant(2026, 2, 1),
        due_on: Some(due_on),
        total: amount,
        payable: amount,
        terms: String::new(),
        discounts: Vec::new(),
        payment_references: Vec::new(),
        buyer_reference: None,
        order: None,
        products: Vec::new(),
    };
    let source = Source {
        key: format!("INV-{n}"),
        version: None,
        digest: None,
        document: format!("INV-{n}"),
        place: String::new(),
        occurred_on: due_on,
    };
    Received { source, report: Report::Invoice(report) }
}

/// Nothing is put into words here.
struct Mute;

impl Scribe for Mute {
    fn request(&self, _: &Account, effect: &Effect, _: u32, _: Date) -> Result<Request, String> {
        Err(format!("`{}` is not for this test", effect.key))
    }
}

struct Office {
    engine: Engine,
    books: Arc<Books>,
    clock: Arc<SimulatedClock>,
    day: Date,
    _folder: TempDir,
}

impl Office {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("dunlin.sqlite"), "nordlicht").await.unwrap();
        let books = Arc::new(Books {
            roles: BTreeSet::from([Role::Accounting]),
            invoices: Mutex::new(vec![1, 2, 3]),
            breaks_at: Mutex::new(None),
        });
        let day = Date::constant(2026, 3, 2);
        let clock = Arc::new(SimulatedClock::new(morning(day)));
        let engine = Engine {
            store: Arc::new(store),
            clock: clock.clone() as Arc<dyn Clock>,
            policy: Arc::new(Policy::parse(STANDARD, "standard.toml").unwrap()),
            packs: Arc::new(Packs::shipped().unwrap()),
            creditor: Party::default(),
            scribe: Arc::new(Mute),
            plugins: vec![books.clone() as Arc<dyn Connector>],
            owner: "host".to_owned(),
            holds: Holds::default(),
        };
        Self { engine, books, clock, day, _folder: folder }
    }

    /// A turn so many days later.
    async fn turn_after(&mut self, days: i32) {
        self.day = escalation::invoice::plus_days(self.day, days);
        self.clock.set(morning(self.day));
        self.engine.turn().await.unwrap();
    }

    async fn missing_since(&self, n: u32) -> Option<Date> {
        let (account, _) = self.engine.store.account(&AccountId::new(format!("D-{n}"))).await.unwrap().unwrap();
        account.items.values().next().unwrap().missing_since
    }

    async fn newest(&self) -> store::Sweep {
        self.engine.store.sweeps(1).await.unwrap().remove(0)
    }

    async fn because(&self, n: u32) -> Vec<String> {
        let newest = self.engine.store.decisions(&AccountId::new(format!("D-{n}")), 1).await.unwrap().remove(0);
        newest.because.into_iter().map(|reason| reason.code).collect()
    }
}

#[tokio::test]
async fn what_two_weekly_listings_lack_is_left_alone_until_it_is_back() {
    let mut office = Office::open().await;
    office.turn_after(0).await;
    let first = office.newest().await;
    assert_eq!((first.complete, first.listed, first.missing_once), (true, 3, 0), "{}", first.note);
    let total = &first.totals[0];
    assert_eq!((total.stated_minor, total.known_minor, total.known_items), (60_000, 60_000, 3));
    let cursor = office.engine.store.cursor("books").await.unwrap();

    office.books.set(&[1, 3, 4]);
    office.turn_after(6).await;
    assert_eq!(office.newest().await.generation, 1, "a week has not passed");
    office.turn_after(1).await;
    assert_eq!((office.newest().await.generation, office.newest().await.missing_once), (2, 1));
    assert_eq!(office.missing_since(2).await, None);
    office.turn_after(7).await;
    assert_eq!((office.newest().await.missing, office.missing_since(2).await), (1, Some(office.day)));
    assert!(office.because(2).await.contains(&"missing-at-source".to_owned()));
    // A run finds what the ordinary poll has not seen, and leaves its cursor alone.
    assert_eq!(office.missing_since(4).await, None);
    assert_eq!(office.engine.store.cursor("books").await.unwrap(), cursor);

    office.books.set(&[1, 2, 3, 4]);
    office.turn_after(7).await;
    assert_eq!((office.newest().await.found, office.missing_since(2).await), (1, None));
}

#[tokio::test]
async fn a_listing_that_breaks_off_says_nothing_and_is_tried_again() {
    let mut office = Office::open().await;
    office.turn_after(0).await;
    office.books.set(&[1, 3, 4]);
    for days in [7, 1, 1] {
        *office.books.breaks_at.lock().unwrap() = Some(1);
        office.turn_after(days).await;
        let broken = office.newest().await;
        assert_eq!((broken.complete, broken.note.contains("not today")), (false, true), "{}", broken.note);
    }
    assert_eq!(office.newest().await.generation, 4);
    *office.books.breaks_at.lock().unwrap() = None;
    // Nothing at all is a mishap too.
    office.books.set(&[]);
    office.turn_after(1).await;
    assert_eq!(office.newest().await.note, "it listed nothing at all");
    office.books.set(&[1, 3, 4]);
    office.turn_after(1).await;
    assert_eq!((office.newest().await.missing_once, office.newest().await.missing), (1, 0));
    assert_eq!(office.missing_since(2).await, None);
    // A person need not wait for a week.
    office.engine.reconcile_soon("books", "kim").await.unwrap();
    office.turn_after(0).await;
    office.turn_after(0).await;
    assert_eq!((office.newest().await.generation, office.newest().await.missing), (7, 1));
    assert!(office.missing_since(2).await.is_some());
}

#[tokio::test]
async fn in_backfill_nothing_is_planned_and_afterwards_the_ladder_begins() {
    let mut office = Office::open().await;
    office.engine.set_backfill("books", true, "kim").await.unwrap();
    office.turn_after(0).await;
    office.turn_after(30).await;
    let begun = office.engine.backfills().await.unwrap();
    assert_eq!((begun.len(), begun[0].begun_by.as_deref()), (1, Some("kim")));
    assert_eq!(office.because(1).await, ["backfill"]);
    assert!(office.engine.store.counts().await.unwrap().effects.is_empty());
    office.engine.set_backfill("books", false, "kim").await.unwrap();
    office.turn_after(1).await;
    assert!(!office.engine.store.counts().await.unwrap().effects.is_empty());
    let (account, _) = office.engine.store.account(&AccountId::new("D-1")).await.unwrap().unwrap();
    let taken: Vec<&str> = account.items.values().filter_map(|item| item.level().map(|level| level.as_str())).collect();
    assert_eq!(taken, ["first-notice"]);
}
