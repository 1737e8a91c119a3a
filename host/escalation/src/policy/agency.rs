//! What a policy says of collection agencies: their shares, and which of several gets what.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::money::Currency;
use crate::party::PartyKind;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AgencyRules {
    /// The share of the only agency, as a fraction such as `1/3`; each of several has its own.
    pub commission: String,
    /// A person approves each placement; a level may ask for more.
    pub approval: bool,
    /// Other shares by age and amount at placement; the last that fits counts, the share above where none does.
    #[serde(rename = "tier")]
    pub tiers: Vec<Tier>,
    /// Money that reaches the creditor directly while the account is placed earns the agency its share too.
    pub direct_payments: bool,
    /// Days after a recall or return in which money that was on its way still earns the agency its share.
    pub tail_days: u16,
    /// Several agencies: the one of which most is expected, after its share, gets the account. None: there is one agency.
    #[serde(rename = "choice")]
    pub choices: Vec<AgencyChoice>,
}

/// An agency's share for older or larger accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// From so many days past due at placement, by the oldest invoice.
    #[serde(default)]
    pub from_days: u16,
    /// From this total, in major units by currency; a currency not named has no minimum.
    #[serde(default)]
    pub from_amount: BTreeMap<Currency, String>,
    /// A fraction such as `2/5`.
    pub commission: String,
}

/// One of several agencies: what it takes, what it costs, and what it is expected to collect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgencyChoice {
    /// The name under which its plugin runs: a file in config/plugins.
    pub connection: String,
    /// A fraction such as `1/4`.
    pub commission: String,
    #[serde(default, rename = "tier")]
    pub tiers: Vec<Tier>,
    /// The share of what is placed that it is expected to collect; the last that fits counts. See the metric
    /// `agency_liquidation` for what came of it.
    pub expected: Vec<Expected>,
    /// It takes debtors of these countries only, ISO 3166-1 alpha-2; empty: any.
    #[serde(default)]
    pub countries: Vec<String>,
    /// It takes debtors of these kinds only; empty: any.
    #[serde(default)]
    pub debtor_kinds: Vec<PartyKind>,
    /// It takes nothing smaller, in major units by currency; a currency not named has no minimum.
    #[serde(default)]
    pub total_min: BTreeMap<Currency, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// From so many days past due at placement, by the oldest invoice.
    #[serde(default)]
    pub from_days: u16,
    pub percent: u8,
}

impl AgencyChoice {
    /// In percent of what is placed; 0 where nothing is said of accounts so young.
    pub fn expected_percent(&self, days_past_due: i32) -> u8 {
        let fits = self.expected.iter().rev().find(|expected| days_past_due >= i32::from(expected.from_days));
        fits.map_or(0, |expected| expected.percent)
    }
}

impl Default for AgencyRules {
    fn default() -> Self {
        Self {
            commission: "1/3".to_owned(),
            approval: false,
            tiers: Vec::new(),
            direct_payments: true,
            tail_days: 30,
            choices: Vec::new(),
        }
    }
}
