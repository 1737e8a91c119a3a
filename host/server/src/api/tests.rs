//! The API over real accounts.

mod metrics;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::Value;

use super::described;
use crate::web::fixture::town::account_of;
use crate::web::fixture::{Fixture, TOKEN};

fn names(list: &Value, field: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|one| one[field].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_route_is_in_the_document_and_answers() {
    let fixture = Fixture::of(3, 20).await;
    let (status, document) = fixture.api("/api/openapi.json").await;
    assert_eq!(status, StatusCode::OK);
    let paths = document["paths"].as_object().unwrap();
    let read = paths.keys().filter(|path| !paths[*path]["get"].is_null());
    for path in read {
        let real = path.replace("{id}", &crate::web::link::part(&account_of(0)));
        let (status, body) = fixture.api(&real).await;
        assert_eq!(status, StatusCode::OK, "{real}: {body}");
        assert_eq!(
            paths[path]["get"]["responses"]["200"]["content"].as_object().map(|content| content.len()),
            Some(1),
            "{path}"
        );
    }
    // The router is built from the described handlers alone, but for the document itself and the answer to the unknown.
    let source = include_str!("../api.rs");
    let routes = source.matches(".routes(routes!(").count();
    assert_eq!(paths.len(), routes);
    assert_eq!(source.matches(".route(\"").count(), 2);
    assert_eq!(described().1.paths.paths.len(), routes);
}

#[tokio::test]
async fn everything_that_the_document_names_is_defined() {
    let text = described().1.to_json().unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for name in text.split("#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(schemas.contains_key(name), "`{name}` is not defined");
    }
    assert_eq!(document["security"][0]["token"], serde_json::json!([]));
    assert_eq!(document["components"]["securitySchemes"]["token"]["scheme"], "bearer");
}

#[tokio::test]
async fn accounts_are_searched_filtered_and_paged() {
    let fixture = Fixture::of(8, 60).await;
    let (_, all) = fixture.api("/api/accounts?sort=name").await;
    assert_eq!((all["total"].as_u64(), all["page"].as_u64()), (Some(8), Some(1)));
    let (_, first) = fixture.api("/api/accounts?sort=name&per_page=3").await;
    let (_, last) = fixture.api("/api/accounts?sort=name&per_page=3&page=3").await;
    assert_eq!(names(&first["accounts"], "id"), names(&all["accounts"], "id")[..3]);
    assert_eq!(names(&last["accounts"], "id"), names(&all["accounts"], "id")[6..]);
    assert_eq!(last["total"].as_u64(), Some(8));

    let (_, greek) = fixture.api("/api/accounts?country=GR").await;
    assert_eq!(names(&greek["accounts"], "country"), ["GR"]);
    let (_, found) = fixture.api("/api/accounts?search=nyhavn").await;
    assert_eq!(names(&found["accounts"], "name"), ["Nyhavn Kontor ApS"]);
    let (_, disputed) = fixture.api("/api/accounts?flag=dispute").await;
    assert_eq!(disputed["total"].as_u64(), Some(1), "{disputed}");
}

#[tokio::test]
async fn wrong_questions_are_told_what_is_allowed() {
    let fixture = Fixture::of(1, 3).await;
    for (path, hint) in [
        ("/api/accounts?sort=colour", "allowed: open, overdue, level, name"),
        ("/api/accounts?per_page=201", "from 1 to 200"),
        ("/api/accounts?page=0", "from 1 to 100000"),
        ("/api/accounts?page=x", "`/api/openapi.json` lists the parameters and their types"),
        ("/api/accounts?colour=red", "`/api/openapi.json` lists the parameters and their types"),
        (
            "/api/effects?status=lost",
            "allowed: planned, held, dispatching, succeeded, rejected, unknown, expired, cancelled",
        ),
        ("/api/worklist?limit=0", "from 1 to 200"),
    ] {
        let (status, problem) = fixture.api(path).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!((problem["hint"].as_str(), problem["status"].as_u64()), (Some(hint), Some(400)), "{path}");
    }
    for path in
        ["/api/accounts/nobody", "/api/accounts/nobody/release", "/api/accounts/nobody/timeline", "/api/nothing"]
    {
        let (status, problem) = fixture.api(path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert!(problem["hint"].is_string(), "{problem}");
    }
}

#[tokio::test]
async fn an_account_tells_its_balance_and_its_next_step() {
    let fixture = Fixture::of(4, 25).await;
    let path = format!("/api/accounts/{}", crate::web::link::part(&account_of(3)));
    let (_, account) = fixture.api(&path).await;
    // 3 * 7919 % 400 + 20 = 177 times 100.37 kroner.
    assert_eq!(
        account["open"][0],
        serde_json::json!({ "minor": 1_776_549, "currency": "DKK", "text": "17765.49 DKK" })
    );
    assert_eq!(account["items"][0]["invoice"], "INV-103-1");
    let next = &account["next"];
    let told = next["reasons"].as_array().unwrap().len() + next["blocks"].as_array().unwrap().len();
    assert!(told > 0, "{next}");
    assert_eq!(account["release"]["may_order"], true);

    let (_, timeline) = fixture.api(&format!("{path}/timeline")).await;
    let entries = timeline["entries"].as_array().unwrap();
    assert!(entries.iter().any(|entry| entry["kind"] == "decision" && entry["reasons"][0]["text"].is_string()));
    let invoice = entries.iter().find(|entry| entry["seq"] == 2 && entry["kind"] == "event").unwrap();
    assert_eq!(invoice["text"], "Invoice INV-103-1 of 17765.49 DKK, due 2026-02-09");
}

#[tokio::test]
async fn a_credit_hold_refuses_orders_and_says_why() {
    let fixture = Fixture::of(4, 75).await;
    let (_, held) = fixture.api("/api/accounts?flag=hold").await;
    let id = names(&held["accounts"], "id").remove(0);
    let (_, release) = fixture.api(&format!("/api/accounts/{}/release", crate::web::link::part(&id))).await;
    assert_eq!(release["may_order"], false);
    assert_eq!(release["reasons"][0]["code"], "credit-hold");
    assert!(release["text"].as_str().unwrap().starts_with("No new orders: credit hold since 2026-"), "{release}");
}

#[tokio::test]
async fn the_overview_adds_up() {
    let fixture = Fixture::of(8, 60).await;
    let (_, overview) = fixture.api("/api/overview").await;
    let (_, accounts) = fixture.api("/api/accounts").await;
    for currency in overview["currencies"].as_array().unwrap() {
        let code = &currency["currency"];
        let lines = accounts["accounts"].as_array().unwrap().iter().filter(|line| line["open"]["currency"] == *code);
        let sum: i64 = lines.map(|line| line["open"]["minor"].as_i64().unwrap()).sum();
        assert_eq!(currency["open"]["minor"].as_i64(), Some(sum), "{code}");
        let aging: i64 =
            currency["aging"].as_array().unwrap().iter().map(|bucket| bucket["open"]["minor"].as_i64().unwrap()).sum();
        assert_eq!(aging, sum, "{code}");
    }
    assert!(overview["levels"].as_array().unwrap().iter().any(|level| level["items"].as_u64() > Some(0)));
}

#[tokio::test]
async fn nothing_is_read_without_the_token() {
    let fixture = Fixture::of(1, 3).await;
    for token in ["", "Bearer ", "Bearer let-me-i", "Bearer let-me-in2", "Basic let-me-in"] {
        let request =
            Request::get("/api/overview").header(header::HOST, "localhost").header(header::AUTHORIZATION, token);
        let seen = fixture.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(seen.status, StatusCode::UNAUTHORIZED, "{token}");
        assert_eq!(seen.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(seen.headers[header::WWW_AUTHENTICATE], "Bearer");
        assert!(!seen.text.contains("Nordlicht"));
    }
    let request = Request::get("/api/overview?token=let-me-in").header(header::HOST, "localhost");
    assert_eq!(fixture.send(request.body(Body::empty()).unwrap()).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_connection_is_paused_and_resumed() {
    let fixture = Fixture::of(1, 3).await;
    let state = |view: &Value| view["connections"][1]["state"].as_str().unwrap().to_owned();
    assert_eq!(state(&fixture.api("/api/connections").await.1), "open");
    let turn = async |name: &str, body: &str| {
        let request = Request::post(format!("/api/connections/{name}"))
            .header(header::HOST, "localhost")
            .header(header::AUTHORIZATION, format!("Bearer {TOKEN}"))
            .header(header::CONTENT_TYPE, "application/json");
        let seen = fixture.send(request.body(Body::from(body.to_owned())).unwrap()).await;
        (seen.status, serde_json::from_str::<Value>(&seen.text).unwrap())
    };
    let (status, view) = turn("bank", r#"{"act":"pause","who":"Kim","reason":"they move house"}"#).await;
    assert_eq!((status, state(&view).as_str()), (StatusCode::OK, "paused"));
    assert_eq!(view["connections"][1]["why"], "Kim: they move house");
    let (_, plugins) = fixture.api("/api/plugins").await;
    assert_eq!(plugins["plugins"][1]["health"], "paused");
    assert_eq!(plugins["plugins"][2]["connection"]["per_minute"], 30);
    let (status, view) = turn("bank", r#"{"act":"resume","who":"Kim"}"#).await;
    assert_eq!((status, state(&view).as_str()), (StatusCode::OK, "open"));
    for wrong in [r#"{"act":"pause","who":"Kim"}"#, r#"{"act":"stop","who":"Kim"}"#] {
        assert_eq!(turn("bank", wrong).await.0, StatusCode::BAD_REQUEST, "{wrong}");
    }
}
