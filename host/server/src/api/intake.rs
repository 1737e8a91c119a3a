//! `POST /api/intake/{connection}`: reports from programs that push instead of being pulled. An answer of 200 means: durable.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use escalation::Received;
use serde::Serialize;
use store::Ingested;
use utoipa::ToSchema;

use super::Named;
use crate::web::problem::{Problem, ProblemView};
use crate::web::{Shared, limits};

/// What became of the reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Taken)]
pub struct TakenView {
    /// New, or newer than what was known.
    pub taken: u32,
    /// Known with the same content: nothing changed.
    pub duplicates: u32,
    /// Set aside for a person: known with other content, or not to be understood.
    pub quarantined: u32,
}

/// One report with its source, or a list of them. All are durable when the answer is 200, and none is otherwise; sending the
/// same again changes nothing. `429` and `503` say in `Retry-After` when to come again: too many send at once, or the store cannot
/// take anything now.
#[utoipa::path(post, path = "/api/intake/{connection}", params(("connection" = String, Path)),
    request_body(content = serde_json::Value, content_type = "application/json"),
    responses(
        (status = 200, body = TakenView),
        (status = 400, body = ProblemView, content_type = "application/problem+json"),
        (status = 413, description = "the body is too large"),
        (status = 429, body = ProblemView, content_type = "application/problem+json"),
        (status = 503, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub async fn post(
    State(web): State<Shared>,
    Named(connection): Named,
    body: Bytes,
) -> Result<Json<TakenView>, Problem> {
    let Ok(_room) = web.intake.try_acquire() else {
        let detail = "too many programs send at once";
        return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, detail, "send again in a moment"));
    };
    let reports = read(&connection, &body)?;
    let Ingested { taken, duplicates, quarantined } = web.hub.accept(&connection, reports).await?;
    Ok(Json(TakenView { taken, duplicates, quarantined }))
}

fn read(connection: &str, body: &[u8]) -> Result<Vec<Received>, Problem> {
    if connection == "desk" {
        let hint = "name the connection after the system that sends";
        return Err(Problem::wrong("`desk` is what people do at the desk", hint));
    }
    let many = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    let reports = match many {
        true => serde_json::from_slice::<Vec<Received>>(body),
        false => serde_json::from_slice::<Received>(body).map(|one| vec![one]),
    };
    let reports = reports.map_err(|error| {
        let hint = "send one report `{\"source\": ..., \"report\": ...}` or a list of them, as JSON";
        Problem::wrong(format!("the body is not a report: {error}"), hint)
    })?;
    if reports.len() > limits::REPORTS_MAX {
        let hint = format!("send at most {} at once", limits::REPORTS_MAX);
        return Err(Problem::wrong(format!("{} reports are too many", reports.len()), hint));
    }
    Ok(reports)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{Request, header};
    use serde_json::{Value, json};

    use super::*;
    use crate::web::Hub;
    use crate::web::fixture::{Fixture, TOKEN};

    fn report(key: &str, name: &str) -> Value {
        json!({
            "source": { "key": key, "document": "push", "occurred_on": "2026-01-05" },
            "report": { "type": "debtor", "debtor": { "id": "D-PUSHED", "name": name } },
        })
    }

    async fn send(fixture: &Fixture, connection: &str, body: String) -> (StatusCode, Value) {
        let request = Request::post(format!("/api/intake/{connection}"))
            .header(header::HOST, "localhost")
            .header(header::AUTHORIZATION, format!("Bearer {TOKEN}"));
        let seen = fixture.send(request.body(Body::from(body)).unwrap()).await;
        (seen.status, serde_json::from_str(&seen.text).unwrap_or_default())
    }

    #[tokio::test]
    async fn reports_are_taken_once_and_contradictions_set_aside() {
        let fixture = Fixture::of(0, 0).await;
        let two = json!([report("1", "Nord"), report("2", "Süd")]).to_string();
        let (status, answer) = send(&fixture, "shop", two).await;
        assert_eq!((status, answer), (StatusCode::OK, json!({ "taken": 2, "duplicates": 0, "quarantined": 0 })));
        let (_, again) = send(&fixture, "shop", report("1", "Nord").to_string()).await;
        assert_eq!(again, json!({ "taken": 0, "duplicates": 1, "quarantined": 0 }));
        let (_, other) = send(&fixture, "shop", report("1", "West").to_string()).await;
        assert_eq!(other, json!({ "taken": 0, "duplicates": 0, "quarantined": 1 }));
        assert_eq!(fixture.hub.store().counts().await.unwrap().accounts, 1);
    }

    #[tokio::test]
    async fn what_is_no_report_is_told_so_and_a_large_body_is_refused() {
        let fixture = Fixture::of(0, 0).await;
        let (status, answer) = send(&fixture, "shop", "{\"source\": 1}".to_owned()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(answer["detail"].as_str().unwrap().contains("the body is not a report"), "{answer}");
        let (status, _) = send(&fixture, "desk", report("1", "Nord").to_string()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        let large = json!([report("1", &"x".repeat(limits::INTAKE_BYTES_MAX))]).to_string();
        assert_eq!(send(&fixture, "shop", large).await.0, StatusCode::PAYLOAD_TOO_LARGE);
        let more = json!([report("1", &"x".repeat(limits::BODY_BYTES_MAX))]).to_string();
        assert_eq!(send(&fixture, "shop", more).await.0, StatusCode::OK);
    }

    #[test]
    fn what_passes_by_itself_says_when_to_come_again() {
        let away = Problem::from(store::StoreError::Away { why: "no connection".to_owned() });
        assert_eq!((away.status, away.again().is_some()), (StatusCode::SERVICE_UNAVAILABLE, true));
        let crowded = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many", "again");
        assert!(crowded.again().is_some());
        assert!(Problem::from(store::StoreError::Corrupt("a row".to_owned())).again().is_none());
    }

    #[tokio::test]
    async fn without_the_token_nothing_is_taken() {
        let fixture = Fixture::of(0, 0).await;
        let request = Request::post("/api/intake/shop").header(header::HOST, "localhost");
        let seen = fixture.send(request.body(Body::from(report("1", "Nord").to_string())).unwrap()).await;
        assert_eq!(seen.status, StatusCode::UNAUTHORIZED);
        assert_eq!(fixture.hub.store().counts().await.unwrap().accounts, 0);
    }
}
