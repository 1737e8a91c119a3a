//! What we ask of the world: one closed list.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::allowance::AllowanceKind;
use crate::approval::Approval;
use crate::commission::CommissionTerms;
use crate::id::{ApplicationId, EffectKey, EngagementId, InvoiceNumber, LevelId, PaymentId};
use crate::money::Money;
use crate::policy::{Channel, Tone};

/// An effect exists only because a decision planned it; how it ended comes back as a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    pub key: EffectKey,
    /// The first day on which it may go out.
    pub due_on: Date,
    /// After this day it is pointless and expires.
    pub valid_until: Option<Date>,
    /// Who has to agree before it goes out, as the policy said when it was planned.
    #[serde(default, skip_serializing_if = "Approval::is_none")]
    pub approval: Approval,
    pub action: Action,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Action {
    /// A written message to the debtor about open items.
    SendNotice(Notice),
    /// A written message to a colleague (the sales rep, the owner of a dispute).
    TellColleague {
        level: LevelId,
        to: String,
        template: String,
        invoices: Vec<InvoiceNumber>,
    },
    QueueCall(Call),
    /// Take back a call that the dialer has, or a message that was not yet handed on.
    WithdrawCall {
        call: EffectKey,
        reason: String,
    },
    WithdrawMessage {
        message: EffectKey,
        reason: String,
    },
    HoldCredit {
        reason: String,
    },
    ReleaseCredit {
        reason: String,
    },
    PlaceWithAgency {
        /// The connection of the agency that was chosen; none: the only one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agency: Option<String>,
        sequence: u32,
        items: Vec<crate::placement::PlacedItem>,
        total: Money,
        commission: String,
        #[serde(default, skip_serializing_if = "CommissionTerms::is_old")]
        terms: CommissionTerms,
    },
    ReportDirectPayment {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agency: Option<String>,
        placement: EffectKey,
        payment: PaymentId,
        amount: Money,
        received_on: Date,
    },
    RecallPlacement {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agency: Option<String>,
        placement: EffectKey,
        reason: String,
    },
    /// Tell the accounting package what a payment paid.
    PostCashApplication {
        payment: PaymentId,
        invoice: InvoiceNumber,
        amount: Money,
        received_on: Date,
    },
    /// A short notification to a colleague about what is no step of the ladder: the decision wrote it.
    AlertColleague {
        to: String,
        subject: String,
        text: String,
    },
    OrderCreditReport {
        application: ApplicationId,
        amount: Money,
        /// Why the creditor may ask.
        reason: String,
        /// Not to be bought for more than this.
        #[serde(default)]
        price_max: Option<Money>,
    },
    EnquireCover {
        engagement: EngagementId,
        on: Date,
        payer: String,
        member: String,
        service: String,
    },
    /// Ask the customer to pay before the service or delivery.
    AskPrepayment {
        engagement: EngagementId,
        channel: Channel,
        amount: Money,
        /// The last day on which the money is in time.
        until: Date,
    },
    /// Tell the accounting package what is not asked for any more, and what is asked for again after all.
    WriteOff(Booking),
    ReverseWriteOff(Booking),
    /// Ask the accounting package for a credit memo: goods came back.
    IssueCreditMemo(CreditMemoOrder),
}

/// One line of what was let off an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    pub invoice: InvoiceNumber,
    pub kind: AllowanceKind,
    /// Positive in both directions.
    pub amount: Money,
    pub because: String,
    /// Which line of the invoice it is, from 1.
    pub line: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditMemoOrder {
    pub invoice: InvoiceNumber,
    /// Positive.
    pub amount: Money,
    pub reason: String,
    /// What it comes from, such as the return.
    pub reference: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    pub level: LevelId,
    pub channel: Channel,
    pub tone: Tone,
    pub template: String,
    /// What the notice is about; one of them reached `level`, the others come along.
    pub invoices: Vec<InvoiceNumber>,
    /// The day by which payment is asked for.
    pub deadline: Option<Date>,
    /// Set where it asks whether the invoices arrived: an answer is awaited for so many days after sending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm_days: Option<u16>,
}

/// The template of the letter that hands an invoice over.
pub const INVOICE: &str = "invoice";

impl Notice {
    /// The invoices that reach the debtor with it; of most notices none.
    pub fn releases(&self) -> Vec<InvoiceNumber> {
        if self.template == INVOICE { self.invoices.clone() } else { Vec::new() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    pub level: LevelId,
    pub invoices: Vec<InvoiceNumber>,
    pub reason: String,
    /// Open and overdue when it was planned, in minor units times days past due: the larger, the earlier it is called.
    pub weight: i64,
}

/// Whom an effect is addressed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    Accounting,
    Gateway,
    Dialer,
    Agency,
    Messenger,
    Bureau,
    Coverage,
    Notifier,
}

impl Role {
    pub const ALL: [Role; 8] = [
        Role::Accounting,
        Role::Gateway,
        Role::Dialer,
        Role::Agency,
        Role::Messenger,
        Role::Bureau,
        Role::Coverage,
        Role::Notifier,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accounting => "accounting",
            Self::Gateway => "gateway",
            Self::Dialer => "dialer",
            Self::Agency => "agency",
            Self::Messenger => "messenger",
            Self::Bureau => "bureau",
            Self::Coverage => "coverage",
            Self::Notifier => "notifier",
        }
    }
}

impl Action {
    /// The role that performs it, and the name of the effect in that role's contract.
    pub fn performed_by(&self) -> (Role, &'static str) {
        match self {
            Self::SendNotice(_) | Self::AskPrepayment { .. } => (Role::Messenger, "send"),
            Self::WithdrawMessage { .. } => (Role::Messenger, "withdraw"),
            Self::QueueCall(_) => (Role::Dialer, "queue-call"),
            Self::WithdrawCall { .. } => (Role::Dialer, "withdraw-call"),
            Self::HoldCredit { .. } => (Role::Accounting, "hold-credit"),
            Self::ReleaseCredit { .. } => (Role::Accounting, "release-credit"),
            Self::PostCashApplication { .. } => (Role::Accounting, "post-cash-application"),
            Self::WriteOff(_) => (Role::Accounting, "write-off"),
            Self::ReverseWriteOff(_) => (Role::Accounting, "reverse-write-off"),
            Self::IssueCreditMemo(_) => (Role::Accounting, "issue-credit-memo"),
            Self::PlaceWithAgency { .. } => (Role::Agency, "place"),
            Self::ReportDirectPayment { .. } => (Role::Agency, "report-direct-payment"),
            Self::RecallPlacement { .. } => (Role::Agency, "recall"),
            Self::OrderCreditReport { .. } => (Role::Bureau, "order-credit-report"),
            Self::EnquireCover { .. } => (Role::Coverage, "enquire-cover"),
            Self::TellColleague { .. } | Self::AlertColleague { .. } => (Role::Notifier, "notify"),
        }
    }

    /// The connection that has to perform it; none: whichever performs its role.
    pub fn connection(&self) -> Option<&str> {
        match self {
            Self::PlaceWithAgency { agency, .. }
            | Self::ReportDirectPayment { agency, .. }
            | Self::RecallPlacement { agency, .. } => agency.as_deref(),
            _ => None,
        }
    }

    /// Reaches the debtor.
    pub fn is_contact(&self) -> bool {
        matches!(self, Self::SendNotice(_) | Self::QueueCall(_) | Self::AskPrepayment { .. })
    }

    /// Taken as a step of the ladder by the items that it names.
    pub fn is_ladder(&self) -> bool {
        matches!(
            self,
            Self::SendNotice(_) | Self::QueueCall(_) | Self::TellColleague { .. } | Self::PlaceWithAgency { .. }
        )
    }

    /// The invoices it is about.
    pub fn invoices(&self) -> Vec<&InvoiceNumber> {
        match self {
            Self::SendNotice(notice) => notice.invoices.iter().collect(),
            Self::TellColleague { invoices, .. } => invoices.iter().collect(),
            Self::QueueCall(call) => call.invoices.iter().collect(),
            Self::PlaceWithAgency { items, .. } => items.iter().map(|item| &item.invoice).collect(),
            Self::PostCashApplication { invoice, .. } => vec![invoice],
            Self::WriteOff(booking) | Self::ReverseWriteOff(booking) => vec![&booking.invoice],
            Self::IssueCreditMemo(order) => vec![&order.invoice],
            _ => Vec::new(),
        }
    }
}
