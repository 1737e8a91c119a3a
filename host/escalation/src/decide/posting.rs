//! Money first: cash is applied, credit released, accounting told.

use super::{Work, allowances};
use crate::account::EffectState;
use crate::cash::{self, Target};
use crate::effect::{Action, Booking};
use crate::event::Fact;
use crate::id::EffectKey;
use crate::money::Money;

pub(super) fn apply_cash(work: &mut Work<'_>) {
    apply(work);
    allowances::settle(work);
    let waiting: Vec<String> = work
        .account
        .payments
        .values()
        .filter(|posted| posted.unapplied.is_positive() && !posted.kept)
        .map(|posted| {
            format!("{} of payment `{}` stays unapplied: a person assigns it", posted.unapplied, posted.payment.id)
        })
        .collect();
    for text in waiting {
        work.says("unapplied", text);
    }
}

/// Cash goes where it says.
pub(super) fn apply(work: &mut Work<'_>) {
    for fact in cash::apply(&work.account) {
        if let Fact::CashApplied { payment, allocations } = &fact {
            for allocation in allocations {
                let by = allocation.by.in_words();
                match &allocation.to {
                    Target::Invoice(number) => {
                        let text = format!("{} of payment `{payment}` by {by}", allocation.amount);
                        work.says("cash-applied", text).invoice = Some(number.clone());
                    }
                    Target::Charge { .. } => {}
                    Target::AgencyRemittance(_) => {
                        work.says("cash-applied", format!("{}: the agency's remittance, by {by}", allocation.amount));
                    }
                }
            }
        }
        work.happens(fact);
    }
}

/// Credit is held only while something undisputed is overdue.
pub(super) fn release_credit(work: &mut Work<'_>) {
    let Some(hold) = &work.account.hold else { return };
    let since = hold.since;
    if work.account.owes_undisputed(work.today()) {
        return;
    }
    let reason = "nothing undisputed is overdue any more".to_owned();
    work.says("credit-released", reason.clone());
    work.happens(Fact::CreditReleased { reason: reason.clone() });
    let held_outside = !take_back_planned(work, |action| matches!(action, Action::HoldCredit { .. }), &reason);
    if held_outside {
        let key = work.fresh_key(&format!("release:{}:{since}", work.account.id));
        work.plans(key, None, Action::ReleaseCredit { reason });
    }
}

/// Cancels what is planned and not yet gone out; answers whether there was anything.
pub(super) fn take_back_planned(work: &mut Work<'_>, which: impl Fn(&Action) -> bool, because: &str) -> bool {
    let keys: Vec<EffectKey> = work
        .account
        .effects
        .values()
        .filter(|known| known.state == EffectState::Planned && which(&known.effect.action))
        .map(|known| known.effect.key.clone())
        .collect();
    for key in &keys {
        work.happens(Fact::EffectCancelled { key: key.clone(), because: because.to_owned() });
    }
    !keys.is_empty()
}

/// Each allocation to an invoice, and each line of what is let off, is told to accounting once.
pub(super) fn tell_accounting(work: &mut Work<'_>) {
    let mut posts = Vec::new();
    // Nearly all were told long ago: their keys are written into one text, one after the other.
    let mut key = String::new();
    for posted in work.account.payments.values() {
        for (n, allocation) in posted.allocations.iter().enumerate() {
            let Target::Invoice(invoice) = &allocation.to else { continue };
            let (payment, received_on) = (&posted.payment.id, posted.payment.booked_on);
            key.clear();
            ["post:", payment.as_str(), ":", invoice.as_str(), ":"].into_iter().for_each(|part| key.push_str(part));
            key.push_str(&(n + 1).to_string());
            if !work.account.spent.contains(key.as_str()) {
                let (payment, invoice, amount) = (payment.clone(), invoice.clone(), allocation.amount);
                let action = Action::PostCashApplication { payment, invoice, amount, received_on };
                posts.push((EffectKey::new(key.clone()), action));
            }
        }
    }
    for item in work.account.items.values() {
        for (n, line) in item.allowed.iter().enumerate() {
            let key = EffectKey::new(format!("allow:{}:{}", item.invoice.number, n + 1));
            if !work.account.spent.contains(&key) {
                let (invoice, because) = (item.invoice.number.clone(), line.because.clone());
                let amount = Money { minor: line.amount.minor.saturating_abs(), ..line.amount };
                let booking = Booking { invoice, kind: line.kind, amount, because, line: n + 1 };
                let lets_off = line.amount.is_positive();
                let action = if lets_off { Action::WriteOff(booking) } else { Action::ReverseWriteOff(booking) };
                posts.push((key, action));
            }
        }
    }
    for (key, action) in posts {
        work.plans(key, None, action);
    }
}
