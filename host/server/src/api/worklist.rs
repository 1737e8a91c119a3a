//! `GET /api/worklist`: whom to work on next, the largest weight first.

use axum::Json;
use axum::extract::State;
use engine::rows::collector_flag;
use serde::{Deserialize, Serialize};
use store::WorkRow;
use utoipa::{IntoParams, ToSchema};

use super::money::MoneyView;
use super::tasks::{self, TaskView};
use super::{Answer, Params};
use crate::web::problem::Problem;
use crate::web::{Hub, Shared, limits};

/// The flag of an account that a call is queued for.
const CALL: &str = "call";

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct WorklistQuery {
    /// 50 when not given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// A person: only accounts that this person is in charge of, and tasks that are theirs.
    #[serde(rename = "for")]
    #[param(rename = "for")]
    pub whom: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Worklist)]
pub struct WorklistView {
    pub today: String,
    /// Calls come first until this hour, and other tasks wait; none: it is no peak hour.
    pub peak_until: Option<String>,
    /// Tasks that are due.
    pub tasks: Vec<TaskView>,
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
    Ok(Json(gather(web.hub.as_ref(), &query.whom, limit).await?))
}

pub async fn gather(hub: &dyn Hub, whom: &str, limit: u32) -> Result<WorklistView, Problem> {
    let (now, whom) = (hub.now(), tasks::named(whom)?);
    let today = now.date();
    let peak_until = hub.peak().until(now);
    let mut due = tasks::gather(hub, whom).await?.tasks;
    due.retain(|task| task.due_on <= today.to_string() && (peak_until.is_none() || task.is_call));
    let flags: Vec<String> = (!whom.is_empty()).then(|| collector_flag(whom)).into_iter().collect();
    let mut rows = hub.store().worklist(today, &flags, limit).await?;
    if peak_until.is_some() {
        rows = calls_first(hub.store().worklist(today, &[flags, vec![CALL.to_owned()]].concat(), limit).await?, rows);
        rows.truncate(limit as usize);
    }
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
    let peak_until = peak_until.map(|until| until.strftime("%H:%M").to_string());
    Ok(WorklistView { today: today.to_string(), peak_until, tasks: due, lines: lines.collect() })
}

/// Accounts that a call is queued for, then the others; each in its own rank.
fn calls_first(mut calls: Vec<WorkRow>, all: Vec<WorkRow>) -> Vec<WorkRow> {
    calls.extend(all.into_iter().filter(|row| !row.flags.iter().any(|flag| flag == CALL)));
    calls
}
