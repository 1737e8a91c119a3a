//! What the desk, the API and cash application read: rows that follow from the accounts, written with each decision.

use std::collections::BTreeMap;

use escalation::{AccountId, Currency, Date, DateTime, InvoiceNumber, Money};
use serde::{Deserialize, Serialize};

/// Calls that are kept for one plugin; older ones give way.
pub const CALLS_KEPT_MAX: i64 = 200;

/// An account at a glance, and what cash application needs to find it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRow {
    pub account: AccountId,
    pub name: String,
    pub country: String,
    /// The account's main currency (that of its largest open sum, else of its newest item).
    pub currency: Currency,
    /// Of that currency.
    pub open_minor: i64,
    pub unapplied_minor: i64,
    /// Due day of the oldest open item.
    pub oldest_due_on: Option<Date>,
    /// The highest level that an open item has reached, with its place on the policy's ladder (0: none).
    pub level: Option<String>,
    pub level_rank: u32,
    /// `promise`, `dispute`, `hold`, `placed`, `blocked`, `parked`, `stopped`, `stray-reversal`,
    /// `missing-at-source`, `task`, `call`, `collector:` with a name: all that apply.
    pub flags: Vec<String>,
    pub payer_accounts: Vec<String>,
    pub items: Vec<ItemRow>,
    /// References that lead to the account and to no item (live placements, remittance references).
    pub references: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemRow {
    pub invoice: InvoiceNumber,
    pub issued_on: Date,
    pub due_on: Date,
    pub total: Money,
    pub open: Money,
    pub level: Option<String>,
    /// The connection that told of it.
    #[serde(default)]
    pub source: String,
    /// Everything a payer may quote, already normalised: upper case, letters and digits only.
    pub references: Vec<String>,
}

/// How cash application asks for candidates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lookup {
    /// Normalised words of the payment.
    pub tokens: Vec<String>,
    pub amount: Option<Money>,
    pub payer_account: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountFilter {
    /// Part of a name, an account id or an invoice number.
    pub search: String,
    pub country: Option<String>,
    pub flag: Option<String>,
    pub level: Option<String>,
    pub overdue_only: bool,
    /// `name`, `open` (default), `overdue` (days past due of the oldest open item), `level`.
    pub sort: String,
    pub descending: bool,
    /// From 0.
    pub page: u32,
    pub per_page: u32,
    /// What `overdue_only` goes by; without it that filter does nothing.
    pub today: Option<Date>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountPage {
    pub rows: Vec<AccountRow>,
    pub total: u64,
}

/// A line of the ranked worklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkRow {
    pub account: AccountId,
    pub name: String,
    pub country: String,
    pub overdue: Money,
    pub days_past_due: i32,
    pub level: Option<String>,
    pub flags: Vec<String>,
    /// Overdue minor units times days past due.
    pub weight: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    pub accounts: u64,
    /// For each currency: current, 1-30, 31-60, 61-90, over 90 days past due, in minor units.
    pub aging: BTreeMap<Currency, [i64; 5]>,
    /// Open items on each level, by level id.
    pub levels: BTreeMap<String, u64>,
    /// Money in, by booking day and currency.
    pub received: Vec<(Date, Currency, i64)>,
    pub unapplied: BTreeMap<Currency, i64>,
    pub flags: BTreeMap<String, u64>,
    pub quarantined: u64,
    pub effects_unknown: u64,
    pub effects_planned: u64,
    pub parked: u64,
}

/// One call of a plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRow {
    pub plugin: String,
    pub version: String,
    /// `pull`, `perform`, ...
    pub function: String,
    pub at: DateTime,
    pub micros: u64,
    /// Empty when it went well.
    pub error: String,
    pub log: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub events: u64,
    pub accounts: u64,
    pub inbox: u64,
    pub quarantined: u64,
    /// By kind (`send`, `queue-call`, ...) and status.
    pub effects: BTreeMap<(String, String), u64>,
}
