//! What complaints cost, by their cause: the amounts that were disputed, and what was credited because the debtor was right.

use std::collections::BTreeMap;

use super::period::Period;
use crate::account::Account;
use crate::dispute::{Dispute, REASONS};
use crate::id::InvoiceNumber;
use crate::money::Currency;

/// The reason under which words stand that are none of ours.
const OTHER: &str = "other";

/// Disputes that were opened in the period for one reason, in minor units of one currency. Our own definition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cause {
    pub disputes: u64,
    pub disputed: i128,
    /// Credit memos on the disputed invoices of disputes that ended as `upheld` or `partial`, each at most what was disputed. A
    /// credit counts for one dispute.
    pub credited: i128,
}

impl Cause {
    pub(super) fn add(&mut self, other: &Self) {
        self.disputes += other.disputes;
        self.disputed += other.disputed;
        self.credited += other.credited;
    }
}

/// The causes of one account, each with its currency.
pub(super) fn of(account: &Account, period: &Period) -> Vec<(Currency, &'static str, Cause)> {
    let mut left: BTreeMap<&InvoiceNumber, i64> = BTreeMap::new();
    let mut found = Vec::new();
    for dispute in &account.disputes {
        let credited = account.items.get(&dispute.invoice).map_or(0, |item| item.credited.minor.max(0));
        let left = left.entry(&dispute.invoice).or_insert(credited);
        let credited = if was_right(dispute) { dispute.amount.minor.clamp(0, *left) } else { 0 };
        *left -= credited;
        if period.contains(dispute.opened_on) {
            let disputed = i128::from(dispute.amount.minor);
            let cause = Cause { disputes: 1, disputed, credited: i128::from(credited) };
            found.push((dispute.amount.currency, reason(dispute), cause));
        }
    }
    found
}

fn was_right(dispute: &Dispute) -> bool {
    dispute.resolution.as_ref().is_some_and(|end| matches!(end.outcome.as_str(), "upheld" | "partial"))
}

fn reason(dispute: &Dispute) -> &'static str {
    REASONS.into_iter().find(|known| *known == dispute.reason).unwrap_or(OTHER)
}
