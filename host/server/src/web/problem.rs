//! What went wrong, for programs as `application/problem+json`; the desk shows the same as a page.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;

use super::{Undone, limits};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub status: StatusCode,
    pub detail: String,
    pub hint: Option<String>,
}

/// A problem as RFC 9457 has it, with a hint.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemView {
    /// The status in words.
    title: String,
    status: u16,
    /// What happened, as a fragment of a sentence.
    detail: String,
    /// What to do next, where a person can fix it.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl Problem {
    pub fn new(status: StatusCode, detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), hint: Some(hint.into()) }
    }

    pub fn wrong(detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail, hint)
    }

    pub fn no_account(id: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("there is no account `{id}`"), "look it up in `/accounts`")
    }

    /// An error text of the hub, which may end in its own hint.
    pub fn told(status: StatusCode, text: &str) -> Self {
        let (detail, hint) = match text.split_once("\n\nhint: ") {
            Some((detail, hint)) => (detail, Some(hint.to_owned())),
            None => (text, None),
        };
        Self { status, detail: detail.to_owned(), hint }
    }

    /// What passes by itself says when to come again.
    pub fn again(&self) -> Option<[(HeaderName, HeaderValue); 1]> {
        let passes = matches!(self.status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS);
        passes.then(|| [(header::RETRY_AFTER, HeaderValue::from(limits::RETRY_AFTER_SECONDS))])
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let status = if error.passes() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::INTERNAL_SERVER_ERROR };
        Self::told(status, &error.to_string())
    }
}

impl From<Undone> for Problem {
    fn from(undone: Undone) -> Self {
        match undone {
            Undone::Store(error) => error.into(),
            Undone::Unfit(text) => Self::told(StatusCode::CONFLICT, &text),
        }
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::wrong(rejection.body_text(), "`/api/openapi.json` lists the parameters and their types")
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::wrong(rejection.body_text(), "percent-encode names in the path, as UTF-8")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let again = self.again();
        let title = self.status.canonical_reason().unwrap_or("problem").to_owned();
        let view = ProblemView { title, status: self.status.as_u16(), detail: self.detail, hint: self.hint };
        let body = serde_json::to_string(&view).unwrap_or_default();
        (self.status, again, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
    }
}
