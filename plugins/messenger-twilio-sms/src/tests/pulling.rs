//! What became of messages, and who wrote back: each once, whatever is interrupted, and nobody else's.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use dunlin_plugin_sdk::http::{Answer, Failure};
use dunlin_plugin_sdk::messenger::Fact;
use dunlin_plugin_sdk::testing::Upstream;
use dunlin_plugin_sdk::{Error, Event, Kind, Refusal};
use serde_json::json;

use super::twilio::Account;
use super::*;
use crate::memory;

/// A host that takes pages, and holds the same key against what it knows.
#[derive(Default)]
struct Host {
    cursor: Option<String>,
    facts: BTreeMap<String, Event<Fact>>,
    refusals: Vec<Refusal>,
}

impl Host {
    fn pull(&mut self) -> Result<bool> {
        let page = TwilioSms::pull(&config(), self.cursor.as_deref())?;
        for event in page.events {
            let known = self.facts.entry(event.source.key.clone()).or_insert_with(|| event.clone());
            assert_eq!(known.source.digest, event.source.digest, "{}", event.source.key);
        }
        self.refusals.extend(page.progress.refusals);
        self.cursor = Some(page.progress.cursor);
        Ok(page.progress.more)
    }

    fn settle(&mut self) {
        assert!((0..50).any(|_| !self.pull().unwrap()), "it does not come to an end");
    }

    /// Each key without what all ids have, and what its fact says.
    fn told(&self) -> Vec<String> {
        let short = |key: &str| key.replace("SM000000000000000000000000000000", "");
        self.facts.values().map(|event| format!("{} {}", short(&event.source.key), said(&event.fact))).collect()
    }
}

fn said(fact: &Fact) -> String {
    let (word, told) = match fact {
        Fact::OptedOut(stop) => return format!("{} stops {}", stop.account, stop.medium),
        Fact::Delivered(told) => ("delivered", told),
        Fact::Bounced(told) => ("bounced", told),
        Fact::Opened(told) => ("opened", told),
        Fact::Replied(told) => ("replied", told),
        Fact::Other(other) => panic!("{other:?}"),
    };
    format!("{word} {} {}: {}", told.account, told.message, told.text)
}

/// So many messages of ours to numbers of their own, each followed by one of somebody else; a second between them.
fn with_messages(count: usize) -> Account {
    let account = Account::new();
    let upstream = account.listen();
    for number in 0..count {
        let (key, phone) = (format!("k:{number}"), format!("+4670{number:07}"));
        perform(&message(&key, &format!("C-{number}"), &phone, TEXT)).unwrap();
        account.add("+4699999999", "hello");
        account.passes(1);
    }
    drop(upstream);
    account
}

fn ours(number: usize) -> String {
    sid(number * 2 + 1)
}

#[test]
fn what_became_of_a_message_is_told() {
    let account = with_messages(7);
    for (number, status) in
        ["delivered", "undelivered", "failed", "read", "canceled", "sent", "exploded"].iter().enumerate()
    {
        account.becomes(&ours(number), status);
    }
    account.change(&ours(1), &[("error_code", json!(30003)), ("error_message", json!("Unreachable"))]);
    account.change(&ours(2), &[("error_code", json!(21610))]);
    let _upstream = account.listen();
    let mut host = Host::default();
    host.settle();
    let told = [
        "01 delivered C-0 k:0: delivered",
        "03 bounced C-1 k:1: undelivered: error 30003, Unreachable",
        "05 bounced C-2 k:2: failed: error 21610",
        "05:opted-out C-2 stops sms",
        "07 opened C-3 k:3: read",
    ];
    assert_eq!(host.told(), told);
    assert!(host.refusals.len() == 1 && host.refusals[0].reason.contains("`exploded`"), "{:?}", host.refusals);
    account.becomes(&ours(5), "delivered");
    host.settle();
    assert_eq!((host.facts.len(), host.refusals.len()), (6, 1));
}

#[test]
fn who_writes_back_is_known_by_the_number() {
    let account = Account::new();
    let upstream = account.listen();
    for (key, debtor) in [("k:1", "C-1"), ("k:2", "C-2"), ("k:3", "C-1")] {
        perform(&message(key, debtor, PHONE, TEXT)).unwrap();
    }
    drop(upstream);
    account.reply(PHONE, "I paid on Friday");
    account.reply(PHONE, " STOP! ");
    account.reply("+46709999999", "STOP");
    let foreign = account.reply(PHONE, "to another number of the account");
    account.change(&foreign, &[("to", json!("+4680000000"))]);
    let _upstream = account.listen();
    let mut host = Host::default();
    host.settle();
    let told = [
        "04:replied replied C-1 k:3: I paid on Friday",
        "05:opted-out:C-1 C-1 stops sms",
        "05:opted-out:C-2 C-2 stops sms",
    ];
    assert_eq!(host.told(), told);
    assert_eq!(host.facts[&format!("{}:replied", sid(4))].source.occurred_on, TODAY);
    // A further message, and the same replies are read again: they are the same facts.
    perform(&message("k:4", "C-2", PHONE, TEXT)).unwrap();
    host.settle();
    assert_eq!(host.told(), told);
}

#[test]
fn who_was_refused_by_twilio_has_opted_out() {
    let account = Account::new();
    let body = r#"{"code": 21610, "message": "unsubscribed", "status": 400}"#;
    let upstream = account.listen_but_send(move || Ok(Answer::new(400, body)));
    for number in 1..=2 {
        perform(&message(&format!("k:{number}"), &format!("C-{number}"), PHONE, TEXT)).unwrap();
    }
    drop(upstream);
    account.messages.borrow_mut().clear();
    let _upstream = account.listen();
    let mut host = Host::default();
    host.settle();
    assert_eq!(host.told(), ["opted-out:k:1 C-1 stops sms", "opted-out:k:2 C-2 stops sms"]);
    let page = TwilioSms::pull(&config(), host.cursor.as_deref()).unwrap();
    assert!(page.events.is_empty(), "told once");
    assert_eq!(TwilioSms::pull(&config(), None).unwrap().events.len(), 2, "and again, if the host did not keep it");
}

#[test]
fn an_interruption_after_any_request_loses_and_doubles_nothing() {
    for broken in 0..16 {
        let account = with_messages(170);
        for number in 0..170 {
            account.becomes(&ours(number), if number % 50 == 3 { "sending" } else { "delivered" });
        }
        account.reply("+46700000000", "hello");
        let (answering, count) = (account.clone(), Rc::new(RefCell::new(0)));
        let _upstream = Upstream::new("api", move |asked| {
            *count.borrow_mut() += 1;
            match *count.borrow() - 1 == broken {
                true => Err(Failure::lost(Error::retry_later("it broke off"))),
                false => Ok(answering.answer(asked)),
            }
        });
        let mut host = Host::default();
        assert!((0..50).any(|_| !host.pull().unwrap_or(true)), "{broken}");
        (0..170).for_each(|number| account.becomes(&ours(number), "delivered"));
        // The interruption may meet the second round.
        assert!((0..50).any(|_| !host.pull().unwrap_or(true)), "{broken}");
        assert!((0..50).any(|_| !host.pull().unwrap_or(true)), "{broken}");
        assert_eq!((host.facts.len(), host.refusals.len()), (171, 0), "{broken}");
        assert!(memory::by_sid(&ours(7)).unwrap().is_none(), "what was told is forgotten");
    }
}

#[test]
fn a_pull_that_the_host_did_not_keep_is_pulled_again() {
    let account = with_messages(3);
    (0..3).for_each(|number| account.becomes(&ours(number), "delivered"));
    let _upstream = account.listen();
    let kept: Vec<_> = (0..3).map(|number| memory::by_sid(&ours(number)).unwrap().unwrap()).collect();
    let first = TwilioSms::pull(&config(), None).unwrap();
    // The host drops the result, and what was written with it.
    kept.iter().for_each(|asked| memory::keep(asked).unwrap());
    assert_eq!(TwilioSms::pull(&config(), None).unwrap(), first);
    assert_eq!(first.events.len(), 3);
}

#[test]
fn a_message_on_its_way_is_asked_for_until_it_arrives_or_nobody_tells_any_more() {
    let account = with_messages(2);
    let upstream = account.listen();
    let mut host = Host::default();
    host.settle();
    account.passes(86_400);
    (0..300).for_each(|_| drop(account.add("+4699999999", "hello")));
    account.becomes(&ours(1), "sent");
    host.settle();
    host.settle();
    account.becomes(&ours(0), "delivered");
    host.settle();
    assert_eq!(host.told(), ["01 delivered C-0 k:0: delivered"]);
    upstream.asked();
    host.settle();
    assert!(upstream.asked()[0].path().ends_with(&format!("{}.json", ours(1))), "a day is not long");
    account.passes(4 * 86_400);
    account.add("+4699999999", "hello");
    host.settle();
    host.settle();
    upstream.asked();
    host.settle();
    assert!(
        upstream.asked().iter().all(|asked| asked.path().ends_with("Messages.json")),
        "nothing is waited for any more"
    );
    assert_eq!((host.facts.len(), host.refusals.len()), (1, 0));
}

#[test]
fn a_lost_message_that_is_found_long_after_is_told_too() {
    let account = Account::new();
    let upstream = account.listen_but_send(|| Err(Failure::lost(Error::retry_later("it broke off"))));
    perform(&message(KEY, "C-1", PHONE, TEXT)).unwrap();
    drop(upstream);
    account.becomes(&sid(1), "delivered");
    account.passes(86_400);
    (0..300).for_each(|_| drop(account.add("+4699999999", "hello")));
    let _upstream = account.listen();
    let mut host = Host::default();
    host.settle();
    assert!(host.facts.is_empty(), "nobody knows that it is ours");
    assert!(matches!(lookup(KEY), Finding::Done(_)));
    host.settle();
    assert_eq!(host.told(), [format!("01 delivered C-1 {KEY}: delivered")]);
}

#[test]
fn what_cannot_be_read_spoils_no_other() {
    let account = with_messages(3);
    (0..3).for_each(|number| account.becomes(&ours(number), "delivered"));
    account.change(&ours(0), &[("status", json!(7))]);
    account.change(&ours(1), &[("date_updated", json!("yesterday"))]);
    let reply = account.reply("+46700000002", "hello");
    account.change(&reply, &[("date_created", json!(null))]);
    let _upstream = account.listen();
    let mut host = Host::default();
    host.settle();
    assert_eq!(host.told(), ["05 delivered C-2 k:2: delivered"]);
    let mut reasons: Vec<String> = host.refusals.iter().map(|refusal| refusal.reason.clone()).collect();
    reasons.sort();
    let told = ["`yesterday` is not a time", "it has no `date_created`", "the message cannot be read"];
    assert!(reasons.len() == 3 && reasons.iter().zip(told).all(|(reason, told)| reason.contains(told)), "{reasons:?}");
}

#[test]
fn an_answer_says_who_has_to_act() {
    for (status, body, kind) in [
        (401, r#"{"code": 20003}"#, Kind::Misconfigured),
        (403, "", Kind::Misconfigured),
        (404, "", Kind::Misconfigured),
        (429, "", Kind::RetryLater),
        (500, "", Kind::RetryLater),
        (200, "<html>", Kind::Broken),
        (200, r#"{"messages": [{"sid": "SM"#, Kind::Broken),
        (200, "{}", Kind::Broken),
    ] {
        let _upstream = Upstream::new("api", move |_| Ok(Answer::new(status, body).with("retry-after", "7")));
        let error = TwilioSms::pull(&config(), None).unwrap_err();
        let wait = (kind == Kind::RetryLater).then_some(7_000);
        assert_eq!((error.kind, error.retry_after_ms), (kind, wait), "{status} {body}");
    }
    let elsewhere = r#"{"next": "/2010-04-01/Accounts/ACother/Messages.json?PageToken=1"}"#;
    assert!(TwilioSms::pull(&config(), Some(elsewhere)).unwrap_err().message.contains("outside of the account"));
    assert_eq!(TwilioSms::pull(&config(), Some("2026")).unwrap_err().kind, Kind::Broken);
    let _upstream = Upstream::new("api", |_| Ok(Answer::new(400, r#"{"code": 20001}"#)));
    let old = format!(r#"{{"next": "/2010-04-01/Accounts/{ACCOUNT}/Messages.json?PageToken=1"}}"#);
    let page = TwilioSms::pull(&config(), Some(&old)).unwrap();
    assert!(
        page.progress.more && !page.progress.cursor.contains("PageToken"),
        "a page that is gone begins the round anew"
    );
}

#[test]
fn a_check_names_what_is_wrong() {
    let _upstream = Account::new().listen();
    TwilioSms::check(&config()).unwrap();
    TwilioSms::check(&with_service(r#", "delay_minutes": 15"#)).unwrap();
    let with = |json: &str| parsed::parse(&format!(r#"{{"account_sid": "{ACCOUNT}"{json}}}"#)).unwrap();
    TwilioSms::check(&with(r#", "from": "Nordlicht""#)).unwrap();
    for wrong in [
        "",
        r#", "from": "08 123""#,
        r#", "from": "A name that is too long""#,
        r#", "messaging_service_sid": "AC""#,
        r#", "from": "+4681234567", "delay_minutes": 30"#,
        r#", "from": "+4681234567", "messaging_service_sid": "MG0123456789abcdef0123456789abcdef""#,
    ] {
        assert_eq!(TwilioSms::check(&with(wrong)).unwrap_err().kind, Kind::Misconfigured, "{wrong}");
    }
    assert_eq!(TwilioSms::check(&with_service(r#", "delay_minutes": 5"#)).unwrap_err().kind, Kind::Misconfigured);
    assert!(parsed::parse::<Config>(r#"{"sid": 1}"#).unwrap_err().message.contains("`sid`"));
    let shipped = include_str!("../../../../config/plugins/messenger-twilio-sms.toml");
    assert!(shipped.contains("enabled = false") && shipped.contains("auth = \"basic\""));
}
