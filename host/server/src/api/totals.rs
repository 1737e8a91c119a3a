//! `GET /api/totals`: what banks and other senders state beside what was read from them.

use axum::Json;
use axum::extract::State;
use escalation::Money;
use serde::Serialize;
use utoipa::ToSchema;

use super::Answer;
use super::money::MoneyView;
use super::timeline::moment;
use crate::web::problem::Problem;
use crate::web::{Hub, Shared, limits};

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Totals)]
pub struct TotalsView {
    /// Newest first.
    pub totals: Vec<TotalView>,
    /// Full reconciles of sources that can list everything, newest first.
    pub reconciles: Vec<ReconcileView>,
    /// Connections that can be reconciled.
    pub sources: Vec<String>,
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

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Reconcile)]
pub struct ReconcileView {
    pub connection: String,
    pub generation: i64,
    /// Hub time.
    pub started: String,
    /// None: under way, or cut off by a crash.
    pub ended: Option<String>,
    /// Only a complete run says what is missing.
    pub complete: bool,
    /// Why it is not complete.
    pub note: String,
    /// Invoices that the source listed.
    pub listed: u64,
    pub totals: Vec<SideView>,
    /// Open with us, and not listed for the first time.
    pub missing_once: u64,
    /// Open with us, and not listed at least twice in a row: nobody is chased about them.
    pub missing: u64,
    /// Missing earlier, and listed again.
    pub found: u64,
}

/// What is open: by the source, and by us.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReconciledTotal)]
pub struct SideView {
    pub stated_items: u64,
    pub stated: MoneyView,
    pub known_items: u64,
    pub known: MoneyView,
    pub agrees: bool,
}

#[utoipa::path(get, path = "/api/totals", responses((status = 200, body = TotalsView)))]
pub async fn get(State(web): State<Shared>) -> Answer<TotalsView> {
    Ok(Json(gather(web.hub.as_ref()).await?))
}

pub async fn gather(hub: &dyn Hub) -> Result<TotalsView, Problem> {
    let totals = hub.store().totals(limits::LIST_ROWS_MAX).await?;
    let sweeps = hub.store().sweeps(limits::RECONCILES_SHOWN).await?;
    let view = |total: store::Total| TotalView {
        on: total.on.to_string(),
        connection: total.connection,
        name: total.name,
        agrees: total.stated == total.counted,
        stated: total.stated.into(),
        counted: total.counted.into(),
    };
    Ok(TotalsView {
        totals: totals.into_iter().map(view).collect(),
        reconciles: sweeps.into_iter().map(reconcile).collect(),
        sources: hub.plugins().into_iter().filter_map(|plugin| plugin.reconciles).collect(),
    })
}

fn reconcile(sweep: store::Sweep) -> ReconcileView {
    let side = |total: store::SweepTotal| SideView {
        stated_items: total.stated_items,
        stated: Money::new(total.stated_minor, total.currency).into(),
        known_items: total.known_items,
        known: Money::new(total.known_minor, total.currency).into(),
        agrees: (total.stated_items, total.stated_minor) == (total.known_items, total.known_minor),
    };
    ReconcileView {
        connection: sweep.connection,
        generation: sweep.generation,
        started: moment(sweep.started),
        ended: sweep.ended.map(moment),
        complete: sweep.complete,
        note: sweep.note,
        listed: sweep.listed,
        totals: sweep.totals.into_iter().map(side).collect(),
        missing_once: sweep.missing_once,
        missing: sweep.missing,
        found: sweep.found,
    }
}
