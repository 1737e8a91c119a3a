//! What lateness costs beside interest: fees for notices, fixed compensation; and what a payment pays off first.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::read;
use super::rule::{ActorRole, Certainty};
use crate::money::Money;
use crate::party::PartyKind;

/// What a notice may cost the debtor. Its days are days of sending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeeRule {
    pub id: String,
    pub title: String,
    #[serde(deserialize_with = "read::day")]
    pub from: Date,
    #[serde(default, deserialize_with = "read::day_or_none")]
    pub until: Option<Date>,
    pub debtors: Vec<PartyKind>,
    /// Empty: all.
    #[serde(default)]
    pub actors: Vec<ActorRole>,
    pub notice: NoticeKind,
    pub basis: Basis,
    /// What is charged, with `basis = "amount"`.
    #[serde(default, deserialize_with = "read::amount_or_none")]
    pub amount: Option<Money>,
    /// The most that the law allows for one notice.
    #[serde(default, deserialize_with = "read::amount_or_none")]
    pub cap: Option<Money>,
    /// The most fees for one claim.
    #[serde(default)]
    pub count_max: Option<u16>,
    /// Days since the notice before, whether or not that one was charged.
    #[serde(default)]
    pub gap_days: u16,
    /// Only if it was agreed, at the latest when the debt arose.
    #[serde(default)]
    pub only_if_agreed: bool,
    /// The first notice costs nothing.
    #[serde(default)]
    pub first_is_free: bool,
    pub source: String,
    pub certainty: Certainty,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    #[default]
    Reminder,
    /// The statutory demand before a court, such as the Swedish inkassokrav.
    CollectionDemand,
    /// An agency is asked to collect.
    AgencyReferral,
    /// A written plan for the whole debt, made together.
    PaymentPlan,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    Amount,
    /// What it cost in fact; nothing where that is not stated.
    ActualCost,
    /// The law names no fee.
    None,
}

/// A fixed sum for late payment, once a debt. Its days are due dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compensation {
    pub id: String,
    pub title: String,
    #[serde(deserialize_with = "read::day")]
    pub from: Date,
    #[serde(default, deserialize_with = "read::day_or_none")]
    pub until: Option<Date>,
    pub debtors: Vec<PartyKind>,
    /// By the debt's size, from the smallest to the largest; one without `below` for a flat sum.
    pub tiers: Vec<Tier>,
    pub with_fees: Tradeoff,
    pub source: String,
    pub certainty: Certainty,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// For debts smaller than this; none: for all the rest.
    #[serde(default, deserialize_with = "read::amount_or_none")]
    pub below: Option<Money>,
    #[serde(deserialize_with = "read::amount")]
    pub amount: Money,
}

/// What becomes of notices' fees beside the fixed sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tradeoff {
    /// Both are owed.
    Adds,
    /// The fixed sum stands in their place.
    Replaces,
    /// The fixed sum is less by what is charged in fees; never below zero.
    Offsets,
}

/// What a payment pays off first. Its days are value dates of payments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllocationRule {
    pub id: String,
    pub title: String,
    #[serde(deserialize_with = "read::day")]
    pub from: Date,
    #[serde(default, deserialize_with = "read::day_or_none")]
    pub until: Option<Date>,
    pub debtors: Vec<PartyKind>,
    /// Each of the three, once.
    pub order: Vec<Cost>,
    /// The debtor may say what a payment is for, and is followed.
    #[serde(default)]
    pub debtor_may_designate: bool,
    /// Nothing goes to a debt that is disputed.
    #[serde(default)]
    pub never_to_disputed: bool,
    pub source: String,
    pub certainty: Certainty,
}

/// A part of what is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cost {
    /// Fees and fixed compensation.
    Costs,
    Interest,
    Principal,
}

impl Compensation {
    /// The sum for a debt; none when the law states it in another currency.
    pub fn amount_for(&self, principal: Money) -> Option<Money> {
        let fits = |tier: &&Tier| {
            let below = |limit: Money| limit.currency == principal.currency && principal.minor < limit.minor;
            tier.below.is_none_or(below)
        };
        self.tiers.iter().find(fits).map(|tier| tier.amount).filter(|amount| amount.currency == principal.currency)
    }
}

impl NoticeKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reminder => "reminder",
            Self::CollectionDemand => "collection-demand",
            Self::AgencyReferral => "agency-referral",
            Self::PaymentPlan => "payment-plan",
        }
    }
}
