//! `GET /api/quarantine`: what came in and could not be taken, and why.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::Answer;
use crate::web::problem::Problem;
use crate::web::{Hub, Shared, limits};

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Quarantine)]
pub struct QuarantineView {
    /// Newest first.
    pub documents: Vec<DocumentView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = QuarantinedDocument)]
pub struct DocumentView {
    pub id: i64,
    /// Hub time.
    pub at: String,
    pub connection: String,
    pub document: String,
    /// Line or element.
    pub place: String,
    /// `refused`: it could not be read. `conflict`: it is known with other content.
    pub kind: String,
    pub reason: String,
}

#[utoipa::path(get, path = "/api/quarantine", responses((status = 200, body = QuarantineView)))]
pub async fn get(State(web): State<Shared>) -> Answer<QuarantineView> {
    Ok(Json(gather(web.hub.as_ref()).await?))
}

pub async fn gather(hub: &dyn Hub) -> Result<QuarantineView, Problem> {
    let rows = hub.store().quarantine(limits::LIST_ROWS_MAX).await?;
    let view = |row: store::Quarantined| DocumentView {
        id: row.id,
        at: super::timeline::moment(row.at),
        connection: row.connection,
        document: row.document,
        place: row.place,
        kind: row.reason.as_str().to_owned(),
        reason: row.text,
    };
    Ok(QuarantineView { documents: rows.into_iter().map(view).collect() })
}
