//! A credit bureau: what is known of a customer before the debt exists.

use crate::{Date, Extension, Money, Note, Party};

role! {
    /// A plugin that orders credit reports, and brings them.
    Bureau
}

/// What a report can come to. The host takes another word as `review`.
pub const VERDICTS: [&str; 3] = ["approve", "review", "decline"];

record! {
    CreditReport = bureau::CreditReport {
        account: String,
        /// The key of the order, where the bureau kept it.
        order: Option<String>,
        /// The bureau's own number of the report.
        report: String,
        /// Who says so.
        bureau: String,
        /// The bureau's figure as it writes it; nobody computes with it.
        score: String,
        /// One of [`VERDICTS`].
        verdict: String,
        /// The credit that the bureau would give at most.
        limit: Option<Money>,
        /// What the report cost.
        price: Option<Money>,
        reported_on: Date,
        /// The last day on which it may be relied upon; none: as long as the creditor's policy says.
        valid_until: Option<Date>,
        text: String,
        notes: Vec<Note>,
    }
}

variant! {
    Fact = bureau::Fact {
        CreditReport(CreditReport),
        Other(Extension),
    }
}

record! {
    ReportOrder = bureau::ReportOrder {
        account: String,
        debtor: Party,
        /// The credit that was applied for.
        amount: Money,
        /// Why the creditor may ask, in a sentence.
        reason: String,
        /// Not to be bought for more than this.
        price_max: Option<Money>,
    }
}

variant! {
    Effect = bureau::Effect {
        OrderCreditReport(ReportOrder),
        Other(Extension),
    }
}
