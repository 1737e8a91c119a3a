//! What money says beyond the invoices it pays: a write-off undone, a small overpayment kept, a discount taken, a small rest let off.

use super::Work;
use super::charges;
use super::posting::apply;
use crate::account::Account;
use crate::allowance::{Allowance, AllowanceKind, allowed};
use crate::cash::{Target, named_invoices};
use crate::discount::{self, Taken};
use crate::event::Fact;
use crate::id::{InvoiceNumber, PaymentId};
use crate::invoice::OpenItem;
use crate::money::Money;
use crate::policy::{Policy, limit};

pub(super) fn settle(work: &mut Work<'_>) {
    recover(work);
    charges::pay(work);
    keep_small_overpayments(work);
    // Of an item for which nothing came there is no rest.
    let begun = work.account.open_items().into_iter().filter(|item| item.came_in() > 0);
    let begun: Vec<InvoiceNumber> = begun.map(|item| item.invoice.number.clone()).collect();
    for number in begun {
        let item = work.account.items.get(&number).filter(|item| !is_disputed(&work.account, item)).cloned();
        if let Some(item) = item {
            take_discount(work, &item);
            let item = work.account.items.get(&number).cloned().unwrap_or(item);
            let_off_small_rest(work, &item);
        }
    }
}

/// Money that names what was written off undoes the write-off by as much.
fn recover(work: &mut Work<'_>) {
    let mut found: Vec<(PaymentId, InvoiceNumber, Money)> = Vec::new();
    for posted in work.account.payments.values().filter(|posted| posted.unapplied.is_positive() && !posted.kept) {
        let mut left = posted.unapplied;
        for number in named_invoices(&work.account, &posted.payment) {
            let Some(item) = work.account.items.get(&number) else { continue };
            let lost = Money { minor: allowed(&item.allowed, Some(AllowanceKind::WriteOff)), ..item.open };
            let amount = left.at_most(lost);
            if amount.is_positive() && !item.is_open() {
                left.minor -= amount.minor;
                found.push((posted.payment.id.clone(), number, amount));
            }
        }
    }
    for (payment, invoice, amount) in found {
        let text = format!("{amount} of payment `{payment}` came after the write-off: it is undone by as much");
        work.says("write-off-recovered", text).invoice = Some(invoice.clone());
        work.happens(Fact::WriteOffRecovered { payment, invoice, amount });
    }
}

/// What a payment has too much, if it is little, waits for the next invoice.
fn keep_small_overpayments(work: &mut Work<'_>) {
    let most = |money: Money| limit(&work.policy.tolerance.overpaid, money.currency);
    let pays = |to: &Target| matches!(to, Target::Invoice(_));
    let small: Vec<(PaymentId, Money)> = work
        .account
        .payments
        .values()
        .filter(|posted| !posted.kept && posted.unapplied.is_positive())
        .filter(|posted| posted.allocations.iter().any(|allocation| pays(&allocation.to)))
        .filter(|posted| most(posted.unapplied).is_some_and(|most| posted.unapplied.minor <= most.minor))
        .map(|posted| (posted.payment.id.clone(), posted.unapplied))
        .collect();
    for (payment, amount) in small {
        work.says("overpayment-kept", format!("{amount} of payment `{payment}` is kept for the next invoice"));
        work.happens(Fact::OverpaymentKept { payment });
    }
    apply(work);
}

/// In its window the discounted amount pays the invoice; afterwards the rest is owed like any other.
fn take_discount(work: &mut Work<'_>, item: &OpenItem) {
    let slack = rest_limit(work.policy, item);
    let number = item.invoice.number.clone();
    match discount::taken(&work.account, item, work.policy.discount.grace_days, slack) {
        Some(Taken::InTime { amount, until }) => {
            let because = format!("paid by {until}, the day until which the discount was open");
            work.says("discount-taken", format!("{amount} discount: {because}")).invoice = Some(number.clone());
            allow(work, &number, AllowanceKind::Discount, amount, because);
        }
        Some(Taken::Late { rest, until, paid_on }) => {
            let text = format!("discount until {until} taken late, on {paid_on}: {rest} is owed");
            work.says("discount-late", text).invoice = Some(number);
        }
        None => {}
    }
}

/// Something was paid, and what is left is too little to ask for.
fn let_off_small_rest(work: &mut Work<'_>, item: &OpenItem) {
    let something = item.came_in() > 0;
    if !item.is_open() || !something || item.open.minor > rest_limit(work.policy, item) {
        return;
    }
    let number = item.invoice.number.clone();
    let because = format!("{} is within the tolerance for what is paid short", item.open);
    work.says("small-rest", because.clone()).invoice = Some(number.clone());
    allow(work, &number, AllowanceKind::SmallRest, item.open, because);
}

fn allow(work: &mut Work<'_>, number: &InvoiceNumber, kind: AllowanceKind, amount: Money, because: String) {
    let pays = |to: &Target| matches!(to, Target::Invoice(known) if known == number);
    let payments = work.account.payments.values();
    let payments = payments.filter(|posted| posted.allocations.iter().any(|allocation| pays(&allocation.to)));
    let payments = payments.map(|posted| posted.payment.id.clone()).collect();
    let (on, reference) = (work.today(), kind.as_str().to_owned());
    let allowance = Allowance { kind, amount, on, reference, payments, because };
    work.happens(Fact::AmountAllowed { invoice: number.clone(), allowance });
}

/// The largest rest that is let off, in minor units: the policy's amount, and its share of the invoice.
fn rest_limit(policy: &Policy, item: &OpenItem) -> i64 {
    let rules = &policy.tolerance;
    let share = item.invoice.payable.share(i128::from(rules.underpaid_percent_max), 100);
    match (limit(&rules.underpaid, item.open.currency), share) {
        (Some(most), Some(share)) => most.minor.min(share.minor),
        _ => 0,
    }
}

fn is_disputed(account: &Account, item: &OpenItem) -> bool {
    account.open_disputes().any(|dispute| dispute.invoice == item.invoice.number)
}
