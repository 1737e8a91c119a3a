//! What hand-made lists of five countries come to, and what is refused.

use dunlin_plugin_sdk::accounting::Fact;
use dunlin_plugin_sdk::{Event, Kind, Refusal, config};
use serde_json::{Value, json};

use super::List;
use crate::config::{Config, Layout};

macro_rules! fixture {
    ($name:literal) => {
        ($name, include_bytes!(concat!("../../fixtures/", $name)).as_slice())
    };
}

const GERMAN: (&str, &[u8]) = fixture!("de-opos-20260301.csv");
const AMERICAN: (&str, &[u8]) = fixture!("us-aging-2026-03-01.csv");
const GREEK: (&str, &[u8]) = fixture!("gr-ypoloipa-20260301.csv");
const SWEDISH: (&str, &[u8]) = fixture!("se-reskontra.txt");
const DANISH: (&str, &[u8]) = fixture!("dk-saldo-20260301.csv");

fn german() -> Value {
    json!({
        "delimiter": ";", "decimal": ",", "encoding": "windows-1252", "date_format": "DD.MM.YYYY", "skip_rows": 3,
        "default_currency": "EUR", "default_country": "DE", "as_of": { "file_name": "YYYYMMDD" },
        "columns": {
            "number": "Belegfeld 1", "debtor_id": "Konto", "debtor_name": "Name", "issued_on": "Belegdatum",
            "due_on": "Fälligkeit", "total": "Betrag", "open": "Saldo", "side": "S/H", "currency": "Währung",
            "address": ["Straße", "Ort"], "email": "E-Mail",
        },
    })
}

fn american() -> Value {
    json!({
        "date_format": "M/D/YYYY", "default_currency": "USD", "default_country": "US",
        "as_of": { "file_name": "YYYY-MM-DD" },
        "columns": {
            "number": "Invoice No", "debtor_id": "Customer ID", "debtor_name": "Customer Name",
            "issued_on": "Invoice Date", "due_on": "Due Date", "total": "Amount", "open": "Balance",
            "email": "Email", "phone": "Phone",
        },
    })
}

fn greek() -> Value {
    json!({
        "delimiter": ";", "decimal": ",", "encoding": "windows-1253", "date_format": "DD/MM/YYYY",
        "default_currency": "EUR", "default_country": "GR", "as_of": { "file_name": "YYYYMMDD" },
        "columns": {
            "number": "Παραστατικό", "debtor_id": "Κωδικός", "debtor_name": "Επωνυμία", "issued_on": "Ημερομηνία",
            "due_on": "Λήξη", "open": "Υπόλοιπο",
        },
    })
}

fn swedish() -> Value {
    json!({
        "delimiter": "\t", "decimal": ",", "default_currency": "SEK", "as_of": { "column": "Per" },
        "columns": {
            "number": "Fakturanr", "debtor_id": "Kundnr", "debtor_name": "Kund", "issued_on": "Fakturadatum",
            "due_on": "Förfallodatum", "open": "Restbelopp", "payment_reference": "OCR",
        },
    })
}

fn danish() -> Value {
    json!({
        "default_country": "DK", "as_of": { "file_name": "YYYYMMDD" }, "kinds": { "F": "business", "P": "consumer" },
        "columns": {
            "number": "Faktura", "debtor_id": "Kunde", "debtor_name": "Navn", "issued_on": "Dato",
            "due_on": "Forfald", "open": "Beløb", "currency": "Valuta", "kind": "Type",
        },
    })
}

fn list(config: &Value, (name, bytes): (&str, &[u8])) -> Result<List, Refusal> {
    let config: Config = config::parse(&config.to_string()).unwrap();
    super::list(&Layout::new(&config).unwrap(), name, bytes)
}

fn written(event: &Event<Fact>) -> Value {
    let source = &event.source;
    let debtor = |party: &dunlin_plugin_sdk::Party| {
        json!({
            "id": party.id, "name": party.name, "kind": party.kind, "country": party.country,
            "language": party.language, "address": party.address, "email": party.email, "phone": party.phone,
            "vat_id": party.vat_id,
        })
    };
    let fact = match &event.fact {
        Fact::Invoice(invoice) => json!({ "invoice": {
            "number": invoice.number, "debtor": debtor(&invoice.debtor), "issued_on": invoice.issued_on.to_string(),
            "due_on": invoice.due_on.map(|day| day.to_string()), "total": invoice.total.to_string(),
            "payable": invoice.payable.to_string(), "payment_references": invoice.payment_references,
        }}),
        Fact::CreditMemo(memo) => json!({ "credit_memo": {
            "number": memo.number, "debtor": debtor(&memo.debtor), "issued_on": memo.issued_on.to_string(),
            "amount": memo.amount.to_string(), "reason": memo.reason,
        }}),
        other => panic!("{other:?}"),
    };
    json!({
        "key": source.key, "version": source.version, "digest": source.digest, "document": source.document,
        "place": source.place, "occurred_on": source.occurred_on.to_string(), "fact": fact,
    })
}

/// `DUNLIN_WRITE_GOLDEN=1` writes what is found; look at the difference before it is kept.
#[track_caller]
fn is_golden(name: &str, config: &Value, document: (&str, &[u8])) {
    let list = list(config, document).unwrap();
    let refusals: Vec<String> = list.refusals.iter().map(|told| format!("{}: {}", told.place, told.reason)).collect();
    let events: Vec<Value> = list.events().iter().map(written).collect();
    let found = json!({ "events": events, "refusals": refusals });
    let path = format!("{}/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("DUNLIN_WRITE_GOLDEN").is_some() {
        std::fs::write(&path, format!("{found:#}\n")).unwrap();
    }
    let golden: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(found, golden, "{name}");
}

#[test]
fn lists_of_five_countries_come_to_these_facts() {
    is_golden("de-opos", &german(), GERMAN);
    is_golden("us-aging", &american(), AMERICAN);
    is_golden("gr-ypoloipa", &greek(), GREEK);
    is_golden("se-reskontra", &swedish(), SWEDISH);
    is_golden("dk-saldo", &danish(), DANISH);
}

#[test]
fn a_missing_column_refuses_the_list_and_names_those_that_are_there() {
    let mut config = american();
    config["columns"]["open"] = "Open".into();
    let told = list(&config, AMERICAN).unwrap_err();
    assert!(told.reason.starts_with("no column `Open`; the header row has `Customer ID`, `Customer Name`"), "{told:?}");
    assert_eq!(told.place, "");
}

#[test]
fn a_list_without_a_day_is_refused() {
    let told = list(&american(), ("aging.csv", AMERICAN.1)).unwrap_err();
    assert!(told.reason.contains("nobody knows how new"), "{told:?}");
    let two_days = String::from_utf16_lossy(
        &SWEDISH.1[2..].as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect::<Vec<_>>(),
    );
    let two_days = two_days.replacen("2026-03-01", "2026-03-02", 1);
    let told = list(&swedish(), ("a.txt", two_days.as_bytes())).unwrap_err();
    assert_eq!(told.place, "line 3");
    assert!(told.reason.contains("speaks of 2026-03-02 and of 2026-03-01"), "{told:?}");
}

const HEADER: &str = "Customer ID,Customer Name,Invoice No,Invoice Date,Due Date,Amount,Balance,Email,Phone\n";

fn rows(config: &Value, rows: &str) -> List {
    list(config, ("2026-03-01.csv", format!("{HEADER}{rows}").as_bytes())).unwrap()
}

#[test]
fn the_order_of_versions_is_the_order_of_lists() {
    let version = |name: &str, open: &str| {
        let text = format!("{HEADER}C,N,1,1/7/2026,2/6/2026,100,{open},,\n");
        let list = list(&american(), (name, text.as_bytes())).unwrap();
        list.events()[0].source.version.clone().unwrap()
    };
    assert_eq!(version("2026-03-01.csv", "100"), version("again 2026-03-01.csv", "100.00"));
    let mut in_time = vec![version("2026-02-28.csv", "0"), version("2026-03-01.csv", "100")];
    in_time.extend([version("2026-03-01.csv", "40"), version("2026-03-01.csv", "0"), version("2026-03-02.csv", "100")]);
    let mut sorted = in_time.clone();
    sorted.sort();
    assert_eq!(in_time, sorted);
}

#[test]
fn a_number_that_stands_twice_is_refused_or_added() {
    let twice = "C,N,1,1/7/2026,2/6/2026,,100,,\nC,N,1,1/9/2026,,,(30),,\nD,N,1,1/7/2026,,,5,,\nC,N,2,1/7/2026,,,7,,\n";
    let refused = rows(&american(), twice);
    assert_eq!(refused.items.iter().map(|item| item.open.minor).collect::<Vec<_>>(), [500, 700]);
    assert_eq!(refused.refusals.len(), 1);
    assert_eq!(refused.refusals[0].place, "line 3");
    assert!(refused.refusals[0].reason.contains("`1` stands in line 2 already"), "{:?}", refused.refusals);

    let mut config = american();
    config["repeated"] = "add".into();
    let added = rows(&config, twice);
    assert_eq!(added.refusals, []);
    let first = &added.items[0];
    assert_eq!((first.open.minor, first.total.as_ref().unwrap().minor), (7000, 10_000));
    assert_eq!((first.issued_on.to_string().as_str(), first.line), ("2026-01-07", 2));
}

#[test]
fn wrong_rows_are_named_and_the_rest_goes_on() {
    let mut config = american();
    config["columns"]["side"] = "Phone".into();
    let read = rows(
        &config,
        "C,N,1,1/7/2026,,,x,,\n,N,2,1/7/2026,,,1,,\nC,N,3,7.1.2026,,,1,,\nC,N,4,1/7/2026,,,1,,?\nC,,5,1/7/2026,,,1,,\nC,N,6,1/7/2026,,,9,,H\nC,N\n",
    );
    assert_eq!(read.items.iter().map(|item| item.open.minor).collect::<Vec<_>>(), [-900]);
    let told: Vec<String> = read.refusals.iter().map(|told| format!("{}: {}", told.place, told.reason)).collect();
    assert_eq!(
        told,
        [
            "line 2: `Balance`: `x` is not an amount",
            "line 3: `Customer ID`: the cell is empty",
            "line 4: `Invoice Date`: `7.1.2026` is not a day as `M/D/YYYY`",
            "line 5: `Phone`: `?` is neither among `sides.debit` nor `sides.credit`",
            "line 6: `Customer Name`: the cell is empty",
            "line 8: `Invoice No`: the cell is empty",
        ]
    );
}

#[test]
fn names_are_cut_and_keys_are_not() {
    let long = "ä".repeat(150);
    let read = rows(&american(), &format!("C,{long},1,1/7/2026,,,1,,\n{long},N,2,1/7/2026,,,1,,\n"));
    assert_eq!(read.items[0].debtor.name, "ä".repeat(100));
    assert_eq!(read.refusals[0].reason, "`Customer ID`: longer than 80 bytes");
}

#[test]
fn a_configuration_that_cannot_work_is_found_at_start() {
    let told = |change: &dyn Fn(&mut Value)| {
        let mut config = american();
        change(&mut config);
        let config: Config = config::parse(&config.to_string()).unwrap();
        let error = Layout::new(&config).unwrap_err();
        assert_eq!(error.kind, Kind::Misconfigured);
        error.message
    };
    assert!(told(&|config| config["decimal"] = ";".into()).starts_with("`decimal` is `;`"));
    assert!(told(&|config| config["delimiter"] = "€".into()).starts_with("`delimiter` is `€`"));
    assert!(told(&|config| config["encoding"] = "ebcdic".into()).contains("`windows-1252`"));
    assert!(told(&|config| config["date_format"] = "DD.MM".into()).contains("the year is to be in it once"));
    assert!(told(&|config| config["as_of"]["file_name"] = "x".into()).starts_with("`as_of.file_name` is `x`"));
    assert!(told(&|config| config["default_currency"] = "Euro".into()).contains("ISO 4217"));
    assert!(told(&|config| config["default_currency"] = Value::Null).contains("neither `default_currency`"));
    assert!(told(&|config| config["default_country"] = "USA".into()).contains("ISO 3166-1"));
    assert!(told(&|config| config["kinds"] = json!({ "F": "firm" })).contains("`business`, `consumer`"));
    assert!(told(&|config| config["skip_rows"] = 5000.into()).contains("at most"));
}

/// The samples of the shipped configuration are the ones that the fixtures are read with.
#[test]
fn the_shipped_configuration_is_usable() {
    let text = include_str!("../../../../config/plugins/accounting-csv.toml");
    for key in ["number", "debtor_id", "debtor_name", "issued_on", "open", "due_on", "total", "currency"] {
        assert!(text.lines().any(|line| line.starts_with(&format!("{key} ="))), "{key}");
    }
}
