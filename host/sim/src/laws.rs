//! What must hold when everything has come to rest, whatever went wrong before.

use std::collections::BTreeMap;

use escalation::answer::Class;
use escalation::request::Ask;
use escalation::{AccountId, DateTime, EffectKey, Fact, PaymentId, Role};
use store::seal::{self, Anchors};
use store::{QuarantineReason, Store, StoreError};

use crate::fate::Fate;
use crate::host::seal_key;
use crate::town::Town;
use crate::watch::Watch;

pub async fn hold(store: &dyn Store, town: &Town, watch: &Watch, fate: &Fate) -> Result<(), StoreError> {
    for difference in engine::verify::verify(store).await?.differences {
        fate.violates(format!("verify: {difference}"));
    }
    well_sealed(store, fate).await?;
    nothing_lost(store, town, watch, fate).await?;
    done_once(town, fate);
    misstated(store, town, fate).await?;
    at_rest(store, fate).await
}

/// The seals hold, wherever the events stand by now.
async fn well_sealed(store: &dyn Store, fate: &Fate) -> Result<(), StoreError> {
    let key = seal_key().map_err(StoreError::Corrupt)?;
    let report = seal::check(store, &key.public(), &Anchors::default()).await?;
    for problem in report.problems {
        fate.violates(format!("seals: {problem}"));
    }
    Ok(())
}

/// Every acknowledged payment and invoice is in exactly one journal, exactly once; contradictions were put aside.
async fn nothing_lost(store: &dyn Store, town: &Town, watch: &Watch, fate: &Fate) -> Result<(), StoreError> {
    let mut payments: BTreeMap<PaymentId, i64> = BTreeMap::new();
    let mut invoices: BTreeMap<String, i64> = BTreeMap::new();
    for id in store.account_ids(None, 1_000).await? {
        for fact in facts(store, &id).await? {
            match fact {
                Fact::PaymentReceived { payment } => *payments.entry(payment.id).or_default() += 1,
                Fact::PaymentMoved { payment, .. } => *payments.entry(payment).or_default() -= 1,
                Fact::InvoiceIssued { invoice } => *invoices.entry(invoice.number.to_string()).or_default() += 1,
                _ => {}
            }
        }
    }
    let aside = store.quarantine(1_000).await?;
    let contradictions = aside.iter().filter(|one| one.reason == QuarantineReason::Conflict).count();
    let seen = watch.seen();
    for (id, n) in &payments {
        if *n != 1 {
            fate.violates(format!("payment {id} was taken {n} times"));
        }
    }
    for (number, n) in &invoices {
        if *n != 1 {
            fate.violates(format!("invoice {number} was taken {n} times"));
        }
    }
    for id in seen.payments.keys().filter(|id| !payments.contains_key(*id)) {
        fate.violates(format!("payment {id} was acknowledged and is in no journal"));
    }
    drop(seen);
    let outside = town.lock();
    let listed = outside.feeds.values().flatten().chain(outside.hooks.iter().map(|hook| &hook.received));
    for received in listed {
        match &received.report {
            escalation::Report::PaymentsReceived { payments: listed } => {
                for payment in listed.iter().filter(|payment| !payments.contains_key(&payment.id)) {
                    fate.violates(format!("payment {} was brought and is in no journal", payment.id));
                }
            }
            escalation::Report::Invoice(invoice) if !invoices.contains_key(invoice.number.as_str()) => {
                fate.violates(format!("invoice {} was listed and is in no journal", invoice.number));
            }
            _ => {}
        }
    }
    let expected = outside.contradictions.len();
    if contradictions != expected {
        fate.violates(format!("{expected} documents contradict what is known, {contradictions} were put aside"));
    }
    Ok(())
}

async fn facts(store: &dyn Store, id: &AccountId) -> Result<Vec<Fact>, StoreError> {
    let journal = store.journal(id, 0, 100_000).await?;
    Ok(journal.iter().filter_map(|entry| Some(entry.effective()?.fact.clone())).collect())
}

/// The providers' own ledgers: nothing was done twice.
fn done_once(town: &Town, fate: &Fate) {
    let outside = town.lock();
    let mut acts: BTreeMap<&EffectKey, u32> = BTreeMap::new();
    let mut posted: BTreeMap<String, u32> = BTreeMap::new();
    for act in outside.ledger.iter().filter(|act| !act.mistake) {
        *acts.entry(&act.key).or_default() += 1;
        if let Ask::PostCashApplication(posting) = &act.ask {
            *posted.entry(format!("{} to {}", posting.payment, posting.invoice)).or_default() += 1;
        }
    }
    for (key, n) in acts.iter().filter(|(_, n)| **n > 1) {
        fate.violates(format!("{key} was done {n} times"));
    }
    for (what, n) in posted.iter().filter(|(_, n)| **n > 1) {
        fate.violates(format!("{what} was posted {n} times"));
    }
}

/// Without bad manners of the providers, what cannot be asked after is asked for once, whatever happened to the hub.
pub fn asked_once(town: &Town, fate: &Fate) {
    let outside = town.lock();
    for act in &outside.ledger {
        let class = outside.performs[act.ask.performed_by().1].class;
        let asked = outside.asked.get(&act.key).copied().unwrap_or(0);
        if class == Class::None && asked > 1 {
            fate.violates(format!("{} cannot be asked after and was asked for {asked} times", act.key));
        }
    }
}

/// What a provider did with other money than it was asked for went to a person.
async fn misstated(store: &dyn Store, town: &Town, fate: &Fate) -> Result<(), StoreError> {
    let wrong = town.lock().misstated.clone();
    for key in wrong {
        let Some(row) = store.effect(&key).await? else { continue };
        let facts = facts(store, &row.account).await?;
        let unknown = facts.iter().any(|fact| matches!(fact, Fact::EffectUnknown { key: known, .. } if *known == key));
        let done = facts.iter().any(|fact| matches!(fact, Fact::EffectDone { key: known, .. } if *known == key));
        if done && !unknown {
            fate.violates(format!("{key} was done with other money, and nobody was told"));
        }
    }
    Ok(())
}

/// Nothing waits for nobody: no lane is unread or parked, nothing is in the air, and what is planned waits for a day.
async fn at_rest(store: &dyn Store, fate: &Fate) -> Result<(), StoreError> {
    for (id, reason) in store.parked(100).await? {
        fate.violates(format!("lane {id} is parked: {reason}"));
    }
    for id in store.account_ids(None, 1_000).await? {
        if let Some((_, lane)) = store.account(&id).await?
            && lane.head_seq != lane.done_seq
        {
            fate.violates(format!("lane {id} has unread events"));
        }
    }
    for effect in store.in_flight(DateTime::MAX).await? {
        fate.violates(format!("{} is still in the air", effect.key));
    }
    let now = fate.lock().now;
    for role in Role::ALL {
        for effect in store.due_effects(role, now, 100).await? {
            fate.violates(format!("{} is due and nobody sends it: {}", effect.key, effect.note));
        }
    }
    Ok(())
}
