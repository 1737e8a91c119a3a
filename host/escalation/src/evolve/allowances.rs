//! What is let off, and how it is taken back when what it rested on is gone.

use jiff::civil::Date;

use crate::account::Account;
use crate::allowance::{Allowance, AllowanceKind, standing};
use crate::cash::{Allocation, Evidence, Recovered, Target};
use crate::id::{InvoiceNumber, PaymentId};
use crate::invoice::OpenItem;
use crate::money::Money;

use super::{cash, placements, promises};

/// Never more than is open, never another currency.
pub(super) fn allow(account: &mut Account, number: &InvoiceNumber, allowance: &Allowance) -> i64 {
    let Some(item) = account.items.get_mut(number) else { return 0 };
    let amount = allowance.amount.at_most(item.open);
    if amount.currency != item.open.currency || !amount.is_positive() {
        return 0;
    }
    cash::change(item, |item| item.allowed.push(Allowance { amount, ..allowance.clone() }));
    amount.minor
}

/// All that still stands of it is owed again.
pub(super) fn take_back(item: &mut OpenItem, kind: AllowanceKind, reference: &str, on: Date) {
    let minor = standing(&item.allowed, kind, reference);
    if minor > 0 {
        let because = "what it rested on was given back".to_owned();
        cash::change(item, |item| line(item, kind, reference.to_owned(), -minor, on, because));
    }
}

/// A payment is given back: what rested on it is owed again.
pub(super) fn undo(item: &mut OpenItem, payment: &PaymentId, on: Date) {
    let resting = item.allowed.iter().filter(|line| line.payments.contains(payment) && line.amount.is_positive());
    let mut groups: Vec<(AllowanceKind, String)> = Vec::new();
    for line in resting {
        let group = (line.kind, line.reference.clone());
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    for (kind, reference) in groups {
        let minor = standing(&item.allowed, kind, &reference);
        if minor > 0 {
            let because = format!("payment `{payment}` was given back");
            line(item, kind, reference, -minor, on, because);
        }
    }
}

/// Money for what was written off pays it, and the write-off shrinks by as much: nothing is open in between.
pub(super) fn recovered(account: &mut Account, id: &PaymentId, number: &InvoiceNumber, asked: Money, on: Date) {
    let Some(mut posted) = account.payments.remove(id) else { return };
    let mut left = asked.at_most(posted.unapplied);
    let references = written_off(account, number);
    for (reference, minor) in references {
        let Some(item) = account.items.get_mut(number).filter(|item| item.open.currency == left.currency) else {
            break;
        };
        let amount = left.at_most(Money { minor, currency: left.currency });
        if posted.reversed_on.is_some() || !amount.is_positive() {
            break;
        }
        let because = format!("payment `{id}` came after all");
        cash::change(item, |item| {
            item.paid.minor = item.paid.minor.saturating_add(amount.minor);
            line(item, AllowanceKind::WriteOff, reference.clone(), -amount.minor, on, because);
        });
        left.minor -= amount.minor;
        posted.unapplied.minor -= amount.minor;
        placements::paid_directly(account, number, &posted.payment, amount);
        let by = Evidence::AfterWriteOff;
        posted.allocations.push(Allocation { to: Target::Invoice(number.clone()), amount, by });
        posted.recovered.push(Recovered { invoice: number.clone(), reference, amount });
    }
    account.payments.insert(id.clone(), posted);
    promises::count(account);
}

/// What still stands of an item's write-offs, by their references.
fn written_off(account: &Account, number: &InvoiceNumber) -> Vec<(String, i64)> {
    let Some(item) = account.items.get(number) else { return Vec::new() };
    let mut found: Vec<(String, i64)> = Vec::new();
    for line in item.allowed.iter().filter(|line| line.kind == AllowanceKind::WriteOff) {
        if found.iter().all(|(known, _)| known != &line.reference) {
            let minor = standing(&item.allowed, AllowanceKind::WriteOff, &line.reference);
            found.push((line.reference.clone(), minor));
        }
    }
    found.retain(|(_, minor)| *minor > 0);
    found
}

/// What a payment had brought back is lost again with it. Each recovered part is one of the payment's allocations.
pub(super) fn write_off_again(item: &mut OpenItem, recovered: &mut Vec<Recovered>, allocation: &Allocation, on: Date) {
    let ours = |part: &Recovered| part.invoice == item.invoice.number && part.amount == allocation.amount;
    let at = recovered.iter().position(ours).filter(|_| allocation.by == Evidence::AfterWriteOff);
    if let Some(at) = at {
        let part = recovered.remove(at);
        let because = "what came after all was given back".to_owned();
        line(item, AllowanceKind::WriteOff, part.reference, part.amount.minor, on, because);
    }
}

fn line(item: &mut OpenItem, kind: AllowanceKind, reference: String, minor: i64, on: Date, because: String) {
    let amount = Money { minor, currency: item.open.currency };
    item.allowed.push(Allowance { kind, amount, on, reference, payments: Vec::new(), because });
}
