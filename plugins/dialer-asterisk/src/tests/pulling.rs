//! Results: each once, whatever is interrupted, and put aside only when the hub has them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use dunlin_plugin_sdk::dialer::{CallResult, Fact};
use dunlin_plugin_sdk::http::{Answer, Failure};
use dunlin_plugin_sdk::testing::{Upstream, logged};
use dunlin_plugin_sdk::{Error, Event, Kind, Refusal};

use super::server::Server;
use super::*;
use crate::map::token;

/// A host that takes pages, and holds the same key against what it knows.
#[derive(Default)]
struct Host {
    cursor: Option<String>,
    facts: BTreeMap<String, Event<Fact>>,
    taken: usize,
    refusals: Vec<Refusal>,
}

impl Host {
    fn pull(&mut self) -> Result<bool> {
        let page = Asterisk::pull(&config(r#"{"dispositions": {"refused": "rpc_refused"}}"#), self.cursor.as_deref())?;
        for event in page.events {
            self.taken += 1;
            let known = self.facts.entry(event.source.key.clone()).or_insert_with(|| event.clone());
            assert_eq!(known, &event);
        }
        self.refusals.extend(page.progress.refusals);
        self.cursor = Some(page.progress.cursor);
        Ok(page.progress.more)
    }
}

fn result(event: &Event<Fact>) -> &CallResult {
    let Fact::CallEnded(result) = &event.fact else { panic!("{event:?}") };
    result
}

/// So many calls that ended.
fn ended(count: usize) -> Server {
    let server = Server::default();
    let upstream = server.listen();
    for number in 0..count {
        let key = format!("call:{number}");
        perform(&call(&key, "+46 8 123 456")).unwrap();
        server.ends(&token(&key), "NOANSWER|16||");
    }
    drop(upstream);
    server
}

#[test]
fn a_result_is_told_as_it_was_written() {
    let server = Server::default();
    let _upstream = server.listen();
    perform(&call(KEY, "+46 8 123 456")).unwrap();
    server.ends(&token(KEY), "ANSWER|16|42|refused");
    let mut host = Host::default();
    assert_eq!(host.pull(), Ok(false));
    let event = &host.facts[&token(KEY)];
    let told = result(event);
    assert_eq!((told.call.as_deref(), told.account.as_str()), (Some(KEY), "C|1 ${x}"));
    assert_eq!((told.disposition.as_str(), told.at, told.duration_s), ("rpc_refused", 1_772_446_500_000, 42));
    assert_eq!((event.source.occurred_on, told.notes[1].value.as_str()), (TODAY, "16"));
}

#[test]
fn an_interruption_after_any_request_loses_and_doubles_nothing() {
    for broken in 0..400 {
        let server = ended(100);
        let (answering, count) = (server.clone(), Rc::new(RefCell::new(0)));
        let _upstream = Upstream::new("api", move |asked| {
            *count.borrow_mut() += 1;
            // The server acts, and the answer is lost.
            let answer = answering.answer(asked);
            if *count.borrow() - 1 == broken {
                Err(Failure::lost(Error::retry_later("it broke off")))
            } else {
                Ok(answer)
            }
        });
        let mut host = Host::default();
        // Until a page is empty: then everything before it is put aside.
        let done = (0..20).any(|_| !host.pull().unwrap_or(true) && host.cursor.as_deref() == Some(""));
        assert!(done, "{broken}");
        assert_eq!((host.facts.len(), host.refusals.len()), (100, 0), "{broken}");
        assert!(server.files.borrow().keys().all(|name| name.starts_with("dunlin-told-")), "{broken}");
        assert!(host.taken <= 140, "nothing is told again but what was interrupted: {}", host.taken);
    }
}

#[test]
fn two_reads_are_alike_and_put_nothing_aside() {
    let server = ended(3);
    let _upstream = server.listen();
    let first = Asterisk::pull(&config("{}"), None).unwrap();
    assert_eq!(Asterisk::pull(&config("{}"), None).unwrap(), first);
    assert_eq!(server.files.borrow().keys().filter(|name| name.starts_with("dunlin-new-")).count(), 3);
}

#[test]
fn what_cannot_be_read_is_refused_and_the_rest_goes_on() {
    let server = ended(1);
    let _upstream = server.listen();
    let put = |key: &str, text: &str| {
        server.files.borrow_mut().insert(format!("dunlin-new-{}", token(key)), text.to_owned());
    };
    put("a", "1|soon|2026-03-02|BUSY|17|||a|C-1|end\n");
    put("b", "1|1772446500|2026-03-02|BUSY|17|||another|C-1|end\n");
    put("c", "1|1772446500|2026-03-02|ANSWER|16|3|7|c|C-1|end\n");
    put("d", "1|1772446500|2026-03-02|BU");
    for foreign in ["dunlin-new-", "dunlin-new-voicemail", "voicemail"] {
        server.files.borrow_mut().insert(foreign.to_owned(), "RIFF".to_owned());
    }
    let mut host = Host::default();
    host.pull().unwrap();
    let mut reasons: Vec<&str> = host.refusals.iter().map(|refusal| refusal.reason.as_str()).collect();
    reasons.sort();
    assert_eq!((host.facts.len(), reasons.len()), (1, 3), "{reasons:?}");
    for (reason, told) in reasons.iter().zip(["of the call `another`", "`soon`", "said `7`"]) {
        assert!(reason.contains(told), "{reason}");
    }
    assert!(logged()[0].contains("is not whole"));
    host.pull().unwrap();
    put("d", "1|1772446500|2026-03-02|BUSY|17|||d|C-1|end\n");
    host.pull().unwrap();
    assert_eq!(
        (host.facts.len(), host.refusals.len()),
        (2, 3),
        "a line that was being written is read when it is whole"
    );
    assert!(server.files.borrow().contains_key("dunlin-new-voicemail"));
}

#[test]
fn an_answer_says_who_has_to_act() {
    for (status, body, kind) in [
        (401, r#"{"message":"Authentication required"}"#, Kind::Misconfigured),
        (403, "", Kind::Misconfigured),
        (404, r#"{"message":"Resource not found"}"#, Kind::Misconfigured),
        (429, "", Kind::RetryLater),
        (500, "", Kind::RetryLater),
        (200, "<html>not asterisk</html>", Kind::Broken),
        (200, r#"[{"name": "dunlin-new-"#, Kind::Broken),
        (200, r#"[{"format": "wav"}]"#, Kind::Broken),
    ] {
        let _upstream =
            Server::default().listen_but("GET", "/recordings/stored", move || Ok(Answer::new(status, body)));
        assert_eq!(Asterisk::pull(&config("{}"), None).unwrap_err().kind, kind, "{status} {body}");
    }
    assert_eq!(Asterisk::pull(&config("{}"), Some("2026")).unwrap_err().kind, Kind::Broken);
}

#[test]
fn a_check_finds_what_is_missing() {
    let server = Server::default();
    let upstream = server.listen();
    Asterisk::check(&config("{}")).unwrap();
    drop(upstream);
    let _upstream = server.listen_but("GET", "/asterisk/variable", || Ok(Answer::new(200, r#"{"value": ""}"#)));
    let error = Asterisk::check(&config("{}")).unwrap_err();
    assert!(error.kind == Kind::Misconfigured && error.message.contains("`DUNLIN_DIALPLAN` is ``"), "{error}");
    for wrong in [r#"{"ring_seconds": 0}"#, r#"{"calls_max": 0}"#, r#"{"prefix": "+"}"#] {
        assert_eq!(Asterisk::check(&config(wrong)).unwrap_err().kind, Kind::Misconfigured, "{wrong}");
    }
    let told = |json| parsed::parse::<Config>(json).unwrap_err().message;
    assert!(told(r#"{"lines": 1}"#).contains("`lines`") && told(r#"{"answered": "yes"}"#).contains("`no_answer`"));
    let shipped = include_str!("../../../../config/plugins/dialer-asterisk.toml");
    assert!(shipped.contains("enabled = false") && shipped.contains("auth = \"basic\""));
}
