//! The life of an effect: planned, then done, rejected, unknown or taken back.

use jiff::civil::Date;

use crate::account::{Account, CANCELLED_KEPT_MAX, EffectState, PlannedEffect, TakenBack, TakenStep};
use crate::effect::{Action, Effect};
use crate::id::EffectKey;

use super::{charges, contact, placements, tasks, upfront};

/// Codes of a rejection that mean: this address or number does not work.
const UNREACHABLE_CODES: [&str; 3] = ["unreachable", "invalid-address", "invalid-number"];

/// A key is planned once.
pub(super) fn planned(account: &mut Account, effect: &Effect) {
    if !account.spent.insert(effect.key.clone()) {
        return;
    }
    match &effect.action {
        Action::PlaceWithAgency { .. } => placements::proposed(account, effect),
        Action::RecallPlacement { placement, reason, .. } => placements::recall_requested(account, placement, reason),
        _ => {}
    }
    let planned = PlannedEffect { effect: effect.clone(), state: EffectState::Planned };
    account.effects.insert(effect.key.clone(), planned);
}

pub(super) fn done(account: &mut Account, key: &EffectKey, on: Date) {
    let state = account.effects.get(key).map(|planned| planned.state);
    match state {
        Some(EffectState::Handed) => {}
        Some(EffectState::Planned | EffectState::Unknown) => {
            if let Some(planned) = account.effects.remove(key) {
                happened(account, planned.effect, on);
            }
        }
        None => {
            if let Some(effect) = restore(account, key) {
                happened(account, effect, on);
            }
        }
    }
}

pub(super) fn rejected(account: &mut Account, key: &EffectKey, code: &str, reason: &str, on: Date) {
    let Some(planned) = account.effects.remove(key) else { return };
    charges::taken_back(account, key);
    match &planned.effect.action {
        Action::PlaceWithAgency { .. } => placements::refused(account, key, reason, on),
        Action::RecallPlacement { placement, .. } => placements::recall_dropped(account, placement),
        Action::SendNotice(notice) if UNREACHABLE_CODES.contains(&code) => {
            account.unreachable.insert(notice.channel.as_str().to_owned());
            take_steps(account, &planned.effect);
        }
        Action::QueueCall(_) if UNREACHABLE_CODES.contains(&code) => {
            account.unreachable.insert("call".to_owned());
            take_steps(account, &planned.effect);
        }
        Action::AskPrepayment { channel, .. } if UNREACHABLE_CODES.contains(&code) => {
            account.unreachable.insert(channel.as_str().to_owned());
        }
        Action::AskPrepayment { engagement, .. } => upfront::asked(account, engagement, on),
        _ => {}
    }
}

pub(super) fn unknown(account: &mut Account, key: &EffectKey) {
    if let Some(effect) = restore(account, key) {
        account.effects.insert(key.clone(), PlannedEffect { effect, state: EffectState::Unknown });
    } else if let Some(planned) = account.effects.get_mut(key)
        && planned.state == EffectState::Planned
    {
        planned.state = EffectState::Unknown;
    }
}

/// A person found out: it happened on its day, or never.
pub(super) fn settled(account: &mut Account, key: &EffectKey, happened_after_all: bool) {
    let Some(planned) = account.effects.get_mut(key).filter(|planned| planned.state == EffectState::Unknown) else {
        return;
    };
    planned.state = EffectState::Planned;
    let on = planned.effect.due_on;
    if happened_after_all { done(account, key, on) } else { taken_back(account, key) }
}

/// Cancelled or expired. What was only planned never happened, so its steps of the ladder are taken back too; a call that
/// the dialer had is merely forgotten; an unknown one stays until a person says.
pub(super) fn taken_back(account: &mut Account, key: &EffectKey) {
    let Some(state) = account.effects.get(key).map(|planned| planned.state) else { return };
    if state == EffectState::Unknown {
        return;
    }
    let Some(planned) = account.effects.remove(key) else { return };
    if state == EffectState::Handed {
        return;
    }
    match &planned.effect.action {
        Action::PlaceWithAgency { .. } => account.placements.retain(|placement| &placement.key != key),
        Action::RecallPlacement { placement, .. } => placements::recall_dropped(account, placement),
        _ => {}
    }
    let steps = take_steps(account, &planned.effect);
    let charges = charges::taken_back(account, key);
    account.cancelled.push(TakenBack { effect: planned.effect, steps, charges });
    let excess = account.cancelled.len().saturating_sub(CANCELLED_KEPT_MAX);
    account.cancelled.drain(..excess);
}

fn happened(account: &mut Account, effect: Effect, on: Date) {
    let key = effect.key.clone();
    match &effect.action {
        Action::SendNotice(notice) => {
            contact::made(account, on, notice.channel.as_str(), &key);
            tasks::asked(account, notice, &key, on);
            charges::sent(account, &key);
        }
        Action::QueueCall(_) => {
            contact::made(account, on, "call", &key);
            account.effects.insert(key, PlannedEffect { effect, state: EffectState::Handed });
        }
        Action::AskPrepayment { channel, engagement, .. } => {
            contact::made(account, on, channel.as_str(), &key);
            upfront::asked(account, engagement, on);
        }
        Action::WithdrawCall { call, .. } => call_withdrawn(account, call),
        Action::PlaceWithAgency { .. } => placements::sent(account, &key),
        _ => {}
    }
}

/// The call will not be made: it was no contact, and its level may be taken again.
fn call_withdrawn(account: &mut Account, call: &EffectKey) {
    let handed = account.effects.get(call).is_some_and(|planned| planned.state == EffectState::Handed);
    if !handed {
        return;
    }
    if let Some(planned) = account.effects.remove(call) {
        account.contacts.retain(|contact| &contact.key != call);
        take_steps(account, &planned.effect);
    }
}

/// Takes back the steps that were taken with this effect.
fn take_steps(account: &mut Account, effect: &Effect) -> Vec<TakenStep> {
    let mut taken = Vec::new();
    if !effect.action.is_ladder() {
        return taken;
    }
    for number in effect.action.invoices() {
        let Some(item) = account.items.get_mut(number) else { continue };
        let last = item.steps.last().is_some_and(|step| step.passed.is_none() && step.on == effect.due_on);
        if let Some(step) = item.steps.pop_if(|_| last) {
            taken.push(TakenStep { invoice: number.clone(), cycle: item.cycle, step });
        }
    }
    taken
}

/// It was cancelled and went out all the same: its steps count again.
fn restore(account: &mut Account, key: &EffectKey) -> Option<Effect> {
    let at = account.cancelled.iter().position(|back| &back.effect.key == key)?;
    let back = account.cancelled.remove(at);
    for taken in back.steps {
        if let Some(item) = account.items.get_mut(&taken.invoice)
            && item.cycle == taken.cycle
            && item.steps.iter().all(|step| step.level != taken.step.level)
        {
            item.steps.push(taken.step);
        }
    }
    for charge in &back.charges {
        charges::charged(account, charge);
    }
    match &back.effect.action {
        Action::PlaceWithAgency { .. } => placements::proposed(account, &back.effect),
        Action::RecallPlacement { placement, reason, .. } => placements::recall_requested(account, placement, reason),
        _ => {}
    }
    Some(back.effect)
}
