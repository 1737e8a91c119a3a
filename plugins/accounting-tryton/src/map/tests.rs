//! Recorded invoices, and what becomes of them when a field is missing, odd or in another currency.

use serde::Deserialize;
use serde_json::{Value, json};

use super::*;

const INVOICES: &str = include_str!("../../fixtures/invoices.json");
const PART_PAID: &str = include_str!("../../fixtures/invoice-part-paid.json");

fn recorded(number: &str) -> Value {
    let rows: Vec<Value> = serde_json::from_str(INVOICES).unwrap();
    rows.into_iter().find(|row| row["number"] == number).unwrap()
}

fn fact_of(row: &Value) -> Result<Option<Event<Fact>>> {
    event(&wire::Invoice::deserialize(row).unwrap())
}

fn invoice_of(row: &Value) -> Invoice {
    match fact_of(row).unwrap().unwrap().fact {
        Fact::Invoice(invoice) => invoice,
        other => panic!("{other:?}"),
    }
}

fn decimal(text: &str) -> Value {
    wire::Decimal::json(text)
}

#[test]
fn an_invoice_says_who_owes_what_until_when() {
    let event = fact_of(&recorded("1")).unwrap().unwrap();
    assert_eq!((event.source.key.as_str(), event.source.document.as_str()), ("invoice:1", "invoice 1"));
    assert_eq!(event.source.version.as_deref(), Some("2026-11-23T09:32:49.950731"));
    let invoice = invoice_of(&recorded("1"));
    assert_eq!((invoice.total, invoice.payable), (Money::new(120_050, "EUR"), Money::new(120_050, "EUR")));
    assert_eq!((invoice.issued_on, invoice.due_on), (Date::constant(2026, 9, 9), Some(Date::constant(2026, 10, 9))));
    assert_eq!((invoice.terms.as_str(), invoice.buyer_reference.as_deref()), ("30 days net", Some("PO-4711")));
    assert_eq!(invoice.payment_references, ["RF74 1"]);
    let debtor = invoice.debtor;
    assert_eq!((debtor.id.as_str(), debtor.name.as_str()), ("2", "Åkerlund & Söner Ab"));
    assert_eq!(debtor.address, ["Storgatan 1", "2 tr", "00100 HELSINGFORS"], "without the country");
    assert_eq!((debtor.country.as_str(), debtor.language.as_str()), ("FI", "fi"));
    assert_eq!(debtor.email.as_deref(), Some("reskontra@akerlund.example"));
    assert_eq!((debtor.phone.as_deref(), debtor.vat_id.as_deref()), (Some("+358 9 310 1000"), Some("FI20774740")));
}

#[test]
fn a_debtor_of_whom_little_is_known_is_one_all_the_same() {
    let mut row = recorded("3");
    let debtor = invoice_of(&row).debtor;
    assert_eq!((debtor.name.as_str(), debtor.country.as_str(), debtor.address.len()), ("Kiosk am Eck", "", 0));
    assert_eq!((debtor.email, debtor.phone, debtor.vat_id), (None, None, None));
    for field in
        ["payment_term.", "invoice_address.", "party_tax_identifier.", "reference", "customer_payment_reference"]
    {
        row[field] = Value::Null;
    }
    row["lines_to_pay."] = json!([]);
    let invoice = invoice_of(&row);
    assert_eq!((invoice.due_on, invoice.terms.as_str(), invoice.payment_references.len()), (None, "", 0));
}

#[test]
fn a_part_payment_lowers_what_is_payable() {
    let rows: Vec<Value> = serde_json::from_str(PART_PAID).unwrap();
    let invoice = invoice_of(&rows[0]);
    assert_eq!((invoice.total, invoice.payable), (Money::new(80_000, "EUR"), Money::new(70_000, "EUR")));
    assert_eq!(invoice.due_on, Some(Date::constant(2026, 9, 14)), "the first half is not paid yet");
}

#[test]
fn due_is_what_nobody_paid_first() {
    let (first, second) = (Some(Date::constant(2026, 9, 14)), Some(Date::constant(2026, 11, 13)));
    let mut row = recorded("2");
    for (open, day) in [("800.00", first), ("400.01", first), ("400.00", second), ("0.01", second), ("0", second)] {
        row["amount_to_pay"] = decimal(open);
        assert_eq!(invoice_of(&row).due_on, day, "{open}");
    }
    // A part that is reconciled is settled, whatever its day: here the second was paid before the first.
    row["amount_to_pay"] = decimal("400.00");
    row["lines_to_pay."][1]["reconciliation"] = json!(7);
    assert_eq!(invoice_of(&row).due_on, first);
}

#[test]
fn what_was_paid_is_counted_against_one_part_after_the_other() {
    let mut row = recorded("2");
    let mut third = row["lines_to_pay."][1].clone();
    third["maturity_date"] = wire::Day::json(Date::constant(2027, 1, 12));
    row["lines_to_pay."].as_array_mut().unwrap().insert(0, third);
    row["amount_to_pay"] = decimal("700.00");
    assert_eq!(invoice_of(&row).due_on, Some(Date::constant(2026, 11, 13)), "500 of three times 400 are paid");
}

#[test]
fn an_invoice_that_is_paid_or_cancelled_has_nothing_open() {
    for (number, state) in [("5", "paid"), ("6", "cancelled")] {
        let row = recorded(number);
        assert_eq!(row["state"], state);
        let invoice = invoice_of(&row);
        assert!(invoice.payable.is_zero() && invoice.total.is_positive(), "{invoice:?}");
    }
}

#[test]
fn a_credit_note_is_a_credit_memo_until_it_is_used_up() {
    let mut row = recorded("4");
    let open = fact_of(&row).unwrap().unwrap();
    let Fact::CreditMemo(memo) = &open.fact else { panic!("{open:?}") };
    assert_eq!((memo.number.as_str(), &memo.amount), ("4", &Money::new(7_525, "EUR")));
    row["state"] = json!("paid");
    row["amount_to_pay"] = decimal("0");
    let used = fact_of(&row).unwrap().unwrap();
    assert!(matches!(used.fact, Fact::Debtor(_)));
    // The host takes it once: said again, it would be credited again.
    assert_eq!((&open.source, open.source.version.as_deref()), (&used.source, None));
}

#[test]
fn amounts_are_never_rounded() {
    let mut row = recorded("1");
    row["currency."]["code"] = json!("JPY");
    assert!(fact_of(&row).unwrap_err().message.contains("`1200.50` is not an amount in JPY"));
    for field in ["total_amount", "amount_to_pay"] {
        row[field] = decimal("1200");
    }
    row["lines_to_pay."][0]["amount_second_currency"] = decimal("1200");
    let invoice = invoice_of(&row);
    assert_eq!((invoice.total, invoice.due_on), (Money::new(1200, "JPY"), Some(Date::constant(2026, 10, 9))));
}

#[test]
fn what_is_missing_is_named() {
    let told = |field: &str, value: Value| {
        let mut row = recorded("1");
        row[field] = value;
        fact_of(&row).unwrap_err().message
    };
    assert_eq!(told("number", Value::Null), "it has no number");
    assert_eq!(told("invoice_date", Value::Null), "it has no invoice date");
    assert_eq!(told("amount_to_pay", Value::Null), "it has no amount to pay");
    assert!(told("state", json!("frozen")).contains("`frozen`"));
    let mut row = recorded("1");
    row["invoice_date"]["day"] = json!(31);
    assert!(wire::Invoice::deserialize(&row).is_err(), "there is no 31st of September");
    row = recorded("1");
    row["total_amount"] = decimal("0");
    assert_eq!(fact_of(&row), Ok(None), "nothing is owed");
}

#[test]
fn the_mechanism_that_is_meant_for_invoices_wins() {
    let mut row = recorded("1");
    let mechanism = |value: &str, invoice: Value| json!({"type": "email", "value": value, "invoice": invoice, "create_date": null, "write_date": null});
    row["party."]["contact_mechanisms."] = json!([
        mechanism("", json!(1)),
        mechanism("a@akerlund.example", json!(0)),
        mechanism("b@akerlund.example", json!(true))
    ]);
    assert_eq!(invoice_of(&row).debtor.email.as_deref(), Some("b@akerlund.example"));
    row["party."]["lang."]["code"] = json!("pt_BR");
    assert_eq!(invoice_of(&row).debtor.language, "pt");
    let line = json!({"product.": {"code": "A-1"}});
    row["lines."] = json!([line, line, {"product.": null}, {"product.": {"code": null}}]);
    assert_eq!(invoice_of(&row).products, ["A-1"]);
}

#[test]
fn a_new_address_is_a_new_version() {
    let mut row = recorded("1");
    let before = fact_of(&row).unwrap().unwrap().source;
    row["invoice_address."]["write_date"] = json!({"__class__": "datetime", "year": 2026, "month": 12, "day": 1,
        "hour": 8, "minute": 0, "second": 0, "microsecond": 0});
    let after = fact_of(&row).unwrap().unwrap().source;
    assert_eq!((before.digest, after.version.as_deref()), (after.digest, Some("2026-12-01T08:00:00.000000")));
}
