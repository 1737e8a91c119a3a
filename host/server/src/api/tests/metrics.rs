//! Metrics over real accounts, through the API.

use axum::http::StatusCode;
use escalation::AccountId;
use serde_json::Value;

use crate::web::Hub;
use crate::web::fixture::Fixture;

/// Asks until it is measured: on a busy machine that takes more than one moment.
async fn measured(fixture: &Fixture, path: &str) -> Value {
    for _ in 0..100 {
        let (status, body) = fixture.api(path).await;
        match status {
            StatusCode::OK => return body,
            StatusCode::ACCEPTED => assert_eq!(body["under_way"], true),
            other => panic!("{path}: {other} {body}"),
        }
    }
    panic!("{path} was not measured")
}

fn texts(view: &Value, field: &str, of: &str) -> Vec<String> {
    let list = view[field].as_array().unwrap();
    list.iter().map(|one| one[of].as_str().or_else(|| one[of]["text"].as_str()).unwrap().to_owned()).collect()
}

/// Every currency of an overview and of metrics, in the same words: open, past due, unapplied, the buckets.
fn of_overview(overview: &Value) -> Vec<(String, Vec<String>)> {
    let of = |one: &Value| {
        let code = one["currency"].as_str().unwrap().to_owned();
        let sums = ["open", "overdue", "unapplied"].map(|field| one[field]["text"].as_str().unwrap().to_owned());
        (code, sums.into_iter().chain(texts(one, "aging", "open")).collect())
    };
    overview["currencies"].as_array().unwrap().iter().map(of).collect()
}

fn of_metrics(metrics: &Value) -> Vec<(String, Vec<String>)> {
    let of = |one: &Value| {
        let code = one["currency"].as_str().unwrap().to_owned();
        let sums = ["open", "past_due", "unapplied"].map(|field| one[field].as_str().unwrap().to_owned());
        let all = sums.into_iter().chain(texts(one, "aging", "open"));
        let with_code = all.map(|sum| format!("{sum} {code}")).collect();
        (code, with_code)
    };
    metrics["currencies"].as_array().unwrap().iter().map(of).collect()
}

#[tokio::test]
async fn of_today_they_are_what_the_overview_shows() {
    let fixture = Fixture::of(8, 75).await;
    let (_, overview) = fixture.api("/api/overview").await;
    let metrics = measured(&fixture, "/api/metrics").await;
    assert_eq!(of_metrics(&metrics), of_overview(&overview));
    assert_eq!(metrics["accounts"], overview["accounts"]);
    assert_eq!((metrics["as_of"].as_str(), metrics["days"].as_i64()), (Some("2026-03-20"), Some(90)));
    let names = texts(&metrics["currencies"][0], "aging", "bucket");
    assert_eq!(names, texts(&overview["currencies"][0], "aging", "days_past_due"));
}

#[tokio::test]
async fn of_a_past_day_they_are_what_the_overview_showed_then() {
    // 28 days from 5 January end on 1 February.
    let then = Fixture::of(8, 28).await;
    let (_, overview) = then.api("/api/overview").await;
    let metrics = measured(&Fixture::of(8, 75).await, "/api/metrics?as_of=2026-02-01&from=2026-01-04").await;
    assert_eq!(of_metrics(&metrics), of_overview(&overview));
    // The period of 28 days before that, when there was nothing.
    assert_eq!((&metrics["previous"]["as_of"], &metrics["previous"]["accounts"]), (&"2026-01-04".into(), &0.into()));
}

#[tokio::test]
async fn every_figure_has_a_value_or_a_reason_and_a_formula() {
    let metrics = measured(&Fixture::of(8, 75).await, "/api/metrics").await;
    let formulas = metrics["formulas"].as_array().unwrap();
    let mut known = 0;
    let mut reasons = 0;
    let by_currency = metrics["currencies"].as_array().unwrap().iter().map(|one| &one["figures"]);
    for (key, figure) in by_currency.chain([&metrics["calls"]]).flat_map(|figures| figures.as_object().unwrap()) {
        assert!(formulas.iter().any(|formula| formula["key"] == **key && formula["formula"].is_string()), "{key}");
        match &figure["value"] {
            Value::String(value) => {
                known += 1;
                assert!(value.split_once('.').is_some_and(|(_, part)| part.len() == 2), "{key}: {value}");
            }
            Value::Null => {
                reasons += 1;
                assert!(figure["reason"].is_string(), "{key}");
            }
            other => panic!("{key} is {other}"),
        }
    }
    assert!(known > 30 && reasons > 0, "{known} values, {reasons} reasons");
}

#[tokio::test]
async fn erased_accounts_are_left_out_and_counted() {
    let fixture = Fixture::of(8, 12).await;
    let store = fixture.hub.store();
    let mut erased = None;
    for id in store.account_ids(None, 100).await.unwrap() {
        if store.erase(&id, fixture.hub.now()).await.unwrap() {
            erased = Some(id);
            break;
        }
    }
    let erased: AccountId = erased.expect("one account is at rest");
    let metrics = measured(&fixture, "/api/metrics").await;
    assert_eq!(metrics["erased"], 1);
    let note = metrics["notes"][0].as_str().unwrap();
    assert!(note.starts_with("1 account left out everywhere: erased"), "{note}");
    let (_, overview) = fixture.api("/api/overview").await;
    assert_eq!(of_metrics(&metrics), of_overview(&overview), "without {erased} on both sides");
}

#[tokio::test]
async fn a_wrong_question_is_told_what_is_allowed() {
    let fixture = Fixture::of(1, 3).await;
    for (query, hint) in [
        ("as_of=yesterday", "a day such as `2026-03-31`"),
        ("from=2026-03-01&as_of=2026-02-01", "`from` is at least 1 and at most 3660 days before `as_of`"),
        ("edges=60,30", "give 1 to 12 numbers of days that rise, from 1 to 3650, such as `30,60,90`"),
        ("aging_by=moon", "by `due-date` or `invoice-date`"),
    ] {
        let (status, problem) = fixture.api(&format!("/api/metrics?{query}")).await;
        assert_eq!((status, problem["hint"].as_str()), (StatusCode::BAD_REQUEST, Some(hint)), "{query}: {problem}");
    }
    let metrics = measured(&fixture, "/api/metrics?edges=10,20&aging_by=invoice-date").await;
    assert_eq!(texts(&metrics["currencies"][0], "aging", "bucket"), ["0 to 10 days", "11 to 20 days", "over 20 days"]);
}
