//! The desk: pages rendered on the server, one page a file.

mod account;
mod accounts;
mod actions;
mod agreements;
mod call;
mod chart;
mod effects;
mod forms;
mod law;
mod layout;
mod metrics;
mod needs;
mod notation;
mod overview;
mod papers;
mod plugins;
mod tasks;
mod terms;
mod timeline;
mod totals;
mod upfront;
mod worklist;

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::Markup;
use store::StoreError;

use crate::web::Shared;
use crate::web::problem::Problem;

/// A page, or the page that says why there is none.
pub type Page = Result<Markup, Failed>;

pub fn router() -> Router<Shared> {
    Router::new()
        .route("/", get(overview::page))
        .route("/live", get(layout::live))
        .route("/live/overview", get(overview::live))
        .route("/accounts", get(accounts::page))
        .route("/accounts/{id}", get(account::page))
        .route("/accounts/{id}/block", post(actions::block))
        .route("/accounts/{id}/unblock", post(actions::unblock))
        .route("/accounts/{id}/protect", post(actions::protect))
        .route("/accounts/{id}/mandate", post(actions::mandate::give))
        .route("/accounts/{id}/end-mandate", post(actions::mandate::end))
        .route("/accounts/{id}/unprotect", post(actions::unprotect))
        .route("/accounts/{id}/lift-stop", post(actions::lift_stop))
        .route("/accounts/{id}/call", get(call::page).post(call::called))
        .route("/accounts/{id}/statement.pdf", get(papers::statement))
        .route("/accounts/{id}/case-file.pdf", get(papers::case_file))
        .route("/accounts/{id}/resolve", post(actions::resolve))
        .route("/accounts/{id}/agree", post(actions::agreed::agree))
        .route("/accounts/{id}/assign", post(actions::assign))
        .route("/accounts/{id}/move", post(actions::move_payment))
        .route("/accounts/{id}/approve", post(actions::approve))
        .route("/accounts/{id}/settle", post(actions::settle))
        .route("/accounts/{id}/repair", post(actions::repair))
        .route("/accounts/{id}/close", post(actions::close))
        .route("/accounts/{id}/apply", post(actions::upfront::apply))
        .route("/accounts/{id}/evidence", post(actions::upfront::evidence))
        .route("/accounts/{id}/terms", post(actions::upfront::terms))
        .route("/accounts/{id}/decide", post(actions::upfront::decide))
        .route("/accounts/{id}/engage", post(actions::upfront::engage))
        .route("/accounts/{id}/over", post(actions::upfront::over))
        .route("/upfront", get(upfront::page))
        .route("/accounts/{id}/work", post(actions::work::act))
        .route("/worklist", get(worklist::page))
        .route("/tasks", get(tasks::page))
        .route("/needs", get(needs::page))
        .route("/plugins", get(plugins::page))
        .route("/plugins/{name}/turn", post(actions::turn))
        .route("/plugins/{name}/backfill", post(actions::backfill))
        .route("/totals/reconcile", post(actions::reconcile))
        .route("/totals", get(totals::page))
        .route("/metrics", get(metrics::page))
        .route("/metrics/aging.csv", get(metrics::export))
        .route("/live/metrics", get(metrics::live))
        .route("/assets/desk.css", get(style))
        .route("/assets/desk.js", get(script))
}

/// Why there is no page.
pub struct Failed(Problem);

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        (self.0.status, self.0.again(), layout::failure(&self.0)).into_response()
    }
}

pub async fn not_found() -> Failed {
    Failed(Problem::new(axum::http::StatusCode::NOT_FOUND, "there is no such page", "start at the overview"))
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("desk/desk.css"))
}

async fn script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("desk/desk.js"))
}

#[cfg(test)]
mod tests;
