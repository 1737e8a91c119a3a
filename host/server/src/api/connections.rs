//! `GET /api/connections` and `POST /api/connections/{name}`: may a connection be used, and if not, why; for all hosts alike.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use escalation::DateTime;
use serde::{Deserialize, Serialize};
use store::Valve;
use store::valve::Rate;
use utoipa::ToSchema;

use super::{Answer, Named, timeline};
use crate::web::problem::{Problem, ProblemView};
use crate::web::{Hub, Shared, Turn};

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Connections)]
pub struct ConnectionsView {
    pub connections: Vec<ConnectionView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Connection)]
pub struct ConnectionView {
    /// Of its plugin's file.
    pub name: String,
    /// `open`; `failing`: used, and the last calls failed; `waiting`: left alone for a while; `paused`: until a person says go.
    pub state: String,
    /// Why it is not open.
    pub why: Option<String>,
    /// `waiting`: tried again then. Hub time.
    pub until: Option<String>,
    pub failures_in_row: u32,
    /// How many effects may go out, where that is bounded.
    pub per_minute: Option<u32>,
    pub burst: Option<u32>,
}

/// What is done with a connection.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = ConnectionTurn)]
#[serde(deny_unknown_fields)]
pub struct TurnBody {
    /// `pause` or `resume`.
    act: String,
    /// Who does it.
    who: String,
    /// For `pause`: why.
    #[serde(default)]
    reason: String,
}

#[utoipa::path(get, path = "/api/connections", responses((status = 200, body = ConnectionsView)))]
pub async fn get(State(web): State<Shared>) -> Answer<ConnectionsView> {
    Ok(Json(ConnectionsView { connections: gather(web.hub.as_ref()).await? }))
}

#[utoipa::path(post, path = "/api/connections/{name}", params(("name" = String, Path)), request_body = TurnBody,
    responses(
        (status = 200, body = ConnectionsView, description = "How all stand now."),
        (status = 400, body = ProblemView, content_type = "application/problem+json"),
        (status = 409, body = ProblemView, content_type = "application/problem+json"),
    )
)]
pub async fn post(
    State(web): State<Shared>,
    Named(name): Named,
    body: Result<Json<TurnBody>, JsonRejection>,
) -> Answer<ConnectionsView> {
    let Json(body) = body.map_err(|rejection| {
        Problem::wrong(rejection.body_text(), "`/api/openapi.json` has the body as `ConnectionTurn`")
    })?;
    let turn = read(&body.act, &body.who, &body.reason)?;
    web.hub.turn(&name, turn).await?;
    get(State(web)).await
}

/// What is asked for, from a form or a body.
pub fn read(act: &str, who: &str, reason: &str) -> Result<Turn, Problem> {
    match act {
        "resume" => Ok(Turn::Resume),
        "pause" if who.trim().is_empty() || reason.trim().is_empty() => {
            Err(Problem::wrong("who pauses it, and why, is missing", "fill in `who` and `reason`"))
        }
        "pause" => Ok(Turn::Pause { why: format!("{}: {}", who.trim(), reason.trim()) }),
        other => Err(Problem::wrong(format!("`act` cannot be `{other}`"), "allowed: pause, resume")),
    }
}

pub async fn gather(hub: &dyn Hub) -> Result<Vec<ConnectionView>, Problem> {
    let (valves, now) = (hub.store().valves().await?, hub.now());
    let stands = |name: &str| valves.iter().find(|(known, _)| known == name).map(|(_, valve)| valve);
    Ok(hub.plugins().into_iter().map(|plugin| view(&plugin.name, stands(&plugin.name), plugin.rate, now)).collect())
}

/// Those that wait for a person.
pub async fn paused(hub: &dyn Hub) -> Result<Vec<ConnectionView>, Problem> {
    Ok(gather(hub).await?.into_iter().filter(|connection| connection.state == "paused").collect())
}

/// How it stands at a moment; a connection of which nothing is kept is open.
pub fn view(name: &str, valve: Option<&Valve>, rate: Option<Rate>, now: DateTime) -> ConnectionView {
    let usual = Valve::default();
    let valve = valve.unwrap_or(&usual);
    let until = valve.closed_until.filter(|until| *until > now);
    let trouble = Some(valve.trouble.clone()).filter(|text| !text.is_empty());
    let (state, why, until) = match (&valve.paused, until) {
        (Some(why), _) => ("paused", Some(why.clone()), None),
        (None, Some(until)) => ("waiting", trouble, Some(timeline::moment(until))),
        (None, None) if valve.failures > 0 => ("failing", trouble, None),
        (None, None) => ("open", None, None),
    };
    ConnectionView {
        name: name.to_owned(),
        state: state.to_owned(),
        why,
        until,
        failures_in_row: valve.failures,
        per_minute: rate.map(|rate| rate.per_minute),
        burst: rate.map(|rate| rate.burst),
    }
}
