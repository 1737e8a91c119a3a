//! A payment plan: instalments instead of the whole. Kept, it holds the ladder; a missed instalment lets it go on.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::id::{InvoiceNumber, PlanId};
use crate::invoice::plus_days;
use crate::money::{Currency, Money};

/// Why a debtor cannot pay at once, as collectors note it.
pub const HARDSHIPS: [&str; 8] =
    ["cash-flow", "customer-failed", "seasonal", "loss-of-work", "illness", "bereavement", "disaster", "other"];

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentPlan {
    pub id: PlanId,
    pub agreed_on: Date,
    /// One of [`HARDSHIPS`].
    pub hardship: String,
    #[serde(default)]
    pub text: String,
    /// What it is about.
    pub invoices: Vec<InvoiceNumber>,
    /// In the order of their days, all of one currency; together what was open when it was agreed.
    pub instalments: Vec<Instalment>,
    #[serde(default)]
    pub state: PlanState,
    /// What was open on its invoices when it was agreed, in minor units.
    #[serde(default)]
    pub balance: i64,
    /// Days of instalments that were missed, each once.
    #[serde(default)]
    pub missed: Vec<Date>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instalment {
    pub due_on: Date,
    pub amount: Money,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlanState {
    #[default]
    Running,
    Kept,
    /// What is left is due at once.
    Broken,
    /// Not accepted as a plan, or ended by a person.
    Cancelled,
}

/// Where a running plan stands on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The first instalment whose grace is over and that is not covered, with what is missing up to today.
    pub behind: Option<(Date, Money)>,
    /// The next one that is not covered yet and not missed.
    pub next: Option<Instalment>,
}

impl PaymentPlan {
    pub fn is_running(&self) -> bool {
        self.state == PlanState::Running
    }

    pub fn currency(&self) -> Option<Currency> {
        self.instalments.first().map(|one| one.amount.currency)
    }

    /// What is open on its invoices now, in minor units.
    pub fn open(&self, account: &Account) -> i64 {
        let currency = self.currency();
        let items = self.invoices.iter().filter_map(|number| account.items.get(number));
        let items = items.filter(|item| item.is_open() && Some(item.open.currency) == currency);
        items.fold(0, |sum, item| sum.saturating_add(item.open.minor))
    }

    /// The rule: after an instalment no more may be open than the balance less the instalments up to then. Whatever lowered
    /// the balance counts, a payment, a collection or a credit memo; a payment that was given back stops counting.
    pub fn standing(&self, account: &Account, today: Date, grace_days: u16) -> Standing {
        let open = self.open(account);
        let mut standing = Standing { behind: None, next: None };
        let mut may_be_open = self.balance;
        for one in &self.instalments {
            may_be_open = may_be_open.saturating_sub(one.amount.minor);
            let short = open.saturating_sub(may_be_open.max(0));
            if short <= 0 {
                continue;
            }
            let missing = Money { minor: short, currency: one.amount.currency };
            if today > judged_on(one.due_on, grace_days) {
                let first = standing.behind.map_or(one.due_on, |(day, _)| day);
                standing.behind = Some((first, missing));
            } else if standing.next.is_none() {
                standing.next = Some(Instalment { due_on: one.due_on, amount: missing.at_most(one.amount) });
            }
        }
        standing
    }
}

/// The last day on which an instalment may still arrive.
pub fn judged_on(due_on: Date, grace_days: u16) -> Date {
    plus_days(due_on, i32::from(grace_days))
}
