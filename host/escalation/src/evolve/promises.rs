//! Promises: made, superseded, counted, ended.

use jiff::civil::Date;

use crate::account::Account;
use crate::arrival::ArrivalAnswer;
use crate::cash::Target;
use crate::id::{InvoiceNumber, PromiseId};
use crate::money::Money;
use crate::promise::{Promise, PromiseState};

/// A new promise takes the place of running ones about the same invoices.
pub(super) fn made(account: &mut Account, promise: &Promise) {
    if account.promises.iter().any(|known| known.id == promise.id) {
        return;
    }
    for known in running(account) {
        let overlap = known.invoices.is_empty()
            || promise.invoices.is_empty()
            || known.invoices.iter().any(|invoice| promise.invoices.contains(invoice));
        if overlap {
            known.state = PromiseState::Superseded;
        }
    }
    // Whoever promises to pay an invoice has it.
    let about = |number: &InvoiceNumber| promise.invoices.is_empty() || promise.invoices.contains(number);
    let items = account.items.values_mut().filter(|item| about(&item.invoice.number));
    items.filter_map(|item| item.arrival.as_mut()).for_each(|arrival| arrival.answer = Some(ArrivalAnswer::Arrived));
    let received = Money::zero(promise.amount.currency);
    account.promises.push(Promise { state: PromiseState::Running, received, ..promise.clone() });
}

pub(super) fn end(account: &mut Account, id: &PromiseId, state: PromiseState) {
    for known in running(account).filter(|known| &known.id == id) {
        known.state = state;
    }
}

/// A payment that was to be fetched was fetched: its promise waits from this day on for the money.
pub(super) fn picked_up(account: &mut Account, id: &PromiseId, on: Date) {
    for known in running(account).filter(|known| &known.id == id) {
        known.due_on = known.due_on.max(on);
    }
}

/// A dispute ends the promises that named the invoice: nobody keeps his word about what he disputes.
pub(super) fn cancel_for(account: &mut Account, invoice: &InvoiceNumber) {
    for known in running(account).filter(|known| known.invoices.contains(invoice)) {
        known.state = PromiseState::Cancelled;
    }
}

/// Another agreement takes the place of the promises about an invoice.
pub(super) fn supersede_for(account: &mut Account, invoice: &InvoiceNumber) {
    for known in running(account).filter(|known| known.invoices.is_empty() || known.invoices.contains(invoice)) {
        known.state = PromiseState::Superseded;
    }
}

/// Counts the cash of running promises anew: what arrived since, less what went to invoices that were not promised.
pub(super) fn count(account: &mut Account) {
    let payments = &account.payments;
    for promise in account.promises.iter_mut().filter(|promise| promise.state == PromiseState::Running) {
        let mut minor = 0i64;
        for posted in payments.values() {
            let counts = posted.reversed_on.is_none() && posted.promises.contains(&promise.id);
            if !counts || posted.payment.amount.currency != promise.amount.currency {
                continue;
            }
            minor = minor.saturating_add(posted.payment.amount.minor);
            for allocation in &posted.allocations {
                let elsewhere = match &allocation.to {
                    Target::Invoice(number) | Target::Charge { invoice: number, .. } => {
                        !promise.invoices.is_empty() && !promise.invoices.contains(number)
                    }
                    Target::AgencyRemittance(_) => true,
                };
                if elsewhere {
                    minor = minor.saturating_sub(allocation.amount.minor);
                }
            }
        }
        promise.received.minor = minor;
    }
}

fn running(account: &mut Account) -> impl Iterator<Item = &mut Promise> {
    account.promises.iter_mut().filter(|promise| promise.state == PromiseState::Running)
}
