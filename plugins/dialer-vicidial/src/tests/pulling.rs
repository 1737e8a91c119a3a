//! What became of the calls: each once, whatever is interrupted, and from the log rather than from the lead.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use dunlin_plugin_sdk::dialer::{CallResult, Fact};
use dunlin_plugin_sdk::http::{Answer, Failure};
use dunlin_plugin_sdk::testing::{Upstream, logged};
use dunlin_plugin_sdk::{Dialer, Error, Event, Kind, Refusal, Result, config as parsed};

use super::config;
use super::performing::{KEY, call, perform_with};
use super::system::{System, form};
use crate::{Config, Vicidial};

/// A host that takes pages, and holds the same key against what it knows.
#[derive(Default)]
struct Host {
    cursor: Option<String>,
    facts: BTreeMap<String, Event<Fact>>,
    refusals: Vec<Refusal>,
}

impl Host {
    fn pull(&mut self, config: &Config) -> Result<bool> {
        let page = Vicidial::pull(config, self.cursor.as_deref())?;
        for event in page.events {
            let known = self.facts.entry(event.source.key.clone()).or_insert_with(|| event.clone());
            assert_eq!(known.source.digest, event.source.digest, "{}", event.source.key);
        }
        self.refusals.extend(page.progress.refusals);
        self.cursor = Some(page.progress.cursor);
        Ok(page.progress.more)
    }

    fn settle(&mut self, config: &Config) {
        assert!((0..20).any(|_| !self.pull(config).unwrap()), "it does not come to an end");
    }

    fn told(&self) -> Vec<(String, String)> {
        self.facts
            .values()
            .map(|event| (event.source.key[21..].to_owned(), result(event).disposition.clone()))
            .collect()
    }
}

fn result(event: &Event<Fact>) -> &CallResult {
    let Fact::CallEnded(result) = &event.fact else { panic!("{event:?}") };
    result
}

/// So many leads, from number 8 on.
fn with_leads(count: usize) -> (System, Upstream) {
    let system = System::new();
    let upstream = system.listen();
    for number in 0..count {
        let request = call(&format!("call:{number}"), &format!("C-{number}"), &format!("+46 8 1{number:05}"));
        perform_with("", &request).unwrap();
    }
    upstream.asked();
    (system, upstream)
}

fn pair(at: &str, disposition: &str) -> (String, String) {
    (at.to_owned(), disposition.to_owned())
}

#[test]
fn every_call_of_the_log_is_told_with_its_own_outcome() {
    let system = System::new();
    let _upstream = system.listen();
    perform_with("", &call(KEY, "C 100", "+46 8 123 456")).unwrap();
    // Twice on one day: the lead shows the last one only.
    system.calls(8, "2026-03-02 09:00:00", "NA", "VDAD");
    system.calls(8, "2026-03-02 10:30:00", "CALLBK", "anna");
    system.0.borrow_mut().leads.get_mut(&8).unwrap().insert("comments".into(), "[120.00] on Friday".into());
    let mut host = Host::default();
    host.settle(&config(""));
    let both = [pair("2026-03-02T09:00:00", "no_answer"), pair("2026-03-02T10:30:00", "rpc_callback")];
    assert_eq!(host.told(), both);
    let event = host.facts.values().last().unwrap();
    let told = result(event);
    assert_eq!((told.call.as_deref(), told.account.as_str()), (Some(KEY), "C 100"));
    assert_eq!(
        (told.at, told.duration_s, told.agent.as_str()),
        (1_772_443_800_000, 25, "anna"),
        "half past ten in Berlin"
    );
    assert_eq!((told.text.as_str(), told.notes[0].value.as_str()), ("on Friday", "CALLBK"));
    assert_eq!(event.source.occurred_on.to_string(), "2026-03-02");
    host.settle(&config(""));
    assert_eq!((host.told().len(), host.refusals.len()), (2, 0));
}

#[test]
fn an_interruption_after_any_request_loses_and_doubles_nothing() {
    for broken in 0..70 {
        let (system, _upstream) = with_leads(60);
        for lead in 8..68 {
            let status = ["NA", "B", "SALE", "DROP"][lead as usize % 4];
            system.calls(lead, &format!("2026-03-02 09:{:02}:00", lead - 8), status, "anna");
        }
        let (answering, count) = (system.clone(), Rc::new(RefCell::new(0)));
        let _upstream = Upstream::new("api", move |asked| {
            *count.borrow_mut() += 1;
            match *count.borrow() - 1 == broken {
                true => Err(Failure::lost(Error::retry_later("it broke off"))),
                false => Ok(Answer::new(200, answering.answer(asked))),
            }
        });
        let mut host = Host::default();
        assert!((0..20).any(|_| !host.pull(&config("")).unwrap_or(true)), "{broken}");
        assert_eq!((host.facts.len(), host.refusals.len()), (60, 0), "{broken}");
    }
}

#[test]
fn a_status_that_comes_after_midnight_is_found_and_a_week_away_is_caught_up() {
    let (system, _upstream) = with_leads(2);
    system.calls(8, "2026-03-02 23:58:00", "INCALL", "anna");
    let mut host = Host::default();
    host.settle(&config(""));
    assert!(host.told().is_empty(), "a call that is under way has not ended");
    system.0.borrow_mut().log[0].3 = "SALE".to_owned();
    system.clock("2026-03-03 00:05:00", 1_772_492_700);
    host.settle(&config(""));
    assert_eq!(host.told(), [pair("2026-03-02T23:58:00", "rpc_ptp")]);
    for day in 4..10 {
        system.calls(9, &format!("2026-03-{day:02} 10:00:00"), "NA", "VDAD");
    }
    system.clock("2026-03-09 12:00:00", 1_773_054_000);
    host.settle(&config(""));
    assert_eq!(host.facts.len(), 7);
}

#[test]
fn rounds_keep_their_distance_and_a_round_in_parts_goes_on_at_once() {
    let (_system, upstream) = with_leads(1);
    let config: Config = parsed::parse(r#"{"user": "hub", "list_id": 101}"#).unwrap();
    let mut host = Host::default();
    host.settle(&config);
    upstream.asked();
    assert_eq!(host.pull(&config), Ok(false));
    let asked: Vec<String> = upstream.asked().iter().map(|asked| form(asked)["function"].clone()).collect();
    assert_eq!(asked, ["version"], "ten minutes have not gone by");
    // A week at once is more than one pull reads.
    let long: Config = parsed::parse(r#"{"user": "hub", "list_id": 101, "since": "2026-02-23"}"#).unwrap();
    let mut host = Host::default();
    assert_eq!(host.pull(&long), Ok(true));
    assert!(upstream.asked().len() <= 81);
    host.settle(&long);
    assert_eq!(upstream.asked().len(), 8 * 25 - 79 + 2, "every status of the other days, and the time twice");
}

#[test]
fn leads_of_others_are_left_alone_and_changed_ones_are_refused() {
    let (system, upstream) = with_leads(3);
    for lead in 8..11 {
        system.calls(lead, "2026-03-02 09:00:00", "NA", "VDAD");
    }
    {
        let mut state = system.0.borrow_mut();
        state.leads.get_mut(&8).unwrap().insert("source_id".into(), "mail098".into());
        state.leads.get_mut(&9).unwrap().insert("security_phrase".into(), String::new());
    }
    let mut host = Host::default();
    host.settle(&config(""));
    assert_eq!(host.facts.values().map(|event| result(event).account.as_str()).collect::<Vec<_>>(), ["C-2"]);
    assert_eq!((host.refusals.len(), host.refusals[0].place.as_str()), (1, "lead 9"));
    let logs: Vec<_> =
        upstream.asked().iter().map(form).filter(|form| form["function"] == "phone_number_log").collect();
    assert_eq!(logs[0]["phone_number"], "8100002", "nobody else's numbers are asked for");
}

#[test]
fn a_row_that_cannot_be_read_spoils_no_other() {
    let (system, _) = with_leads(2);
    system.calls(8, "2026-03-02 09:00:00", "NA", "VDAD");
    system.calls(9, "2026-03-02 09:01:00", "NA", "VDAD");
    let _upstream = system.listen_but("phone_number_log", |text| {
        Ok(Answer::new(200, text.replace("2026-03-02 09:00:00", "0000-00-00 00:00:00") + "8100001|2026\n"))
    });
    let mut host = Host::default();
    host.settle(&config(""));
    assert_eq!(host.told(), [pair("2026-03-02T09:01:00", "no_answer")]);
    let reasons: Vec<&str> = host.refusals.iter().map(|refusal| refusal.reason.as_str()).collect();
    assert_eq!(reasons.len(), 2);
    assert!(reasons[0].contains("`0000-00-00 00:00:00`") && reasons[1].contains("2 cells"), "{reasons:?}");
}

#[test]
fn an_answer_says_who_has_to_act() {
    let answers = [
        (200, "ERROR: Login incorrect, please try again: |hub|secret|BAD|", Kind::Misconfigured),
        (200, "ERROR: lead_status_search USER DOES NOT HAVE PERMISSION TO GET LEAD INFO: |hub|0|", Kind::Misconfigured),
        (200, "<html>maintenance</html>", Kind::Broken),
        (200, ";---------- STA", Kind::Broken),
        (200, "\n", Kind::Broken),
        (403, "", Kind::Misconfigured),
        (500, "", Kind::RetryLater),
    ];
    for (status, text, kind) in answers {
        let _upstream = System::new().listen_but("lead_status_search", move |_| Ok(Answer::new(status, text)));
        assert_eq!(Vicidial::pull(&config(""), None).unwrap_err().kind, kind, "{status} {text}");
    }
    let _upstream = System::new().listen_but("version", |_| Ok(Answer::new(429, "").with("retry-after", "7")));
    assert_eq!(Vicidial::pull(&config(""), None).unwrap_err().retry_after_ms, Some(7_000));
}

#[test]
fn a_thousand_leads_of_one_status_are_more_than_vicidial_shows() {
    let record = ";---------- START OF RECORD 1 ----------\nlead_id => 1\nsource_id => mail\n";
    let _upstream = System::new().listen_but("lead_status_search", move |_| Ok(Answer::new(200, record.repeat(1_000))));
    Vicidial::pull(&config(""), None).unwrap();
    assert!(logged()[0].contains("shows the last 1000 leads with the status `A`"), "{:?}", logged());
}

#[test]
fn a_check_asks_for_every_right_and_names_a_status_that_is_none() {
    let (system, upstream) = with_leads(0);
    Vicidial::check(&config("")).unwrap();
    let asked: Vec<String> = upstream.asked().iter().map(|asked| form(asked)["function"].clone()).collect();
    assert_eq!(asked, ["version", "lead_status_search", "phone_number_log", "update_lead"]);
    for right in ["version", "lead_status_search", "phone_number_log", "update_lead"] {
        let _upstream =
            system.listen_but(right, |_| Ok(Answer::new(200, "ERROR: x USER DOES NOT HAVE PERMISSION: |hub|")));
        assert_eq!(Vicidial::check(&config("")).unwrap_err().kind, Kind::Misconfigured, "{right}");
    }
    for wrong in [r#", "withdrawn_status": "WITHDRAWN""#, r#", "dispositions": {"Promise": "rpc_ptp"}"#] {
        let error = Vicidial::check(&config(wrong)).unwrap_err();
        assert!(error.message.contains("is no status of vicidial"), "{error}");
    }
    let told = |json| parsed::parse::<Config>(json).unwrap_err().message;
    assert!(told(r#"{"list_id": 101}"#).contains("`user`"));
    assert!(told(r#"{"user": "hub", "list_id": 101, "pass": "x"}"#).contains("`pass`"));
    let shipped = include_str!("../../../../config/plugins/dialer-vicidial.toml");
    assert!(shipped.contains("enabled = false") && shipped.contains("parameter = \"pass\""));
}
