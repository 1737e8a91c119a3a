//! Payments and notes: written once, found by their key, and never guessed about.

use dunlin_plugin_sdk::accounting::{CashApplication, CreditNotice, Effect, WriteOff};
use dunlin_plugin_sdk::http::{Answer, Failure};
use dunlin_plugin_sdk::testing::Upstream;
use dunlin_plugin_sdk::{
    Accounting, Batch, Date, Error, Finding, Kind, Money, Note, Outcome, Party, Receipt, Request, Result,
};
use serde_json::{Value, json};

use super::config;
use super::ledger::{Ledger, rows};
use crate::Tryton;

const KEY: &str = "cash:2:50";
const HOLD: &str = "hold:3:1";

fn debtor(id: &str) -> Party {
    Party { id: id.to_owned(), name: "Dupont et Fils SARL".to_owned(), ..Party::default() }
}

fn payment(invoice: &str, currency: &str) -> Request<Effect> {
    let paid = CashApplication {
        debtor: debtor("3"),
        invoice: invoice.to_owned(),
        payment: "P-1".to_owned(),
        amount: Money::new(10_000, currency),
        received_on: Date::constant(2026, 11, 20),
    };
    Request { key: KEY.to_owned(), effect: Effect::PostCashApplication(paid) }
}

fn hold(debtor_id: &str) -> Request<Effect> {
    let overdue = Money::new(80_000, "EUR");
    let notice = CreditNotice { debtor: debtor(debtor_id), reason: "90 days past due".to_owned(), overdue };
    Request { key: HOLD.to_owned(), effect: Effect::HoldCredit(notice) }
}

fn perform_with(json: &str, request: &Request<Effect>) -> Result<Outcome> {
    let batch = Batch { id: "b-1".to_owned(), at: 0, today: Date::constant(2026, 11, 23), creditor: Party::default() };
    let outcomes = Tryton::perform(&config(json), &batch, std::slice::from_ref(request))?;
    assert_eq!(outcomes.len(), 1);
    Ok(outcomes.into_iter().next().unwrap())
}

fn perform(request: &Request<Effect>) -> Result<Outcome> {
    perform_with(r#"{"payment_method": "Bank"}"#, request)
}

fn lookup(keys: &[&str]) -> Vec<Finding> {
    let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    Tryton::lookup(&config("{}"), &keys).unwrap()
}

/// Paths that were written to.
fn written(upstream: &Upstream) -> Vec<String> {
    let asked = upstream.asked();
    let paths = asked.iter().map(|one| one.path().trim_start_matches("/rest/model/").to_owned());
    paths.filter(|path| !path.ends_with("/search_read")).collect()
}

fn code(outcome: Result<Outcome>) -> String {
    match outcome.unwrap() {
        Outcome::Rejected(rejection) => rejection.code,
        other => format!("{other:?}"),
    }
}

fn booked() -> Receipt {
    let notes = vec![Note::new("amount", "100.00 EUR"), Note::new("payee", "3")];
    Receipt { reference: "move 10".to_owned(), notes }
}

#[test]
fn a_payment_is_booked_on_its_invoice_and_once() {
    let upstream = Ledger::recorded().listen();
    assert_eq!(perform(&payment("2", "EUR")), Ok(Outcome::Done(booked())));
    let asked = upstream.asked();
    let draft = asked.iter().find(|one| one.path() == "/rest/model/account.move").unwrap();
    let draft: Value = serde_json::from_slice(&draft.body).unwrap();
    let (amount, zero) =
        (json!({"__class__": "Decimal", "decimal": "100.00"}), json!({"__class__": "Decimal", "decimal": "0"}));
    let receivable = &draft["lines"][0][1][0];
    assert_eq!((&receivable["credit"], &receivable["debit"]), (&amount, &zero));
    assert_eq!((receivable["invoice_payment"].as_i64(), receivable["party"].as_i64()), (Some(2), Some(3)));
    let bank = &draft["lines"][0][1][1];
    assert_eq!((&bank["debit"], &bank["credit"], bank["account"].as_i64()), (&amount, &zero, Some(35)));
    assert_eq!((draft["description"].as_str(), draft["period"].as_i64()), (Some("dunlin cash:2:50"), Some(23)));

    assert_eq!(perform(&payment("2", "EUR")), Ok(Outcome::Done(booked())), "asked for again");
    assert_eq!(written(&upstream), Vec::<String>::new());
    assert_eq!(lookup(&[KEY, "cash:other"]), [Finding::Done(booked()), Finding::Absent]);
}

#[test]
fn a_payment_whose_answer_is_lost_is_unknown_and_then_found() {
    for lost in ["/account.move", "/post"] {
        let ledger = Ledger::recorded();
        let acted = ledger.clone();
        // The server does what it was asked for; the answer gets lost.
        let upstream = Upstream::new("api", move |asked| {
            let answer = acted.answer(asked);
            match asked.path().ends_with(lost) {
                true => Err(Failure::lost(Error::retry_later("the connection broke"))),
                false => Ok(answer),
            }
        });
        assert_eq!(perform(&payment("2", "EUR")), Ok(Outcome::Unknown("the connection broke".to_owned())), "{lost}");
        drop(upstream);
        let upstream = ledger.listen();
        // A draft is not done; what is asked for again posts it and books nothing anew.
        let finding = if lost == "/post" { Finding::Done(booked()) } else { Finding::Absent };
        assert_eq!(lookup(&[KEY]), [finding]);
        upstream.asked();
        assert_eq!(perform(&payment("2", "EUR")), Ok(Outcome::Done(booked())));
        let again = if lost == "/post" { Vec::new() } else { vec!["account.move/10/post".to_owned()] };
        assert_eq!(written(&upstream), again);
    }
}

#[test]
fn what_certainly_did_not_happen_is_asked_for_again() {
    let ledger = Ledger::recorded();
    let _upstream = ledger.listen_but("/account.move", || Err(Failure::not_sent(Error::retry_later("no connection"))));
    assert_eq!(perform(&payment("2", "EUR")).unwrap_err().kind, Kind::RetryLater);
    for (status, kind) in [(429, Kind::RetryLater), (500, Kind::RetryLater), (401, Kind::Misconfigured)] {
        let _upstream = ledger.listen_but("/account.move", move || Ok(Answer::new(status, "")));
        assert_eq!(perform(&payment("2", "EUR")).unwrap_err().kind, kind, "{status}");
    }
}

#[test]
fn an_answer_that_cannot_be_read_is_unknown() {
    let ledger = Ledger::recorded();
    for answer in [Answer::new(200, r#"{"id": 1"#), Answer::new(504, ""), Answer::new(502, "")] {
        let shown = format!("{answer:?}");
        let _upstream = ledger.listen_but("/account.move", move || Ok(answer.clone()));
        assert!(matches!(perform(&payment("2", "EUR")), Ok(Outcome::Unknown(_))), "{shown}");
    }
}

#[test]
fn what_tryton_will_not_book_is_rejected_with_its_reason() {
    let ledger = Ledger::recorded();
    let upstream = ledger.listen();
    assert_eq!(code(perform(&payment("77", "EUR"))), "unknown-invoice");
    assert_eq!(code(perform(&payment("5", "EUR"))), "not-open", "it is paid");
    assert_eq!(code(perform(&payment("2", "SEK"))), "not-supported", "the books are in EUR");
    assert_eq!(code(perform_with("{}", &payment("2", "EUR"))), "not-supported");
    assert_eq!(
        perform_with(r#"{"payment_method": "Giro"}"#, &payment("2", "EUR")).unwrap_err().kind,
        Kind::Misconfigured
    );
    let write_off = WriteOff {
        debtor: debtor("3"),
        invoice: "2".to_owned(),
        kind: "small-rest".to_owned(),
        amount: Money::new(1, "EUR"),
        reason: String::new(),
    };
    let write_off = Request { key: "w".to_owned(), effect: Effect::WriteOff(write_off) };
    assert_eq!(code(perform(&write_off)), "not-supported");
    assert_eq!(written(&upstream), Vec::<String>::new());

    let _upstream = ledger.listen_but("/account.period/search_read", || Ok(Answer::new(200, "[]")));
    assert_eq!(code(perform(&payment("2", "EUR"))), "no-period");
    let refused = include_str!("../../fixtures/payment-refused.json");
    let _upstream = ledger.listen_but("/account.move", move || Ok(Answer::new(400, refused)));
    let outcome = perform(&payment("2", "EUR"));
    assert!(format!("{outcome:?}").contains("can not be greater than the invoice amount"), "{outcome:?}");
    assert_eq!(code(outcome), "refused");
}

#[test]
fn a_hold_is_a_note_on_the_party_and_once() {
    let ledger = Ledger::recorded();
    let upstream = ledger.listen();
    assert_eq!(perform(&hold("3")), Ok(Outcome::done("note 1")));
    let recorded = rows(include_str!("../../fixtures/notes.json"));
    assert_eq!(ledger.notes.borrow()[0]["message"], recorded[0]["message"]);
    assert_eq!(written(&upstream), ["ir.note"]);
    assert_eq!(perform(&hold("3")), Ok(Outcome::done("note 1")), "asked for again");
    assert_eq!(written(&upstream), Vec::<String>::new());
    assert_eq!(code(perform(&hold("999"))), "unknown-account");
    assert_eq!(code(perform(&hold("C-7"))), "unknown-account");
    let done = Finding::Done(Receipt { reference: "note 1".to_owned(), notes: Vec::new() });
    // The search finds more than was meant: only the whole key counts.
    assert_eq!(lookup(&[HOLD, "cash:3"]), [done, Finding::Absent]);
    assert_eq!(lookup(&["hold:3:"]), [Finding::Absent]);
    assert_eq!(lookup(&["old:3:1"]), [Finding::Absent]);
}

#[test]
fn a_hold_whose_answer_is_lost_is_unknown_and_then_absent() {
    let ledger = Ledger::recorded();
    let upstream = ledger.listen_but("/ir.note", || Err(Failure::lost(Error::retry_later("the connection broke"))));
    assert!(matches!(perform(&hold("3")), Ok(Outcome::Unknown(_))));
    assert_eq!(lookup(&[HOLD]), [Finding::Absent]);
    drop(upstream);
    // More parties than one lookup searches: nobody can say.
    let full = json!((1..=1_000).map(|id| json!({"id": id})).collect::<Vec<_>>()).to_string();
    let _upstream = ledger.listen_but("/party.party/search_read", move || Ok(Answer::new(200, full.clone())));
    assert!(matches!(lookup(&[HOLD])[..], [Finding::Unclear(_)]));
}
