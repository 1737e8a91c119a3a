//! A dispute: the disputed amount is left in peace until somebody settles it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{DisputeId, InvoiceNumber};
use crate::money::Money;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    pub id: DisputeId,
    pub invoice: InvoiceNumber,
    pub amount: Money,
    /// `price`, `quality`, `quantity`, `not-received`, `duplicate`, `already-paid`, `tax`, `contract` or `other`.
    pub reason: String,
    #[serde(default)]
    pub text: String,
    pub opened_on: Date,
    #[serde(default)]
    pub resolution: Option<Resolution>,
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
}
