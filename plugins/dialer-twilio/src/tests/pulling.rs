//! What became of calls: each once, whatever is interrupted, and nobody else's.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use dunlin_plugin_sdk::dialer::{CallResult, Fact};
use dunlin_plugin_sdk::http::{Answer, Failure};
use dunlin_plugin_sdk::testing::Upstream;
use dunlin_plugin_sdk::{Error, Event, Kind, Refusal};
use serde_json::json;

use super::twilio::{Account, parameter};
use super::*;
use crate::memory;

/// A host that takes pages, and takes each key once.
#[derive(Default)]
struct Host {
    cursor: Option<String>,
    facts: BTreeMap<String, Event<Fact>>,
    refusals: Vec<Refusal>,
}

impl Host {
    fn pull(&mut self) -> Result<bool> {
        let page = Twilio::pull(&config(""), self.cursor.as_deref())?;
        for event in page.events {
            let known = self.facts.insert(event.source.key.clone(), event);
            assert!(known.is_none(), "{known:?} comes again");
        }
        self.refusals.extend(page.progress.refusals);
        self.cursor = Some(page.progress.cursor);
        Ok(page.progress.more)
    }

    fn settle(&mut self) {
        assert!((0..50).any(|_| !self.pull().unwrap()), "it does not come to an end");
    }
}

fn result(event: &Event<Fact>) -> &CallResult {
    let Fact::CallEnded(result) = &event.fact else { panic!("{event:?}") };
    result
}

/// So many calls of ours, each followed by one of somebody else; a second between them.
fn with_calls(count: usize) -> Account {
    let account = Account::new();
    let upstream = account.listen();
    for number in 0..count {
        perform(&call(&format!("call:{number}"), "+46 8 123 456")).unwrap();
        account.add("+4699999999");
        *account.now.borrow_mut() += 1;
    }
    drop(upstream);
    account
}

fn sid(number: usize) -> String {
    format!("CA{:032}", number * 2 + 1)
}

#[test]
fn how_a_call_ended_and_who_answered_make_a_disposition() {
    let account = with_calls(11);
    let cases = [
        ("completed", Some("human"), "third_party_no_disclosure"),
        ("completed", None, "third_party_no_disclosure"),
        ("completed", Some("unknown"), "third_party_no_disclosure"),
        ("completed", Some("machine_start"), "voicemail_none"),
        ("completed", Some("machine_end_beep"), "voicemail_none"),
        ("completed", Some("fax"), "invalid_number"),
        ("busy", None, "busy"),
        ("no-answer", None, "no_answer"),
        ("failed", None, "failed"),
        ("canceled", None, "canceled"),
    ];
    for (number, (status, by, _)) in cases.iter().enumerate() {
        account.ends(&sid(number), status, *by);
    }
    account.ends(&sid(10), "exploded", None);
    let _upstream = account.listen();
    let mut host = Host::default();
    host.settle();
    for (number, (_, _, disposition)) in cases.iter().enumerate() {
        let told = result(&host.facts[&sid(number)]);
        assert_eq!((told.disposition.as_str(), told.call.clone()), (*disposition, Some(format!("call:{number}"))));
    }
    let first = result(&host.facts[&sid(0)]);
    assert_eq!((first.account.as_str(), first.at, first.duration_s), ("C-1", NOW + 11_000, 42));
    assert_eq!(result(&host.facts[&sid(6)]).at, NOW + 6_000, "never dialled: when it was asked for");
    assert_eq!((host.refusals.len(), host.refusals[0].document.clone()), (1, sid(10)));
    assert!(host.refusals[0].reason.contains("`exploded`"));
    host.settle();
    assert_eq!((host.facts.len(), host.refusals.len()), (10, 1));
}

#[test]
fn an_interruption_after_any_request_loses_and_doubles_nothing() {
    for broken in 0..16 {
        let account = with_calls(170);
        for number in 0..170 {
            account.ends(&sid(number), if number % 50 == 3 { "in-progress" } else { "busy" }, None);
        }
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
        for number in 0..170 {
            account.ends(&sid(number), "busy", None);
        }
        // The interruption may meet the second round.
        assert!((0..50).any(|_| !host.pull().unwrap_or(true)), "{broken}");
        assert!((0..50).any(|_| !host.pull().unwrap_or(true)), "{broken}");
        assert_eq!((host.facts.len(), host.refusals.len()), (170, 0), "{broken}");
        assert!(memory::by_sid(&sid(7)).unwrap().is_none(), "what was told is forgotten");
    }
}

#[test]
fn a_pull_that_the_host_did_not_keep_is_pulled_again() {
    let account = with_calls(3);
    (0..3).for_each(|number| account.ends(&sid(number), "busy", None));
    let _upstream = account.listen();
    let kept: Vec<_> = (0..3).map(|number| memory::by_sid(&sid(number)).unwrap().unwrap()).collect();
    let first = Twilio::pull(&config(""), None).unwrap();
    // The host drops the result, and what was written with it.
    kept.iter().for_each(|asked| memory::keep(asked).unwrap());
    assert_eq!(Twilio::pull(&config(""), None).unwrap(), first);
    assert_eq!(first.events.len(), 3);
}

#[test]
fn a_call_that_lasts_is_asked_for_until_it_has_ended() {
    let account = with_calls(1);
    let upstream = account.listen();
    let mut host = Host::default();
    host.settle();
    // Long after it has left the pages that are read again.
    *account.now.borrow_mut() += 86_400;
    (0..300).for_each(|_| drop(account.add("+4699999999")));
    host.settle();
    upstream.asked();
    host.settle();
    assert!(host.facts.is_empty() && upstream.asked()[0].path().ends_with(&format!("Calls/{}.json", sid(0))));
    account.ends(&sid(0), "no-answer", None);
    host.settle();
    assert_eq!(result(&host.facts[&sid(0)]).disposition, "no_answer");
    upstream.asked();
    host.settle();
    assert!(
        upstream.asked().iter().all(|asked| asked.path().ends_with("Calls.json")),
        "nothing is waited for any more"
    );
}

#[test]
fn a_lost_call_that_is_found_long_after_is_told_too() {
    let account = Account::new();
    let upstream = account.listen_but("POST", || Err(Failure::lost(Error::retry_later("it broke off"))));
    perform(&call(KEY, "+46 8 123 456")).unwrap();
    drop(upstream);
    account.ends(&sid(0), "busy", None);
    *account.now.borrow_mut() += 86_400;
    (0..300).for_each(|_| drop(account.add("+4699999999")));
    let _upstream = account.listen();
    let mut host = Host::default();
    host.settle();
    assert!(host.facts.is_empty(), "nobody knows that it is ours");
    assert!(matches!(lookup(KEY), Finding::Done(_)));
    host.settle();
    host.settle();
    assert_eq!(result(&host.facts[&sid(0)]).call.as_deref(), Some(KEY));
}

#[test]
fn rounds_end_at_the_floor_and_a_call_that_is_listed_late_is_found() {
    let account = with_calls(400);
    let upstream = account.listen();
    let mut host = Host::default();
    host.settle();
    assert_eq!(upstream.asked().iter().filter(|asked| asked.path().ends_with("Calls.json")).count(), 8);
    *account.now.borrow_mut() += 3_600;
    account.add("+4699999999");
    host.settle();
    upstream.asked();
    host.settle();
    let lists = upstream.asked().into_iter().filter(|asked| asked.path().ends_with("Calls.json")).collect::<Vec<_>>();
    assert_eq!(lists.len(), 2, "one page is above the floor in part, the next one is below");
    assert_eq!(
        (parameter(&lists[0], "From").as_deref(), parameter(&lists[0], "PageSize").as_deref()),
        (Some("%2B4681234567"), Some("100"))
    );
    // Made ten minutes before the newest of the last round, and listed only now, behind pages of others.
    let behind = account.calls.borrow().len();
    (0..250).for_each(|_| drop(account.add("+4699999999")));
    *account.now.borrow_mut() += 600;
    account.add("+4699999999");
    host.settle();
    perform(&call("call:late", "+46 8 123 456")).unwrap();
    let mut late = account.calls.borrow_mut().pop().unwrap();
    late["date_created"] = json!("Mon, 02 Mar 2026 11:21:00 +0000");
    late["status"] = json!("busy");
    account.calls.borrow_mut().insert(behind, late);
    host.settle();
    assert_eq!(host.facts.len(), 1);
}

#[test]
fn a_call_that_twilio_forgot_or_cannot_say_is_refused_once() {
    let account = with_calls(2);
    let _upstream = account.listen();
    let mut host = Host::default();
    host.settle();
    account.change(&sid(1), "duration", json!("long"));
    account.change(&sid(1), "status", json!("completed"));
    account.calls.borrow_mut().remove(0);
    host.settle();
    host.settle();
    let mut reasons: Vec<&str> = host.refusals.iter().map(|refusal| refusal.reason.as_str()).collect();
    reasons.sort();
    assert!(
        reasons.len() == 2 && reasons[0].contains("`long`") && reasons[1].contains("does not know it"),
        "{reasons:?}"
    );
}

#[test]
fn an_answer_says_who_has_to_act() {
    let outside = r#"{"calls": [], "next_page_uri": null}"#;
    for (status, body, kind) in [
        (401, r#"{"code": 20003}"#, Kind::Misconfigured),
        (403, "", Kind::Misconfigured),
        (404, "", Kind::Misconfigured),
        (429, "", Kind::RetryLater),
        (500, "", Kind::RetryLater),
        (200, "<html>", Kind::Broken),
        (200, r#"{"calls": [{"sid": "CA"#, Kind::Broken),
        (200, "{}", Kind::Broken),
    ] {
        let answer = move || Ok(Answer::new(status, body).with("retry-after", "7"));
        let _upstream = Account::new().listen_but("GET", answer);
        let error = Twilio::pull(&config(""), None).unwrap_err();
        assert_eq!(
            (error.kind, error.retry_after_ms),
            (kind, (kind == Kind::RetryLater).then_some(7_000)),
            "{status} {body}"
        );
    }
    let _upstream = Account::new().listen_but("GET", move || Ok(Answer::new(200, outside)));
    let elsewhere = r#"{"next": "/2010-04-01/Accounts/ACother/Calls.json?PageToken=1"}"#;
    assert!(Twilio::pull(&config(""), Some(elsewhere)).unwrap_err().message.contains("outside of the account"));
    assert_eq!(Twilio::pull(&config(""), Some("2026")).unwrap_err().kind, Kind::Broken);
    let _upstream = Account::new().listen_but("GET", move || Ok(Answer::new(400, r#"{"code": 20001}"#)));
    let old = format!(r#"{{"next": "/2010-04-01/Accounts/{ACCOUNT}/Calls.json?PageToken=1"}}"#);
    let page = Twilio::pull(&config(""), Some(&old)).unwrap();
    assert!(
        page.progress.more && !page.progress.cursor.contains("PageToken"),
        "a page that is gone begins the round anew"
    );
}

#[test]
fn a_check_names_what_is_wrong() {
    let account = Account::new();
    let _upstream = account.listen();
    Twilio::check(&config("")).unwrap();
    for wrong in [r#", "twiml": "<Response/>""#, r#", "ring_seconds": 1"#, r#", "machine_detection": "yes""#] {
        assert_eq!(Twilio::check(&config(wrong)).unwrap_err().kind, Kind::Misconfigured, "{wrong}");
    }
    for json in [
        r#"{"account_sid": "SK0123456789abcdef0123456789abcdef", "from": "+4681234567", "url": "https://x.example"}"#
            .to_owned(),
        format!(r#"{{"account_sid": "{ACCOUNT}", "from": "08 123", "url": "https://x.example"}}"#),
        format!(r#"{{"account_sid": "{ACCOUNT}", "from": "+4681234567"}}"#),
    ] {
        assert_eq!(Twilio::check(&parsed::parse(&json).unwrap()).unwrap_err().kind, Kind::Misconfigured, "{json}");
    }
    assert!(parsed::parse::<Config>(r#"{"sid": 1}"#).unwrap_err().message.contains("`sid`"));
    let shipped = include_str!("../../../../config/plugins/dialer-twilio.toml");
    assert!(shipped.contains("enabled = false") && shipped.contains("auth = \"basic\""));
}
