//! A placement: open items handed to a collection agency, and what the agency did with them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::commission::CommissionTerms;
use crate::id::{EffectKey, InvoiceNumber};
use crate::money::Money;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// The business key of the effect that placed it; the agency quotes it.
    pub key: EffectKey,
    /// The connection of the agency that was chosen; none: the only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// 1 for the first agency that these items go to.
    pub sequence: u32,
    pub items: Vec<PlacedItem>,
    pub total: Money,
    /// The agency's share, as a fraction such as `1/3`.
    pub commission: String,
    #[serde(default)]
    pub terms: CommissionTerms,
    pub proposed_on: Date,
    pub state: PlacementState,
    #[serde(default)]
    pub agency_reference: String,
    /// The agency's transactions, newest last.
    #[serde(default)]
    pub collections: Vec<Collection>,
    /// Direct payments that the agency was told of, or is about to be.
    #[serde(default)]
    pub direct_payments: Vec<DirectPayment>,
    /// What each transaction took off the placed items, so that its reversal gives back exactly that.
    #[serde(default)]
    pub applied: BTreeMap<String, Vec<PlacedItem>>,
    /// What reached the bank from the agency.
    pub remitted: Money,
    #[serde(default)]
    pub closed_on: Option<Date>,
    #[serde(default)]
    pub closing_reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedItem {
    pub invoice: InvoiceNumber,
    pub amount: Money,
}

/// domain: `proposed -> sent -> active | rejected`; `active -> recall-requested -> recalled`; `active -> returned`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlacementState {
    Proposed,
    /// Handed over, not yet accepted.
    Sent,
    Active,
    Rejected,
    RecallRequested,
    Recalled,
    Returned,
}

impl PlacementState {
    /// The items are in the agency's hands, or on the way there: nobody else contacts the debtor about them.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Proposed | Self::Sent | Self::Active | Self::RecallRequested)
    }
}

/// One transaction of the agency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    pub transaction: String,
    /// The transaction that this one undoes; its amounts are then negative.
    #[serde(default)]
    pub reverses: Option<String>,
    pub gross: Money,
    pub commission: Money,
    /// What the agency hands over: gross, or gross less commission.
    pub net: Money,
    /// `gross` or `net`.
    pub remittance: String,
    pub on: Date,
    #[serde(default)]
    pub remittance_reference: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectPayment {
    pub payment: crate::id::PaymentId,
    pub amount: Money,
    pub received_on: Date,
    /// What the agency is owed for it under its terms, for itself; the placement's statement rounds the sum.
    pub commission: Money,
    /// It was given back.
    #[serde(default)]
    pub reversed: bool,
}

impl Placement {
    pub fn holds(&self, invoice: &InvoiceNumber) -> bool {
        self.items.iter().any(|item| &item.invoice == invoice)
    }

    /// What the agency kept or is owed for what it collected, reversals taken off.
    pub fn commission_taken(&self) -> Money {
        let minor = self.collections.iter().fold(0i64, |sum, one| sum.saturating_add(one.commission.minor));
        Money { minor, currency: self.total.currency }
    }

    /// What the agency collected, reversals taken off.
    pub fn gross_collected(&self) -> Money {
        let minor = self.collections.iter().fold(0i64, |sum, one| sum.saturating_add(one.gross.minor));
        Money { minor, currency: self.total.currency }
    }
}

/// A share of an amount, rounded half away from zero to the minor unit; none when `share` is not a fraction from 0 to 1.
pub fn commission_of(amount: Money, share: &str) -> Option<Money> {
    let (over, under) = share_of(share)?;
    amount.share(i128::from(over), i128::from(under))
}

/// What is expected to reach the creditor: so many percent of what is placed, less the agency's share, rounded once; none when
/// `share` is not a fraction from 0 to 1.
pub fn net_of_commission(placed: Money, percent: u8, share: &str) -> Option<Money> {
    let (over, under) = share_of(share)?;
    let (kept, whole) = (u64::from(under - over), u64::from(under));
    placed.share(i128::from(u64::from(percent) * kept), i128::from(100 * whole))
}

/// A fraction from 0 to 1, such as `1/3`.
fn share_of(share: &str) -> Option<(u32, u32)> {
    let (over, under) = share.split_once('/')?;
    let over: u32 = over.trim().parse().ok()?;
    let under: u32 = under.trim().parse().ok()?;
    (under > 0 && over <= under).then_some((over, under))
}
