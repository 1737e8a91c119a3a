//! What a policy says of money: discounts, tolerances, plans, settlements, write-offs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::LevelId;
use crate::money::{Currency, Money};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DiscountRules {
    /// Money may arrive so many days after the window (value date) and still take the discount.
    pub grace_days: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ToleranceRules {
    /// A rest up to this is let off, in major units by currency; a currency not named has no tolerance.
    pub underpaid: BTreeMap<Currency, String>,
    /// And no more than this share of the invoice, in percent.
    pub underpaid_percent_max: u8,
    /// Too much up to this waits for the next invoice instead of a person, in major units by currency.
    pub overpaid: BTreeMap<Currency, String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PlanRules {
    /// Days after an instalment's day before it counts as missed.
    pub grace_days: u16,
    /// More instalments are not accepted as a plan.
    pub instalments_max: u16,
    /// A plan that ends later is not accepted, in days from its agreement.
    pub days_max: u16,
    /// Instalments that may be missed; one more breaks the plan, and what is left is due at once.
    pub missed_max: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SettlementRules {
    /// One person may let off so much, in major units by currency; above it, and in a currency not named, a second person
    /// approves.
    pub waive_max: BTreeMap<Currency, String>,
    /// And no more than this share of the balance, in percent.
    pub waive_percent_max: u8,
    /// Days after the agreed day before a settlement counts as failed.
    pub grace_days: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WriteOffRules {
    /// An item whose ladder has ended is proposed for write-off when it is so many days past due; 0: never by age.
    pub days_past_due: u16,
    /// It is proposed as soon as the last agency gave it back.
    pub returned_by_agency: bool,
}

/// What notices claim beside the principal, as far as the law of the debtor's country gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChargeRules {
    /// The first level that claims it, of every ladder; none: nothing is ever claimed.
    pub from: Option<LevelId>,
    pub interest: bool,
    /// The fixed sum for late payment between businesses.
    pub compensation: bool,
}

/// The amount that a policy names for a currency; none: it names none.
pub fn limit(amounts: &BTreeMap<Currency, String>, currency: Currency) -> Option<Money> {
    Money::parse(amounts.get(&currency)?, currency).ok()
}

impl Default for ToleranceRules {
    fn default() -> Self {
        Self { underpaid: BTreeMap::new(), underpaid_percent_max: 1, overpaid: BTreeMap::new() }
    }
}

impl Default for PlanRules {
    fn default() -> Self {
        Self { grace_days: 3, instalments_max: 12, days_max: 370, missed_max: 1 }
    }
}

impl Default for SettlementRules {
    fn default() -> Self {
        Self { waive_max: BTreeMap::new(), waive_percent_max: 10, grace_days: 2 }
    }
}

impl Default for WriteOffRules {
    fn default() -> Self {
        Self { days_past_due: 365, returned_by_agency: true }
    }
}
