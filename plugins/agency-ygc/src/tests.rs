//! Whole files in and out: golden files, the laws of a plugin that reads a folder, refusals with their words.

mod incoming;
mod outgoing;

use crate::memory::file_number;
use crate::{AgencyYgc, Config};
use dunlin_plugin_sdk::agency::{DirectPayment, Effect, Fact, Placement, Recall};
use dunlin_plugin_sdk::testing::Folder;
use dunlin_plugin_sdk::{Agency, Batch, Date, Extension, Money, OpenItem, Outcome, Page, Party, Request};

const INCOMING: &str = include_str!("../fixtures/incoming.ygc");
const CONFIG: &str = r#"{"agency_name": "Westwind", "sender_id": "NJ750", "firm_id": "NY12"}"#;

fn config() -> Config {
    serde_json::from_str(CONFIG).unwrap()
}

fn batch() -> Batch {
    let name = "Nordlicht Wholesale and Retail Inc".to_owned();
    let creditor = Party { id: "nordlicht".to_owned(), name, ..Party::default() };
    Batch { id: "b-0042".to_owned(), at: 0, today: Date::constant(2026, 4, 1), creditor }
}

fn dollars(minor: i64) -> Money {
    Money::new(minor, "USD")
}

fn item(invoice: &str, open: i64) -> OpenItem {
    let (issued_on, due_on) = (Date::constant(2026, 1, 5), Date::constant(2026, 2, 4));
    OpenItem { invoice: invoice.to_owned(), issued_on, due_on, original: dollars(open), open: dollars(open) }
}

fn placement(account: &str, items: Vec<OpenItem>, total: i64) -> Placement {
    let debtor = Party {
        id: account.to_owned(),
        name: "Müller & Sons LLC".to_owned(),
        kind: "business".to_owned(),
        country: "US".to_owned(),
        language: "en".to_owned(),
        address: vec!["1 Harbor Road".to_owned(), "Suite 4".to_owned(), "Linden NJ 07036".to_owned()],
        email: Some("ap@muller.example".to_owned()),
        phone: Some("908-555-0100".to_owned()),
        vat_id: None,
        notes: Vec::new(),
    };
    Placement {
        account: account.to_owned(),
        debtor,
        sequence: 1,
        items,
        total: dollars(total),
        commission: "1/4".to_owned(),
        last_payment_on: Some(Date::constant(2026, 3, 1)),
        history: vec!["2026-02-09 notice level 1 by e-mail".to_owned()],
    }
}

/// The three accounts that the fixture speaks of.
fn placements() -> Vec<Request<Effect>> {
    let placed = [
        ("place:INV-7:1", placement("D-100", vec![item("INV-7", 80_000), item("INV-8", 10_000)], 90_000)),
        ("place:INV-9:1", placement("D-101", vec![item("INV-9", 5_000), item("INV-10", 1)], 5_001)),
        ("place:INV-12:1", placement("D-102", vec![item("INV-12", 100)], 100)),
    ];
    placed
        .into_iter()
        .map(|(key, placement)| Request { key: key.to_owned(), effect: Effect::Place(placement) })
        .collect()
}

/// A folder after the placements went out.
fn placed() -> Folder {
    let folder = Folder::new("agency");
    let outcomes = AgencyYgc::perform(&config(), &batch(), &placements()).unwrap();
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Done(_))), "{outcomes:?}");
    folder
}

/// One page of a file of these lines.
fn read(lines: &str) -> Page<Fact> {
    let folder = placed();
    folder.put("incoming/a.ygc", lines);
    AgencyYgc::pull(&config(), None).unwrap()
}

/// `DUNLIN_WRITE_GOLDEN=1` writes what is found; look at the difference before it is kept.
fn is_golden(name: &str, found: &[u8]) {
    let path = format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("DUNLIN_WRITE_GOLDEN").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    assert_eq!(found, std::fs::read(&path).unwrap(), "{name}");
}
