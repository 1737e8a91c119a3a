//! A dispute: the disputed amount is left in peace until somebody settles it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{DisputeId, InvoiceNumber};
use crate::money::Money;

/// Why something is disputed. Another word may come from outside; it has no owner.
pub const REASONS: [&str; 9] =
    ["price", "quality", "quantity", "not-received", "duplicate", "already-paid", "tax", "contract", "other"];

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    pub id: DisputeId,
    pub invoice: InvoiceNumber,
    pub amount: Money,
    /// One of [`REASONS`].
    pub reason: String,
    #[serde(default)]
    pub text: String,
    pub opened_on: Date,
    #[serde(default)]
    pub resolution: Option<Resolution>,
    /// Whoever has to settle it, and by when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// A role, or a person's name.
    pub who: String,
    pub due_on: Date,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    pub on: Date,
    /// `upheld` (the debtor was right), `rejected`, `partial` or `withdrawn`.
    pub outcome: String,
    #[serde(default)]
    pub text: String,
}

impl Dispute {
    pub fn is_open(&self) -> bool {
        self.resolution.is_none()
    }

    /// Its owner's day has passed.
    pub fn is_overdue(&self, today: Date) -> bool {
        self.is_open() && self.owner.as_ref().is_some_and(|owner| owner.due_on < today)
    }
}
