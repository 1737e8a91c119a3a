//! Whoever pays for a customer: is the cover in force on the day of the service?

use crate::{Date, Extension, Note, Party};

role! {
    /// A plugin that enquires about cover, and brings the answers.
    Coverage
}

record! {
    /// What the payer says about one appointment.
    Cover = coverage::Cover {
        account: String,
        /// The key of the enquiry, where the other side kept it.
        enquiry: Option<String>,
        appointment: String,
        /// Who pays: the insurer as it calls itself.
        payer: String,
        member: String,
        active_from: Option<Date>,
        /// The last day of the cover; none: no end is known.
        active_until: Option<Date>,
        text: String,
        notes: Vec<Note>,
    }
}

variant! {
    Fact = coverage::Fact {
        Active(Cover),
        Lapsed(Cover),
        Other(Extension),
    }
}

record! {
    CoverEnquiry = coverage::CoverEnquiry {
        account: String,
        debtor: Party,
        appointment: String,
        /// The day of the service.
        on: Date,
        payer: String,
        member: String,
        /// What is going to be done, as the payer calls it; empty when unknown.
        service: String,
        notes: Vec<Note>,
    }
}

variant! {
    Effect = coverage::Effect {
        EnquireCover(CoverEnquiry),
        Other(Extension),
    }
}
