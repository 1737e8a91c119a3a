//! `GET /api/plugins`: the running plugins, what they may do and how they are.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use engine::Backfill;
use serde::Serialize;
use utoipa::ToSchema;

use super::Answer;
use super::connections::{self, ConnectionView};
use crate::web::problem::Problem;
use crate::web::{Hub, PluginStatus, Shared, limits};

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Plugins)]
pub struct PluginsView {
    pub plugins: Vec<PluginView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Plugin)]
pub struct PluginView {
    /// Of its file in config/plugins.
    pub name: String,
    pub plugin: String,
    pub version: String,
    pub summary: String,
    pub roles: Vec<String>,
    /// What it was granted: connection to folder.
    pub connections: BTreeMap<String, String>,
    /// Host interfaces that it was granted.
    pub imports: Vec<String>,
    pub limits: String,
    /// `healthy`, `failing` or `paused`.
    pub health: String,
    /// Why it is not asked any more.
    pub paused: Option<String>,
    pub failures_in_row: u32,
    pub last_error: Option<String>,
    /// History is read in over it, and why: nothing is planned or sent meanwhile.
    pub backfill: Option<String>,
    /// May it be used, for all hosts alike.
    pub connection: ConnectionView,
    /// Newest first.
    pub calls: Vec<CallView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PluginCall)]
pub struct CallView {
    /// Hub time.
    pub at: String,
    pub function: String,
    pub micros: u64,
    /// Empty when it went well.
    pub error: String,
    pub log: Vec<String>,
}

#[utoipa::path(get, path = "/api/plugins", responses((status = 200, body = PluginsView)))]
pub async fn get(State(web): State<Shared>) -> Answer<PluginsView> {
    Ok(Json(gather(web.hub.as_ref()).await?))
}

pub async fn gather(hub: &dyn Hub) -> Result<PluginsView, Problem> {
    let mut plugins = Vec::new();
    let backfills = hub.backfills().await?;
    let connections = connections::gather(hub).await?;
    for (status, connection) in hub.plugins().into_iter().zip(connections) {
        let calls = hub.store().calls(&status.name, limits::CALLS_MAX).await?;
        let backfill = backfills.iter().find(|backfill| backfill.connection == status.name).map(why);
        plugins.push(PluginView { backfill, ..view(status, connection, calls) });
    }
    Ok(PluginsView { plugins })
}

/// Who began it.
pub fn why(backfill: &Backfill) -> String {
    match &backfill.begun_by {
        Some(who) => format!("begun by {who}"),
        None => "its file says `backfill = true`".to_owned(),
    }
}

fn view(status: PluginStatus, connection: ConnectionView, calls: Vec<store::view::CallRow>) -> PluginView {
    let health = match (status.paused.is_some(), connection.state.as_str(), status.failures_in_row) {
        (true, ..) | (_, "paused", _) => "paused",
        (false, "open", 0) => "healthy",
        _ => "failing",
    };
    let call = |row: store::view::CallRow| CallView {
        at: super::timeline::moment(row.at),
        function: row.function,
        micros: row.micros,
        error: row.error,
        log: row.log,
    };
    PluginView {
        name: status.name,
        plugin: status.id,
        version: status.version,
        summary: status.summary,
        roles: status.roles,
        connections: status.connections,
        imports: status.imports,
        limits: status.limits,
        health: health.to_owned(),
        paused: status.paused,
        failures_in_row: status.failures_in_row,
        last_error: status.last_error,
        backfill: None,
        connection,
        calls: calls.into_iter().map(call).collect(),
    }
}
