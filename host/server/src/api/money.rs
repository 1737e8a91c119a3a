//! Money as the API writes it.

use escalation::Money;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Money)]
pub struct MoneyView {
    /// In the currency's minor units.
    pub minor: i64,
    /// ISO 4217.
    #[schema(example = "EUR")]
    pub currency: String,
    /// For people.
    #[schema(example = "1200.00 EUR")]
    pub text: String,
}

impl From<Money> for MoneyView {
    fn from(money: Money) -> Self {
        Self { minor: money.minor, currency: money.currency.to_string(), text: money.to_string() }
    }
}

pub fn all(amounts: Vec<Money>) -> Vec<MoneyView> {
    amounts.into_iter().map(MoneyView::from).collect()
}
