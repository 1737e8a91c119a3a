//! A full reconcile: everything that a source lists is held against what is known from it.
//!
//! Deletions are noticed in two phases. An invoice that is open with us and not in a complete run is noted; when the next
//! complete run does not have it either, its account is told. A run that ended early changes nothing.

use std::collections::BTreeMap;

use escalation::event::Event;
use escalation::{AccountId, Currency, DateTime, Fact, InvoiceNumber, Money};
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::journal::Line;
use crate::row::{count, currency};

/// Runs that are kept for one connection; older ones give way.
pub const SWEEPS_KEPT_MAX: i64 = 100;
/// Complete runs in a row that lack an invoice before its account is told.
pub const MISSED_MIN: i64 = 2;

/// When a run may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SweepDue {
    /// No complete run was begun after it.
    pub complete_after: DateTime,
    /// No run at all was begun after it: one that is under way, or failed just now.
    pub begun_after: DateTime,
}

/// An invoice that the source lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub account: AccountId,
    pub invoice: InvoiceNumber,
    /// As the source states it.
    pub open: Money,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SweepEnd {
    Complete,
    /// It ended early, and why.
    Broken(String),
}

/// A run, as the desk shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sweep {
    pub connection: String,
    /// 1, 2, 3, ... within the connection.
    pub generation: i64,
    pub started: DateTime,
    /// None: under way, or cut off by a crash.
    pub ended: Option<DateTime>,
    pub complete: bool,
    /// Why it is not complete.
    pub note: String,
    pub listed: u64,
    /// By currency, in the order of their codes.
    pub totals: Vec<SweepTotal>,
    /// Open with us, and not in this run although in the one before.
    pub missing_once: u64,
    /// Open with us, and in none of the last runs: all that their accounts were told of, now or earlier.
    pub missing: u64,
    /// Told to be missing earlier, and listed again.
    pub found: u64,
}

/// What is open, as the source states it and as we know it from there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepTotal {
    pub currency: Currency,
    pub stated_items: u64,
    pub stated_minor: i64,
    pub known_items: u64,
    pub known_minor: i64,
}

/// Account and invoice.
pub(crate) type Item = (String, String);
/// The same, and how many complete runs in a row did not have it.
pub(crate) type Missed = (String, String, i64);
/// Currency, items, minor units.
pub(crate) type SideRow = (String, i64, i64);

/// What lanes are told at the end of a complete run.
pub(crate) fn lines(connection: &str, at: DateTime, missed: &[Missed], found: &[Item]) -> Result<Vec<Line>> {
    let line =
        |account: &str, fact| Line::new(account, &Event { at, on: at.date(), origin: connection.to_owned(), fact });
    let missing = missed.iter().filter(|(_, _, times)| *times == MISSED_MIN);
    let missing =
        missing.map(|(account, number, _)| line(account, Fact::InvoiceMissing { number: InvoiceNumber::new(number) }));
    let found =
        found.iter().map(|(account, number)| line(account, Fact::InvoiceFound { number: InvoiceNumber::new(number) }));
    missing.chain(found).collect()
}

/// Both sides of each currency.
pub(crate) fn totals(stated: Vec<SideRow>, known: Vec<SideRow>) -> Result<Vec<SweepTotal>> {
    let mut totals: BTreeMap<Currency, SweepTotal> = BTreeMap::new();
    let mut total = |code: &str, add: &dyn Fn(&mut SweepTotal)| -> Result<()> {
        let currency = currency(code)?;
        let empty = SweepTotal { currency, stated_items: 0, stated_minor: 0, known_items: 0, known_minor: 0 };
        add(totals.entry(currency).or_insert(empty));
        Ok(())
    };
    for (code, items, minor) in stated {
        total(&code, &|sum| (sum.stated_items, sum.stated_minor) = (count(items), minor))?;
    }
    for (code, items, minor) in known {
        total(&code, &|sum| (sum.known_items, sum.known_minor) = (count(items), minor))?;
    }
    Ok(totals.into_values().collect())
}
