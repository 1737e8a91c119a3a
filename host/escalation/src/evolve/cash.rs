//! Money facts: what is paid, credited and restated, and how a payment that is given back undoes exactly what it did.

use crate::account::{Account, STRAY_REVERSALS_MAX};
use crate::cash::{Allocation, Payment, PostedPayment, Target};
use crate::id::{InvoiceNumber, PaymentId};
use crate::invoice::{CreditMemo, OpenItem};
use crate::money::{Currency, Money};

use super::{agreements, allowances, charges, placements, promises};

/// Every change of an item's amounts goes through here, so that `open` always follows from the others, and a settled item
/// that is open again starts a new walk up the ladder.
pub(super) fn change(item: &mut OpenItem, change: impl FnOnce(&mut OpenItem)) {
    let was_open = item.is_open();
    change(item);
    item.open.minor = item.computed_open();
    if !was_open && item.is_open() {
        item.cycle = item.cycle.saturating_add(1);
        item.steps.clear();
    }
}

pub(super) fn received(account: &mut Account, payment: &Payment) {
    if account.payments.contains_key(&payment.id) || !payment.amount.is_positive() {
        return;
    }
    account.pending.retain(|id, announced| id != &payment.id && !same_money(announced, payment));
    let promises = account.running_promises().map(|promise| promise.id.clone()).collect();
    let posted = PostedPayment {
        payment: payment.clone(),
        allocations: Vec::new(),
        unapplied: payment.amount,
        reversed_on: None,
        promises,
        kept: false,
        recovered: Vec::new(),
    };
    account.payments.insert(payment.id.clone(), posted);
    account.claims_paid_since = None;
    if let Some(at) = account.stray_reversals.iter().position(|stray| same_money(stray, payment)) {
        let stray = account.stray_reversals.remove(at);
        give_back(account, &payment.id.clone(), &stray);
    }
    promises::count(account);
}

/// Leaves the account, if nothing was done with it here.
pub(super) fn moved(account: &mut Account, payment: &PaymentId) {
    let untouched = |posted: &PostedPayment| posted.allocations.is_empty() && posted.reversed_on.is_none();
    if account.payments.get(payment).is_some_and(untouched) {
        account.payments.remove(payment);
        promises::count(account);
    }
}

pub(super) fn announced(account: &mut Account, payment: &Payment) {
    let booked = account.payments.values().any(|posted| same_money(&posted.payment, payment));
    if !booked && !account.payments.contains_key(&payment.id) {
        account.pending.insert(payment.id.clone(), payment.clone());
    }
}

pub(super) fn reversed(account: &mut Account, reversal: &Payment) {
    account.pending.retain(|_, announced| !same_money(announced, reversal));
    let original = account
        .payments
        .values()
        .filter(|posted| posted.reversed_on.is_none() && same_money(&posted.payment, reversal))
        .max_by_key(|posted| (posted.payment.booked_on, posted.payment.id.clone()))
        .map(|posted| posted.payment.id.clone());
    match original {
        Some(id) => give_back(account, &id, reversal),
        None => {
            account.stray_reversals.push(reversal.clone());
            let excess = account.stray_reversals.len().saturating_sub(STRAY_REVERSALS_MAX);
            account.stray_reversals.drain(..excess);
        }
    }
    promises::count(account);
}

/// Never more than is unapplied, never more than is open, never another currency.
pub(super) fn allocated(account: &mut Account, id: &PaymentId, allocations: &[Allocation]) {
    let Some(mut posted) = account.payments.remove(id) else { return };
    if posted.reversed_on.is_none() {
        for asked in allocations {
            let amount = asked.amount.at_most(posted.unapplied);
            let amount = match &asked.to {
                Target::Invoice(number) => pay_invoice(account, number, amount),
                Target::Charge { invoice, kind } => charges::pay(account, &posted, (invoice, *kind), amount),
                Target::AgencyRemittance(key) => placements::remitted(account, key, amount),
            };
            if amount.is_positive() {
                posted.unapplied.minor -= amount.minor;
                if let Target::Invoice(number) = &asked.to {
                    placements::paid_directly(account, number, &posted.payment, amount);
                }
                posted.allocations.push(Allocation { to: asked.to.clone(), amount, by: asked.by });
            }
        }
    }
    account.payments.insert(id.clone(), posted);
    promises::count(account);
}

/// The small rest of a payment waits for the next invoice.
pub(super) fn kept(account: &mut Account, id: &PaymentId) {
    if let Some(posted) = account.payments.get_mut(id).filter(|posted| posted.reversed_on.is_none()) {
        posted.kept = true;
    }
}

pub(super) fn restated(account: &mut Account, number: &InvoiceNumber, open: Money) {
    let Some(item) = account.items.get_mut(number).filter(|item| item.open.currency == open.currency) else { return };
    // The accounting package has not booked what we let off (yet): that is no news.
    let let_off = crate::allowance::allowed(&item.allowed, None);
    let not_booked = let_off != 0 && open.minor == item.open.minor.saturating_add(let_off);
    let open = if not_booked { item.open } else { open };
    change(item, |item| {
        let beyond = open.minor.saturating_sub(item.open.minor);
        item.adjusted.minor = item.adjusted.minor.saturating_add(beyond);
        item.missing_since = None;
    });
    use_credit(account);
}

/// A credit memo lowers the invoices it names, then the oldest ones; what is left waits for the next invoice.
pub(super) fn credited(account: &mut Account, memo: &CreditMemo) {
    if !memo.amount.is_positive() {
        return;
    }
    let mut left = memo.amount;
    for number in &memo.invoices {
        left.minor -= credit_invoice(account, number, left).minor;
    }
    if left.is_positive() {
        let credit = account.credit.entry(left.currency).or_default();
        *credit = credit.saturating_add(left.minor);
    }
    use_credit(account);
}

/// Account credit goes to the oldest open items of its currency.
pub(super) fn use_credit(account: &mut Account) {
    let credits: Vec<(Currency, i64)> = account.credit.iter().map(|(currency, minor)| (*currency, *minor)).collect();
    for (currency, minor) in credits {
        let mut left = Money { minor, currency };
        let open: Vec<InvoiceNumber> = account.open_items().iter().map(|item| item.invoice.number.clone()).collect();
        for number in open {
            left.minor -= credit_invoice(account, &number, left).minor;
        }
        if left.is_positive() {
            account.credit.insert(currency, left.minor);
        } else {
            account.credit.remove(&currency);
        }
    }
}

fn pay_invoice(account: &mut Account, number: &InvoiceNumber, amount: Money) -> Money {
    let Some(item) = account.items.get_mut(number) else { return Money::zero(amount.currency) };
    let taken = amount.at_most(item.open);
    if taken.is_positive() {
        change(item, |item| item.paid.minor += taken.minor);
    }
    taken
}

fn credit_invoice(account: &mut Account, number: &InvoiceNumber, amount: Money) -> Money {
    let none = Money::zero(amount.currency);
    let Some(item) = account.items.get_mut(number) else { return none };
    let taken = amount.at_most(item.open);
    if !taken.is_positive() {
        return none;
    }
    change(item, |item| item.credited.minor += taken.minor);
    taken
}

/// Undoes a payment: its items are open again by exactly what it paid.
fn give_back(account: &mut Account, id: &PaymentId, reversal: &Payment) {
    let Some(posted) = account.payments.get_mut(id) else { return };
    posted.reversed_on = Some(reversal.booked_on);
    posted.unapplied.minor = 0;
    posted.kept = false;
    let allocations = std::mem::take(&mut posted.allocations);
    let mut recovered = std::mem::take(&mut posted.recovered);
    for allocation in allocations {
        match &allocation.to {
            Target::Invoice(number) => {
                if let Some(item) = account.items.get_mut(number) {
                    let on = reversal.booked_on;
                    change(item, |item| {
                        item.paid.minor -= allocation.amount.minor;
                        allowances::write_off_again(item, &mut recovered, &allocation, on);
                        allowances::undo(item, id, on);
                    });
                }
            }
            // What is paid for charges follows from the allocations.
            Target::Charge { .. } => {}
            Target::AgencyRemittance(key) => placements::unremitted(account, key, allocation.amount),
        }
    }
    placements::unpaid_directly(account, id);
    agreements::reopen(account, reversal.booked_on);
}

/// The same money seen twice (announced and booked, booked and given back): same amount, and one identity in common.
fn same_money(one: &Payment, other: &Payment) -> bool {
    let given = |id: &Option<String>| id.clone().filter(|id| !id.is_empty() && id != "NOTPROVIDED");
    let same_id = |a: &Option<String>, b: &Option<String>| given(a).is_some() && given(a) == given(b);
    one.amount == other.amount
        && (same_id(&one.end_to_end_id, &other.end_to_end_id)
            || same_id(&one.bank_reference, &other.bank_reference)
            || (!one.references.is_empty() && one.references == other.references))
}
