//! What agencies have, as the API tells it.

use escalation::placement::{Collection, Placement};
use serde::Serialize;
use utoipa::ToSchema;

use super::money::{self, MoneyView};
use super::narrate::word;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Placement)]
pub struct PlacementView {
    pub key: String,
    /// The connection of the agency that was chosen; none: the only one.
    pub agency: Option<String>,
    pub sequence: u32,
    pub total: MoneyView,
    pub commission: String,
    pub state: String,
    pub agency_reference: String,
    pub proposed_on: String,
    pub closed_on: Option<String>,
    pub closing_reason: String,
    /// By currency: collected, the agency's commission of it, and what reached the bank.
    pub collected: Vec<MoneyView>,
    pub commission_due: Vec<MoneyView>,
    pub remitted: MoneyView,
    /// The share by the exact sum, rounded once: of what was collected and, where they count, of direct payments.
    pub commission_exact: MoneyView,
    /// Still owed to the agency; negative: it kept more than its share.
    pub owed_to_agency: MoneyView,
}

pub fn view(placement: &Placement) -> PlacementView {
    let total = |of: fn(&Collection) -> escalation::Money| {
        money::all(escalation::account::sum(placement.collections.iter().map(of)))
    };
    let statement = placement.statement();
    PlacementView {
        key: placement.key.to_string(),
        agency: placement.agency.clone(),
        sequence: placement.sequence,
        total: placement.total.into(),
        commission: placement.commission.clone(),
        state: word(&placement.state),
        agency_reference: placement.agency_reference.clone(),
        proposed_on: placement.proposed_on.to_string(),
        closed_on: placement.closed_on.map(|day| day.to_string()),
        closing_reason: placement.closing_reason.clone(),
        collected: total(|collection| collection.gross),
        commission_due: total(|collection| collection.commission),
        remitted: placement.remitted.into(),
        commission_exact: statement.commission.into(),
        owed_to_agency: statement.owed.into(),
    }
}
