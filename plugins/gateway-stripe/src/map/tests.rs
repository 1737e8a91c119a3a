//! What each kind of movement becomes, and what is refused.

use super::*;
use crate::tests::{config, direct_debit, dispute, recorded, with};
use dunlin_plugin_sdk::Date;
use serde_json::json;

fn payment(taken: &Taken) -> (&Event<Fact>, &str, &Payment) {
    let (Taken::Final(event) | Taken::OnItsWay(event)) = taken else { panic!("{taken:?}") };
    let (kind, payments) = match &event.fact {
        Fact::Received(payments) => ("received", payments),
        Fact::Pending(payments) => ("pending", payments),
        Fact::Reversed(payments) => ("reversed", payments),
        other => panic!("{other:?}"),
    };
    let [payment] = &payments[..] else { panic!("{payments:?}") };
    (event, kind, payment)
}

/// `received ch_1 12.00 EUR`, or why not.
fn line(live: bool, transaction: &Value) -> String {
    match taken(&config(live), transaction) {
        Ok(Taken::Nothing) => "nothing".to_owned(),
        Ok(taken) => {
            let (event, kind, payment) = payment(&taken);
            format!("{kind} {} {}", event.source.key, payment.amount)
        }
        Err(refusal) => format!("refused {} {}: {}", refusal.document, refusal.place, refusal.reason),
    }
}

/// The recorded charge of 125.00 EUR with other values.
fn charge(changes: &[(&str, Value)]) -> Value {
    let mut charge = recorded()["data"].as_array().unwrap().last().unwrap().clone();
    charge["id"] = json!("txn_1");
    charge["source"]["id"] = json!("ch_1");
    with(charge, changes)
}

/// The recorded refund of 100.00 EUR with other values.
fn refund(changes: &[(&str, Value)]) -> Value {
    let mut refund = recorded()["data"][1].clone();
    refund["id"] = json!("txn_2");
    refund["source"]["id"] = json!("re_1");
    with(refund, changes)
}

fn paid(amount: i64, currency: &str) -> String {
    let amount = json!(amount);
    line(
        false,
        &charge(&[
            ("/amount", amount.clone()),
            ("/source/amount", amount),
            ("/currency", json!(currency)),
            ("/source/currency", json!(currency)),
        ]),
    )
}

#[test]
fn what_a_running_stand_in_gave_is_read() {
    let page = recorded();
    let lines: Vec<String> = page["data"].as_array().unwrap().iter().map(|moved| line(false, moved)).collect();
    assert_eq!(
        lines,
        [
            "received ch_c5nx54mDhOdg7z 7.00 EUR",
            "reversed re_YRCAR5ksM5g5tR 100.00 EUR",
            "reversed re_W2ykGu90ohh9Rb 25.00 EUR",
            "received ch_ZkOENPZcyvTTj4 5000 JPY",
            "received ch_mD5m5LaPx8HOVr 99.00 EUR",
            "received ch_zHLM8L4d8tJZLy 125.00 EUR",
        ]
    );
}

#[test]
fn a_direct_debit_is_on_its_way_and_then_there() {
    let config = config(true);
    let on_its_way = taken(&config, &direct_debit("pending")).unwrap();
    assert!(matches!(on_its_way, Taken::OnItsWay(_)));
    let (event, kind, announced) = payment(&on_its_way);
    assert_eq!((kind, event.source.key.as_str()), ("pending", "py_3Debit|pending"));
    let there = taken(&config, &direct_debit("succeeded")).unwrap();
    let (event, kind, paid) = payment(&there);
    assert_eq!((kind, event.source.key.as_str()), ("received", "py_3Debit"));
    assert_eq!((event.source.document.as_str(), event.source.place.as_str()), ("txn_3Debit", "py_3Debit"));
    assert_eq!(announced, paid);
    assert_eq!(
        *paid,
        Payment {
            amount: Money::new(11_900, "EUR"),
            account: "stripe".to_owned(),
            booked_on: Date::constant(2026, 3, 1),
            value_on: Date::constant(2026, 3, 8),
            payer_name: Some("Birk Handel".to_owned()),
            payer_account: Some("cus_Birk".to_owned()),
            references: vec!["INV-11".to_owned(), "S-0042".to_owned()],
            end_to_end_id: Some("pi_3Debit".to_owned()),
            bank_reference: Some("py_3Debit".to_owned()),
            text: "Invoice INV-11\nNORDLICHT HANDEL".to_owned(),
            reason: None,
            notes: vec![Note::new("payer-email", "ar@birk.example"), Note::new("fee", "0.35 EUR")],
        }
    );
    assert_eq!(line(true, &direct_debit("failed")), "nothing");
    let returned = [("/type", json!("payment_failure_refund")), ("/reporting_category", json!("charge_failure"))];
    assert_eq!(line(true, &with(direct_debit("failed"), &returned)), "nothing");
}

#[test]
fn a_dispute_takes_the_money_and_may_bring_it_back() {
    let page = dispute();
    let (back, out) = (&page["data"][0], &page["data"][1]);
    assert_eq!(line(true, out), "reversed txn_3Withdrawn 450.00 EUR");
    assert_eq!(line(true, back), "received txn_3Reinstated 450.00 EUR");
    let withdrawn = taken(&config(true), out).unwrap();
    let (_, _, lost) = payment(&withdrawn);
    assert_eq!(lost.bank_reference.as_deref(), Some("ch_3Card"));
    assert_eq!(lost.reason.as_deref(), Some("dispute: product_not_received"));
    assert_eq!(lost.references, ["INV-12"]);
    assert!(lost.notes.contains(&Note::new("fee", "20.00 EUR")), "{:?}", lost.notes);
    assert_eq!(line(true, &with(back.clone(), &[("/amount", json!(30_000))])), "received txn_3Reinstated 300.00 EUR");
    let other = [("/amount", json!(48_000)), ("/currency", json!("usd"))];
    assert_eq!(line(true, &with(back.clone(), &other)), "received txn_3Reinstated 450.00 EUR");
    let in_part = with(with(back.clone(), &other), &[("/source/status", json!("lost"))]);
    assert!(line(true, &in_part).ends_with("and how much of it is not known in eur"), "{}", line(true, &in_part));
    assert!(line(true, &with(out.clone(), &[("/amount", json!(-45_001))])).contains("more than the disputed `45000`"));
    assert!(line(true, &with(out.clone(), &[("/amount", json!(45_000))])).contains("wrong direction"));
}

#[test]
fn a_refund_that_failed_is_money_again() {
    for (kind, category) in
        [("refund_failure", "refund_failure"), ("payment_refund", "refund"), ("adjustment", "refund_failure")]
    {
        let changes = [("/amount", json!(10_000)), ("/type", json!(kind)), ("/reporting_category", json!(category))];
        assert_eq!(line(false, &refund(&changes)), "received txn_2 100.00 EUR");
    }
}

#[test]
fn what_was_not_captured_is_not_received() {
    let part = [("/source/amount_captured", json!(10_000))];
    assert_eq!(line(false, &charge(&part)), "received ch_1 100.00 EUR");
    let rest = [("/reporting_category", json!("partial_capture_reversal"))];
    assert_eq!(line(false, &refund(&rest)), "nothing");
    assert!(line(false, &charge(&[("/source/captured", json!(false))])).contains("was not captured"));
}

#[test]
fn a_bank_takes_back_what_it_paid() {
    let back = [("/type", json!("payment_reversal")), ("/amount", json!(-12_500))];
    assert_eq!(line(false, &charge(&back)), "reversed txn_1 125.00 EUR");
    for wrong in [("/amount", json!(12_500)), ("/amount", json!(-12_501)), ("/currency", json!("usd"))] {
        assert!(line(false, &with(charge(&back), &[wrong])).starts_with("refused txn_1 ch_1: "));
    }
}

#[test]
fn amounts_are_in_the_minor_unit_of_iso_4217() {
    assert_eq!(paid(500, "jpy"), "received ch_1 500 JPY");
    assert_eq!(paid(5_120, "kwd"), "received ch_1 5.120 KWD");
    assert_eq!(paid(1_045, "huf"), "received ch_1 10.45 HUF");
    assert_eq!(paid(80_045, "twd"), "received ch_1 800.45 TWD");
    assert_eq!(paid(500, "isk"), "received ch_1 5 ISK");
    assert_eq!(paid(500, "ugx"), "received ch_1 5 UGX");
    assert_eq!(paid(500, "mga"), "received ch_1 500.00 MGA");
    assert!(paid(501, "isk").contains("`501` is not a whole number of ISK"));
    assert!(paid(500, "iqd").contains("not known"));
    assert!(paid(500, "clf").contains("not known"));
    assert!(paid(500, "euro").contains("`euro` is not a currency"));
    assert!(paid(i64::MAX, "mga").contains("too large"));
}

#[test]
fn money_of_another_currency_is_told_as_the_customer_paid_it() {
    let settled = charge(&[("/amount", json!(13_400)), ("/currency", json!("usd")), ("/fee", json!(419))]);
    let taken = taken(&config(false), &settled).unwrap();
    let (_, _, paid) = payment(&taken);
    assert_eq!(paid.amount, Money::new(12_500, "EUR"));
    assert!(
        paid.notes.contains(&Note::new("fee", "4.19 USD")) && paid.notes.contains(&Note::new("settled", "134.00 USD"))
    );
    assert!(line(false, &with(settled, &[("/amount", json!(-13_400))])).contains("the balance moved by `-13400` usd"));
}

#[test]
fn a_sum_that_does_not_agree_is_refused() {
    assert!(line(false, &charge(&[("/amount", json!(12_501))])).contains("the payment says `12500` eur"));
    assert!(line(false, &charge(&[("/amount", json!(-12_500))])).contains("the balance moved by `-12500` eur"));
    assert!(line(false, &refund(&[("/amount", json!(-9_999))])).contains("the payment says `-10000` eur"));
    assert!(paid(0, "eur").starts_with("refused"));
    assert!(paid(-12_500, "eur").contains("`-125.00 EUR` is not an amount of a payment"));
    assert!(line(false, &charge(&[("/source/amount_captured", json!(0))])).starts_with("refused"));
}

#[test]
fn what_is_not_understood_is_refused_with_its_place() {
    let wrong = |changes: &[(&str, Value)]| line(false, &charge(changes));
    assert_eq!(
        wrong(&[("/source/status", json!("odd"))]),
        "refused txn_1 ch_1: the status `odd` of the charge is not known"
    );
    assert!(wrong(&[("/source/livemode", json!(true))]).ends_with("it is of live mode, and `live` asks for test mode"));
    assert!(line(true, &charge(&[])).ends_with("it is of test mode, and `live` asks for live mode"));
    assert!(line(true, &refund(&[])).ends_with("it is of test mode, and `live` asks for live mode"));
    assert!(line(false, &dispute()["data"][1]).ends_with("it is of live mode, and `live` asks for test mode"));
    assert!(wrong(&[("/source", json!("ch_1"))]).starts_with("refused txn_1 ch_1: Stripe gave `ch_1` without"));
    assert!(wrong(&[("/source", Value::Null)]).ends_with("it has no charge"));
    assert!(line(false, &refund(&[("/source/charge", json!("ch_1"))])).contains("without the charge itself"));
    assert!(line(false, &refund(&[("/source/status", json!("odd"))])).contains("the status `odd` of the refund"));
    assert!(wrong(&[("/reporting_category", json!("odd"))]).contains("`odd` (`charge`) of a payment is not known"));
    assert!(wrong(&[("/created", json!(i64::MAX))]).contains("beyond the calendar"));
    for (at, field) in
        [("", "created"), ("", "amount"), ("", "reporting_category"), ("/source", "currency"), ("/source", "livemode")]
    {
        let mut holed = charge(&[]);
        holed.pointer_mut(at).unwrap().as_object_mut().unwrap().remove(field);
        assert!(line(false, &holed).contains(&format!("missing field `{field}`")), "{}", line(false, &holed));
    }
    assert!(line(false, &json!({"id": "txn_9"})).starts_with("refused txn_9 : the balance transaction cannot be read"));
    assert!(line(false, &json!("txn_9")).starts_with("refused  : "));
}

#[test]
fn what_is_no_money_of_a_customer_is_left_out() {
    for (kind, category) in [("payout", "payout"), ("stripe_fee", "fee"), ("transfer", "transfer"), ("topup", "topup")]
    {
        let moved =
            charge(&[("/type", json!(kind)), ("/reporting_category", json!(category)), ("/source", json!("po_1"))]);
        assert_eq!(line(false, &moved), "nothing");
    }
    assert_eq!(line(false, &charge(&[("/type", json!("validation")), ("/amount", json!(0))])), "nothing");
}

#[test]
fn references_are_those_of_the_configured_keys() {
    let metadata = json!({"order": " A-1 ", "invoice": "INV-7", "po": "P-9", "invoice_number": "INV-7"});
    let named = charge(&[("/source/metadata", metadata)]);
    let references = |config: &Config| payment(&taken(config, &named).unwrap()).2.references.clone();
    assert_eq!(references(&config(false)), ["INV-7", "A-1"]);
    assert_eq!(references(&Config { reference_keys: vec!["po".to_owned()], ..config(false) }), ["P-9"]);
}

#[test]
fn words_that_change_at_stripe_do_not_change_the_digest() {
    let digest = |transaction: &Value| payment(&taken(&config(false), transaction).unwrap()).0.source.digest.clone();
    let renamed = charge(&[("/source/description", json!("new")), ("/source/metadata", json!({}))]);
    assert_eq!(digest(&charge(&[])), digest(&renamed));
    assert_ne!(digest(&charge(&[])), digest(&charge(&[("/source/amount_captured", json!(1))])));
}
