//! Who was reached and how: calls, bounces, requests to stop, and new addresses.

use jiff::civil::Date;

use crate::account::{Account, CONTACTS_KEPT_MAX, Contact, EffectState};
use crate::disposition;
use crate::event::Fact;
use crate::id::EffectKey;
use crate::party::Party;
use crate::protection::Protection;
use crate::report::{CallResult, Tracking};

use super::tasks;

/// What was heard of the debtor, and whether he may be reached.
pub(super) fn heard(account: &mut Account, fact: &Fact) {
    match fact {
        Fact::CallEnded(call) => call_ended(account, call),
        Fact::StopRequested { medium, .. } => {
            account.stopped.insert(medium.clone());
        }
        Fact::StopLifted { medium, .. } => {
            account.stopped.remove(medium);
        }
        Fact::ProtectionBegan { protection } => protected(account, protection),
        Fact::ProtectionEnded { kind, .. } => account.protections.retain(|known| known.kind != *kind),
        Fact::MessageTracked { message, status, .. } => tracked(account, message, *status),
        _ => {}
    }
}

/// A new address makes a medium reachable again; a request to stop outlives it.
pub(super) fn debtor_synced(account: &mut Account, debtor: &Party) {
    if debtor.email != account.debtor.email {
        account.unreachable.remove("email");
    }
    if debtor.phone != account.debtor.phone {
        account.unreachable.remove("call");
        account.unreachable.remove("sms");
    }
    if debtor.address != account.debtor.address {
        account.unreachable.remove("letter");
        account.unreachable.remove("registered-letter");
    }
    account.debtor = debtor.clone();
    tasks::found(account);
}

pub(super) fn made(account: &mut Account, on: Date, medium: &str, key: &EffectKey) {
    push(account, Contact { on, medium: medium.to_owned(), key: key.clone(), conversation: false, tracked: false });
}

fn push(account: &mut Account, contact: Contact) {
    account.contacts.push(contact);
    let excess = account.contacts.len().saturating_sub(CONTACTS_KEPT_MAX);
    account.contacts.drain(..excess);
}

/// A queued call counts as a contact from the day it was queued; its first result moves it to the day of the call, or
/// takes it away when no phone rang. Further results of the same lead are contacts of their own.
fn call_ended(account: &mut Account, call: &CallResult) {
    let meaning = disposition::meaning(&call.disposition);
    let own = EffectKey::new(format!("call-ended:{}", call.at));
    let key = call.call.as_ref().unwrap_or(&own);
    let handed = account.effects.get(key).is_some_and(|planned| planned.state == EffectState::Handed);
    if handed {
        account.effects.remove(key);
        account.contacts.retain(|contact| &contact.key != key);
    }
    if meaning.attempt {
        let conversation = meaning.conversation;
        push(
            account,
            Contact { on: call.at.date(), medium: "call".to_owned(), key: key.clone(), conversation, tracked: false },
        );
    }
    if meaning.invalid_number {
        account.unreachable.insert("call".to_owned());
    }
    if let Some(medium) = meaning.stops {
        account.stopped.insert(medium.to_owned());
    }
    if let Some(kind) = meaning.protects {
        let (since, text) = (call.at.date(), call.text.clone());
        protected(account, &Protection { kind, since, until: None, text });
    }
    if meaning.claims_paid {
        account.claims_paid_since.get_or_insert(call.at.date());
    }
}

/// The newest word on a kind counts; the day since which it holds is the first one's.
fn protected(account: &mut Account, protection: &Protection) {
    match account.protections.iter_mut().find(|known| known.kind == protection.kind) {
        Some(known) => *known = Protection { since: known.since.min(protection.since), ..protection.clone() },
        None => account.protections.push(protection.clone()),
    }
}

fn tracked(account: &mut Account, message: &EffectKey, status: Tracking) {
    for arrival in account.items.values_mut().filter_map(|item| item.arrival.as_mut()) {
        if &arrival.message == message {
            arrival.tracked(status);
        }
    }
    for sent in account.contacts.iter_mut().filter(|contact| &contact.key == message) {
        sent.tracked = true;
    }
    if status == Tracking::Bounced {
        let sent = account.contacts.iter().rev().find(|contact| &contact.key == message);
        let medium = sent.map_or_else(|| "email".to_owned(), |contact| contact.medium.clone());
        account.unreachable.insert(medium);
    }
}
