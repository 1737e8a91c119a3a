//! Single requests: what is asked, and what each answer means.

use super::*;
use dunlin_plugin_sdk::Kind as Blame;
use dunlin_plugin_sdk::gateway::Effect;
use dunlin_plugin_sdk::{Batch, Extension, Outcome, Party, Request};

#[test]
fn events_become_facts() {
    let (_, upstream) = serve(Account::fixtures());
    let mut host = Host::default();
    host.settle(&config());
    let expected = [
        "pending PM0001/submitted/EV0002 119.00 EUR",
        "pending PM0002/submitted/EV0003 50.00 GBP",
        "received PM0001/confirmed/EV0004 119.00 EUR",
        // EV0005 failed on its way, and was tried again.
        "pending PM0002/submitted/EV0007 50.00 GBP",
        "received PM0002/confirmed/EV0009 50.00 GBP",
        "reversed PM0002/failed/EV0010 50.00 GBP",
        "reversed PM0001/charged_back/EV0011 119.00 EUR",
        // EV0012 and EV0013 settle in a payout what was lost before.
        "received PM0001/chargeback_cancelled/EV0014 119.00 EUR",
        "reversed RF0001/paid/EV0103 19.00 EUR",
        "received RF0001/failed/EV0104 19.00 EUR",
        // EV0105 settles it, and RF0002 was never paid.
    ];
    let mut told = host.told();
    told.sort_by_key(|line| line.split(['/', ' ']).nth(3).unwrap().to_owned());
    assert_eq!(told, expected);
    assert!(host.refusals.is_empty(), "{:?}", host.refusals);
    let reversed = |key: &str| match &host.facts[key].fact {
        Fact::Reversed(paid) => (paid[0].reason.clone().unwrap(), paid[0].bank_reference.clone().unwrap()),
        other => panic!("{other:?}"),
    };
    let pair = |reason: &str, payment: &str| (reason.to_owned(), payment.to_owned());
    assert_eq!(reversed("PM0002/failed/EV0010"), pair("failed: refer_to_payer (ARUDD-1)", "PM0002"));
    assert_eq!(reversed("PM0001/charged_back/EV0011"), pair("charged_back: refund_requested (MD06)", "PM0001"));
    assert_eq!(reversed("RF0001/paid/EV0103"), pair("refund", "PM0001"));
    let histories = upstream.asked().iter().filter(|asked| asked.target.contains("limit=200")).count();
    assert_eq!(histories, 8, "a history is asked for only where it decides");
}

#[test]
fn the_request_is_as_gocardless_wants_it() {
    let (_, upstream) = serve(Account::default());
    let since = Config { since: Some(Date::constant(2026, 1, 1)), ..config() };
    GoCardless::pull(&since, None).unwrap();
    let asked = upstream.asked();
    assert_eq!(
        asked.iter().map(|asked| asked.target.as_str()).collect::<Vec<_>>(),
        [
            "/events?resource_type=payments&include=payment&limit=40&created_at%5Bgte%5D=2026-01-01T00%3A00%3A00.000Z",
            "/events?resource_type=refunds&include=refund&limit=40&created_at%5Bgte%5D=2026-01-01T00%3A00%3A00.000Z",
        ]
    );
    assert_eq!((asked[0].method.as_str(), asked[0].header("GoCardless-Version")), ("GET", Some("2015-07-06")));
    assert_eq!(asked[0].header("Authorization"), None);
    GoCardless::pull(&config(), None).unwrap();
    assert!(!upstream.asked()[0].target.contains("created_at"));
}

#[test]
fn a_status_says_who_has_to_act() {
    let answers: [(Answer, Blame, Option<u64>); 7] = [
        (Answer::new(401, r#"{"error": {"message": "Unauthorized", "code": 401}}"#), Blame::Misconfigured, None),
        (Answer::new(403, r#"{"error": {"message": "forbidden", "code": 403}}"#), Blame::Misconfigured, None),
        (Answer::new(404, "{}"), Blame::Refused, None),
        (Answer::new(429, "{}").with("Retry-After", "2"), Blame::RetryLater, Some(2_000)),
        (Answer::new(500, "oops"), Blame::RetryLater, None),
        (Answer::new(200, "<html>maintenance</html>"), Blame::Broken, None),
        (Answer::new(200, r#"{"events": [{"id": "EV1", "act"#), Blame::Broken, None),
    ];
    for (answer, blame, wait) in answers {
        let _upstream = Upstream::new("api", move |_| Ok(answer.clone()));
        for error in [GoCardless::pull(&config(), None).unwrap_err(), GoCardless::check(&config()).unwrap_err()] {
            assert_eq!((error.kind, error.retry_after_ms), (blame, wait), "{error}");
        }
    }
}

#[test]
fn a_check_reads_one_event_of_each() {
    let (_, upstream) = serve(Account::fixtures());
    GoCardless::check(&config()).unwrap();
    let asked = upstream.asked();
    assert_eq!(asked.len(), 2);
    assert!(asked.iter().all(|asked| parameter(asked, "limit").as_deref() == Some("1")));
}

#[test]
fn one_that_cannot_be_read_spoils_no_other() {
    let mut account = Account::fixtures();
    account.events[3]["action"] = json!("odd");
    account.payments.remove("PM0002");
    account.payments.remove("PM0001");
    let linked = changed(&payments()["linked"]["payments"][0], &[("/id", json!("PM0009"))]);
    account.payments.insert("PM0009".to_owned(), linked);
    account.events[1]["links"]["payment"] = json!("PM0009");
    account.refunds.get_mut("RF0001").unwrap()["links"] = json!({"mandate": "MD0001"});
    let (_, _upstream) = serve(account);
    let mut host = Host::default();
    host.settle(&config());
    assert_eq!(host.told(), ["pending PM0009/submitted/EV0002 119.00 EUR"]);
    let reasons: Vec<String> = host
        .refusals
        .iter()
        .map(|refusal| format!("{} {}: {}", refusal.document, refusal.place, refusal.reason))
        .collect();
    assert!(reasons.contains(&"EV0004 PM0001: `odd` of a payment is not known".to_owned()), "{reasons:?}");
    assert!(reasons.contains(
        &"EV0003 PM0002: GoCardless gave the event without `PM0002` itself; let the token read it".to_owned()
    ));
    let mandate = "EV0103 RF0001: it names no payment: a refund against a mandate is booked by hand";
    assert!(reasons.contains(&mandate.to_owned()), "{reasons:?}");
}

#[test]
fn a_refund_of_a_payment_that_is_gone_or_of_another_currency_is_refused() {
    let mut account = Account::fixtures();
    account.events.retain(|event| event["id"] == "EV0103");
    account.refunds.get_mut("RF0001").unwrap()["currency"] = json!("GBP");
    let (account, _upstream) = serve(account);
    let reason = || GoCardless::pull(&config(), None).unwrap().progress.refusals[0].reason.clone();
    assert_eq!(reason(), "it is in GBP, and its payment in EUR");
    account.borrow_mut().payments.clear();
    assert_eq!(reason(), "GoCardless does not know the payment `PM0001` that it gives back");
}

#[test]
fn a_history_without_an_end_is_refused() {
    let mut account = Account::fixtures();
    let failed = account.events[4].clone();
    account.events = (0..201).map(|number| changed(&failed, &[("/id", json!(format!("EV{number}")))])).collect();
    let (_, _upstream) = serve(account);
    let page = GoCardless::pull(&config(), None).unwrap();
    assert_eq!(page.progress.refusals[0].reason, "`PM0002` has more than 200 events");
}

#[test]
fn pages_that_go_nowhere_are_an_error() {
    let page = json!({"events": [], "linked": {}, "meta": {"cursors": {"after": "EV1"}}});
    let _upstream = Upstream::new("api", move |_| Ok(Answer::new(200, page.to_string())));
    let mut host = Host::default();
    assert!(host.pull(&config()).unwrap());
    assert_eq!(host.pull(&config()).unwrap_err().kind, Blame::Broken);
    assert!(GoCardless::pull(&config(), Some("2026-03-01")).unwrap_err().message.contains("cursor"));
}

#[test]
fn an_unknown_key_of_the_configuration_is_named() {
    let error = serde_json::from_value::<Config>(json!({"snice": "2026-01-01"})).unwrap_err();
    assert!(error.to_string().contains("snice"));
    assert!(include_str!("../../../../config/plugins/gateway-gocardless.toml").contains("enabled = false"));
}

#[test]
fn nothing_is_performed() {
    let today = Date::constant(2026, 3, 1);
    let batch = Batch { id: "b".to_owned(), at: 0, today, creditor: Party::default() };
    let asked = Extension { kind: "collect".to_owned(), notes: Vec::new() };
    let request = Request { key: "k".to_owned(), effect: Effect::Other(asked) };
    let outcomes = GoCardless::perform(&config(), &batch, &[request]).unwrap();
    let [Outcome::Rejected(rejection)] = &outcomes[..] else { panic!("{outcomes:?}") };
    assert_eq!(rejection.code, "not-supported");
}
