//! `GET /api/totals`: what banks and other senders state beside what was read from them.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::Answer;
use super::money::MoneyView;
use crate::web::problem::Problem;
use crate::web::{Hub, Shared, limits};

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Totals)]
pub struct TotalsView {
    /// Newest first.
    pub totals: Vec<TotalView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Total)]
pub struct TotalView {
    pub on: String,
    pub connection: String,
    pub name: String,
    /// By the other side.
    pub stated: MoneyView,
    /// By us.
    pub counted: MoneyView,
    pub agrees: bool,
}

#[utoipa::path(get, path = "/api/totals", responses((status = 200, body = TotalsView)))]
pub async fn get(State(web): State<Shared>) -> Answer<TotalsView> {
    Ok(Json(gather(web.hub.as_ref()).await?))
}

pub async fn gather(hub: &dyn Hub) -> Result<TotalsView, Problem> {
    let totals = hub.store().totals(limits::LIST_ROWS_MAX).await?;
    let view = |total: store::Total| TotalView {
        on: total.on.to_string(),
        connection: total.connection,
        name: total.name,
        agrees: total.stated == total.counted,
        stated: total.stated.into(),
        counted: total.counted.into(),
    };
    Ok(TotalsView { totals: totals.into_iter().map(view).collect() })
}
