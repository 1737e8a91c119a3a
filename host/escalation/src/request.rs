//! What a plugin is asked to do, in plain values. The host stores exactly this, so that it can ask for exactly this again.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::effect::Role;
use crate::id::{AccountId, EffectKey, EngagementId, InvoiceNumber, PaymentId};
use crate::money::Money;
use crate::party::Party;

/// Effects that go out together. A batch that is asked for again has the same id and the same content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    pub id: String,
    /// The hub's clock, in hub time.
    pub at: DateTime,
    pub creditor: Party,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    pub key: EffectKey,
    pub ask: Ask,
}

/// The effects of the contract: one closed list here, an open one on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub enum Ask {
    Send(Message),
    WithdrawMessage(MessageWithdrawal),
    QueueCall(CallAsk),
    WithdrawCall(CallWithdrawal),
    Place(PlacementAsk),
    ReportDirectPayment(DirectPaymentAsk),
    Recall(RecallAsk),
    HoldCredit(CreditNotice),
    ReleaseCredit(CreditNotice),
    PostCashApplication(CashApplicationAsk),
    WriteOff(WriteOffAsk),
    ReverseWriteOff(WriteOffAsk),
    IssueCreditMemo(CreditMemoAsk),
    OrderCreditReport(ReportOrder),
    EnquireCover(CoverEnquiry),
    Notify(Notification),
}

/// A finished message: the host wrote every word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub account: AccountId,
    /// `email`, `letter`, `sms`, `registered-letter`.
    pub channel: String,
    pub recipient: Party,
    /// An e-mail address or a phone number; empty for a letter.
    pub address: String,
    pub language: String,
    pub subject: String,
    pub text: String,
    #[serde(default)]
    pub html: Option<String>,
    /// Named values beside the typed fields.
    #[serde(default)]
    pub notes: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageWithdrawal {
    /// The key of the message.
    pub message: EffectKey,
    pub account: AccountId,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallAsk {
    pub account: AccountId,
    pub debtor: Party,
    pub phone: String,
    /// 1 is called first.
    pub rank: u32,
    pub overdue: Money,
    pub days_past_due: u32,
    pub items: Vec<Item>,
    pub reason: String,
    pub expires_on: Date,
}

/// An open invoice as an outsider needs to see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub invoice: InvoiceNumber,
    pub issued_on: Date,
    pub due_on: Date,
    pub original: Money,
    pub open: Money,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallWithdrawal {
    /// The key of the queued call.
    pub call: EffectKey,
    pub account: AccountId,
    pub phone: String,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacementAsk {
    pub account: AccountId,
    pub debtor: Party,
    /// 1 for the first agency, 2 for the next.
    pub sequence: u32,
    pub items: Vec<Item>,
    pub total: Money,
    /// A fraction such as `1/3`.
    pub commission: String,
    #[serde(default)]
    pub last_payment_on: Option<Date>,
    /// What was tried before, a line each.
    #[serde(default)]
    pub history: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectPaymentAsk {
    pub placement: EffectKey,
    pub account: AccountId,
    pub payment: PaymentId,
    pub amount: Money,
    pub received_on: Date,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecallAsk {
    pub placement: EffectKey,
    pub account: AccountId,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditNotice {
    pub debtor: Party,
    pub reason: String,
    pub overdue: Money,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CashApplicationAsk {
    pub debtor: Party,
    pub invoice: InvoiceNumber,
    pub payment: PaymentId,
    pub amount: Money,
    pub received_on: Date,
}

/// A part of an invoice that is not asked for any more, or is again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteOffAsk {
    pub debtor: Party,
    pub invoice: InvoiceNumber,
    /// `discount`, `small-rest`, `settlement`, `write-off`.
    pub kind: String,
    pub amount: Money,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditMemoAsk {
    pub debtor: Party,
    pub invoice: InvoiceNumber,
    pub amount: Money,
    pub reason: String,
    pub reference: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportOrder {
    pub account: AccountId,
    pub debtor: Party,
    /// The credit that was applied for.
    pub amount: Money,
    /// Why the creditor may ask, in a sentence.
    pub reason: String,
    #[serde(default)]
    pub price_max: Option<Money>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverEnquiry {
    pub account: AccountId,
    pub debtor: Party,
    pub appointment: EngagementId,
    /// The day of the service.
    pub on: Date,
    pub payer: String,
    pub member: String,
    pub service: String,
}

/// A finished notification to a colleague: the host wrote every word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    pub account: AccountId,
    /// The role that the policy names, such as `sales-rep`.
    pub recipient_role: String,
    pub recipient: Party,
    /// As the operator wrote it for this role.
    pub address: String,
    pub language: String,
    pub subject: String,
    pub text: String,
    #[serde(default)]
    pub html: Option<String>,
    /// The page of the account; empty when the desk has no address.
    #[serde(default)]
    pub link: String,
}

impl Notification {
    /// The same as an e-mail, for a hub whose only way to reach anybody is a messenger.
    pub fn into_message(self) -> Message {
        let text = if self.link.is_empty() { self.text } else { format!("{}\n\n{}", self.text.trim_end(), self.link) };
        Message {
            account: self.account,
            channel: "email".to_owned(),
            recipient: self.recipient,
            address: self.address,
            language: self.language,
            subject: self.subject,
            text,
            html: self.html,
            notes: Vec::new(),
        }
    }
}

/// Every effect of the contract, by role, as manifests name them.
pub const EFFECTS: [(Role, &str); 16] = [
    (Role::Messenger, "send"),
    (Role::Messenger, "withdraw"),
    (Role::Dialer, "queue-call"),
    (Role::Dialer, "withdraw-call"),
    (Role::Agency, "place"),
    (Role::Agency, "report-direct-payment"),
    (Role::Agency, "recall"),
    (Role::Accounting, "hold-credit"),
    (Role::Accounting, "release-credit"),
    (Role::Accounting, "post-cash-application"),
    (Role::Accounting, "write-off"),
    (Role::Accounting, "reverse-write-off"),
    (Role::Accounting, "issue-credit-memo"),
    (Role::Bureau, "order-credit-report"),
    (Role::Coverage, "enquire-cover"),
    (Role::Notifier, "notify"),
];

impl Ask {
    /// As a messenger can carry it: a notification becomes an e-mail, everything else stays as it is.
    pub fn for_messenger(self) -> Self {
        match self {
            Self::Notify(notification) => Self::Send(notification.into_message()),
            other => other,
        }
    }

    /// The role that performs it, and the name of the effect in that role's contract.
    pub fn performed_by(&self) -> (Role, &'static str) {
        match self {
            Self::Send(_) => EFFECTS[0],
            Self::WithdrawMessage(_) => EFFECTS[1],
            Self::QueueCall(_) => EFFECTS[2],
            Self::WithdrawCall(_) => EFFECTS[3],
            Self::Place(_) => EFFECTS[4],
            Self::ReportDirectPayment(_) => EFFECTS[5],
            Self::Recall(_) => EFFECTS[6],
            Self::HoldCredit(_) => EFFECTS[7],
            Self::ReleaseCredit(_) => EFFECTS[8],
            Self::PostCashApplication(_) => EFFECTS[9],
            Self::WriteOff(_) => EFFECTS[10],
            Self::ReverseWriteOff(_) => EFFECTS[11],
            Self::IssueCreditMemo(_) => EFFECTS[12],
            Self::OrderCreditReport(_) => EFFECTS[13],
            Self::EnquireCover(_) => EFFECTS[14],
            Self::Notify(_) => EFFECTS[15],
        }
    }
}
