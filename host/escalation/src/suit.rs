//! A suit that a person prepared: the court, and the days by which something has to be done. The hub sues nobody.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{InvoiceNumber, SuitId};

/// Suits that run against one debtor; those that ended are in the journal.
pub const SUITS_MAX: usize = 20;
/// Deadlines of one suit.
pub const DEADLINES_MAX: usize = 20;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suit {
    pub id: SuitId,
    pub court: String,
    /// The day on which its papers were ready.
    pub prepared_on: Date,
    pub invoices: Vec<InvoiceNumber>,
    /// In their order.
    pub deadlines: Vec<Deadline>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    pub on: Date,
    /// What has to be done by then.
    pub what: String,
    /// Its task was opened.
    #[serde(default)]
    pub told: bool,
}
