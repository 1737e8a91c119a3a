//! The plugin as the host sees it, against systems that answer as their makers say.

#![allow(clippy::unwrap_used)] // a test may

use dunlin_plugin_sdk::http::{Answer, Failure};
use dunlin_plugin_sdk::testing::Upstream;
use dunlin_plugin_sdk::{Date, Kind as Who, Party, config};
use serde_json::{Value, json};

use super::*;

const SLACK: &str = r#"{"kind": "slack"}"#;
const POSTED: &[u8] = include_bytes!("../fixtures/slack-posted.json");

fn notification() -> Notification {
    Notification {
        account: "C-7".to_owned(),
        recipient_role: "sales-rep".to_owned(),
        recipient: Party { name: "sales-rep".to_owned(), ..Party::default() },
        address: "#sales".to_owned(),
        language: "en".to_owned(),
        subject: "Overdue: Åker <& Söner> *AB*".to_owned(),
        text: "Åker & Söner is 9 days past due.\n\nINV_7_a: 1200.00 EUR".to_owned(),
        html: None,
        link: "https://dunlin.nordlicht.example/accounts/C-7".to_owned(),
        notes: Vec::new(),
    }
}

fn perform(config: &str) -> Result<Vec<Outcome>> {
    let batch = Batch { id: "b".to_owned(), at: 0, today: Date::constant(2026, 3, 2), creditor: Party::default() };
    let request = Request { key: "tell:0".to_owned(), effect: Effect::Notify(notification()) };
    NotifierChat::perform(&config::parse(config).unwrap(), &batch, &[request])
}

fn one(config: &str, answer: Answer) -> Result<Outcome> {
    let _chat = Upstream::new("chat", move |_| Ok(answer.clone()));
    perform(config).map(|mut outcomes| outcomes.remove(0))
}

#[test]
fn slack_gets_the_channel_and_a_text_whose_signs_mean_nothing() {
    let chat = Upstream::new("chat", |_| Ok(Answer::new(200, POSTED)));
    assert_eq!(perform(SLACK).unwrap(), [Outcome::done("C024BE91L/1772446500.000200")]);
    let asked = chat.asked().remove(0);
    assert_eq!((asked.method.as_str(), asked.path()), ("POST", "/api/chat.postMessage"));
    let body: Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!(body["channel"], "#sales");
    let text = body["text"].as_str().unwrap();
    assert!(text.starts_with("*Overdue: Åker &lt;&amp; Söner&gt; *AB**\n"), "{text}");
    assert!(text.ends_with("\n<https://dunlin.nordlicht.example/accounts/C-7>"), "{text}");
}

#[test]
fn what_slack_says_is_told_apart() {
    let says = |error: &str| one(SLACK, Answer::new(200, json!({"ok": false, "error": error}).to_string()));
    assert!(matches!(says("channel_not_found"), Ok(Outcome::Rejected(one)) if one.code == "invalid-address"));
    assert!(matches!(says("something_new"), Ok(Outcome::Rejected(one)) if one.code == "refused"));
    assert!(matches!(says("internal_error"), Ok(Outcome::Unknown(_))), "it may have been posted");
    assert_eq!(says("token_revoked").unwrap_err().kind, Who::Misconfigured);
    assert_eq!(says("ratelimited").unwrap_err().kind, Who::RetryLater);
    let busy = Answer::new(429, "").with("Retry-After", "30");
    assert_eq!(one(SLACK, busy).unwrap_err().retry_after_ms, Some(30_000));
    assert!(matches!(one(SLACK, Answer::new(200, "{\"ok\"")), Ok(Outcome::Unknown(_))), "half an answer");
    assert!(matches!(one(SLACK, Answer::new(502, "")), Ok(Outcome::Unknown(_))));
}

#[test]
fn teams_gets_a_card_and_says_only_that_it_took_it() {
    let config = r#"{"kind": "teams", "path": "/workflows/1/triggers/manual/paths/invoke?api-version=2016-06-01"}"#;
    let chat = Upstream::new("chat", |_| Ok(Answer::new(202, "")));
    assert_eq!(perform(config).unwrap(), [Outcome::done("status 202")]);
    let asked = chat.asked().remove(0);
    assert!(asked.target.ends_with("/invoke?api-version=2016-06-01"), "{}", asked.target);
    let body: Value = serde_json::from_slice(&asked.body).unwrap();
    let card = &body["attachments"][0]["content"];
    assert_eq!((&body["type"], &card["type"]), (&json!("message"), &json!("AdaptiveCard")));
    let texts: Vec<&str> = card["body"].as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap()).collect();
    assert_eq!(texts[0], "Overdue: Åker <& Söner> \\*AB\\*");
    assert_eq!(texts[1..], ["Åker & Söner is 9 days past due.", "INV\\_7\\_a: 1200.00 EUR"]);
    assert_eq!(card["actions"][0]["url"], "https://dunlin.nordlicht.example/accounts/C-7");
}

#[test]
fn an_address_of_ones_own_gets_everything_as_it_is() {
    let config = r#"{"kind": "web", "path": "/hooks/dunlin"}"#;
    let chat = Upstream::new("chat", |_| Ok(Answer::new(204, "")));
    perform(config).unwrap();
    let body: Value = serde_json::from_slice(&chat.asked()[0].body).unwrap();
    assert_eq!(
        (&body["key"], &body["role"], &body["address"]),
        (&json!("tell:0"), &json!("sales-rep"), &json!("#sales"))
    );
    assert_eq!(body["subject"], "Overdue: Åker <& Söner> *AB*");
    assert!(matches!(one(config, Answer::new(404, "nobody")), Ok(Outcome::Rejected(_))));
    assert!(one(config, Answer::new(403, "")).is_err_and(|error| error.kind == Who::Misconfigured));
}

#[test]
fn what_may_have_been_posted_is_not_posted_again() {
    let lost = || Failure::lost(Error::retry_later("the answer broke off"));
    let _chat = Upstream::new("chat", move |_| Err(lost()));
    assert_eq!(perform(SLACK).unwrap(), [Outcome::Unknown("the answer broke off".to_owned())]);
    let _chat = Upstream::new("chat", |_| Err(Failure::not_sent(Error::retry_later("nobody there"))));
    assert_eq!(perform(SLACK).unwrap_err().kind, Who::RetryLater, "nothing went out: it is asked for again");
}

#[test]
fn a_configuration_that_cannot_be_is_refused() {
    for wrong in [r#"{"kind": "slack", "path": "/x"}"#, r#"{"kind": "teams"}"#, r#"{"kind": "web", "path": "x"}"#] {
        assert_eq!(NotifierChat::check(&config::parse(wrong).unwrap()).unwrap_err().kind, Who::Misconfigured);
    }
    assert!(config::parse::<Config>(r#"{"kind": "irc"}"#).is_err());
    assert!(NotifierChat::check(&config::parse(SLACK).unwrap()).is_ok());
}
