//! Calls and withdrawals: added once, found by their token, and never guessed about.

use dunlin_plugin_sdk::dialer::{Call, Effect, Withdrawal};
use dunlin_plugin_sdk::http::{Answer, Failure};
use dunlin_plugin_sdk::testing::Upstream;
use dunlin_plugin_sdk::{
    Batch, Date, Dialer, Error, Extension, Finding, Kind, Money, Note, OpenItem, Outcome, Party, Receipt, Request,
    Result,
};

use super::config;
use super::system::{Fields, System, form};
use crate::Vicidial;

pub const KEY: &str = "call:call-day-7:INV-1:cycle-1";
const TODAY: Date = Date::constant(2026, 3, 2);

pub fn call(key: &str, account: &str, phone: &str) -> Request<Effect> {
    let item = OpenItem {
        invoice: "INV-1".to_owned(),
        issued_on: TODAY,
        due_on: TODAY,
        original: Money::new(12_000, "EUR"),
        open: Money::new(12_000, "EUR"),
    };
    let call = Call {
        account: account.to_owned(),
        debtor: Party { name: "Åkerlund, Sjö & Co \"Nord\"".to_owned(), ..Party::default() },
        phone: phone.to_owned(),
        rank: 3,
        overdue: Money::new(12_000, "EUR"),
        days_past_due: 7,
        items: vec![item],
        reason: "7 days past due; no answer".to_owned(),
        expires_on: Date::constant(2026, 3, 4),
    };
    Request { key: key.to_owned(), effect: Effect::QueueCall(call) }
}

fn withdrawal(call: &str) -> Request<Effect> {
    let [call, account, phone, reason] = [call, "C-1", "+46 8 123 456", "paid"].map(str::to_owned);
    Request {
        key: format!("withdraw:{call}"),
        effect: Effect::WithdrawCall(Withdrawal { call, account, phone, reason }),
    }
}

pub fn perform_with(more: &str, request: &Request<Effect>) -> Result<Outcome> {
    let batch = Batch { id: "b-1".to_owned(), at: 0, today: TODAY, creditor: Party::default() };
    let outcomes = Vicidial::perform(&config(more), &batch, std::slice::from_ref(request))?;
    assert_eq!(outcomes.len(), 1);
    Ok(outcomes.into_iter().next().unwrap())
}

fn perform(request: &Request<Effect>) -> Result<Outcome> {
    perform_with("", request)
}

fn lookup(key: &str) -> Finding {
    Vicidial::lookup(&config(""), &[key.to_owned()]).unwrap().remove(0)
}

fn code(outcome: Result<Outcome>) -> String {
    match outcome.unwrap() {
        Outcome::Rejected(rejection) => rejection.code,
        other => format!("{other:?}"),
    }
}

fn added(upstream: &Upstream) -> Vec<Fields> {
    upstream.asked().iter().map(form).filter(|form| form["function"] == "add_lead").collect()
}

#[test]
fn a_call_becomes_one_lead_that_carries_its_key_and_account() {
    let system = System::new();
    let upstream = system.listen();
    let request = call(KEY, "C 100", "+46 8 123 456");
    assert_eq!(perform(&request), Ok(Outcome::done("lead 8")));
    let forms = added(&upstream);
    let mut lead = forms[0].clone();
    for (name, value) in [
        ("phone_code", "46"),
        ("phone_number", "8123456"),
        ("list_id", "101"),
        ("list_exists_check", "Y"),
        ("dnc_check", "Y"),
        ("address3", KEY),
        ("security_phrase", "C_20100"),
        ("last_name", "Åkerlund, Sjö & Co \"Nord\""),
        ("rank", "3"),
        ("comments", "[120.00 EUR overdue  7 days past due  no answer  INV-1]"),
    ] {
        assert_eq!(lead.remove(name).as_deref(), Some(value), "{name}");
    }
    assert!(lead["vendor_lead_code"].len() == 20 && lead["vendor_lead_code"] == lead["source_id"]);
    assert!(!lead.contains_key("add_to_hopper") && !lead.contains_key("duplicate_check"));

    assert_eq!(perform(&request), Ok(Outcome::done("lead 8")), "asked for again");
    assert!(added(&upstream).is_empty());
    assert!(matches!(lookup(KEY), Finding::Done(receipt) if receipt.reference == "lead 8"));
    assert_eq!(lookup("call:another"), Finding::Absent);
}

#[test]
fn what_is_configured_goes_with_the_lead() {
    let upstream = System::new().listen();
    let more = r#", "hopper": true, "campaign_id": "DEBT", "duplicate_check": "DUPLIST", "phone_code": "1""#;
    let outcome = perform_with(more, &call(KEY, "C-1", "727 555 1111")).unwrap();
    let notes = vec![Note::new("hopper", "added to hopper")];
    assert_eq!(outcome, Outcome::Done(Receipt { reference: "lead 8".to_owned(), notes }));
    let lead = added(&upstream).remove(0);
    for (name, value) in [
        ("phone_code", "1"),
        ("phone_number", "7275551111"),
        ("add_to_hopper", "Y"),
        ("hopper_priority", "97"),
        ("hopper_local_call_time_check", "Y"),
        ("campaign_dnc_check", "Y"),
        ("campaign_id", "DEBT"),
        ("duplicate_check", "DUPLIST"),
    ] {
        assert_eq!(lead[name], value, "{name}");
    }
    assert_eq!(code(perform_with(more, &call("call:2", "C-1", "727 555 1111"))), "duplicate");
}

#[test]
fn what_vicidial_does_not_take_says_why() {
    let system = System::new();
    system.0.borrow_mut().dnc.insert("8123456".to_owned());
    let _upstream = system.listen();
    let good = "+46 8 123 457";
    assert_eq!(code(perform(&call(KEY, "C-1", "+46 8 123 456"))), "do-not-call");
    assert_eq!(code(perform(&call(KEY, "C-1", "unknown"))), "invalid-address");
    assert_eq!(code(perform(&call(&"k".repeat(101), "C-1", good))), "too-long");
    assert_eq!(code(perform(&call(KEY, &"c".repeat(101), good))), "too-long");
    let mut late = call(KEY, "C-1", good);
    let Effect::QueueCall(queued) = &mut late.effect else { panic!() };
    queued.expires_on = Date::constant(2026, 3, 1);
    assert_eq!(code(perform(&late)), "expired");
    let fax = Request { key: "o".into(), effect: Effect::Other(Extension { kind: "fax".into(), notes: Vec::new() }) };
    assert_eq!(code(perform(&fax)), "not-supported");
    let error = perform_with(r#", "duplicate_check": null"#, &call(KEY, "C-1", good)).map(drop);
    assert_eq!(error, Ok(()));
}

#[test]
fn a_withdrawn_lead_leaves_the_hopper_too() {
    let system = System::new();
    let _upstream = system.listen();
    perform_with(r#", "hopper": true"#, &call(KEY, "C-1", "+46 8 123 456")).unwrap();
    assert_eq!(perform(&withdrawal(KEY)), Ok(Outcome::done("lead 8")));
    assert!(system.0.borrow().hopper.is_empty());
    assert_eq!(system.0.borrow().leads[&8]["status"], "WDRAWN");
    assert_eq!(perform(&withdrawal(KEY)), Ok(Outcome::done("lead 8")), "asked for again");
    assert_eq!(code(perform(&withdrawal("call:another"))), "unknown-call");
    system.0.borrow_mut().leads.get_mut(&8).unwrap().insert("list_id".into(), "102".into());
    assert_eq!(perform(&withdrawal(KEY)), Ok(Outcome::done("lead 8")), "moved to another list");
    system.0.borrow_mut().hopper.insert(8, "INCALL".to_owned());
    assert_eq!(code(perform(&withdrawal(KEY))), "too-late");
}

#[test]
fn a_lead_whose_answer_is_lost_is_unknown_and_then_found() {
    let system = System::new();
    let upstream = system.listen_but("add_lead", |_| Err(Failure::lost(Error::retry_later("it broke off"))));
    assert_eq!(perform(&call(KEY, "C-1", "+46 8 123 456")), Ok(Outcome::Unknown("it broke off".to_owned())));
    drop(upstream);
    let upstream = system.listen();
    assert!(matches!(lookup(KEY), Finding::Done(_)));
    upstream.asked();
    perform(&call(KEY, "C-1", "+46 8 123 456")).unwrap();
    assert!(added(&upstream).is_empty());
}

#[test]
fn an_answer_that_is_none_of_vicidial_s_is_unknown() {
    for (status, text) in [(200, ""), (200, "<html>please log in</html>"), (500, "PHP died"), (504, ""), (200, "SUCCE")]
    {
        let _upstream = System::new().listen_but("add_lead", move |_| Ok(Answer::new(status, text)));
        assert!(matches!(perform(&call(KEY, "C-1", "+46 8 123 456")), Ok(Outcome::Unknown(_))), "{status} {text}");
    }
    let _upstream = System::new()
        .listen_but("add_lead", |_| Ok(Answer::new(200, "SUCCESS: add_lead LEAD HAS BEEN ADDED - 8123456|101\n")));
    assert!(matches!(perform(&call(KEY, "C-1", "+46 8 123 456")), Ok(Outcome::Unknown(_))));
}

#[test]
fn what_certainly_did_not_happen_is_asked_for_again() {
    let request = call(KEY, "C-1", "+46 8 123 456");
    let _upstream =
        System::new().listen_but("add_lead", |_| Err(Failure::not_sent(Error::retry_later("no connection"))));
    assert_eq!(perform(&request).unwrap_err().kind, Kind::RetryLater);
    let answers = [
        (200, "ERROR: Login incorrect, please try again: |hub|hunter2|BAD|", Kind::Misconfigured),
        (200, "ERROR: Too many login attempts, try again in 15 minutes: |hub|LOCK|", Kind::RetryLater),
        (200, "ERROR: auth USER DOES NOT HAVE PERMISSION TO USE THIS FUNCTION: |hub|add_lead|", Kind::Misconfigured),
        (200, "ERROR: add_lead USER DOES NOT HAVE PERMISSION TO ADD LEADS TO THE SYSTEM: |hub|0|", Kind::Misconfigured),
        (200, "ERROR: add_lead NOT AN ALLOWED LIST ID - 8123456|101", Kind::Misconfigured),
        (200, "ERROR: Invalid Source - x", Kind::Broken),
        (401, "", Kind::Misconfigured),
        (404, "", Kind::Refused),
        (429, "", Kind::RetryLater),
        (503, "", Kind::RetryLater),
    ];
    for (status, text, kind) in answers {
        let _upstream = System::new().listen_but("add_lead", move |_| Ok(Answer::new(status, text)));
        let error = perform(&request).unwrap_err();
        assert_eq!(error.kind, kind, "{status} {text}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}
