//! What the facts and files of an agency must be: golden files, refusals with their words, laws.

use crate::wire::Delimiter;
use crate::{AgencyFile, Config};
use dunlin_plugin_sdk::agency::{DirectPayment, Effect, Fact, Placement, Recall};
use dunlin_plugin_sdk::testing::{Folder, Laws};
use dunlin_plugin_sdk::{Agency, Batch, Date, Document, Event, Extension, Money, OpenItem, Outcome, Party, Request};
use serde_json::{Value, json};

mod laws;
mod refusals;

const INCOMING: &str = include_str!("../../fixtures/incoming.csv");

fn config() -> Config {
    Config { agency_name: "Westwind".to_owned(), delimiter: Delimiter::Comma }
}

fn read(text: &str) -> Result<Vec<Event<Fact>>, String> {
    let document = Document { name: "a.csv".to_owned(), bytes: text.as_bytes().to_vec() };
    let taken = config().take(&document);
    taken.map(|taken| taken.events).map_err(|refusal| format!("{}: {}", refusal.place, refusal.reason))
}

fn told(event: &Event<Fact>) -> Value {
    let fact = match &event.fact {
        Fact::Acknowledged(fact) => json!({ "acknowledged": {
            "placement": fact.placement, "account": fact.account, "status": fact.status,
            "agency_reference": fact.agency_reference, "reason": fact.reason,
        }}),
        Fact::Collected(fact) => json!({ "collected": {
            "placement": fact.placement, "account": fact.account, "transaction": fact.transaction,
            "gross": fact.gross.to_string(), "commission": fact.commission.to_string(), "net": fact.net.to_string(),
            "remittance": fact.remittance, "collected_on": fact.collected_on.to_string(),
            "remittance_reference": fact.remittance_reference,
        }}),
        Fact::Reversed(fact) => json!({ "reversed": {
            "placement": fact.placement, "account": fact.account, "transaction": fact.transaction,
            "reverses": fact.reverses, "gross": fact.gross.to_string(), "commission": fact.commission.to_string(),
            "net": fact.net.to_string(), "reversed_on": fact.reversed_on.to_string(), "reason": fact.reason,
        }}),
        Fact::Returned(fact) => json!({ "returned": {
            "placement": fact.placement, "account": fact.account, "reason": fact.reason,
            "closed_on": fact.closed_on.to_string(),
        }}),
        Fact::Disputed(fact) => json!({ "disputed": {
            "placement": fact.placement, "account": fact.account, "invoice": fact.invoice,
            "amount": fact.amount.to_string(), "reason": fact.reason, "text": fact.text,
        }}),
        Fact::Other(other) => json!({ "other": other.kind }),
    };
    let source = &event.source;
    let occurred_on = source.occurred_on.to_string();
    json!({ "key": source.key, "digest": source.digest, "place": source.place, "on": occurred_on, "fact": fact })
}

/// `DUNLIN_WRITE_GOLDEN=1` writes what is found; look at the difference before it is kept.
fn is_golden(name: &str, found: &str) {
    let path = format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("DUNLIN_WRITE_GOLDEN").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    assert_eq!(found, std::fs::read_to_string(&path).unwrap(), "{name}");
}

#[test]
fn facts_are_golden() {
    let document = Document { name: "incoming.csv".to_owned(), bytes: INCOMING.as_bytes().to_vec() };
    let taken = config().take(&document).unwrap();
    let totals = taken.totals.iter().map(|total| json!([total.name, total.stated.to_string()])).collect::<Vec<_>>();
    let found = json!({ "events": taken.events.iter().map(told).collect::<Vec<_>>(), "totals": totals });
    is_golden("incoming.json", &format!("{found:#}\n"));
}

fn euro(minor: i64) -> Money {
    Money::new(minor, "EUR")
}

fn item(invoice: &str, original: i64, open: i64) -> OpenItem {
    let (issued_on, due_on) = (Date::constant(2026, 1, 5), Date::constant(2026, 2, 4));
    OpenItem { invoice: invoice.to_owned(), issued_on, due_on, original: euro(original), open: euro(open) }
}

fn placement(account: &str, items: Vec<OpenItem>, total: i64) -> Placement {
    let debtor = Party {
        id: account.to_owned(),
        name: "Anna \"Berg\" & Söhne".to_owned(),
        kind: "business".to_owned(),
        country: "DE".to_owned(),
        language: "de".to_owned(),
        address: vec!["Hafenstr. 1, Hof".to_owned(), "20457 Hamburg".to_owned()],
        email: Some("anna@berg.example".to_owned()),
        phone: None,
        vat_id: Some("DE123456789".to_owned()),
        notes: Vec::new(),
    };
    Placement {
        account: account.to_owned(),
        debtor,
        sequence: 1,
        items,
        total: euro(total),
        commission: "1/3".to_owned(),
        last_payment_on: Some(Date::constant(2026, 3, 1)),
        history: vec!["2026-02-09 notice level 1 by e-mail".to_owned(), "2026-02-16 called, no answer".to_owned()],
    }
}

fn batch() -> Batch {
    let creditor = Party { id: "nordlicht".to_owned(), name: "Nordlicht Handel GmbH".to_owned(), ..Party::default() };
    Batch { id: "b-0042".to_owned(), at: 0, today: Date::constant(2026, 4, 1), creditor }
}

fn requests() -> Vec<Request<Effect>> {
    let direct = |payment: &str, amount: Money| {
        Effect::ReportDirectPayment(DirectPayment {
            placement: "place:agency:D-100:1".to_owned(),
            account: "D-100".to_owned(),
            payment: payment.to_owned(),
            amount,
            received_on: Date::constant(2026, 3, 30),
        })
    };
    let recall = Recall { placement: "p-9".to_owned(), account: "D-9".to_owned(), reason: "paid".to_owned() };
    let effects = [
        Effect::Place(placement("D-100", vec![item("INV-7", 50_000, 30_000), item("INV-8", 1, 1)], 30_001)),
        Effect::Recall(recall),
        direct("PAY-1", euro(1_250)),
        Effect::Place(placement("D-101", vec![item("INV-9", 10_000, 10_000)], 10_000)),
        direct("PAY-2", Money::new(500, "JPY")),
        Effect::Place(placement("D-102", vec![item("INV-10", 10_000, 9_999)], 10_000)),
        Effect::Other(Extension { kind: "sue".to_owned(), notes: Vec::new() }),
    ];
    effects.into_iter().enumerate().map(|(n, effect)| Request { key: format!("key:{n}"), effect }).collect()
}

#[test]
fn a_batch_becomes_files_with_control_totals() {
    let folder = Folder::new("agency");
    let outcomes = AgencyFile::perform(&config(), &batch(), &requests()).unwrap();
    let placed = Outcome::done("placements-b-0042.csv for Westwind");
    let paid = Outcome::done("direct-payments-b-0042.csv for Westwind");
    let doubt = "the items come to 99.99 EUR and the placement states 100.00 EUR";
    let expected = [
        placed.clone(),
        Outcome::done("recalls-b-0042.csv for Westwind"),
        paid.clone(),
        placed,
        paid,
        Outcome::rejected("control-total", doubt),
        Outcome::not_supported("an agency file has no record for `sue`"),
    ];
    assert_eq!(outcomes, expected);
    let names = ["direct-payments", "placements", "recalls"];
    assert_eq!(folder.paths(), names.map(|name| format!("outgoing/{name}-b-0042.csv")));
    for name in names {
        is_golden(&format!("{name}.csv"), &folder.text(&format!("outgoing/{name}-b-0042.csv")));
    }
}

#[test]
fn the_same_batch_writes_the_same_files() {
    let folder = Folder::new("agency");
    let first = AgencyFile::perform(&config(), &batch(), &requests()).unwrap();
    let before: Vec<_> = folder.paths().iter().map(|path| (path.clone(), folder.get(path))).collect();
    assert_eq!(AgencyFile::perform(&config(), &batch(), &requests()).unwrap(), first);
    let after: Vec<_> = folder.paths().iter().map(|path| (path.clone(), folder.get(path))).collect();
    assert_eq!(after, before);
}

#[test]
fn nothing_to_tell_writes_nothing() {
    let folder = Folder::new("agency");
    let other = Effect::Other(Extension { kind: "sue".to_owned(), notes: Vec::new() });
    let requests = [Request { key: "k".to_owned(), effect: other }];
    AgencyFile::perform(&config(), &batch(), &requests).unwrap();
    assert_eq!(folder.paths(), Vec::<String>::new());
}

#[test]
fn a_semicolon_may_stand_between_cells() {
    let config = Config { delimiter: Delimiter::Semicolon, ..config() };
    let folder = Folder::new("agency");
    folder.put("incoming/a.csv", "H;1;F-1;2026-05-04;westwind\r\nX;p;D-1;\"paid; all\";2026-05-03\r\nT;1\r\n");
    let page = AgencyFile::pull(&config, None).unwrap();
    let Fact::Returned(closure) = &page.events[0].fact else { panic!("a closure") };
    assert_eq!(closure.reason, "paid; all");
    AgencyFile::perform(&config, &batch(), &requests()).unwrap();
    assert!(folder.text("outgoing/recalls-b-0042.csv").ends_with("R;p-9;D-9;paid\nT;1\n"));
}

#[test]
fn a_name_is_needed() {
    Folder::new("agency");
    assert!(AgencyFile::check(&config()).is_ok());
    let error = AgencyFile::check(&Config { agency_name: " ".to_owned(), ..config() }).unwrap_err();
    assert_eq!(error.to_string(), "`agency_name` is empty\n\nhint: name the agency that gets the files");
}

#[test]
fn the_laws_of_file_plugins_hold() {
    let second = "H,1,F-2,2026-05-05,westwind\nK,p,D-1,accepted,WW-1,\nT,1\n";
    let files: [(&str, &[u8]); 2] = [("a.csv", INCOMING.as_bytes()), ("b.csv", second.as_bytes())];
    let config = r#"{"agency_name": "Westwind"}"#;
    Laws { config, connection: "agency", folder: "incoming", files: &files }.hold(<AgencyFile as Agency>::pull);
}
