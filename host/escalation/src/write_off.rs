//! A write-off: proposed by a rule or a person, approved by another person, told to accounting, undone if money comes after all.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::allowance::ItemAmount;
use crate::id::{InvoiceNumber, WriteOffId};

/// Who proposes when a rule does.
pub const POLICY: &str = "policy";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteOff {
    pub id: WriteOffId,
    pub proposed_on: Date,
    pub because: String,
    /// What is lost: at most this much of each.
    pub items: Vec<ItemAmount>,
    #[serde(default)]
    pub state: WriteOffState,
    /// A person, or [`POLICY`].
    #[serde(default)]
    pub proposed_by: String,
    #[serde(default)]
    pub decided_by: Option<String>,
    #[serde(default)]
    pub decided_on: Option<Date>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WriteOffState {
    #[default]
    Proposed,
    Approved,
    Declined,
}

impl WriteOff {
    pub fn is_about(&self, invoice: &InvoiceNumber) -> bool {
        self.items.iter().any(|item| &item.invoice == invoice)
    }
}

/// Four eyes: a person, and not the one who proposed it. Names are compared without case and blanks.
pub fn may_approve(proposed_by: &str, who: &str) -> bool {
    let plain = |name: &str| name.split_whitespace().collect::<String>().to_lowercase();
    let who = plain(who);
    !who.is_empty() && who != POLICY && who != plain(proposed_by)
}

/// The person behind an event's origin (`desk:kim`); none: no person.
pub fn person(origin: &str) -> Option<&str> {
    origin.strip_prefix("desk:").map(str::trim).filter(|name| !name.is_empty())
}
