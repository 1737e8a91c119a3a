//! What the facts of bank files must be: golden files, refusals with their words, laws.

use super::facts;
use crate::wire::{self, Charset};
use crate::{Bankfile, Config};
use dunlin_plugin_sdk::gateway::{Fact, Payment};
use dunlin_plugin_sdk::testing::{Folder, Laws};
use dunlin_plugin_sdk::{Event, Gateway};
use serde_json::{Value, json};

mod laws;
mod refusals;

const STATEMENT: &str = include_str!("../../fixtures/statement-v2.xml");
const NEWER: &str = include_str!("../../fixtures/statement-v8.xml");
const NOTICE: &str = include_str!("../../fixtures/notice-v8.xml");
const MT940: &str = include_str!("../../fixtures/statement.sta");

fn read(text: &str) -> Result<Vec<Event<Fact>>, String> {
    let statements = wire::read(text.as_bytes(), Charset::Utf8).map_err(|fault| fault.to_string())?;
    facts("a file", &statements).map(|(events, _)| events).map_err(|fault| fault.to_string())
}

fn payment(payment: &Payment) -> Value {
    json!({
        "amount": payment.amount.to_string(),
        "account": payment.account,
        "booked_on": payment.booked_on.to_string(),
        "value_on": payment.value_on.to_string(),
        "payer_name": payment.payer_name,
        "payer_account": payment.payer_account,
        "references": payment.references,
        "end_to_end_id": payment.end_to_end_id,
        "bank_reference": payment.bank_reference,
        "text": payment.text,
        "reason": payment.reason,
        "notes": payment.notes.iter().map(|note| json!([note.name, note.value])).collect::<Vec<_>>(),
    })
}

fn told(event: &Event<Fact>) -> Value {
    let payments = |payments: &[Payment]| payments.iter().map(payment).collect::<Vec<_>>();
    let fact = match &event.fact {
        Fact::Received(batch) => json!({ "received": payments(batch) }),
        Fact::Pending(batch) => json!({ "pending": payments(batch) }),
        Fact::Reversed(batch) => json!({ "reversed": payments(batch) }),
        Fact::Statement(statement) => json!({ "statement": {
            "account": statement.account,
            "id": statement.id,
            "from": statement.from.to_string(),
            "until": statement.until.to_string(),
            "opening": statement.opening.to_string(),
            "closing": statement.closing.to_string(),
            "credits": statement.credits.to_string(),
            "debits": statement.debits.to_string(),
            "entries": statement.entries,
        }}),
        Fact::Other(other) => json!({ "other": other.kind }),
    };
    let source = &event.source;
    let occurred_on = source.occurred_on.to_string();
    json!({ "key": source.key, "digest": source.digest, "place": source.place, "on": occurred_on, "fact": fact })
}

/// `DUNLIN_WRITE_GOLDEN=1` writes what is found; look at the difference before it is kept.
fn is_golden(name: &str, text: &str) {
    let statements = wire::read(text.as_bytes(), Charset::Utf8).unwrap();
    let (events, totals) = facts(name, &statements).unwrap();
    let total = |total: &dunlin_plugin_sdk::ControlTotal| {
        json!([total.name, total.stated.to_string(), total.counted.to_string()])
    };
    let found = json!({
        "events": events.iter().map(told).collect::<Vec<_>>(),
        "totals": totals.iter().map(total).collect::<Vec<_>>(),
    });
    let path = format!("{}/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("DUNLIN_WRITE_GOLDEN").is_some() {
        std::fs::write(&path, format!("{found:#}\n")).unwrap();
    }
    let golden: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(found, golden, "{name}");
}

#[test]
fn facts_are_golden() {
    is_golden("statement-v2", STATEMENT);
    is_golden("statement-v8", NEWER);
    is_golden("notice-v8", NOTICE);
    is_golden("statement-mt940", MT940);
}

#[test]
fn every_version_from_2_to_13_is_read() {
    let second: Vec<_> = read(STATEMENT).unwrap().iter().map(told).collect();
    for version in 2..=13 {
        let text = STATEMENT.replace("camt.053.001.02", &format!("camt.053.001.{version:02}"));
        assert_eq!(read(&text).unwrap().iter().map(told).collect::<Vec<_>>(), second, "{version}");
    }
}

#[test]
fn an_entry_of_a_notice_and_of_a_statement_is_one() {
    let identity = |event: &Event<Fact>| (event.source.key.clone(), event.source.digest.clone());
    let statement: Vec<_> = read(STATEMENT).unwrap().iter().map(identity).collect();
    let notice: Vec<_> = read(NOTICE).unwrap().iter().map(identity).collect();
    assert_eq!(notice.len(), 2);
    for entry in notice {
        assert!(statement.contains(&entry), "{entry:?}");
    }
}

#[test]
fn entries_that_are_alike_have_keys_of_their_own() {
    for text in [NEWER, MT940] {
        let events = read(text).unwrap();
        let keys: std::collections::BTreeSet<_> = events.iter().map(|event| &event.source.key).collect();
        assert_eq!(keys.len(), events.len());
        assert!(keys.iter().any(|key| key.ends_with("|2")), "{keys:?}");
    }
}

#[test]
fn a_long_reference_makes_no_long_key() {
    let long = "R".repeat(150);
    let events = read(&STATEMENT.replace("BANK-1001", &long).replace("Anna Berg", "Anna\n   Berg")).unwrap();
    let other = read(&STATEMENT.replace("BANK-1001", &format!("{long}2"))).unwrap();
    assert_ne!(events[0].source.key, other[0].source.key);
    assert!(events[0].source.key.len() < 200, "{}", events[0].source.key);
    let Fact::Received(payments) = &events[0].fact else { panic!("a payment") };
    assert_eq!(payments[0].payer_name.as_deref(), Some("Anna Berg & Söhne"));
    assert_eq!(payments[0].bank_reference.as_deref(), Some(long.as_str()));
}

#[test]
fn only_the_listed_accounts_are_taken() {
    let folder = Folder::new("statements");
    folder.put("a.xml", STATEMENT);
    folder.put("b.xml", NEWER);
    let accounts = Some(vec!["de02 1203 0000 0000 2020 51".to_owned()]);
    let page = Bankfile::pull(&Config { accounts, ..Config::default() }, None).unwrap();
    assert_eq!(page.progress.refusals.len(), 1);
    let refusal = &page.progress.refusals[0];
    let reason = "the account `DK5000400440116243` is not one of `accounts`: `de02 1203 0000 0000 2020 51`";
    assert_eq!((refusal.document.as_str(), refusal.reason.as_str()), ("b.xml", reason));
    assert_eq!(page.events.len(), read(STATEMENT).unwrap().len());

    let error = Bankfile::check(&Config { accounts: Some(Vec::new()), ..Config::default() }).unwrap_err();
    assert_eq!(error.message, "`accounts` is empty, so that no statement can be taken");
}

#[test]
fn the_content_tells_the_format_not_the_name() {
    let folder = Folder::new("statements");
    folder.put("a.txt", STATEMENT);
    folder.put("b.xml", MT940.replace("Soehne", "S\u{f6}hne"));
    let page = Bankfile::pull(&Config::default(), None).unwrap();
    assert_eq!(page.progress.refusals, []);
    assert!(page.events.iter().any(|event| event.source.document == "b.xml"));
    assert_eq!(page.progress.totals.len(), 5);
}

#[test]
fn mt940_is_read_in_the_encoding_that_is_configured() {
    let marked = MT940.replace("Soehne", "S#hne");
    let latin: Vec<u8> = marked.bytes().map(|byte| if byte == b'#' { 0xf6 } else { byte }).collect();
    assert_eq!(wire::read(&latin, Charset::Utf8).unwrap_err().to_string(), "line 9: not UTF-8");
    let statements = wire::read(&latin, Charset::Windows1252).unwrap();
    let name = &statements[0].entries[0].transactions[0].details.payer_name;
    assert_eq!(name.as_deref(), Some("Anna Berg und Söhne"));
}

#[test]
fn the_laws_of_file_plugins_hold() {
    let files: [(&str, &[u8]); 3] =
        [("a.xml", STATEMENT.as_bytes()), ("b.xml", NEWER.as_bytes()), ("c.sta", MT940.as_bytes())];
    Laws { config: "{}", connection: "statements", folder: "", files: &files }.hold(<Bankfile as Gateway>::pull);
}
