//! What the outside world may say, role by role, before it is known which account it concerns.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::cash::Payment;
use crate::credit::{CreditApplication, CreditReport};
use crate::engagement::{Cover, Engagement};
use crate::id::{AccountId, EffectKey, EngagementId, InvoiceNumber};
use crate::invoice::{CreditMemo, Discount};
use crate::money::Money;
use crate::party::Party;

/// A report with its origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    pub source: Source,
    pub report: Report,
}

/// Where a report comes from, and what makes it the same when it comes again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Identity within the connection.
    pub key: String,
    /// A later version replaces an earlier one; none: final.
    #[serde(default)]
    pub version: Option<String>,
    /// What must agree when the key comes again; none: the whole report.
    #[serde(default)]
    pub digest: Option<String>,
    pub document: String,
    #[serde(default)]
    pub place: String,
    pub occurred_on: Date,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Report {
    // accounting
    Debtor { debtor: Party },
    Invoice(InvoiceReport),
    CreditMemo { debtor: Party, memo: CreditMemo },
    // gateway
    PaymentsReceived { payments: Vec<Payment> },
    PaymentsPending { payments: Vec<Payment> },
    PaymentsReversed { payments: Vec<Payment> },
    Statement(Statement),
    // dialer
    CallEnded(CallResult),
    Promised { account: AccountId, amount: Money, due_on: Date, invoices: Vec<InvoiceNumber>, text: String },
    Disputed(DisputeReport),
    AskedToStop { account: AccountId, medium: String, text: String },
    // agency
    Acknowledged { account: AccountId, placement: EffectKey, status: String, agency_reference: String, reason: String },
    Collected { account: AccountId, placement: EffectKey, collection: crate::placement::Collection },
    Returned { account: AccountId, placement: EffectKey, reason: String, closed_on: Date },
    // messenger
    Tracked { account: AccountId, message: EffectKey, status: Tracking, at: DateTime, text: String },
    // bureau
    CreditReport { account: AccountId, report: CreditReport },
    // coverage
    Cover { account: AccountId, engagement: EngagementId, cover: Cover },
    // notifier
    NotificationAcknowledged { account: AccountId, notification: EffectKey, by: String, at: DateTime, text: String },
    // accounting, or whoever takes orders and appointments
    Customer { debtor: Party, since: Date },
    CreditApplied { debtor: Party, application: CreditApplication },
    Engaged { debtor: Party, engagement: Engagement },
    EngagementEnded { account: AccountId, engagement: EngagementId, reason: String },
    // any role
    Other { kind: String, notes: Vec<(String, String)> },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceReport {
    pub debtor: Party,
    pub number: InvoiceNumber,
    pub issued_on: Date,
    /// None: the creditor's default terms apply.
    pub due_on: Option<Date>,
    pub total: Money,
    pub payable: Money,
    #[serde(default)]
    pub terms: String,
    #[serde(default)]
    pub discounts: Vec<Discount>,
    #[serde(default)]
    pub payment_references: Vec<String>,
    #[serde(default)]
    pub buyer_reference: Option<String>,
    #[serde(default)]
    pub order: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<String>,
}

/// A balanced bank statement: the control total of a gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    pub account: String,
    pub id: String,
    pub from: Date,
    pub until: Date,
    pub opening: Money,
    pub closing: Money,
    pub credits: Money,
    pub debits: Money,
    pub entries: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallResult {
    pub account: AccountId,
    /// The queued call, where the dialer kept its key.
    #[serde(default)]
    pub call: Option<EffectKey>,
    /// One of the normalised dispositions (`rpc_ptp`, `no_answer`, ...).
    pub disposition: String,
    /// Hub time.
    pub at: DateTime,
    pub duration_s: u32,
    #[serde(default)]
    pub agent: String,
    #[serde(default)]
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisputeReport {
    pub account: AccountId,
    pub invoice: InvoiceNumber,
    pub amount: Money,
    pub reason: String,
    #[serde(default)]
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tracking {
    Delivered,
    Bounced,
    Opened,
    Replied,
}
