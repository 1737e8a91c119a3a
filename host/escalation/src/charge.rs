//! What lateness was claimed to cost, line by line: interest, fees and the fixed compensation, each with its rule and source.
//!
//! Charges stand beside the invoices: what is `open` of an invoice is its principal alone. A notice that claims them records
//! its lines when it is planned, and they go with it if it never goes out. Interest and compensation are restated: the line
//! of the newest notice stands for all before it. A fee is a line of its own notice, and there is one for each notice at most.
//! Money settles the principal first, which suits the debtor; what is paid beyond it goes to the charges of the same invoice.
//! Whoever settles with the debtor or writes an invoice off lets its charges go too.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::allowance::{AllowanceKind, allowed};
use crate::cash::{Allocation, Target};
use crate::id::{EffectKey, InvoiceNumber};
use crate::money::Money;
use crate::pack::{Certainty, Percent};

/// One line, as one notice claims it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    pub invoice: InvoiceNumber,
    pub kind: ChargeKind,
    /// Never negative; zero: an earlier line is taken back.
    pub amount: Money,
    /// The day on which it was computed; interest runs up to it and includes it.
    pub on: Date,
    /// The notice that claims it.
    pub notice: EffectKey,
    /// The pack's rule by its id, and what it says.
    pub rule: String,
    pub title: String,
    /// Where the rule stands written.
    pub source: String,
    pub certainty: Certainty,
    /// What the invoice came to when this was computed: with a credit memo the line is computed anew.
    pub billed: Money,
    /// For interest: what adds up to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bears: Vec<Bearing>,
}

/// Days in a row that bore interest at one rate, on one principal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bearing {
    /// The first and the last day, both inclusive.
    pub from: Date,
    pub to: Date,
    pub principal: Money,
    /// A year.
    pub rate: Percent,
    /// Its part of the sum, which is rounded once: the parts add up to the charge.
    pub amount: Money,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChargeKind {
    Fee,
    Compensation,
    Interest,
}

/// A line that stands, and what was paid for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing<'a> {
    pub charge: &'a Charge,
    /// Minor units; at most the charge.
    pub paid: i64,
}

impl ChargeKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fee => "fee",
            Self::Compensation => "compensation",
            Self::Interest => "interest",
        }
    }
}

impl Charge {
    /// It takes the place of the other: the same line told again, or newer interest or compensation for the same invoice.
    pub(crate) fn same_line(&self, other: &Self) -> bool {
        self.invoice == other.invoice && self.kind == other.kind && self.notice == other.notice
    }

    pub(crate) fn restates(&self, other: &Self) -> bool {
        self.invoice == other.invoice && self.kind == other.kind && self.kind != ChargeKind::Fee
    }
}

impl Standing<'_> {
    pub fn open(&self) -> Money {
        Money { minor: self.charge.amount.minor.saturating_sub(self.paid), ..self.charge.amount }
    }
}

/// The lines that count, in the order in which they were claimed; what was paid goes to the oldest fee first.
pub fn standing(account: &Account) -> Vec<Standing<'_>> {
    let allocations = account.payments.values().flat_map(|posted| &posted.allocations);
    standing_with(account, allocations)
}

/// The same, with the allocations given: while a payment is being spread, it is not among those of the account.
pub(crate) fn standing_with<'a, 'b>(
    account: &'a Account,
    allocations: impl Iterator<Item = &'b Allocation>,
) -> Vec<Standing<'a>> {
    let mut paid: Vec<(&InvoiceNumber, ChargeKind, i64)> = Vec::new();
    for allocation in allocations {
        if let Target::Charge { invoice, kind } = &allocation.to {
            paid.push((invoice, *kind, allocation.amount.minor));
        }
    }
    let mut stands = Vec::new();
    for (n, charge) in account.charges.iter().enumerate() {
        let newer = account.charges.iter().skip(n + 1).any(|later| later.restates(charge));
        if newer || !charge.amount.is_positive() || let_go(account, &charge.invoice) {
            continue;
        }
        let mut taken = 0;
        for (invoice, kind, left) in &mut paid {
            if **invoice == charge.invoice && *kind == charge.kind {
                let part = (*left).min(charge.amount.minor - taken);
                *left -= part;
                taken += part;
            }
        }
        stands.push(Standing { charge, paid: taken });
    }
    stands
}

/// The invoice was settled for less, or written off, and its charges with it.
fn let_go(account: &Account, invoice: &InvoiceNumber) -> bool {
    let kinds = [AllowanceKind::Settlement, AllowanceKind::WriteOff];
    let item = account.items.get(invoice);
    item.is_none_or(|item| kinds.into_iter().any(|kind| allowed(&item.allowed, Some(kind)) > 0))
}

/// What is still owed of an invoice's charges of one kind, in minor units.
pub(crate) fn open_of(stands: &[Standing<'_>], invoice: &InvoiceNumber, kind: ChargeKind) -> i64 {
    let ours = stands.iter().filter(|one| &one.charge.invoice == invoice && one.charge.kind == kind);
    ours.fold(0, |sum, one| sum.saturating_add(one.open().minor))
}
