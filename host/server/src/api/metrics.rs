//! `GET /api/metrics`: how receivables stood on any day, beside the period before.

mod agencies;
mod view;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use escalation::Date;
use escalation::metrics::MetricsError;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Params;
use crate::measures::Asked;
use crate::web::gauge::{Setups, Standing};
use crate::web::problem::Problem;
use crate::web::{Hub, Shared};

pub use view::{
    AgingView, CostView, CostlyView, CurrencyMetricsView, FigureView, FormulaView, MetricsView, PeriodMetricsView,
    RollView, full, plain,
};

/// What to measure. Empty values count as not given, as forms send them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct MetricsQuery {
    /// The evening to look at; today when it is not given.
    #[param(example = "2026-03-31")]
    pub as_of: String,
    /// The evening on which the period begins: its first day is the next one. 90 days earlier when it is not given.
    pub from: String,
    /// `due-date` (default) or `invoice-date`: what the aging goes by.
    pub aging_by: String,
    /// The last day of each bucket but the last, such as `30,60,90`; those of the configuration when not given.
    pub edges: String,
    /// For the desk: the currency that is shown.
    pub currency: String,
}

/// It is being measured.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MetricsUnderWay)]
pub struct UnderWayView {
    pub under_way: bool,
    /// Counted so far, of all accounts; of another measurement, when one is under way before this one.
    pub accounts: u64,
}

#[utoipa::path(get, path = "/api/metrics", params(MetricsQuery),
    description = "Every journal is read for it, in the background, one measurement at a time. What takes longer than a moment is answered \
        with 202: ask again, it goes on. A measurement is shown again for five minutes; `measured_at` says how old it is. Amounts are \
        decimals as text, in the currency they stand under.",
    responses(
        (status = 200, body = MetricsView),
        (status = 202, body = UnderWayView),
        (status = 400, body = super::super::web::problem::ProblemView, content_type = "application/problem+json"),
    )
)]
pub async fn get(State(web): State<Shared>, Params(query): Params<MetricsQuery>) -> Result<Response, Problem> {
    let (_, standing) = gather(&web, &query).await?;
    Ok(match standing {
        Standing::Done(measured) => Json(full(&measured)).into_response(),
        Standing::UnderWay { accounts } => {
            let again = [("retry-after", crate::web::limits::RETRY_AFTER_SECONDS.to_string())];
            (StatusCode::ACCEPTED, again, Json(UnderWayView { under_way: true, accounts })).into_response()
        }
    })
}

/// What was asked for, and how its measurement stands.
pub async fn gather(web: &Shared, query: &MetricsQuery) -> Result<(Setups, Standing), Problem> {
    let setups = setups(&web.hub, query)?;
    let standing = web.gauge.ask(&web.hub, &setups).await?;
    Ok((setups, standing))
}

pub fn setups(hub: &Arc<dyn Hub>, query: &MetricsQuery) -> Result<Setups, Problem> {
    let asked = asked(query)?;
    hub.measures().setups(&asked, hub.now().date()).map_err(|error| wrong(&error))
}

fn asked(query: &MetricsQuery) -> Result<Asked, Problem> {
    let day = |name: &str, text: &str| match text {
        "" => Ok(None),
        text => text.parse::<Date>().map(Some).map_err(|_| {
            let shown: String = text.chars().take(20).collect();
            Problem::wrong(format!("`{name}` cannot be `{shown}`"), "a day such as `2026-03-31`")
        }),
    };
    Ok(Asked {
        as_of: day("as_of", &query.as_of)?,
        from: day("from", &query.from)?,
        basis: match query.aging_by.as_str() {
            "" => Ok(escalation::metrics::Basis::default()),
            text => text.parse().map_err(|error| wrong(&error)),
        }?,
        edges: match query.edges.as_str() {
            "" => None,
            text => Some(text.parse().map_err(|error| wrong(&error))?),
        },
    })
}

fn wrong(error: &MetricsError) -> Problem {
    Problem::told(StatusCode::BAD_REQUEST, &error.to_string())
}
