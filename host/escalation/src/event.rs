//! What happened to an account: the only thing that changes its state, and all that the journal keeps.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::allowance::Allowance;
use crate::approval::Approval;
use crate::assignment::{Arrival, PolicyRef};
use crate::cash::{Allocation, Payment};
use crate::charge::Charge;
use crate::credit::{AgreedTerms, CreditApplication, CreditReport, CreditVerdict, Evidence, ProposedTerms};
use crate::dispute::Dispute;
use crate::effect::Effect;
use crate::engagement::{Cover, Engagement};
use crate::goods::GoodsReturn;
use crate::id::{
    AccountId, ApplicationId, DisputeId, EffectKey, EngagementId, InvoiceNumber, LevelId, PaymentId, PlanId, PromiseId,
    ReturnId, SettlementId, SuitId, TaskId, WriteOffId,
};
use crate::invoice::{CreditMemo, Invoice};
use crate::mandate::Mandate;
use crate::money::Money;
use crate::party::Party;
use crate::placement::Collection;
use crate::plan::PaymentPlan;
use crate::promise::Promise;
use crate::protection::{Protection, ProtectionKind};
use crate::report::{CallResult, Tracking};
use crate::settlement::Settlement;
use crate::suit::Suit;
use crate::task::{Task, TaskEnd};
use crate::write_off::WriteOff;

/// A fact with its day and its origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Hub time at which the hub learned of it, or decided it.
    pub at: DateTime,
    /// The business day on which it happened.
    pub on: Date,
    /// The connection, `policy`, `dispatch` or `desk:<person>`; then the document and place it was read from.
    pub origin: String,
    pub fact: Fact,
}

impl Event {
    /// The connection, or whoever else it comes from.
    pub fn source(&self) -> &str {
        self.origin.split(' ').next().unwrap_or_default()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[rustfmt::skip] // a list to read: a fact on a line
pub enum Fact {
    // reported
    DebtorSynced { debtor: Party },
    InvoiceIssued { invoice: Invoice },
    /// A later open-item list states another open amount.
    InvoiceRestated { number: InvoiceNumber, open: Money },
    /// Two complete listings of the accounting package in a row did not have it, although nobody paid it.
    InvoiceMissing { number: InvoiceNumber },
    /// It is listed again.
    InvoiceFound { number: InvoiceNumber },
    CreditMemoIssued { memo: CreditMemo },
    PaymentReceived { payment: Payment },
    PaymentAnnounced { payment: Payment },
    /// `payment.id` names the reversal; the original is found by its references.
    PaymentReversed { payment: Payment },
    CallEnded(CallResult),
    PromiseMade { promise: Promise },
    DisputeOpened { dispute: Dispute },
    /// `all`, or a medium: `call`, `email`, `letter`, `sms`.
    StopRequested { medium: String, text: String },
    MessageTracked { message: EffectKey, status: Tracking, text: String },
    PlacementAcknowledged { placement: EffectKey, status: String, agency_reference: String, reason: String },
    AgencyCollected { placement: EffectKey, collection: Collection },
    PlacementReturned { placement: EffectKey, reason: String },
    /// A colleague saw a notification.
    NotificationAcknowledged {
        notification: EffectKey,
        by: String,
        #[serde(default)]
        text: String,
    },

    // reported before a debt exists
    /// The day from which the debtor has been a customer.
    CustomerSince { since: Date },
    CreditApplied { application: CreditApplication },
    CreditReported { report: CreditReport },
    /// An appointment or an order waits for its day; the same name again replaces it.
    Engaged { engagement: Engagement },
    /// It took place or was called off: nothing is asked for it any more.
    EngagementEnded { engagement: EngagementId, reason: String },
    CoverReported { engagement: EngagementId, cover: Cover },

    // said by people before a debt exists
    EvidenceRecorded { evidence: Evidence },
    /// Terms that both sides agreed, with their proof.
    TermsRecorded { terms: AgreedTerms },

    // decided before a debt exists
    /// By the policy, or by a person against it.
    CreditDecided { application: ApplicationId, verdict: CreditVerdict },
    CreditExpired { application: ApplicationId },
    /// A proposal to people; it changes no agreement.
    TermsProposed { terms: ProposedTerms },
    CoverLapsed { engagement: EngagementId, because: String },

    // said by people at the desk
    DisputeResolved { dispute: DisputeId, outcome: String, text: String },
    DunningBlocked { reason: String, until: Option<Date> },
    DunningUnblocked { reason: String },
    /// An attorney, insolvency, death or a moratorium is on record from now on.
    ProtectionBegan { protection: Protection },
    ProtectionEnded { kind: ProtectionKind, reason: String },
    /// A law firm may write for the creditor from now on.
    MandateGiven { mandate: Mandate },
    MandateEnded { reason: String },
    /// The debtor took a request to stop back, and there is proof of it.
    StopLifted {
        /// `all`, or a medium.
        medium: String,
        reason: String,
    },
    /// The unapplied rest of a payment goes where a person said.
    CashAssigned { payment: PaymentId, allocations: Vec<Allocation> },
    /// The payment was never this account's; it is received by the other one in the same transaction.
    PaymentMoved { payment: PaymentId, to: AccountId },
    /// A person agrees to an effect that the policy does not let go out by itself.
    EffectApproved { key: EffectKey },
    /// A person agrees to a level that the policy does not take by itself.
    LevelApproved { level: LevelId },
    /// The invoices that came to it pass it over.
    LevelDeclined { level: LevelId, because: String },
    /// A person found out how an effect with an unknown outcome ended.
    EffectSettled { key: EffectKey, happened: bool, text: String },
    /// A parked lane is taken up again.
    LaneRetried { reason: String },
    PlanAgreed { plan: PaymentPlan },
    PlanCancelled { plan: PlanId, because: String },
    /// Less than the balance would do; the policy's authority or a second person says whether it is agreed.
    SettlementOffered { settlement: Settlement },
    /// By another person than the one who offered it.
    SettlementApproved { settlement: SettlementId },
    SettlementDeclined { settlement: SettlementId, because: String },
    /// By a person, or by the policy's rule.
    WriteOffProposed { write_off: WriteOff },
    /// By another person than the one who proposed it.
    WriteOffApproved { write_off: WriteOffId },
    /// By a person; or by the policy, when nothing is left to write off.
    WriteOffDeclined { write_off: WriteOffId, because: String },
    ReturnOffered { offer: GoodsReturn },
    GoodsReceived {
        offer: ReturnId,
        /// What they are worth; none: as offered.
        value: Option<Money>,
    },

    /// A person learned that the invoice is with the debtor.
    ArrivalConfirmed { invoice: InvoiceNumber, text: String },
    /// One person is in charge of the account from now on; none: whom the policy names.
    CollectorAssigned { collector: Option<String>, reason: String },
    SuitPrepared { suit: Suit },
    SuitEnded { suit: SuitId, because: String },

    // said by people, or decided
    TaskOpened { task: Task },
    TaskClosed { task: TaskId, end: TaskEnd, because: String },

    // decided
    /// The policy names who settles it, and in how many days.
    DisputeAssigned { dispute: DisputeId, owner: String, due_on: Date },
    CashApplied { payment: PaymentId, allocations: Vec<Allocation> },
    PromiseKept { promise: PromiseId },
    PromisePartlyKept { promise: PromiseId },
    PromiseBroken { promise: PromiseId },
    /// Not accepted as a promise (too far away); it holds nothing.
    PromiseRefused { promise: PromiseId, because: String },
    LevelReached { invoice: InvoiceNumber, level: LevelId },
    /// The level does not apply to this item; the sentence names the rule.
    LevelPassed { invoice: InvoiceNumber, level: LevelId, because: String },
    /// People are asked whether the level is taken.
    LevelProposed { level: LevelId, invoices: Vec<InvoiceNumber>, approval: Approval },
    /// It is behind every invoice, or none has come to it any more.
    ProposalEnded { level: LevelId, because: String },
    /// The version of the policy that the account keeps from now on; the sentence says why.
    PolicyAssigned {
        policy: PolicyRef,
        how: Arrival,
        because: String,
        /// A deadline that the version before had set: no level before this day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        not_before: Option<Date>,
    },
    /// The account is treated by another ladder from now on.
    SegmentAssigned { segment: String, ladder: String, because: String },
    /// A notice claims interest, a fee or the compensation.
    Charged { charge: Charge },
    /// An early payer's discount, or a rest too small to ask for.
    AmountAllowed { invoice: InvoiceNumber, allowance: Allowance },
    /// Overpaid by little: it waits for the next invoice, and nobody has to assign it.
    OverpaymentKept { payment: PaymentId },
    /// Money for what was written off: the write-off is undone by as much as was paid.
    WriteOffRecovered { payment: PaymentId, invoice: InvoiceNumber, amount: Money },
    PlanRefused { plan: PlanId, because: String },
    /// Its grace is over and not all of it is here.
    InstalmentMissed { plan: PlanId, due_on: Date, missing: Money },
    PlanKept { plan: PlanId },
    /// What is left is due at once.
    PlanBroken { plan: PlanId, because: String },
    /// Within the authority that the policy gives.
    SettlementAccepted { settlement: SettlementId, because: String },
    SettlementKept { settlement: SettlementId },
    SettlementFailed { settlement: SettlementId, because: String },
    ReturnLapsed { offer: ReturnId, because: String },
    /// No more credit until the balance is zero.
    CashInAdvanceRequired { reason: String },
    CashInAdvanceLifted { reason: String },
    CreditHeld { reason: String },
    CreditReleased { reason: String },
    EffectPlanned { effect: Effect },
    EffectCancelled { key: EffectKey, because: String },

    // how an effect ended
    EffectDone { key: EffectKey, reference: String },
    EffectRejected { key: EffectKey, code: String, reason: String },
    EffectUnknown { key: EffectKey, text: String },
    EffectExpired { key: EffectKey },
}
