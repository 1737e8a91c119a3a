//! A collection agency or law firm that accounts are placed with.

use crate::{Date, Extension, Money, OpenItem, Party};

role! {
    /// A plugin that places accounts, and tells what became of them.
    Agency
}

record! {
    /// The agency's answer to a placement or a recall.
    Acknowledgement = agency::Acknowledgement {
        /// The key of the placement.
        placement: String,
        account: String,
        /// `accepted`, `rejected` or `recalled`.
        status: String,
        agency_reference: String,
        reason: String,
    }
}

record! {
    /// Money that the agency took from the debtor.
    Collection = agency::Collection {
        placement: String,
        account: String,
        /// The agency's identity of this transaction.
        transaction: String,
        /// What the debtor paid.
        gross: Money,
        commission: Money,
        /// What the agency hands over: the gross amount, or what is left after commission.
        net: Money,
        /// `gross` or `net`: how the agency remits.
        remittance: String,
        collected_on: Date,
        /// What the bank entry of the remittance will quote.
        remittance_reference: String,
    }
}

record! {
    /// A collection that did not hold (bounced cheque, returned debit). Amounts are positive.
    CollectionReversal = agency::CollectionReversal {
        placement: String,
        account: String,
        transaction: String,
        /// The transaction that is undone.
        reverses: String,
        gross: Money,
        commission: Money,
        net: Money,
        reversed_on: Date,
        reason: String,
    }
}

record! {
    /// The agency gives the account back.
    Closure = agency::Closure {
        placement: String,
        account: String,
        /// `collected`, `uncollectable`, `insolvent`, `deceased`, `disputed`, `recalled` or a word of the agency.
        reason: String,
        closed_on: Date,
    }
}

record! {
    AgencyDispute = agency::AgencyDispute {
        placement: String,
        account: String,
        invoice: String,
        amount: Money,
        reason: String,
        text: String,
    }
}

variant! {
    Fact = agency::Fact {
        Acknowledged(Acknowledgement),
        Collected(Collection),
        Reversed(CollectionReversal),
        Returned(Closure),
        Disputed(AgencyDispute),
        Other(Extension),
    }
}

record! {
    Placement = agency::Placement {
        account: String,
        debtor: Party,
        /// 1 for the first agency, 2 for the next.
        sequence: u32,
        items: Vec<OpenItem>,
        total: Money,
        /// A fraction such as `1/3`.
        commission: String,
        last_payment_on: Option<Date>,
        /// What was tried before, a line each.
        history: Vec<String>,
    }
}

record! {
    /// Money that reached the creditor directly while the account was placed.
    DirectPayment = agency::DirectPayment {
        placement: String,
        account: String,
        payment: String,
        amount: Money,
        received_on: Date,
    }
}

record! {
    Recall = agency::Recall {
        placement: String,
        account: String,
        reason: String,
    }
}

variant! {
    Effect = agency::Effect {
        Place(Placement),
        ReportDirectPayment(DirectPayment),
        Recall(Recall),
        Other(Extension),
    }
}
