//! An accounting package: who owes what.

use crate::{Date, Extension, Money, Note, Party};

role! {
    /// A plugin that knows who owes what, and to which package cash and holds are told.
    Accounting
}

record! {
    /// A discount for paying early.
    Discount = accounting::Discount {
        percent: String,
        until: Date,
    }
}

record! {
    Invoice = accounting::Invoice {
        number: String,
        debtor: Party,
        issued_on: Date,
        /// None: the terms did not state a day; the host applies the creditor's default terms.
        due_on: Option<Date>,
        /// What was invoiced, tax included.
        total: Money,
        /// What is to be paid: the total less what was paid before, or what an open-item list says is still open.
        payable: Money,
        /// The terms of payment in the words of the invoice.
        terms: String,
        discounts: Vec<Discount>,
        /// What the debtor is asked to quote when paying.
        payment_references: Vec<String>,
        buyer_reference: Option<String>,
        order: Option<String>,
        /// What was sold: article numbers, product groups, classification codes.
        products: Vec<String>,
        notes: Vec<Note>,
    }
}

record! {
    CreditMemo = accounting::CreditMemo {
        number: String,
        debtor: Party,
        issued_on: Date,
        /// Positive: what the debtor owes less.
        amount: Money,
        /// The invoices it corrects.
        invoices: Vec<String>,
        reason: String,
        notes: Vec<Note>,
    }
}

variant! {
    Fact = accounting::Fact {
        Debtor(Party),
        Invoice(Invoice),
        CreditMemo(CreditMemo),
        Other(Extension),
    }
}

record! {
    CreditNotice = accounting::CreditNotice {
        debtor: Party,
        reason: String,
        overdue: Money,
    }
}

record! {
    CashApplication = accounting::CashApplication {
        debtor: Party,
        invoice: String,
        payment: String,
        amount: Money,
        received_on: Date,
    }
}

record! {
    /// A part of an invoice that is not asked for any more.
    WriteOff = accounting::WriteOff {
        debtor: Party,
        invoice: String,
        /// `discount`, `small-rest`, `settlement`, `write-off`.
        kind: String,
        amount: Money,
        reason: String,
    }
}

record! {
    /// What the debtor is to be credited with: goods came back.
    CreditMemoOrder = accounting::CreditMemoOrder {
        debtor: Party,
        invoice: String,
        amount: Money,
        reason: String,
        /// What it comes from, such as the return.
        reference: String,
    }
}

variant! {
    Effect = accounting::Effect {
        HoldCredit(CreditNotice),
        ReleaseCredit(CreditNotice),
        PostCashApplication(CashApplication),
        WriteOff(WriteOff),
        /// It is asked for again after all.
        ReverseWriteOff(WriteOff),
        IssueCreditMemo(CreditMemoOrder),
        Other(Extension),
    }
}
