//! Calls and withdrawals: made once, found again where that is possible, and left to a person where it is not.

use dunlin_plugin_sdk::http::{Answer, Failure};
use dunlin_plugin_sdk::{Error, Extension, Kind};

use super::twilio::Account;
use super::*;

const FIRST: &str = "CA00000000000000000000000000000001";

#[test]
fn a_call_is_made_as_twilio_wants_it_and_once() {
    let account = Account::new();
    let upstream = account.listen();
    assert_eq!(perform(&call(KEY, "+46 8 123 456")), Ok(Outcome::done(FIRST)));
    let asked = upstream.asked();
    assert_eq!(
        (asked.len(), asked[0].target.as_str()),
        (1, format!("/2010-04-01/Accounts/{ACCOUNT}/Calls.json").as_str())
    );
    let form =
        "To=%2B468123456&From=%2B4681234567&Url=https%3A%2F%2Fx.example%2Ftalk&Timeout=30&MachineDetection=Enable";
    assert_eq!((asked[0].text().as_str(), asked[0].header("authorization")), (form, None));
    assert_eq!(perform(&call(KEY, "+46 8 123 456")), Ok(Outcome::done(FIRST)), "asked for again");
    assert_eq!(account.calls.borrow().len(), 1);
    assert!(matches!(lookup(KEY), Finding::Done(receipt) if receipt.reference == FIRST));
    assert!(matches!(lookup("call:another"), Finding::Unclear(_)), "it is not known, and may have been made");
}

#[test]
fn what_cannot_be_called_says_why() {
    let _upstream = Account::new().listen();
    assert_eq!(code(perform(&call(KEY, "08 123 456"))), "invalid-address");
    let mut late = call(KEY, "+46 8 123 456");
    let Effect::QueueCall(queued) = &mut late.effect else { panic!() };
    queued.expires_on = Date::constant(2026, 3, 1);
    assert_eq!(code(perform(&late)), "expired");
    let fax = Request { key: "o".into(), effect: Effect::Other(Extension { kind: "fax".into(), notes: Vec::new() }) };
    assert_eq!(code(perform(&fax)), "not-supported");
}

#[test]
fn a_call_whose_answer_is_lost_is_found_by_its_number_and_time() {
    let lost = || Err(Failure::lost(Error::retry_later("it broke off")));
    let account = Account::new();
    // An earlier call to the same number is another one's.
    account.add("+468123456");
    *account.now.borrow_mut() += 3_600;
    let upstream = account.listen_but("POST", lost);
    let outcome = perform_at(NOW + 3_600_000, &call(KEY, "+46 8 123 456"));
    assert_eq!(outcome, Ok(Outcome::Unknown("it broke off".to_owned())));
    drop(upstream);
    let _upstream = account.listen();
    let second = "CA00000000000000000000000000000002";
    assert!(matches!(lookup(KEY), Finding::Done(receipt) if receipt.reference == second));
    assert_eq!(perform(&call(KEY, "+46 8 123 456")), Ok(Outcome::done(second)));
    assert_eq!(perform(&withdrawal(KEY)), Ok(Outcome::done(second)));
}

#[test]
fn what_may_be_one_of_two_or_none_is_left_to_a_person() {
    let account = Account::new();
    let upstream = account.listen_but("POST", || Err(Failure::lost(Error::retry_later("it broke off"))));
    perform(&call(KEY, "+46 8 123 456")).unwrap();
    drop(upstream);
    account.add("+468123456");
    let _upstream = account.listen();
    let Finding::Unclear(text) = lookup(KEY) else { panic!() };
    assert!(text.contains("one of `CA"), "{text}");
    account.calls.borrow_mut().clear();
    let Finding::Unclear(text) = lookup(KEY) else { panic!() };
    assert!(text.contains("no call to `+468123456`"), "{text}");
    // A call that another key is known to be is no candidate.
    perform(&call("call:other", "+46 8 123 456")).unwrap();
    assert!(matches!(lookup(KEY), Finding::Unclear(_)));
    account.add("+468123456");
    assert!(matches!(lookup(KEY), Finding::Done(_)));
}

#[test]
fn what_was_answered_is_not_cancelled() {
    let account = Account::new();
    let _upstream = account.listen();
    assert_eq!(code(perform(&withdrawal(KEY))), "unknown-call");
    perform(&call(KEY, "+46 8 123 456")).unwrap();
    account.change(FIRST, "status", "in-progress".into());
    assert_eq!(code(perform(&withdrawal(KEY))), "too-late");
    account.change(FIRST, "status", "ringing".into());
    assert_eq!(perform(&withdrawal(KEY)), Ok(Outcome::done(FIRST)));
    assert_eq!(perform(&withdrawal(KEY)), Ok(Outcome::done(FIRST)), "asked for again");
}

#[test]
fn an_answer_to_a_new_call_says_what_is_known() {
    let with = |status: u16, body: &'static str| {
        let upstream = Account::new().listen_but("POST", move || Ok(Answer::new(status, body)));
        let outcome = perform(&call(&format!("call:{status}:{body}"), "+46 8 123 456"));
        drop(upstream);
        outcome
    };
    assert_eq!(code(with(400, r#"{"code": 21211, "message": "Invalid 'To'", "status": 400}"#)), "invalid-address");
    assert_eq!(code(with(400, r#"{"code": 21215, "message": "not permitted", "status": 400}"#)), "refused");
    assert_eq!(code(with(400, "<html>")), "refused");
    for (status, body, kind) in [
        (400, r#"{"code": 21210, "message": "From is not yours"}"#, Kind::Misconfigured),
        (401, r#"{"code": 20003}"#, Kind::Misconfigured),
        (403, "", Kind::Misconfigured),
        (404, "", Kind::Misconfigured),
        (429, r#"{"code": 20429}"#, Kind::RetryLater),
    ] {
        assert_eq!(with(status, body).unwrap_err().kind, kind, "{status} {body}");
    }
    for (status, body) in [(500, ""), (503, ""), (201, r#"{"sid": "CA"#), (201, "{}"), (201, "<html>")] {
        assert!(matches!(with(status, body), Ok(Outcome::Unknown(_))), "{status} {body}");
    }
    let _upstream = Account::new().listen_but("POST", || Err(Failure::not_sent(Error::retry_later("no connection"))));
    assert_eq!(perform(&call(KEY, "+46 8 123 456")).unwrap_err().kind, Kind::RetryLater);
}
