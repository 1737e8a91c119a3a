//! A bank or payment gateway: which money came.

use crate::{Date, Extension, Money, Note};

role! {
    /// A plugin that knows which money came.
    Gateway
}

record! {
    /// One debtor's money. Amounts are positive; what happened to it is the fact's name.
    Payment = gateway::Payment {
        amount: Money,
        /// The creditor's account, IBAN where there is one.
        account: String,
        booked_on: Date,
        value_on: Date,
        payer_name: Option<String>,
        payer_account: Option<String>,
        /// Structured references, as quoted by the payer.
        references: Vec<String>,
        end_to_end_id: Option<String>,
        /// The bank's own reference of this transaction.
        bank_reference: Option<String>,
        /// The payer's free text.
        text: String,
        /// Why it was given back, for a reversal.
        reason: Option<String>,
        notes: Vec<Note>,
    }
}

record! {
    /// A statement that balanced: opening + booked = closing.
    Statement = gateway::Statement {
        account: String,
        id: String,
        from: Date,
        until: Date,
        opening: Money,
        closing: Money,
        credits: Money,
        debits: Money,
        entries: u32,
    }
}

variant! {
    /// More than one payment in a fact: the bank booked them as one batch.
    Fact = gateway::Fact {
        Received(Vec<Payment>),
        /// Announced and not booked; it will come again as received, or not at all.
        Pending(Vec<Payment>),
        /// Given back after it was received.
        Reversed(Vec<Payment>),
        Statement(Statement),
        Other(Extension),
    }
}

variant! {
    Effect = gateway::Effect {
        Other(Extension),
    }
}
