//! What is not asked for any more, and why: a discount taken in time, a small rest, the rest of a settlement, a write-off.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{InvoiceNumber, PaymentId};
use crate::money::Money;

/// One line of what was let off an item. Lines are only ever added: what was let off in error, or came in after all, is
/// taken back by a line with a negative amount, so that accounting can be told of each line once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    pub kind: AllowanceKind,
    /// Positive: let off. Negative: taken back.
    pub amount: Money,
    pub on: Date,
    /// The settlement or write-off that it belongs to; `discount` and `small-rest` for those.
    pub reference: String,
    /// The payments that it rests on: if one of them is given back, so is this.
    #[serde(default)]
    pub payments: Vec<PaymentId>,
    pub because: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AllowanceKind {
    /// For paying early, by the invoice's own terms.
    Discount,
    /// Underpaid by so little that nobody asks for it.
    SmallRest,
    /// The debtor paid less than the balance, and that was agreed.
    Settlement,
    /// Lost: proposed, and approved by a second person.
    WriteOff,
}

/// An invoice and an amount of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemAmount {
    pub invoice: InvoiceNumber,
    pub amount: Money,
}

impl AllowanceKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Discount => "discount",
            Self::SmallRest => "small-rest",
            Self::Settlement => "settlement",
            Self::WriteOff => "write-off",
        }
    }
}

/// The sum of the lines of a kind, in minor units; none: of every kind.
pub fn allowed(lines: &[Allowance], kind: Option<AllowanceKind>) -> i64 {
    let lines = lines.iter().filter(|line| kind.is_none_or(|kind| line.kind == kind));
    lines.fold(0, |sum, line| sum.saturating_add(line.amount.minor))
}

/// What still stands of the lines that share a kind and a reference, in minor units.
pub fn standing(lines: &[Allowance], kind: AllowanceKind, reference: &str) -> i64 {
    let same = lines.iter().filter(|line| line.kind == kind && line.reference == reference);
    same.fold(0, |sum, line| sum.saturating_add(line.amount.minor))
}

/// The sum of amounts of one currency, in minor units.
pub fn total(items: &[ItemAmount]) -> i64 {
    items.iter().fold(0, |sum, item| sum.saturating_add(item.amount.minor))
}
