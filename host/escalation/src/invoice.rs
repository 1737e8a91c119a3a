//! An invoice and what became of it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::allowance::{self, Allowance};
use crate::arrival::Arrival;
use crate::id::{InvoiceNumber, LevelId};
use crate::money::Money;

/// What the accounting package said when it issued the invoice. Never changed afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    pub number: InvoiceNumber,
    pub issued_on: Date,
    pub due_on: Date,
    /// What was invoiced, tax included.
    pub total: Money,
    /// What was left to pay when it reached us.
    pub payable: Money,
    #[serde(default)]
    pub terms: String,
    /// What the debtor is asked to quote when paying.
    #[serde(default)]
    pub payment_references: Vec<String>,
    #[serde(default)]
    pub discounts: Vec<Discount>,
    #[serde(default)]
    pub buyer_reference: Option<String>,
    #[serde(default)]
    pub order: Option<String>,
    /// What was sold, by the words of the accounting package: article numbers, product groups, classification codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<String>,
}

/// Less to pay for paying early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    /// A plain decimal, `2` for 2 %.
    pub percent: String,
    pub until: Date,
}

/// Money owed back: it lowers the invoices that it names, then the oldest ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditMemo {
    pub number: InvoiceNumber,
    pub issued_on: Date,
    /// Positive.
    pub amount: Money,
    #[serde(default)]
    pub invoices: Vec<InvoiceNumber>,
    #[serde(default)]
    pub reason: String,
}

/// An invoice with its history: a line of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenItem {
    pub invoice: Invoice,
    /// What is still to be paid: `payable` less cash, credits, collections and allowances, plus the accounting package's
    /// adjustments.
    pub open: Money,
    /// Cash applied by us.
    pub paid: Money,
    /// Credit memos.
    pub credited: Money,
    /// What an agency collected for us (gross).
    pub collected: Money,
    /// What the accounting package's open-item list said beyond our own record (signed).
    pub adjusted: Money,
    /// What is not asked for any more, line by line.
    #[serde(default)]
    pub allowed: Vec<Allowance>,
    /// Levels of the policy that this item has left behind, in order.
    pub steps: Vec<Step>,
    /// Which walk up the ladder this is; rises when a settled invoice is reopened.
    pub cycle: u32,
    /// The connection that told of it.
    #[serde(default)]
    pub source: String,
    /// The day on which the source was found not to list it any more.
    #[serde(default)]
    pub missing_since: Option<Date>,
    /// Whether it reached the debtor, where that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrival: Option<Arrival>,
}

/// One level that an item took or passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub level: LevelId,
    pub on: Date,
    /// None: taken. Some: passed over, and why.
    #[serde(default)]
    pub passed: Option<String>,
}

impl OpenItem {
    pub fn new(invoice: Invoice, source: &str) -> Self {
        let zero = Money::zero(invoice.payable.currency);
        let open = invoice.payable;
        Self {
            invoice,
            open,
            paid: zero,
            credited: zero,
            collected: zero,
            adjusted: zero,
            allowed: Vec::new(),
            steps: Vec::new(),
            cycle: 1,
            source: source.to_owned(),
            missing_since: None,
            arrival: None,
        }
    }

    /// What the record says is open; `open` is always this.
    pub fn computed_open(&self) -> i64 {
        let less = self.paid.minor.saturating_add(self.credited.minor).saturating_add(self.collected.minor);
        let less = less.saturating_add(allowance::allowed(&self.allowed, None));
        self.invoice.payable.minor.saturating_sub(less).saturating_add(self.adjusted.minor)
    }

    /// What there is to pay in all: `payable` less credit memos, plus the accounting package's adjustments.
    pub fn billed(&self) -> Money {
        let less = self.credited.minor.saturating_sub(self.adjusted.minor);
        Money { minor: self.invoice.payable.minor.saturating_sub(less), currency: self.open.currency }
    }

    /// What came in for it, by the bank or by an agency, in minor units.
    pub fn came_in(&self) -> i64 {
        self.paid.minor.saturating_add(self.collected.minor)
    }

    /// Calendar days past due; due today is 0.
    pub fn days_past_due(&self, today: Date) -> i32 {
        days_between(self.invoice.due_on, today).max(0)
    }

    pub fn is_open(&self) -> bool {
        self.open.is_positive()
    }

    /// The last step that was taken (not passed over).
    pub fn last_taken(&self) -> Option<&Step> {
        self.steps.iter().rev().find(|step| step.passed.is_none())
    }

    /// The last level that was taken (not passed over).
    pub fn level(&self) -> Option<&LevelId> {
        self.last_taken().map(|step| &step.level)
    }
}

/// Calendar days from one day to another; negative when `to` is earlier.
pub fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map(|span| span.get_days()).unwrap_or(0)
}

/// The day so many calendar days later; negative: earlier.
pub fn plus_days(day: Date, days: i32) -> Date {
    day.saturating_add(jiff::Span::new().days(days.clamp(-100_000, 100_000)))
}
