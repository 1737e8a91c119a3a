//! The law in an account's view: what lateness was claimed to cost beside the principal, and the law firm's mandate.

use escalation::Account;
use escalation::charge::{Standing, standing};
use escalation::mandate::Mandate;
use serde::Serialize;
use utoipa::ToSchema;

use super::money::MoneyView;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Charge)]
pub struct ChargeView {
    pub invoice: String,
    /// `interest`, `fee` or `compensation`.
    pub kind: String,
    /// As the newest notice claims it.
    pub amount: MoneyView,
    /// What is not paid of it.
    pub open: MoneyView,
    /// The day on which it was computed; interest runs up to it.
    pub on: String,
    /// What the rule says, and where it stands written.
    pub title: String,
    pub source: String,
    /// The rule's id in the jurisdiction pack, and how sure the pack is of it.
    pub rule: String,
    pub certainty: String,
    /// The effect that claims it.
    pub notice: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Mandate)]
pub struct MandateView {
    pub firm: String,
    pub address: Vec<String>,
    /// The firm's own number of the matter.
    pub file: String,
    pub given_on: String,
}

/// Those that stand, oldest first; paid ones too.
pub fn charges(account: &Account) -> Vec<ChargeView> {
    standing(account).iter().map(one).collect()
}

fn one(standing: &Standing<'_>) -> ChargeView {
    let charge = standing.charge;
    ChargeView {
        invoice: charge.invoice.to_string(),
        kind: charge.kind.as_str().to_owned(),
        amount: charge.amount.into(),
        open: standing.open().into(),
        on: charge.on.to_string(),
        title: charge.title.clone(),
        source: charge.source.clone(),
        rule: charge.rule.clone(),
        certainty: charge.certainty.as_str().to_owned(),
        notice: charge.notice.to_string(),
    }
}

/// The mandate on record.
pub fn mandate(known: &Mandate) -> MandateView {
    MandateView {
        firm: known.firm.name.clone(),
        address: known.firm.address.clone(),
        file: known.file.clone(),
        given_on: known.given_on.to_string(),
    }
}
