//! An open item and the facts that it means, with a version that later lists overtake.

use dunlin_plugin_sdk::accounting::{CreditMemo, Fact, Invoice};
use dunlin_plugin_sdk::{Date, Event, Money, Party, Source};

use crate::wire::day::Moment;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub number: String,
    pub debtor: Party,
    pub issued_on: Date,
    pub due_on: Option<Date>,
    pub total: Option<Money>,
    /// Negative: the creditor owes it.
    pub open: Money,
    pub payment_reference: Option<String>,
    pub product: Option<String>,
    pub line: u64,
}

impl Item {
    /// An open amount of less than nothing is a credit memo. With a total above nothing it is an invoice that was paid
    /// twice over: that is settled, and the rest is the credit memo.
    pub fn events(&self, as_of: Moment, document: &str) -> Vec<Event<Fact>> {
        let zero = Money::new(0, self.open.currency.clone());
        let overpaid = self.open.is_negative() && self.total.as_ref().is_some_and(Money::is_positive);
        let mut events = Vec::new();
        if !self.open.is_negative() || overpaid {
            let payable = if overpaid { zero } else { self.open.clone() };
            events.push(self.invoice(payable, as_of, document));
        }
        // No amount fits into 64 bits with its sign only.
        if let Some(amount) = self.open.checked_neg().filter(Money::is_positive) {
            events.push(self.credit_memo(amount, overpaid, as_of, document));
        }
        events
    }

    /// The invoice as it stands when a later list does not have it any more.
    pub fn settled(&self, as_of: Moment, document: &str) -> Event<Fact> {
        let mut event = self.invoice(Money::new(0, self.open.currency.clone()), as_of, document);
        event.source.place = "not in the list any more".to_owned();
        event
    }

    /// `<debtor>/invoice/<number>`: what the item is known by from list to list.
    pub fn key(&self) -> String {
        format!("{}/invoice/{}", self.debtor.id, self.number)
    }

    /// Two rows as parts of one item; None if they are in two currencies.
    pub fn plus(&self, other: &Item) -> Option<Item> {
        let open = self.open.checked_add(&other.open)?;
        // A row that is a payment or a credit lowers what is open and is no part of what was invoiced.
        let positive = |item: &Item| item.total.clone().unwrap_or_else(|| item.open.clone());
        let parts = [positive(self), positive(other)];
        let invoiced = parts.iter().filter(|part| part.is_positive());
        let mut total = Money::new(0, open.currency.clone());
        for part in invoiced {
            total = total.checked_add(part)?;
        }
        let total = Some(total).filter(Money::is_positive);
        let first = if self.open.is_negative() && !other.open.is_negative() { other } else { self };
        Some(Item { open, total, ..first.clone() })
    }

    fn invoice(&self, payable: Money, as_of: Moment, document: &str) -> Event<Fact> {
        let total = self.total.clone().unwrap_or_else(|| self.open.clone());
        let invoice = Invoice {
            number: self.number.clone(),
            debtor: self.debtor.clone(),
            issued_on: self.issued_on,
            due_on: self.due_on,
            total,
            payable: payable.clone(),
            terms: String::new(),
            discounts: Vec::new(),
            payment_references: self.payment_reference.iter().cloned().collect(),
            buyer_reference: None,
            order: None,
            products: self.product.iter().cloned().collect(),
            notes: Vec::new(),
        };
        let source = self.source(self.key(), &payable, as_of, document);
        Event { source, fact: Fact::Invoice(invoice) }
    }

    fn credit_memo(&self, amount: Money, overpaid: bool, as_of: Moment, document: &str) -> Event<Fact> {
        let key = format!("{}/credit-memo/{}", self.debtor.id, self.number);
        // A list that changes an invoice restates it; a credit memo that is said again would be credited again. So its
        // first amount is final, and what the package sets off later shows in the invoices.
        let digest = Some(format!("{} {}", self.issued_on, amount.currency));
        let source = Source { version: None, digest, ..self.source(key, &amount, as_of, document) };
        let memo = CreditMemo {
            number: self.number.clone(),
            debtor: self.debtor.clone(),
            issued_on: self.issued_on,
            amount,
            invoices: Vec::new(),
            reason: if overpaid { "paid more than was owed".to_owned() } else { String::new() },
            notes: Vec::new(),
        };
        Event { source, fact: Fact::CreditMemo(memo) }
    }

    fn source(&self, key: String, open: &Money, as_of: Moment, document: &str) -> Source {
        let due_on = self.due_on.map(|day| day.to_string()).unwrap_or_default();
        let total = self.total.as_ref().map(Money::to_string).unwrap_or_default();
        Source {
            key,
            version: Some(version(as_of, open)),
            digest: Some(format!("{} {due_on} {total} {open}", self.issued_on)),
            document: document.to_owned(),
            place: if self.line == 0 { String::new() } else { format!("line {}", self.line) },
            occurred_on: as_of.day,
        }
    }
}

/// `<day>T<second>#<what is not open>`: in the order of strings a later list is greater. Of two lists of the same
/// moment the one with less open is greater, since within a day items are paid far more often than paid back.
fn version(as_of: Moment, open: &Money) -> String {
    format!("{}T{:05}#{:019}", as_of.day, as_of.second, i64::MAX - open.minor.max(0))
}
