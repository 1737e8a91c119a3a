//! A settlement: less than the balance is accepted as payment in full, if it comes in time.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::allowance::{self, ItemAmount};
use crate::id::{InvoiceNumber, SettlementId};
use crate::money::Money;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    pub id: SettlementId,
    pub offered_on: Date,
    /// What is paid instead of the balance.
    pub amount: Money,
    pub pay_by: Date,
    pub because: String,
    /// What it is about, each with what was open on it when it was offered.
    pub items: Vec<ItemAmount>,
    #[serde(default)]
    pub state: SettlementState,
    /// Who offered it.
    #[serde(default)]
    pub offered_by: String,
    /// The second person, where one was needed.
    #[serde(default)]
    pub approved_by: Option<String>,
    /// What had come in for these items before, in minor units.
    #[serde(default)]
    pub came_in_before: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SettlementState {
    /// Waits for the policy's word on authority, or for a second person.
    #[default]
    Offered,
    Agreed,
    /// Paid: the rest is not asked for any more.
    Kept,
    /// Not paid in time: the whole balance is owed.
    Failed,
    Declined,
}

impl Settlement {
    /// It holds the ladder.
    pub fn is_live(&self) -> bool {
        matches!(self.state, SettlementState::Offered | SettlementState::Agreed)
    }

    pub fn is_about(&self, invoice: &InvoiceNumber) -> bool {
        self.items.iter().any(|item| &item.invoice == invoice)
    }

    /// What was open when it was offered.
    pub fn balance(&self) -> Money {
        Money { minor: allowance::total(&self.items), currency: self.amount.currency }
    }

    /// What is let off when it is kept.
    pub fn waived(&self) -> Money {
        Money { minor: self.balance().minor.saturating_sub(self.amount.minor), currency: self.amount.currency }
    }

    /// What came in for it since it was offered. A credit memo is no payment: it does not make the settlement cheaper.
    pub fn paid(&self, account: &Account) -> Money {
        let minor = came_in(account, &self.items).saturating_sub(self.came_in_before);
        Money { minor, currency: self.amount.currency }
    }
}

/// What ever came in for these items, in minor units.
pub(crate) fn came_in(account: &Account, items: &[ItemAmount]) -> i64 {
    let items = items.iter().filter_map(|one| account.items.get(&one.invoice));
    items.fold(0, |sum, item| sum.saturating_add(item.came_in()))
}
