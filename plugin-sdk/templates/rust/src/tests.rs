//! Acme, played by a test.

use dunlin_plugin_sdk::http::{Answer, Failure};
use dunlin_plugin_sdk::testing::Upstream;
use dunlin_plugin_sdk::{Dialer, Error, Kind};

use super::*;

const PAGE: &str = include_str!("../fixtures/page.json");

fn config() -> Config {
    Config { page: 2 }
}

/// Answers with what comes behind `after`, as many as are asked for.
fn acme() -> Upstream {
    Upstream::new("api", |asked| {
        let number = |name: &str| {
            let from = asked.target.find(&format!("{name}=")).unwrap() + name.len() + 1;
            asked.target[from..].split('&').next().unwrap().parse::<u64>().unwrap()
        };
        let rows: Vec<Value> = serde_json::from_str(PAGE).unwrap();
        let behind = rows.into_iter().filter(|row| row["id"].as_u64().unwrap() > number("after"));
        let page: Vec<Value> = behind.take(number("limit") as usize).collect();
        Ok(Answer::new(200, serde_json::to_vec(&page).unwrap()))
    })
}

#[test]
fn every_event_is_read_once_and_what_cannot_be_read_is_refused_with_its_reason() {
    let _acme = acme();
    let first = Acme::pull(&config(), None).unwrap();
    assert_eq!(first.events.iter().map(|event| event.source.key.as_str()).collect::<Vec<_>>(), ["7"]);
    let [refusal] = &first.progress.refusals[..] else { panic!("{:?}", first.progress) };
    assert!(refusal.place == "event 8" && refusal.reason.contains("`day`"), "{refusal:?}");
    assert!(first.progress.more);
    // The host asks again from the same place after a crash: the same page comes.
    assert_eq!(Acme::pull(&config(), None).unwrap(), first);
    let second = Acme::pull(&config(), Some(&first.progress.cursor)).unwrap();
    assert_eq!(second.events[0].source.key, "9");
    assert!(!second.progress.more);
    let nothing = Acme::pull(&config(), Some(&second.progress.cursor)).unwrap();
    assert!(nothing.events.is_empty() && nothing.progress.cursor == second.progress.cursor);
}

#[test]
fn who_has_to_act_is_said() {
    for (status, kind) in [(401, Kind::Misconfigured), (429, Kind::RetryLater), (503, Kind::RetryLater), (404, Kind::Refused)] {
        let _acme = Upstream::new("api", move |_| Ok(Answer::new(status, "no")));
        assert_eq!(Acme::pull(&config(), None).unwrap_err().kind, kind, "{status}");
    }
    let _acme = Upstream::new("api", |_| Ok(Answer::new(200, "<html>")));
    assert_eq!(Acme::pull(&config(), None).unwrap_err().kind, Kind::Broken);
    let _acme = Upstream::new("api", |_| Err(Failure::lost(Error::retry_later("it broke off"))));
    assert_eq!(Acme::pull(&config(), None).unwrap_err().kind, Kind::RetryLater);
    assert_eq!(Acme::check(&Config { page: 0 }).unwrap_err().kind, Kind::Misconfigured);
}
