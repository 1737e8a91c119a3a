//! What agencies brought in, together and each by itself.

use escalation::Currency;
use escalation::metrics::Position;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::{FigureView, figure, plain};

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AgenciesToDate)]
pub struct AgenciesView {
    pub placements: u64,
    pub placed: String,
    pub collected: String,
    pub paid_directly: String,
    pub commission: String,
    /// By agency, where the policy chooses between several.
    pub by_agency: Vec<AgencyView>,
}

/// One agency's results to date, beside what the policy expects of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AgencyToDate)]
pub struct AgencyView {
    /// Empty: placed before there were several.
    pub connection: String,
    pub placements: u64,
    pub placed: String,
    pub liquidation: FigureView,
    pub netback: FigureView,
}

pub(super) fn agencies(position: &Position, currency: Currency) -> AgenciesView {
    let Position { placed, agencies, .. } = position;
    let several = agencies.keys().any(|connection| !connection.is_empty());
    let by_agency = agencies.iter().filter(|_| several).map(|(connection, placed)| AgencyView {
        connection: connection.clone(),
        placements: placed.placements,
        placed: plain(placed.amount, currency),
        liquidation: figure(&placed.liquidation()),
        netback: figure(&placed.netback()),
    });
    AgenciesView {
        by_agency: by_agency.collect(),
        placements: placed.placements,
        placed: plain(placed.amount, currency),
        collected: plain(placed.collected, currency),
        paid_directly: plain(placed.direct, currency),
        commission: plain(placed.commission, currency),
    }
}
