//! `GET /api/lanes`: parked accounts with what they have not read. `POST /api/lanes/{account}`: what an operator does about one.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use engine::repair::{self, Repair};
use escalation::AccountId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Answer, Named, narrate, timeline};
use crate::web::problem::{Problem, ProblemView};
use crate::web::{Hub, Shared, limits};

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Lanes)]
pub struct LanesView {
    pub parked: Vec<LaneView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ParkedLane)]
pub struct LaneView {
    pub account: String,
    pub reason: String,
    /// The first ones, in the lane's order.
    pub unread: Vec<UnreadView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = UnreadEvent)]
pub struct UnreadView {
    pub seq: i64,
    /// Hub time.
    pub at: String,
    pub origin: String,
    pub text: String,
    /// As it may be edited.
    #[schema(value_type = Object)]
    pub fact: serde_json::Value,
}

/// What is done about a parked lane.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = LaneRepair)]
#[serde(deny_unknown_fields)]
pub struct RepairBody {
    /// `retry`, `skip` or `edit`.
    act: String,
    /// Who does it.
    who: String,
    /// Why; kept in the account's timeline.
    reason: String,
    /// For `skip` and `edit`: the event that is passed over.
    seq: Option<i64>,
    /// For `edit`: what is read in its place.
    #[schema(value_type = Option<Object>)]
    fact: Option<serde_json::Value>,
}

#[utoipa::path(get, path = "/api/lanes", responses((status = 200, body = LanesView)))]
pub async fn get(State(web): State<Shared>) -> Answer<LanesView> {
    Ok(Json(LanesView { parked: gather(web.hub.as_ref()).await? }))
}

pub async fn gather(hub: &dyn Hub) -> Result<Vec<LaneView>, Problem> {
    let lanes = repair::parked(hub.store(), limits::LIST_ROWS_MAX).await?;
    let unread = |stored: &store::Stored| UnreadView {
        seq: stored.seq,
        at: timeline::moment(stored.event.at),
        origin: stored.event.origin.clone(),
        text: narrate::fact(&stored.event.fact).text,
        fact: serde_json::to_value(&stored.event.fact).unwrap_or_default(),
    };
    let view = |lane: repair::ParkedLane| LaneView {
        account: lane.account.to_string(),
        reason: lane.reason,
        unread: lane.unread.iter().map(unread).collect(),
    };
    Ok(lanes.into_iter().map(view).collect())
}

#[utoipa::path(post, path = "/api/lanes/{account}", params(("account" = String, Path)), request_body = RepairBody,
    responses(
        (status = 200, body = LanesView, description = "The lanes that are still parked."),
        (status = 400, body = ProblemView, content_type = "application/problem+json"),
        (status = 409, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub async fn post(
    State(web): State<Shared>,
    Named(account): Named,
    body: Result<Json<RepairBody>, JsonRejection>,
) -> Answer<LanesView> {
    let Json(body) = body.map_err(|rejection| {
        Problem::wrong(rejection.body_text(), "`/api/openapi.json` has the body as `LaneRepair`")
    })?;
    let repair = read(&body.act, body.seq, body.fact.map(|fact| fact.to_string()))?;
    web.hub.repair(&AccountId::new(account), &body.who, &body.reason, repair).await?;
    get(State(web)).await
}

/// What is asked for, from a form or a body.
pub fn read(act: &str, seq: Option<i64>, fact: Option<String>) -> Result<Repair, Problem> {
    let seq = || seq.ok_or_else(|| Problem::wrong("`seq` is missing", "the place of the event that is passed over"));
    match act {
        "retry" => Ok(Repair::Retry),
        "skip" => Ok(Repair::Skip { seq: seq()? }),
        "edit" => {
            let fact = repair::fact(&fact.unwrap_or_default());
            let fact = fact.map_err(|error| Problem::told(StatusCode::BAD_REQUEST, &error.to_string()))?;
            Ok(Repair::Edit { seq: seq()?, fact: Box::new(fact) })
        }
        other => Err(Problem::wrong(format!("`act` cannot be `{other}`"), "allowed: retry, skip, edit")),
    }
}
