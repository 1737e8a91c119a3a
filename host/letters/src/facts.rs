//! The facts of one letter, in types: who, what is owed, by when, and how to pay.

use escalation::{Currency, Date, InvoiceNumber, Money, Party};
use std::collections::BTreeMap;

use crate::reference::Reference;

/// How many items, charges or other lines one letter may have; a longer list is refused, never cut.
pub const LINES_MAX: usize = 2_000;

/// Everything that a letter may state. Nothing here is written yet: amounts are amounts, days are days.
#[derive(Clone, Debug)]
pub struct Facts {
    pub creditor: Creditor,
    pub debtor: Party,
    /// The debtor's number at the creditor.
    pub account: String,
    /// The day of the letter.
    pub today: Date,
    /// The day by which payment is asked for.
    pub deadline: Option<Date>,
    /// What is open, oldest first.
    pub items: Vec<Item>,
    /// Interest, fees and compensation on top of the items, each as it was computed.
    pub charges: Vec<Charge>,
    pub reference: Reference,
    /// The law firm that writes, and the mandate on record. None: the creditor writes itself.
    pub mandate: Option<Mandate>,
    /// What was agreed about payment, where it is on record.
    pub terms: Option<Terms>,
    /// What was agreed to be paid in parts.
    pub plan: Vec<Instalment>,
    /// What went onto the account and off it.
    pub movements: Vec<Movement>,
    /// What was written and said about it.
    pub history: Vec<Contact>,
}

/// Who is owed, with what a letterhead needs beyond a party.
#[derive(Clone, Debug, Default)]
pub struct Creditor {
    pub party: Party,
    pub iban: String,
    /// Empty: not known. Inside the European Economic Area no payer needs it.
    pub bic: String,
    /// Where and under which number the firm is registered, as one line. Empty: not stated.
    pub registration: String,
}

/// An open invoice.
#[derive(Clone, Debug)]
pub struct Item {
    pub invoice: InvoiceNumber,
    pub issued_on: Date,
    pub due_on: Date,
    pub original: Money,
    pub open: Money,
    /// Calendar days.
    pub days_past_due: i32,
}

/// What is claimed beside the invoices. Whoever computes it says by which law.
#[derive(Clone, Debug)]
pub struct Charge {
    pub what: ChargeKind,
    pub amount: Money,
    /// The law or agreement that it rests on, such as `renteloven § 5`.
    pub law: String,
}

#[derive(Clone, Debug)]
pub enum ChargeKind {
    /// Simple interest on a principal, at one rate, over days from one to another, both included.
    Interest { principal: Money, rate: Percent, from: Date, to: Date },
    /// A fee by its name, in the language of the letter; none: the language's own word for a reminder's.
    Fee { name: Option<String> },
    /// The fixed sum for late payment between businesses.
    Compensation,
}

/// A rate in thousandths of a per cent: 10270 is 10.27 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percent(pub i64);

/// A law firm's authority to write for the creditor.
#[derive(Clone, Debug)]
pub struct Mandate {
    /// Name, address and contact of the firm.
    pub firm: Party,
    /// The firm's own number of the matter.
    pub file: String,
    /// The day on which the mandate was given.
    pub given_on: Date,
}

/// Terms of payment on record.
#[derive(Clone, Debug)]
pub struct Terms {
    pub agreed_on: Date,
    /// Days from the invoice to its due date.
    pub net_days: u16,
}

/// A part of a payment plan.
#[derive(Clone, Debug)]
pub struct Instalment {
    pub due_on: Date,
    pub amount: Money,
}

/// A line of a statement of account.
#[derive(Clone, Debug)]
pub struct Movement {
    pub on: Date,
    pub what: MovementKind,
    /// Invoices and charges raise the balance, payments and credits lower it: the sign says which.
    pub amount: Money,
}

#[derive(Clone, Debug)]
pub enum MovementKind {
    Invoice(InvoiceNumber),
    Payment,
    Credit,
    /// What the accounting package or an agency booked beside invoices and payments.
    Other,
}

/// One contact with the debtor.
#[derive(Clone, Debug)]
pub struct Contact {
    pub on: Date,
    /// `email`, `letter`, `call`, ... as the account records it.
    pub medium: String,
    /// What it was: the id of the policy's level, or `call` for one that no level asked for.
    pub level: String,
}

/// A sum was too large to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

impl Facts {
    /// What is open of the invoices, a sum for each currency.
    pub fn principal(&self) -> Result<Vec<Money>, TooLarge> {
        sums(self.items.iter().map(|item| item.open))
    }

    /// Interest, fees and compensation, a sum for each currency.
    pub fn charged(&self) -> Result<Vec<Money>, TooLarge> {
        sums(self.charges.iter().map(|charge| charge.amount))
    }

    /// What the letter asks for, a sum for each currency.
    pub fn total(&self) -> Result<Vec<Money>, TooLarge> {
        sums(self.items.iter().map(|item| item.open).chain(self.charges.iter().map(|charge| charge.amount)))
    }
}

/// Exact sums by currency, in the order of their codes. Sums of different currencies are lists, never one number.
pub fn sums(amounts: impl Iterator<Item = Money>) -> Result<Vec<Money>, TooLarge> {
    let mut sums: BTreeMap<Currency, i128> = BTreeMap::new();
    for amount in amounts {
        let sum = sums.entry(amount.currency).or_default();
        *sum = sum.checked_add(i128::from(amount.minor)).ok_or(TooLarge)?;
    }
    sums.into_iter()
        .map(|(currency, minor)| Ok(Money { minor: i64::try_from(minor).map_err(|_| TooLarge)?, currency }))
        .collect()
}
