//! Metrics by hand and by law.

mod conduct;
mod laws;
mod receivables;

use jiff::civil::Date;

use super::*;
use crate::approval::Approval;
use crate::cash::{Allocation, Evidence, Payment, Target};
use crate::effect::{Action, Effect, Notice};
use crate::event::{Event, Fact};
use crate::id::{AccountId, EffectKey, InvoiceNumber, PaymentId};
use crate::invoice::Invoice;
use crate::money::{Currency, Money};
use crate::policy::{Channel, Tone};

pub(super) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(super) fn euros(whole: i64) -> Money {
    Money::new(whole * 100, Currency::EUR)
}

/// The hub learned of it at noon of a day.
pub(super) fn event(learned: Date, fact: Fact) -> Event {
    Event { at: learned.at(12, 0, 0, 0), on: learned, origin: "test".into(), fact }
}

pub(super) fn invoice(number: &str, issued_on: Date, due_on: Date, total: Money) -> Fact {
    let invoice = Invoice {
        number: number.into(),
        issued_on,
        due_on,
        total,
        payable: total,
        terms: String::new(),
        payment_references: Vec::new(),
        discounts: Vec::new(),
        buyer_reference: None,
        order: None,
        products: Vec::new(),
    };
    Fact::InvoiceIssued { invoice }
}

pub(super) fn payment(id: &str, booked_on: Date, amount: Money) -> Payment {
    Payment {
        id: PaymentId::new(id),
        amount,
        account: "bank".into(),
        booked_on,
        value_on: booked_on,
        payer_name: None,
        payer_account: None,
        references: vec![id.to_owned()],
        end_to_end_id: None,
        bank_reference: None,
        text: String::new(),
        reason: None,
    }
}

/// Money that comes, and pays an invoice on the same day.
pub(super) fn pays(id: &str, booked_on: Date, number: &str, amount: Money) -> [Event; 2] {
    let to = Target::Invoice(InvoiceNumber::new(number));
    let allocations = vec![Allocation { to, amount, by: Evidence::InvoiceNumber }];
    [
        event(booked_on, Fact::PaymentReceived { payment: payment(id, booked_on, amount) }),
        event(booked_on, Fact::CashApplied { payment: PaymentId::new(id), allocations }),
    ]
}

pub(super) fn setup(from: &str, as_of: &str) -> Setup {
    let period = Period::new(day(from), day(as_of)).unwrap();
    Setup { period, edges: Edges::default(), basis: Basis::DueDate, costs: None }
}

pub(super) fn seen(setup: &Setup, account: &str, events: &[Event]) -> Option<Seen> {
    let mut watch = Watch::new(setup, AccountId::new(account));
    events.iter().for_each(|event| watch.event(event));
    watch.end()
}

/// One account, measured.
pub(super) fn measured(setup: &Setup, events: &[Event]) -> Metrics {
    let mut meter = Meter::new(setup);
    meter.take(&seen(setup, "D/1", events).unwrap());
    meter.read()
}

pub(super) fn value(metrics: &Metrics, metric: Metric) -> Option<String> {
    let figures = metrics.currencies[0].figures.get(&metric).or_else(|| metrics.calls.get(&metric));
    figures.unwrap().decimal()
}

pub(super) fn told(metrics: &Metrics, metric: Metric) -> String {
    value(metrics, metric).unwrap_or_else(|| panic!("{metric:?} has no value"))
}

/// A notice that is planned on a day; how it ends comes after it.
pub(super) fn planned(key: &str, channel: Channel, on: &str) -> Event {
    let notice = Notice {
        level: "reminder".into(),
        channel,
        tone: Tone::Friendly,
        template: "reminder".into(),
        invoices: vec!["INV-1".into()],
        deadline: None,
        confirm_days: None,
    };
    let effect = Effect {
        key: EffectKey::new(key),
        due_on: day(on),
        valid_until: None,
        approval: Approval::None,
        action: Action::SendNotice(notice),
    };
    event(day(on), Fact::EffectPlanned { effect })
}

pub(super) fn done(key: &str, on: &str) -> Event {
    event(day(on), Fact::EffectDone { key: EffectKey::new(key), reference: String::new() })
}
