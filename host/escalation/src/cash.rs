//! Cash application: whose money is it, and which invoices does it pay?
//!
//! Two questions at two moments. [`identify`] finds the account, from candidates that the store looked up, when money
//! arrives. [`apply`] spreads it over the account's open items, when the account is decided. Both go from the strongest
//! evidence to the weakest: a structured reference, an invoice number in the text, an exact amount from a known payer.
//! What cannot be told stays unapplied; it is never guessed and never crosses accounts.

mod apply;
mod identify;
mod text;

pub use apply::{apply, named_invoices};
pub use identify::{identify, identify_reversal};
pub use text::{normalise, tokens, tokens_of_reversal};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::charge::ChargeKind;
use crate::id::{AccountId, InvoiceNumber, PaymentId};
use crate::money::Money;

/// Money as the bank or gateway reports it. Amounts are positive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    pub id: PaymentId,
    pub amount: Money,
    /// The creditor's account.
    pub account: String,
    pub booked_on: Date,
    pub value_on: Date,
    #[serde(default)]
    pub payer_name: Option<String>,
    #[serde(default)]
    pub payer_account: Option<String>,
    #[serde(default)]
    pub references: Vec<String>,
    #[serde(default)]
    pub end_to_end_id: Option<String>,
    #[serde(default)]
    pub bank_reference: Option<String>,
    #[serde(default)]
    pub text: String,
    /// Why it was given back, for a reversal.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A payment on an account, and what was done with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostedPayment {
    pub payment: Payment,
    pub allocations: Vec<Allocation>,
    pub unapplied: Money,
    /// The payment was given back, wholly; it then has no allocations and nothing unapplied.
    #[serde(default)]
    pub reversed_on: Option<Date>,
    /// Promises that were running when it arrived: it counts for them.
    #[serde(default)]
    pub promises: Vec<crate::id::PromiseId>,
    /// Its small rest waits for the next invoice.
    #[serde(default)]
    pub kept: bool,
    /// What it brought back of amounts that were written off; written off again if it is given back.
    #[serde(default)]
    pub recovered: Vec<Recovered>,
}

/// A part of a payment for what was written off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovered {
    pub invoice: InvoiceNumber,
    /// The write-off.
    pub reference: String,
    pub amount: Money,
}

/// A part of a payment that went to something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    pub to: Target,
    pub amount: Money,
    pub by: Evidence,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    Invoice(InvoiceNumber),
    /// What lateness cost, beside the principal.
    Charge {
        invoice: InvoiceNumber,
        kind: ChargeKind,
    },
    /// The agency's remittance of what it collected.
    AgencyRemittance(crate::id::EffectKey),
}

/// What told us that this money belongs there; strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    StructuredReference,
    EndToEndId,
    InvoiceNumber,
    AmountAndPayer,
    /// A person said so.
    Person,
    /// The small rest of an earlier payment, kept for the next invoice.
    KeptRest,
    /// It names an invoice that was written off.
    AfterWriteOff,
    /// More than the principal of the invoice that it names.
    BeyondPrincipal,
}

/// An open item that might be meant, as the store's index knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub account: AccountId,
    pub debtor_name: String,
    /// Bank accounts that this debtor paid from before.
    pub payer_accounts: Vec<String>,
    /// A live placement's key and remittance references count as references of the account.
    pub references: Vec<String>,
    pub invoice: Option<InvoiceNumber>,
    pub open: Money,
}

/// Whose money it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identified {
    Account {
        account: AccountId,
        by: Evidence,
    },
    /// Nobody, or more than one, could be meant; the sentence says which.
    Nobody(String),
}

#[cfg(test)]
mod tests;
