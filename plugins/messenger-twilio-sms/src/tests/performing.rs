//! Messages and withdrawals: sent once, found again where that is possible, and left to a person where it is not.

use dunlin_plugin_sdk::http::{Answer, Failure};
use dunlin_plugin_sdk::{Error, Extension, Kind};

use super::twilio::Account;
use super::*;

fn first() -> Request<Effect> {
    message(KEY, "C-1", "+46 70 123 45 67", TEXT)
}

#[test]
fn a_message_is_sent_as_twilio_wants_it_and_once() {
    let account = Account::new();
    let upstream = account.listen();
    assert_eq!(perform(&first()), sent(&sid(1), 1));
    let asked = upstream.asked();
    assert_eq!(asked[0].target, format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json"));
    let body = "Nordlicht%20Handel%3A%20INV-1%20over%20120.00%20EUR%20is%207%20days%20past%20due.";
    assert_eq!(asked[0].text(), format!("To=%2B46701234567&From=%2B4681234567&Body={body}"));
    assert_eq!(perform(&first()), sent(&sid(1), 1), "asked for again");
    assert_eq!(account.messages.borrow().len(), 1);
    assert!(matches!(lookup(KEY), Finding::Done(receipt) if receipt.reference == sid(1)));
    assert!(matches!(lookup("notice:another"), Finding::Unclear(_)), "it is not known, and may have been sent");
}

#[test]
fn with_a_service_a_message_can_lie_and_be_withdrawn() {
    let account = Account::new();
    let upstream = account.listen();
    let config = with_service(r#", "delay_minutes": 30"#);
    // Twilio has not counted yet: the count is our own.
    assert_eq!(perform_with(&config, &first()), sent(&sid(1), 1));
    let text = upstream.asked()[0].text();
    assert!(text.contains(&format!("&MessagingServiceSid={SERVICE}&")), "{text}");
    assert!(text.ends_with("&ScheduleType=fixed&SendAt=2026-03-02T10%3A45%3A00Z"), "{text}");
    assert_eq!(perform_with(&config, &withdrawal(KEY)), Ok(Outcome::done(sid(1))));
    assert_eq!(code(perform_with(&config, &withdrawal("notice:another"))), "too-late");
    perform(&message("k:2", "C-1", PHONE, TEXT)).unwrap();
    assert_eq!(code(perform(&withdrawal("k:2"))), "too-late", "what is not scheduled cannot be taken back");
}

#[test]
fn what_cannot_be_sent_says_why() {
    let _upstream = Account::new().listen();
    assert_eq!(code(perform(&message(KEY, "C-1", "070 123 45 67", TEXT))), "invalid-address");
    for text in ["".to_owned(), "a".repeat(700), "я".repeat(300)] {
        assert_eq!(code(perform(&message(KEY, "C-1", PHONE, &text))), "too-long", "{}", text.len());
    }
    let mut letter = first();
    let Effect::Send(by_post) = &mut letter.effect else { panic!() };
    by_post.channel = "letter".to_owned();
    assert_eq!(code(perform(&letter)), "not-supported");
    let fax = Request { key: "o".into(), effect: Effect::Other(Extension { kind: "fax".into(), notes: Vec::new() }) };
    assert_eq!(code(perform(&fax)), "not-supported");
}

#[test]
fn a_message_whose_answer_is_lost_is_found_by_number_text_and_time() {
    let lost = || Err(Failure::lost(Error::retry_later("it broke off")));
    let account = Account::new();
    account.add(PHONE, "another text");
    account.add("+46709999999", TEXT);
    let upstream = account.listen_but_send(lost);
    assert_eq!(perform(&first()), Ok(Outcome::Unknown("it broke off".to_owned())));
    drop(upstream);
    let _upstream = account.listen();
    assert!(matches!(lookup(KEY), Finding::Done(receipt) if receipt.reference == sid(3)));
    assert_eq!(perform(&first()), sent(&sid(3), 1));
    assert_eq!(account.messages.borrow().len(), 3);
}

#[test]
fn what_may_be_one_of_two_or_none_is_left_to_a_person() {
    let account = Account::new();
    let upstream = account.listen_but_send(|| Ok(Answer::new(503, "")));
    assert!(matches!(perform(&first()), Ok(Outcome::Unknown(_))));
    drop(upstream);
    account.add(PHONE, TEXT);
    let _upstream = account.listen();
    assert!(matches!(lookup(KEY), Finding::Unclear(text) if text.contains("one of `SM")));
    account.messages.borrow_mut().clear();
    assert!(matches!(lookup(KEY), Finding::Unclear(text) if text.contains("no such message")));
    // One that another key is known to be is no candidate; nor is one of an hour later.
    perform(&message("k:2", "C-1", PHONE, TEXT)).unwrap();
    assert!(matches!(lookup(KEY), Finding::Unclear(_)));
    account.passes(3_600);
    account.add(PHONE, TEXT);
    assert!(matches!(lookup(KEY), Finding::Unclear(_)));
}

#[test]
fn an_answer_to_a_new_message_says_what_is_known() {
    let with = |status: u16, body: &'static str| {
        let upstream = Account::new().listen_but_send(move || Ok(Answer::new(status, body)));
        let outcome = perform(&message(&format!("k:{status}:{body}"), "C-1", PHONE, TEXT));
        drop(upstream);
        outcome
    };
    assert_eq!(code(with(400, r#"{"code": 21211, "message": "Invalid 'To'", "status": 400}"#)), "invalid-address");
    assert_eq!(code(with(400, r#"{"code": 21610, "message": "unsubscribed", "status": 400}"#)), "unreachable");
    assert_eq!(code(with(400, r#"{"code": 21408, "message": "not enabled", "status": 400}"#)), "refused");
    assert_eq!(code(with(400, "<html>")), "refused");
    for (status, body, kind) in [
        (400, r#"{"code": 21606, "message": "From is not yours"}"#, Kind::Misconfigured),
        (401, r#"{"code": 20003}"#, Kind::Misconfigured),
        (403, "", Kind::Misconfigured),
        (404, "", Kind::Misconfigured),
        (429, r#"{"code": 20429}"#, Kind::RetryLater),
    ] {
        assert_eq!(with(status, body).unwrap_err().kind, kind, "{status} {body}");
    }
    for (status, body) in [(500, ""), (503, ""), (201, r#"{"sid": "SM"#), (201, "{}"), (201, "<html>")] {
        assert!(matches!(with(status, body), Ok(Outcome::Unknown(_))), "{status} {body}");
    }
    let _upstream = Account::new().listen_but_send(|| Err(Failure::not_sent(Error::retry_later("no connection"))));
    assert_eq!(perform(&first()).unwrap_err().kind, Kind::RetryLater);
}
