//! `GET /api/worklist`: whom to work on next, the largest weight first.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::money::MoneyView;
use super::{Answer, Params};
use crate::web::problem::Problem;
use crate::web::{Hub, Shared, limits};

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct WorklistQuery {
    /// 50 when not given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Worklist)]
pub struct WorklistView {
    pub today: String,
    pub lines: Vec<WorkLine>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WorkLine {
    /// From 1.
    pub rank: u32,
    pub account: String,
    pub name: String,
    pub country: String,
    pub overdue: MoneyView,
    pub days_past_due: i32,
    pub level: Option<String>,
    pub flags: Vec<String>,
    /// Overdue minor units times days past due.
    pub weight: i64,
}

#[utoipa::path(get, path = "/api/worklist", params(WorklistQuery), responses(
    (status = 200, body = WorklistView),
    (status = 400, body = super::super::web::problem::ProblemView, content_type = "application/problem+json"),
))]
pub async fn get(State(web): State<Shared>, Params(query): Params<WorklistQuery>) -> Answer<WorklistView> {
    let limit = super::accounts::bounded("limit", query.limit.unwrap_or(limits::PER_PAGE), limits::WORK_ROWS_MAX)?;
    Ok(Json(gather(web.hub.as_ref(), limit).await?))
}

pub async fn gather(hub: &dyn Hub, limit: u32) -> Result<WorklistView, Problem> {
    let today = hub.now().date();
    let rows = hub.store().worklist(today, limit).await?;
    let lines = (1..).zip(rows).map(|(rank, row)| WorkLine {
        rank,
        account: row.account.to_string(),
        name: row.name,
        country: row.country,
        overdue: row.overdue.into(),
        days_past_due: row.days_past_due,
        level: row.level,
        flags: row.flags,
        weight: row.weight,
    });
    Ok(WorklistView { today: today.to_string(), lines: lines.collect() })
}
