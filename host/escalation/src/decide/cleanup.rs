//! What was planned or handed on and has lost its reason is taken back.

use super::Work;
use crate::account::{EffectState, PlannedEffect};
use crate::effect::{Action, Effect};
use crate::event::Fact;
use crate::guard::{self, Guard};
use crate::id::EffectKey;
use crate::invoice::plus_days;

pub(super) fn take_back(work: &mut Work<'_>) {
    let known: Vec<PlannedEffect> = work.account.effects.values().cloned().collect();
    for PlannedEffect { effect, state } in known {
        match state {
            EffectState::Planned => planned(work, &effect),
            EffectState::Handed => handed(work, &effect),
            EffectState::Unknown => {
                let text = format!("it is not known whether `{}` happened: a person has to say", effect.key);
                work.says("unknown-outcome", text);
            }
        }
    }
}

fn planned(work: &mut Work<'_>, effect: &Effect) {
    let guard = guard::of_effect(work.scene(), effect);
    let stays = guard.as_ref().is_none_or(|guard| !guard.takes_back() && !guard.is_final());
    if let Some(last) = effect.valid_until.filter(|_| stays) {
        work.wakes(plus_days(last, 1));
    }
    let Some(guard) = guard else { return };
    let key = effect.key.clone();
    match guard.code.as_str() {
        "expired" => {
            work.says("expired", format!("`{key}` expired before it went out"));
            work.happens(Fact::EffectExpired { key });
        }
        "superseded" => cancel(work, key, guard),
        _ if guard.takes_back() => cancel(work, key, guard),
        _ => {
            if let Some(until) = guard.until {
                work.wakes(until);
            }
            work.because.push(super::Reason {
                text: format!("`{key}` waits: {}", guard.text),
                code: guard.code,
                invoice: None,
                level: None,
                until: guard.until,
            });
        }
    }
}

fn cancel(work: &mut Work<'_>, key: EffectKey, guard: Guard) {
    work.says("cancelled", format!("`{key}` is cancelled: {}", guard.text));
    work.happens(Fact::EffectCancelled { key, because: guard.text });
}

/// A call that the dialer has: withdrawn as soon as one of its invoices must not be called about.
fn handed(work: &mut Work<'_>, effect: &Effect) {
    let key = effect.key.clone();
    if let Some(last) = effect.valid_until {
        if last < work.today() {
            work.says("expired", format!("`{key}` was not called in time"));
            work.happens(Fact::EffectExpired { key });
            return;
        }
        work.wakes(plus_days(last, 1));
    }
    let scene = work.scene();
    let items = effect.action.invoices().into_iter().filter_map(|number| work.account.items.get(number));
    let of_items = items
        .filter_map(|item| Some((item.invoice.number.clone(), guard::of_item(scene, item)?)))
        .find(|(_, guard)| guard.takes_back());
    let reason = match of_items {
        Some((number, guard)) => Some(format!("{number}: {}", guard.text)),
        None => guard::call_impossible(&work.account),
    };
    // In backfill it goes on waiting for its withdrawal.
    let Some(reason) = reason.filter(|_| !work.now.backfill) else { return };
    let withdraw = EffectKey::new(format!("withdraw:{key}"));
    if !work.account.spent.contains(&withdraw) {
        work.says("withdrawn", format!("`{key}` is withdrawn: {reason}"));
        work.plans(withdraw, effect.valid_until, Action::WithdrawCall { call: key, reason });
    }
}
