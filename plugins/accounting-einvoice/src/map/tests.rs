//! What hand-made documents of five countries come to, and what is refused.

use dunlin_plugin_sdk::accounting::Fact;
use dunlin_plugin_sdk::{Event, Money, Party};
use serde_json::{Value, json};

use super::event;
use crate::wire::{self, Flaw};

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../fixtures/", $name))
    };
}

const DISCOUNTS: &str = fixture!("de-ubl-discounts.xml");
const PREPAID: &str = fixture!("dk-ubl-prepaid.xml");
const CREDIT_NOTE: &str = fixture!("se-ubl-credit-note.xml");
const CII: &str = fixture!("us-cii-instalments.xml");
const NEGATIVE: &str = fixture!("de-ubl-negative.xml");

fn read(xml: &str) -> Result<Event<Fact>, Flaw> {
    wire::read(xml.as_bytes()).and_then(|document| event(&document, "a.xml"))
}

fn money(money: &Money) -> Value {
    json!(money.to_string())
}

fn party(party: &Party) -> Value {
    let notes: Vec<_> = party.notes.iter().map(|note| format!("{}: {}", note.name, note.value)).collect();
    json!({
        "id": party.id, "name": party.name, "kind": party.kind, "country": party.country,
        "language": party.language, "address": party.address, "email": party.email, "phone": party.phone,
        "vat_id": party.vat_id, "notes": notes,
    })
}

fn written(event: &Event<Fact>) -> Value {
    let notes = |notes: &[dunlin_plugin_sdk::Note]| -> Vec<String> {
        notes.iter().map(|note| format!("{}: {}", note.name, note.value)).collect()
    };
    let fact = match &event.fact {
        Fact::Invoice(invoice) => json!({ "invoice": {
            "number": invoice.number, "debtor": party(&invoice.debtor), "issued_on": invoice.issued_on.to_string(),
            "due_on": invoice.due_on.map(|day| day.to_string()), "total": money(&invoice.total),
            "payable": money(&invoice.payable), "terms": invoice.terms,
            "discounts": invoice.discounts.iter().map(|d| format!("{} % until {}", d.percent, d.until)).collect::<Vec<_>>(),
            "payment_references": invoice.payment_references, "buyer_reference": invoice.buyer_reference,
            "order": invoice.order, "notes": notes(&invoice.notes),
        }}),
        Fact::CreditMemo(memo) => json!({ "credit_memo": {
            "number": memo.number, "debtor": party(&memo.debtor), "issued_on": memo.issued_on.to_string(),
            "amount": money(&memo.amount), "invoices": memo.invoices, "reason": memo.reason,
            "notes": notes(&memo.notes),
        }}),
        other => panic!("{other:?}"),
    };
    let source = &event.source;
    json!({
        "key": source.key, "version": source.version, "digest": source.digest, "document": source.document,
        "place": source.place, "occurred_on": source.occurred_on.to_string(), "fact": fact,
    })
}

/// `DUNLIN_WRITE_GOLDEN=1` writes what is found; look at the difference before it is kept.
#[track_caller]
fn is_golden(name: &str, xml: &str) {
    let found = written(&read(xml).unwrap());
    let path = format!("{}/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("DUNLIN_WRITE_GOLDEN").is_some() {
        std::fs::write(&path, format!("{found:#}\n")).unwrap();
    }
    let golden: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(found, golden, "{name}");
}

#[test]
fn documents_of_five_countries_come_to_these_facts() {
    is_golden("de-ubl-discounts", DISCOUNTS);
    is_golden("gr-ubl-negative-line", fixture!("gr-ubl-negative-line.xml"));
    is_golden("dk-ubl-prepaid", PREPAID);
    is_golden("se-ubl-credit-note", CREDIT_NOTE);
    is_golden("us-cii-instalments", CII);
    is_golden("de-cii-credit-note", fixture!("de-cii-credit-note.xml"));
    is_golden("de-ubl-negative", NEGATIVE);
}

#[test]
fn white_space_and_prefixes_change_no_fact() {
    let plain = read(DISCOUNTS).unwrap();
    let other = DISCOUNTS.replace("cbc:", "x:").replace(":cbc=", ":x=").replace('\n', "\r\n\t ");
    assert_ne!(other, DISCOUNTS);
    assert_eq!(read(&other).unwrap(), plain);
    let changed = read(&DISCOUNTS.replace("1071.00</cbc:PayableAmount", "1071.01</cbc:PayableAmount"));
    assert!(changed.is_err());
}

#[test]
fn an_invoice_that_was_paid_before_is_still_a_fact() {
    let paid = PREPAID.replace("500.00<", "1249.50<").replace("749.50<", "0.00<");
    match read(&paid).unwrap().fact {
        Fact::Invoice(invoice) => {
            assert_eq!(invoice.total, Money::new(124_969, "DKK"));
            assert!(invoice.payable.is_zero());
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_type_code_is_owed_or_credited() {
    let of = |code: &str| {
        let xml = CII.replace(">326<", &format!(">{code}<"));
        read(&xml).map(|event| matches!(event.fact, Fact::Invoice(_)))
    };
    for code in ["326", "380", "384", "386", "389", "875"] {
        assert_eq!(of(code), Ok(true), "{code}");
    }
    for code in ["381", "261", "396"] {
        assert_eq!(of(code), Ok(false), "{code}");
    }
    assert!(of("325").unwrap_err().reason.contains("pro-forma"));
    // UBL lets the root say it; some put the code of a credit note into an invoice.
    let untold = CREDIT_NOTE.replace("<cbc:CreditNoteTypeCode>381</cbc:CreditNoteTypeCode>", "");
    assert_eq!(read(&untold).unwrap().fact, read(CREDIT_NOTE).unwrap().fact);
    assert!(matches!(read(&DISCOUNTS.replace(">380<", ">381<")).unwrap().fact, Fact::CreditMemo(_)));
}

#[test]
fn a_credit_note_with_nothing_left_says_who_the_debtor_is() {
    let left = CREDIT_NOTE.replace("1250.00</cbc:PayableAmount", "0.00</cbc:PayableAmount");
    let left = left.replace(
        "<cbc:PayableAmount",
        "<cbc:PrepaidAmount currencyID=\"SEK\">1250.00</cbc:PrepaidAmount><cbc:PayableAmount",
    );
    let event = read(&left).unwrap();
    assert!(matches!(event.fact, Fact::Debtor(debtor) if debtor.name == "Åsa Öberg"));
    assert_eq!(event.source.key, "5561234567/credit-memo/KR-55");
}

#[test]
fn no_name_is_longer_or_has_more_lines_than_the_host_takes() {
    let long = format!("  Grün\n   {}", "ä".repeat(200));
    let xml = DISCOUNTS.replace("Bäckerei Grün &amp; Söhne OHG", &long);
    match read(&xml).unwrap().fact {
        Fact::Invoice(invoice) => assert_eq!(invoice.debtor.name, format!("Grün {}", "ä".repeat(97))),
        other => panic!("{other:?}"),
    }
    let told =
        read(&DISCOUNTS.replace(">RE-2026-0007</cbc:ID>", &format!(">{}</cbc:ID>", "9".repeat(101)))).unwrap_err();
    assert!(told.reason.contains("longer than 100 bytes"), "{told}");
}

#[test]
fn a_negative_credit_note_is_for_a_person() {
    let told = read(&CREDIT_NOTE.replace("1250.00", "-1250.00")).unwrap_err();
    assert!(told.place().ends_with("`cbc:PayableAmount`") && told.reason.contains("two opposite things"), "{told}");
}

#[test]
fn totals_that_do_not_agree_are_refused() {
    let told = read(&PREPAID.replace("749.50<", "749.69<")).unwrap_err().to_string();
    assert!(told.starts_with("line 51, `cbc:PayableAmount`: 749.69 DKK are to be paid"), "{told}");
    // The smallest profile of Factur-X does not say what was paid before.
    let less = CII.replace("<ram:DuePayableAmount>1200", "<ram:DuePayableAmount>1000");
    assert!(read(&less).is_err());
    assert!(read(&less.replace("1p0:extended", "1p0:minimum")).is_ok());
}

#[test]
fn money_for_others_may_come_on_top() {
    let others = "<cac:PrepaidPayment><cbc:PaidAmount currencyID=\"EUR\">29.00</cbc:PaidAmount></cac:PrepaidPayment>";
    let with = DISCOUNTS
        .replace("<cac:TaxTotal>", &format!("{others}<cac:TaxTotal>"))
        .replace("1071.00</cbc:PayableAmount", "1100.00</cbc:PayableAmount");
    assert!(matches!(read(&with).unwrap().fact, Fact::Invoice(i) if i.payable == Money::new(110_000, "EUR")));
}

#[test]
fn the_debtor_is_known_by_the_first_name_there_is() {
    let id = |xml: &str| match read(xml).unwrap().fact {
        Fact::Invoice(invoice) => invoice.debtor.id,
        other => panic!("{other:?}"),
    };
    let mut xml = DISCOUNTS.to_owned();
    assert_eq!(id(&xml), "K-10023");
    xml = xml.replace("<cbc:ID>K-10023</cbc:ID>", "");
    assert_eq!(id(&xml), "DE987654321");
    xml = xml.replace("DE 987 654 321", "");
    assert_eq!(id(&xml), "eingang@baecker-gruen.example");
    xml = xml.replace(">eingang@baecker-gruen.example<", "><");
    assert_eq!(id(&xml), "bäckerei-grün-söhne-ohg-21335");
}

#[test]
fn what_is_missing_or_wrong_is_named_with_its_line() {
    let told = |from: &str, to: &str| {
        assert!(DISCOUNTS.contains(from), "{from}");
        read(&DISCOUNTS.replace(from, to)).unwrap_err().to_string()
    };
    assert_eq!(told("<cbc:ID>RE-2026-0007</cbc:ID>", ""), "line 3, `ubl:Invoice`: `cbc:ID` is missing or empty");
    assert_eq!(
        told("2026-02-04", "2026-02-31"),
        "line 10, `cbc:DueDate`: `2026-02-31` is not a day such as `2026-01-31` or `20260131`"
    );
    assert!(told(">EUR<", ">SEK<").contains("the amount is in `EUR`, the document in `SEK`"));
    assert!(told("AccountingCustomerParty", "Nobody").contains("`cac:AccountingCustomerParty/cac:Party` is missing"));
}

#[test]
fn a_pdf_and_a_foreign_document_say_what_to_do() {
    assert!(wire::read(b"%PDF-1.7 ...").unwrap_err().reason.contains("extract the XML"));
    assert!(read("<Order xmlns='urn:x'/>").unwrap_err().reason.contains("neither a UBL 2.1 `Invoice`"));
    let old = "<a:CrossIndustryDocument xmlns:a='urn:ferd:CrossIndustryDocument:invoice:1p0'/>";
    assert!(read(old).unwrap_err().reason.contains("ZUGFeRD 1.0"));
}
