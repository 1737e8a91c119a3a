//! `/hooks/{connection}`: what other systems tell by themselves. An answer of 200 means: believed and durable. Who is not believed is
//! told no reason; the log has it.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sandbox::limits::WEBHOOK_BODY_LEN_MAX;
use sandbox::{Doubted, Told};
use tower_http::limit::RequestBodyLimitLayer;

use super::problem::Problem;
use super::{Shared, Unheard};

/// Some systems can only open an address, so both are taken.
pub fn router() -> Router<Shared> {
    Router::new()
        .route("/hooks/{connection}", get(hear).post(hear))
        .layer(RequestBodyLimitLayer::new(WEBHOOK_BODY_LEN_MAX))
}

async fn hear(
    State(web): State<Shared>,
    Path(connection): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok(_room) = web.hooks.try_acquire() else {
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many tell at once", "send again in a moment");
        return (problem.again(), problem).into_response();
    };
    let readable = |(name, value): (&header::HeaderName, &header::HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    let headers = headers.iter().filter_map(readable).collect();
    let told = Told { query: query.unwrap_or_default(), headers, body: body.to_vec() };
    match web.hub.hear(&connection, told).await {
        Ok(heard) => heard.answer.into_response(),
        Err(unheard) => {
            tracing::warn!(connection, why = %unheard, "a webhook was not taken");
            refused(unheard)
        }
    }
}

fn refused(unheard: Unheard) -> Response {
    match unheard {
        Unheard::Store(error) => {
            let problem = Problem::from(error);
            (problem.again(), problem).into_response()
        }
        Unheard::Doubted(Doubted::Nobody) => StatusCode::NOT_FOUND.into_response(),
        Unheard::Doubted(Doubted::TooLong(_)) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Unheard::Doubted(Doubted::Proof(_)) => StatusCode::UNAUTHORIZED.into_response(),
        Unheard::Doubted(Doubted::Secret(_)) => {
            let problem =
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "it cannot be looked at now", "send again later");
            (problem.again(), problem).into_response()
        }
    }
}
