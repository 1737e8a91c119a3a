//! The town's own books: what it did, counted where it was done. Tests hold the hub's figures against them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Amounts are minor units by currency.
pub type Sums = BTreeMap<String, i64>;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    pub debtors: u64,
    pub invoices: u64,
    /// What the invoices asked for.
    pub invoiced: Sums,
    /// Booked transfers of debtors, later returned ones included.
    pub payments: u64,
    pub paid: Sums,
    /// Of it: more than was owed.
    pub overpaid: Sums,
    /// Given back by the bank.
    pub returns: u64,
    pub returned: Sums,
    /// From somebody who owes nothing.
    pub stray: Sums,
    /// Paid before an appointment or a delivery.
    pub prepaid: Sums,
    pub credit_reports: u64,
    pub cover_answers: u64,
    /// What the agency handed over.
    pub remitted: Sums,
    /// The bank's own charges.
    pub charges: Sums,
    pub credit_notes: u64,
    pub credited: Sums,
    pub emails_read: u64,
    pub letters_read: u64,
    pub bounces: u64,
    pub leads: u64,
    pub leads_withdrawn: u64,
    pub calls: u64,
    /// By disposition.
    pub dispositions: BTreeMap<String, u64>,
    pub promises_made: u64,
    pub promises_kept: u64,
    pub promises_broken: u64,
    pub disputes: u64,
    pub stop_requests: u64,
    pub placements: u64,
    pub placements_accepted: u64,
    pub placements_rejected: u64,
    pub placements_returned: u64,
    pub recalls: u64,
    pub direct_payments_noticed: u64,
    pub agency_disputes: u64,
    /// Collected by the agency, less what did not hold.
    pub collected: Sums,
    pub commission: Sums,
    pub collection_reversals: u64,
}

impl Tally {
    /// All credits in the bank files, by currency.
    pub fn bank_credits(&self) -> Sums {
        let mut credits = Sums::new();
        for sums in [&self.paid, &self.prepaid, &self.stray, &self.remitted] {
            for (currency, amount) in sums {
                add(&mut credits, currency, *amount);
            }
        }
        credits
    }
}

pub(crate) fn add(sums: &mut Sums, currency: &str, amount: i64) {
    *sums.entry(currency.to_owned()).or_default() += amount;
}
