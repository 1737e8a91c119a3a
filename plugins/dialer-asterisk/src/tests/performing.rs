//! Calls and withdrawals: dialled once, hung up only while nobody talks, and never guessed about.

use dunlin_plugin_sdk::http::{Answer, Failure};
use dunlin_plugin_sdk::{Error, Extension, Finding, Kind};

use super::server::Server;
use super::*;
use crate::map::token;

fn lookup(key: &str) -> Finding {
    Asterisk::lookup(&config("{}"), &[key.to_owned()]).unwrap().remove(0)
}

fn done() -> Result<Outcome> {
    Ok(Outcome::done(format!("channel {}", token(KEY))))
}

#[test]
fn a_call_is_dialled_once_while_it_lasts_and_after_it_ended() {
    let server = Server::default();
    let _upstream = server.listen();
    assert_eq!(lookup(KEY), Finding::Absent);
    assert_eq!(perform(&call(KEY, "+46 8 123 456")), done());
    assert_eq!(perform(&call(KEY, "+46 8 123 456")), done(), "it rings");
    assert!(matches!(lookup(KEY), Finding::Done(_)));
    server.ends(&token(KEY), "BUSY|17||");
    assert_eq!(perform(&call(KEY, "+46 8 123 456")), done(), "it ended");
    // Told, and put aside.
    let page = Asterisk::pull(&config("{}"), None).unwrap();
    Asterisk::pull(&config("{}"), Some(&page.progress.cursor)).unwrap();
    assert_eq!(server.files.borrow().keys().cloned().collect::<Vec<_>>(), [format!("dunlin-told-{}", token(KEY))]);
    assert!(matches!(lookup(KEY), Finding::Done(_)));
    assert_eq!(perform(&call(KEY, "+46 8 123 456")), done(), "it was told");
    let started = server.started.borrow();
    assert_eq!((started.len(), started[0]["endpoint"].as_str()), (1, Some("Local/468123456@dunlin-call/n")));
    let variables = &started[0]["variables"];
    assert_eq!(variables["DUNLIN_ACCOUNT"], "C%7C1%20%24%7Bx%7D", "nothing that a dialplan would read");
    assert_eq!(
        (variables["DUNLIN_SECONDS"].as_str(), variables["DUNLIN_CALL"].as_str()),
        (Some("30"), Some(token(KEY).as_str()))
    );
}

#[test]
fn what_is_configured_goes_with_the_call() {
    let server = Server::default();
    let upstream = server.listen();
    let json = r#"{"caller_id": "Nord <4681>", "ring_seconds": 20, "prefix": "00", "national": true}"#;
    perform_with(json, &call(KEY, "+49 (0)40-123 456")).unwrap();
    perform_with(json, &call("call:2", "08-123 456")).unwrap();
    let endpoints: Vec<_> = server.started.borrow().iter().map(|call| call["endpoint"].clone()).collect();
    assert_eq!(endpoints, ["Local/004940123456@dunlin-call/n", "Local/08123456@dunlin-call/n"]);
    let asked = upstream.asked();
    let start = asked.iter().find(|asked| asked.method == "POST").unwrap();
    assert!(
        start.target.ends_with("&callerId=Nord%20%3C4681%3E") && start.target.contains("&timeout=35&"),
        "{}",
        start.target
    );
}

#[test]
fn no_more_calls_than_lines_at_a_time() {
    let server = Server::default();
    let _upstream = server.listen();
    server.channels.borrow_mut().insert("1772446500.7".to_owned(), "Up".to_owned());
    let two = r#"{"calls_max": 2}"#;
    perform_with(two, &call("call:1", "+46 8 123 456")).unwrap();
    perform_with(two, &call("call:2", "+46 8 123 457")).unwrap();
    let error = perform_with(two, &call("call:3", "+46 8 123 458")).unwrap_err();
    assert_eq!((error.kind, error.retry_after_ms), (Kind::RetryLater, Some(10_000)));
    server.ends(&token("call:1"), "NOANSWER|16||");
    perform_with(two, &call("call:3", "+46 8 123 458")).unwrap();
}

#[test]
fn what_cannot_be_dialled_says_why() {
    let _upstream = Server::default().listen();
    for phone in ["unknown", "08 123 456", "", "+46 8 x", "+46", "+46812345678901234", "+468&SIP/boss"] {
        assert_eq!(code(perform(&call(KEY, phone))), "invalid-address", "{phone}");
    }
    let mut late = call(KEY, "+46 8 123 456");
    let Effect::QueueCall(queued) = &mut late.effect else { panic!() };
    queued.expires_on = Date::constant(2026, 3, 1);
    assert_eq!(code(perform(&late)), "expired");
    let fax = Request { key: "o".into(), effect: Effect::Other(Extension { kind: "fax".into(), notes: Vec::new() }) };
    assert_eq!(code(perform(&fax)), "not-supported");
}

#[test]
fn a_call_is_hung_up_only_while_nobody_talks() {
    let server = Server::default();
    let _upstream = server.listen();
    assert_eq!(code(perform(&withdrawal(KEY))), "unknown-call");
    perform(&call(KEY, "+46 8 123 456")).unwrap();
    assert_eq!(perform(&withdrawal(KEY)), done());
    assert_eq!(perform(&withdrawal(KEY)), done(), "asked for again");
    perform(&call("call:2", "+46 8 123 456")).unwrap();
    server.channels.borrow_mut().insert(token("call:2"), "Up".to_owned());
    assert_eq!(code(perform(&withdrawal("call:2"))), "too-late");
    server.ends(&token("call:2"), "ANSWER|16|7|");
    assert_eq!(code(perform(&withdrawal("call:2"))), "too-late");
}

#[test]
fn a_call_whose_answer_is_lost_is_unknown_and_then_found() {
    let server = Server::default();
    let upstream = server.listen_but("POST", "/channels", || Err(Failure::lost(Error::retry_later("it broke off"))));
    assert_eq!(perform(&call(KEY, "+46 8 123 456")), Ok(Outcome::Unknown("it broke off".to_owned())));
    drop(upstream);
    let _upstream = server.listen();
    assert!(matches!(lookup(KEY), Finding::Done(_)));
    perform(&call(KEY, "+46 8 123 456")).unwrap();
    assert_eq!(server.started.borrow().len(), 1);
    let upstream = server.listen_but("DELETE", "/channels", || Err(Failure::lost(Error::retry_later("it broke off"))));
    assert!(matches!(perform(&withdrawal(KEY)), Ok(Outcome::Unknown(_))));
    drop(upstream);
    let _upstream = server.listen();
    assert_eq!(perform(&withdrawal(KEY)), done());
}

#[test]
fn an_answer_to_a_new_call_says_what_is_known() {
    let request = call(KEY, "+46 8 123 456");
    let with = |status: u16, body: &'static str| {
        let upstream = Server::default().listen_but("POST", "/channels", move || Ok(Answer::new(status, body)));
        let outcome = perform(&request);
        drop(upstream);
        outcome
    };
    assert_eq!(with(400, r#"{"message": "Invalid endpoint"}"#), Ok(Outcome::rejected("refused", "Invalid endpoint")));
    assert_eq!(with(409, r#"{"message": "Channel with given unique ID already exists"}"#), done());
    for status in [404, 500, 502, 504] {
        assert!(matches!(with(status, "<html>"), Ok(Outcome::Unknown(_))), "{status}");
    }
    for (status, kind) in
        [(401, Kind::Misconfigured), (403, Kind::Misconfigured), (429, Kind::RetryLater), (503, Kind::RetryLater)]
    {
        assert_eq!(with(status, "").unwrap_err().kind, kind, "{status}");
    }
    let _upstream = Server::default()
        .listen_but("POST", "/channels", || Err(Failure::not_sent(Error::retry_later("no connection"))));
    assert_eq!(perform(&request).unwrap_err().kind, Kind::RetryLater);
}
