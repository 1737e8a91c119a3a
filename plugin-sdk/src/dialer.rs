//! A dialer: whom to call, and what was said.

use crate::{Date, Extension, Instant, Money, Note, OpenItem, Party};

role! {
    /// A plugin that has people called, and tells what they said.
    Dialer
}

/// The dispositions of the contract, in its order.
pub const DISPOSITIONS: [&str; 21] = [
    "rpc_ptp",
    "rpc_refused",
    "rpc_dispute",
    "rpc_hardship",
    "rpc_callback",
    "rpc_paid_claimed",
    "wrong_party",
    "third_party_no_disclosure",
    "voicemail_left",
    "voicemail_none",
    "no_answer",
    "busy",
    "failed",
    "invalid_number",
    "dnc_request",
    "cease_request",
    "attorney_represented",
    "deceased",
    "bankruptcy",
    "abandoned",
    "canceled",
];

record! {
    /// A call that ended, whoever was reached.
    CallResult = dialer::CallResult {
        /// The key of the queued call, where the dialer kept it.
        call: Option<String>,
        account: String,
        /// One of [`DISPOSITIONS`].
        disposition: String,
        at: Instant,
        duration_s: u32,
        agent: String,
        text: String,
        notes: Vec<Note>,
    }
}

record! {
    Promise = dialer::Promise {
        account: String,
        amount: Money,
        due_on: Date,
        /// Empty: for the account as a whole.
        invoices: Vec<String>,
        text: String,
    }
}

record! {
    Dispute = dialer::Dispute {
        account: String,
        invoice: String,
        amount: Money,
        /// `price`, `quality`, `quantity`, `not-received`, `duplicate`, `already-paid`, `tax`, `contract` or `other`.
        reason: String,
        text: String,
    }
}

record! {
    StopRequest = dialer::StopRequest {
        account: String,
        /// The medium not to be used again: `call`, `email`, `letter`, `sms`, or `all`.
        medium: String,
        text: String,
    }
}

variant! {
    Fact = dialer::Fact {
        CallEnded(CallResult),
        Promised(Promise),
        Disputed(Dispute),
        AskedToStop(StopRequest),
        Other(Extension),
    }
}

record! {
    Call = dialer::Call {
        account: String,
        debtor: Party,
        phone: String,
        /// 1 is called first.
        rank: u32,
        overdue: Money,
        days_past_due: u32,
        items: Vec<OpenItem>,
        /// Why this call, in a sentence for the collector.
        reason: String,
        /// Not to be dialled after this day.
        expires_on: Date,
    }
}

record! {
    Withdrawal = dialer::Withdrawal {
        /// The key of the queued call.
        call: String,
        account: String,
        phone: String,
        reason: String,
    }
}

variant! {
    Effect = dialer::Effect {
        QueueCall(Call),
        WithdrawCall(Withdrawal),
        Other(Extension),
    }
}
