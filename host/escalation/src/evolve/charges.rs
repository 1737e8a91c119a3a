//! What a notice claims beside the principal: it comes and goes with the notice.

use crate::account::Account;
use crate::cash::{Allocation, PostedPayment};
use crate::charge::{Charge, ChargeKind, open_of, standing_with};
use crate::id::{EffectKey, InvoiceNumber};
use crate::money::Money;

/// A notice claims a thing of an invoice once: told again, it takes the place of what was told before.
pub(super) fn charged(account: &mut Account, charge: &Charge) {
    let known = account.items.get(&charge.invoice);
    if charge.amount.minor < 0 || known.is_none_or(|item| item.open.currency != charge.amount.currency) {
        return;
    }
    match account.charges.iter_mut().find(|line| line.same_line(charge)) {
        Some(line) => *line = charge.clone(),
        None => account.charges.push(charge.clone()),
    }
}

/// The notice did not go out: what it claimed was never claimed, and the lines before it stand again.
pub(super) fn taken_back(account: &mut Account, notice: &EffectKey) -> Vec<Charge> {
    let (gone, kept) = std::mem::take(&mut account.charges).into_iter().partition(|line| &line.notice == notice);
    account.charges = kept;
    gone
}

/// The notice is out and certain: what it tells anew is not told by the ones before it any more.
pub(super) fn sent(account: &mut Account, notice: &EffectKey) {
    let lines = std::mem::take(&mut account.charges);
    let newer =
        |n: usize, old: &Charge| lines.iter().skip(n + 1).any(|line| &line.notice == notice && line.restates(old));
    let kept = lines.iter().enumerate().filter(|(n, line)| !newer(*n, line)).map(|(_, line)| line.clone());
    account.charges = kept.collect();
}

/// As much of the money as is owed; `posted` is the payment that it comes from, taken out of the account.
pub(super) fn pay(
    account: &Account,
    posted: &PostedPayment,
    (invoice, kind): (&InvoiceNumber, ChargeKind),
    amount: Money,
) -> Money {
    let none = Money::zero(amount.currency);
    if account.items.get(invoice).is_none_or(|item| item.open.currency != amount.currency) {
        return none;
    }
    let others = account.payments.values().flat_map(|other| &other.allocations);
    let allocations: Vec<&Allocation> = others.chain(&posted.allocations).collect();
    let stands = standing_with(account, allocations.into_iter());
    amount.at_most(Money { minor: open_of(&stands, invoice, kind), ..amount })
}
