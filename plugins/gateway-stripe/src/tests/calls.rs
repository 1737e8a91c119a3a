//! Single requests: what is asked, and what each answer means.

use super::*;
use dunlin_plugin_sdk::gateway::Effect;
use dunlin_plugin_sdk::{Batch, Extension, Kind, Outcome, Party, Request};

#[test]
fn the_request_is_as_stripe_wants_it() {
    let (_, upstream) = Ledger::of([]);
    let since = Config { since: Some(Date::constant(2026, 1, 1)), invoice_numbers: false, ..config(false) };
    Stripe::pull(&since, None).unwrap();
    let asked = &upstream.asked()[0];
    assert_eq!(
        asked.target,
        "/v1/balance_transactions?expand%5B%5D=data.source&expand%5B%5D=data.source.charge&limit=100&created%5Bgte%5D=1767225600"
    );
    assert_eq!((asked.method.as_str(), asked.header("Stripe-Version")), ("GET", Some("2024-06-20")));
    assert_eq!(asked.header("Authorization"), None);
    Stripe::pull(&config(false), None).unwrap();
    assert!(upstream.asked()[0].target.contains("=data.source.charge.invoice&"));
}

#[test]
fn a_status_says_who_has_to_act() {
    let answers: [(Answer, Kind, Option<u64>); 5] = [
        (Answer::new(401, r#"{"error": {"message": "Invalid API Key provided"}}"#), Kind::Misconfigured, None),
        (Answer::new(403, r#"{"error": {"message": "rak_charge_read"}}"#), Kind::Misconfigured, None),
        (Answer::new(429, "{}").with("Retry-After", "2"), Kind::RetryLater, Some(2_000)),
        (Answer::new(500, "oops"), Kind::RetryLater, None),
        (Answer::new(200, r#"{"object": "list", "data": [{"id": "txn_1", "amo"#), Kind::Broken, None),
    ];
    for (answer, kind, wait) in answers {
        let _upstream = Upstream::new("api", move |_| Ok(answer.clone()));
        let error = Stripe::pull(&config(false), None).unwrap_err();
        assert_eq!((error.kind, error.retry_after_ms), (kind, wait), "{error}");
    }
}

#[test]
fn an_error_on_a_later_page_is_told_by_the_next_pull() {
    let (ledger, _) = Ledger::of(busy());
    let upstream = Upstream::new("api", move |asked| {
        let busy = parameter(asked, "starting_after").is_some();
        Ok(if busy { Answer::new(429, "").with("retry-after", "1") } else { ledger.answer(asked) })
    });
    let mut host = Host::default();
    assert!(host.pull(&config(false)).unwrap());
    assert_eq!((host.facts.len(), upstream.asked().len()), (100, 2));
    assert_eq!(host.pull(&config(false)).unwrap_err().retry_after_ms, Some(1_000));
}

#[test]
fn pages_that_go_nowhere_are_an_error() {
    for data in [json!([]), json!([{"created": 1}]), json!([{"id": "txn_1", "created": 1}])] {
        let page = json!({"object": "list", "data": data, "has_more": true});
        let _upstream = Upstream::new("api", move |_| Ok(Answer::new(200, page.to_string())));
        let mut host = Host::default();
        let _ = host.pull(&config(false));
        assert_eq!(host.pull(&config(false)).unwrap_err().kind, Kind::Broken);
    }
    assert!(Stripe::pull(&config(false), Some("2026-03-01")).unwrap_err().message.contains("cursor"));
}

#[test]
fn a_check_asks_for_the_mode_and_for_the_rights() {
    let upstream = Upstream::new("api", |asked| {
        Ok(match asked.path() {
            "/v1/balance" => Answer::new(200, r#"{"object": "balance", "livemode": false}"#),
            _ => Answer::new(200, r#"{"object": "list", "data": [], "has_more": false}"#),
        })
    });
    Stripe::check(&config(false)).unwrap();
    assert_eq!(upstream.asked().len(), 2);
    let error = Stripe::check(&config(true)).unwrap_err();
    assert_eq!(error.kind, Kind::Misconfigured);
    assert!(error.message.contains("test mode, and `live` asks for live mode"), "{error}");
    let _upstream = Upstream::new("api", |_| Ok(Answer::new(401, "")));
    assert_eq!(Stripe::check(&config(false)).unwrap_err().kind, Kind::Misconfigured);
}

#[test]
fn an_unknown_key_of_the_configuration_is_named() {
    for (wrong, named) in [(json!({"live": true, "lvie": 1}), "lvie"), (json!({}), "live")] {
        assert!(serde_json::from_value::<Config>(wrong).unwrap_err().to_string().contains(named));
    }
    let shipped = include_str!("../../../../config/plugins/gateway-stripe.toml");
    assert!(shipped.contains("enabled = false") && shipped.contains("live = true"));
}

#[test]
fn one_that_cannot_be_read_spoils_no_other() {
    let mut holed = charge(2, 1_772_000_000, 100);
    holed["source"].as_object_mut().unwrap().remove("currency");
    let (_, _upstream) = Ledger::of([charge(1, 1_772_000_000, 100), holed, charge(3, 1_772_000_000, 100)]);
    let mut host = Host::default();
    host.settle(&config(false));
    assert_eq!(host.keys(), ["ch_0001", "ch_0003"]);
    assert_eq!((host.refusals[0].document.clone(), host.refusals[0].place.as_str()), (txn(2), "ch_0002"));
}

#[test]
fn a_refund_and_a_dispute_take_back_and_bring_back() {
    let (_, _upstream) = Ledger::of(recorded()["data"].as_array().unwrap().iter().rev().cloned());
    let mut host = Host::default();
    host.settle(&config(false));
    assert_eq!(host.cents(), 700 + 5_000 + 9_900 + 12_500 - 2_500 - 10_000);
    let (_, _upstream) = Ledger::of(dispute()["data"].as_array().unwrap().iter().rev().cloned());
    let mut host = Host::default();
    host.settle(&config(true));
    assert_eq!((host.keys(), host.cents()), (vec!["txn_3Reinstated", "txn_3Withdrawn"], 0));
}

#[test]
fn nothing_is_performed() {
    let today = Date::constant(2026, 3, 1);
    let batch = Batch { id: "b".to_owned(), at: 0, today, creditor: Party::default() };
    let asked = Extension { kind: "payment-link".to_owned(), notes: Vec::new() };
    let request = Request { key: "k".to_owned(), effect: Effect::Other(asked) };
    let outcomes = Stripe::perform(&config(false), &batch, &[request]).unwrap();
    let [Outcome::Rejected(rejection)] = &outcomes[..] else { panic!("{outcomes:?}") };
    assert_eq!(rejection.code, "not-supported");
}
