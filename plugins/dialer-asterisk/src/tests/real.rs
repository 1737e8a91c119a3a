//! The wire against a real Asterisk with callees, as `tests/asterisk/up` starts them.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use dunlin_plugin_sdk::dialer::Fact;
use dunlin_plugin_sdk::http::{Answer, Failure};
use dunlin_plugin_sdk::testing::{Asked, Upstream};
use dunlin_plugin_sdk::{Error, Finding};

use super::*;

/// The longest that a callee takes, and some.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks over curl, as the host would over its own client.
fn ask(url: &str, asked: &Asked) -> std::result::Result<Answer, Failure> {
    let lost = |text: String| Failure::lost(Error::retry_later(text));
    let address = format!("{url}{}", asked.target);
    let mut curl = Command::new("curl");
    curl.args(["-s", "-u", "hub:hub-of-a-test", "-X", &asked.method, "-w", "\n%{http_code}", &address]);
    if !asked.body.is_empty() {
        curl.args(["-H", "content-type: application/json", "--data-binary", &asked.text()]);
    }
    let done = curl.stderr(Stdio::null()).output().map_err(|error| lost(error.to_string()))?;
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    let (body, status) = text.rsplit_once('\n').ok_or_else(|| lost("no answer".to_owned()))?;
    Ok(Answer::new(status.parse().unwrap_or_default(), body))
}

#[test]
#[ignore = "needs Asterisk: DUNLIN_TEST_ASTERISK, the `url` that `tests/asterisk/up FOLDER` tells"]
fn calls_end_as_the_callees_end_them_and_are_told_once() {
    let url = std::env::var("DUNLIN_TEST_ASTERISK").unwrap();
    let _upstream = Upstream::new("api", move |asked| ask(&url, asked));
    let json = r#"{"ring_seconds": 6, "dispositions": {"refused": "rpc_refused"}, "caller_id": "Nord <4681>"}"#;
    Asterisk::check(&config(json)).unwrap();
    let began = Instant::now();
    let run = std::process::id();
    let key = |last: u32| format!("call:{run}:INV-{last}:ä");
    for last in 1..=4 {
        let request = call(&key(last), &format!("+46 8 123 {last}"));
        let done = perform_with(json, &request).unwrap();
        assert!(matches!(done, Outcome::Done(_)), "{done:?}");
        assert_eq!(perform_with(json, &request).unwrap(), done, "asked for again");
    }
    // A fifth one rings until it is withdrawn.
    perform_with(json, &call(&key(53), "+46 8 123 53")).unwrap();
    assert!(matches!(perform_with(json, &withdrawal(&key(53))), Ok(Outcome::Done(_))));
    assert!(matches!(perform_with(json, &withdrawal(&key(53))), Ok(Outcome::Done(_))));

    let (mut cursor, mut told) = (None, BTreeMap::new());
    while told.len() < 5 {
        assert!(began.elapsed() < PATIENCE, "{told:?}");
        let page = Asterisk::pull(&config(json), cursor.as_deref()).unwrap();
        assert!(page.progress.refusals.is_empty(), "{:?}", page.progress.refusals);
        for event in page.events {
            let Fact::CallEnded(result) = event.fact else { panic!() };
            assert_eq!(result.account, "C|1 ${x}");
            let known = told.insert(result.call.unwrap(), (result.disposition, result.duration_s));
            assert_eq!(known, None, "told twice");
        }
        cursor = Some(page.progress.cursor);
    }
    let found = |last: u32| told[&key(last)].0.as_str();
    assert_eq!([1, 2, 3, 53].map(found), ["rpc_refused", "busy", "no_answer", "canceled"]);
    assert!(["no_answer", "failed"].contains(&found(4)), "nobody is there: {}", found(4));
    assert!((1..=4).contains(&told[&key(1)].1), "they talked for two seconds");

    let page = Asterisk::pull(&config(json), cursor.as_deref()).unwrap();
    assert!(page.events.is_empty(), "told once");
    for last in [1, 2, 3, 4, 53] {
        assert!(matches!(Asterisk::lookup(&config(json), &[key(last)]).unwrap()[0], Finding::Done(_)));
        assert!(matches!(perform_with(json, &call(&key(last), "+46 8 123 1")), Ok(Outcome::Done(_))), "dialled once");
    }
    assert!(Asterisk::pull(&config(json), None).unwrap().events.is_empty());
}
