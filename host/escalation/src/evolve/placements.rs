//! Placements: what the agency has, what it says, and what it collects.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::account::Account;
use crate::cash::Payment;
use crate::effect::{Action, Effect};
use crate::id::{EffectKey, InvoiceNumber};
use crate::money::Money;
use crate::placement::{Collection, DirectPayment, PlacedItem, Placement, PlacementState, commission_of};

use super::{agreements, cash};

pub(super) fn proposed(account: &mut Account, effect: &Effect) {
    let Action::PlaceWithAgency { agency, sequence, items, total, commission, terms } = &effect.action else { return };
    account.placements.push(Placement {
        key: effect.key.clone(),
        agency: agency.clone(),
        sequence: *sequence,
        items: items.clone(),
        total: *total,
        commission: commission.clone(),
        terms: *terms,
        proposed_on: effect.due_on,
        state: PlacementState::Proposed,
        agency_reference: String::new(),
        collections: Vec::new(),
        direct_payments: Vec::new(),
        applied: BTreeMap::new(),
        remitted: Money::zero(total.currency),
        closed_on: None,
        closing_reason: String::new(),
    });
}

/// The agency has it. What was paid between the plan and this moment is a direct payment already.
pub(super) fn sent(account: &mut Account, key: &EffectKey) {
    let Some(placement) = find(account, key).filter(|placement| placement.state == PlacementState::Proposed) else {
        return;
    };
    placement.state = PlacementState::Sent;
    let (items, since) = (placement.items.clone(), placement.proposed_on);
    let lowered: Vec<InvoiceNumber> = items
        .iter()
        .filter(|placed| account.items.get(&placed.invoice).is_some_and(|item| item.open.minor < placed.amount.minor))
        .map(|placed| placed.invoice.clone())
        .collect();
    let payments: Vec<_> = account
        .payments
        .values()
        .filter(|posted| posted.reversed_on.is_none() && posted.payment.booked_on >= since)
        .map(|posted| (posted.payment.clone(), posted.allocations.clone()))
        .collect();
    for (payment, allocations) in payments {
        for allocation in allocations {
            if let crate::cash::Target::Invoice(number) = &allocation.to
                && lowered.contains(number)
            {
                paid_directly(account, number, &payment, allocation.amount);
            }
        }
    }
}

pub(super) fn refused(account: &mut Account, key: &EffectKey, reason: &str, on: Date) {
    close(account, key, PlacementState::Rejected, reason, on);
}

pub(super) fn recall_requested(account: &mut Account, key: &EffectKey, reason: &str) {
    if let Some(placement) = find(account, key).filter(|placement| placement.state.is_live()) {
        placement.state = PlacementState::RecallRequested;
        placement.closing_reason = reason.to_owned();
    }
}

pub(super) fn recall_dropped(account: &mut Account, key: &EffectKey) {
    if let Some(placement) = find(account, key).filter(|known| known.state == PlacementState::RecallRequested) {
        placement.state = PlacementState::Active;
        placement.closing_reason.clear();
    }
}

pub(super) fn acknowledged(
    account: &mut Account,
    key: &EffectKey,
    status: &str,
    reference: &str,
    reason: &str,
    on: Date,
) {
    let Some(placement) = find(account, key).filter(|placement| placement.state.is_live()) else { return };
    if !reference.is_empty() {
        placement.agency_reference = reference.to_owned();
    }
    match status {
        // A recall that was asked for meanwhile stands.
        "accepted" if placement.state != PlacementState::RecallRequested => placement.state = PlacementState::Active,
        "rejected" => close(account, key, PlacementState::Rejected, reason, on),
        "recalled" => close(account, key, PlacementState::Recalled, reason, on),
        _ => {}
    }
}

pub(super) fn returned(account: &mut Account, key: &EffectKey, reason: &str, on: Date) {
    close(account, key, PlacementState::Returned, reason, on);
}

/// A collection lowers the placed items, oldest due first; a reversal gives back what its original took, newest first. The
/// two may arrive in either order. A transaction counts once, and no more is reversed than was collected.
pub(super) fn collected(account: &mut Account, key: &EffectKey, collection: &Collection) {
    let Some(placement) = find(account, key) else { return };
    let known = |transaction: &str| placement.collections.iter().find(|one| one.transaction == transaction);
    if known(&collection.transaction).is_some() || collection.gross.currency != placement.total.currency {
        return;
    }
    let reversed = |transaction: &str| {
        let reversals = placement.collections.iter().filter(|one| one.reverses.as_deref() == Some(transaction));
        reversals.fold(0i64, |sum, one| sum.saturating_add(one.gross.minor))
    };
    match &collection.reverses {
        Some(original) => {
            let gross = known(original).map(|one| one.gross.minor);
            let too_much = gross.is_some_and(|gross| gross + reversed(original) + collection.gross.minor < 0);
            if too_much || collection.gross.minor > 0 {
                return;
            }
            let original = original.clone();
            placement.collections.push(collection.clone());
            give_back(account, key, &original, collection.gross.minor.saturating_neg());
            agreements::reopen(account, collection.on);
        }
        None => {
            let left = collection.gross.minor.saturating_add(reversed(&collection.transaction));
            placement.collections.push(collection.clone());
            take(account, key, &collection.transaction, Money { minor: left, currency: collection.gross.currency });
        }
    }
}

/// Money that reached us while the agency has the item: the agency is told, and may be owed its share.
pub(super) fn paid_directly(account: &mut Account, invoice: &InvoiceNumber, payment: &Payment, amount: Money) {
    let with_agency =
        |state| matches!(state, PlacementState::Sent | PlacementState::Active | PlacementState::RecallRequested);
    let placement =
        account.placements.iter_mut().rev().find(|placement| with_agency(placement.state) && placement.holds(invoice));
    let Some(placement) = placement else { return };
    let since = placement.proposed_on;
    let owed = |amount: Money| {
        let share = if payment.booked_on < since { None } else { commission_of(amount, &placement.commission) };
        share.unwrap_or(Money::zero(amount.currency))
    };
    if let Some(told) = placement.direct_payments.iter_mut().find(|told| told.payment == payment.id) {
        told.amount.minor = told.amount.minor.saturating_add(amount.minor);
        told.commission = owed(told.amount);
    } else {
        let (payment, received_on) = (payment.id.clone(), payment.booked_on);
        let commission = owed(amount);
        placement.direct_payments.push(DirectPayment { payment, amount, received_on, commission, reversed: false });
    }
}

/// A direct payment that was given back is no direct payment: the agency is owed nothing for it.
pub(super) fn unpaid_directly(account: &mut Account, payment: &crate::id::PaymentId) {
    let placements = account.placements.iter_mut();
    for told in placements.flat_map(|placement| &mut placement.direct_payments).filter(|told| &told.payment == payment)
    {
        told.commission.minor = 0;
        told.reversed = true;
    }
}

pub(super) fn remitted(account: &mut Account, key: &EffectKey, amount: Money) -> Money {
    match find(account, key).filter(|placement| placement.remitted.currency == amount.currency) {
        Some(placement) => {
            placement.remitted.minor = placement.remitted.minor.saturating_add(amount.minor);
            amount
        }
        None => Money::zero(amount.currency),
    }
}

pub(super) fn unremitted(account: &mut Account, key: &EffectKey, amount: Money) {
    if let Some(placement) = find(account, key) {
        placement.remitted.minor = placement.remitted.minor.saturating_sub(amount.minor);
    }
}

fn take(account: &mut Account, key: &EffectKey, transaction: &str, gross: Money) {
    let Some(placement) = find(account, key) else { return };
    let mut numbers: Vec<InvoiceNumber> = placement.items.iter().map(|placed| placed.invoice.clone()).collect();
    numbers.sort_by_key(|number| (account.items.get(number).map(|item| item.invoice.due_on), number.clone()));
    let mut left = gross;
    let mut applied = Vec::new();
    for number in numbers {
        let Some(item) = account.items.get_mut(&number) else { continue };
        let amount = left.at_most(item.open);
        if amount.is_positive() {
            cash::change(item, |item| item.collected.minor += amount.minor);
            left.minor -= amount.minor;
            applied.push(PlacedItem { invoice: number, amount });
        }
    }
    if let Some(placement) = find(account, key) {
        placement.applied.insert(transaction.to_owned(), applied);
    }
}

fn give_back(account: &mut Account, key: &EffectKey, transaction: &str, gross: i64) {
    let Some(placement) = find(account, key) else { return };
    let Some(mut applied) = placement.applied.remove(transaction) else { return };
    let mut left = gross;
    for part in applied.iter_mut().rev() {
        let amount = part.amount.minor.min(left);
        if let Some(item) = account.items.get_mut(&part.invoice) {
            cash::change(item, |item| item.collected.minor -= amount);
        }
        part.amount.minor -= amount;
        left -= amount;
    }
    if let Some(placement) = find(account, key) {
        placement.applied.insert(transaction.to_owned(), applied);
    }
}

fn close(account: &mut Account, key: &EffectKey, state: PlacementState, reason: &str, on: Date) {
    if let Some(placement) = find(account, key).filter(|placement| placement.state.is_live()) {
        placement.state = state;
        placement.closed_on = Some(on);
        if !reason.is_empty() {
            placement.closing_reason = reason.to_owned();
        }
    }
}

fn find<'a>(account: &'a mut Account, key: &EffectKey) -> Option<&'a mut Placement> {
    account.placements.iter_mut().find(|placement| &placement.key == key)
}
