//! Suits that run against a debtor, as the API and the desk show them.

use escalation::suit::Suit;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Suit)]
pub struct SuitView {
    pub id: String,
    pub court: String,
    pub prepared_on: String,
    pub invoices: Vec<String>,
    /// In their order.
    pub deadlines: Vec<DeadlineView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Deadline)]
pub struct DeadlineView {
    pub on: String,
    pub what: String,
}

pub fn view(suit: &Suit) -> SuitView {
    let deadline = |one: &escalation::suit::Deadline| DeadlineView { on: one.on.to_string(), what: one.what.clone() };
    SuitView {
        id: suit.id.to_string(),
        court: suit.court.clone(),
        prepared_on: suit.prepared_on.to_string(),
        invoices: suit.invoices.iter().map(ToString::to_string).collect(),
        deadlines: suit.deadlines.iter().map(deadline).collect(),
    }
}
