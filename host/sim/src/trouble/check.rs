//! What must hold after trouble: what was acknowledged is in exactly one journal, exactly once; nothing was done twice; all is
//! at rest and agrees with itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use escalation::answer::Class;
use escalation::{DateTime, Fact};
use store::{Store, StoreError};

use super::text;
use super::world::{class, remembered};

/// How often each invoice and payment is in a journal.
pub async fn journals(store: &dyn Store) -> Result<BTreeMap<String, u32>, StoreError> {
    let mut there = BTreeMap::new();
    for id in store.account_ids(None, 1_000).await? {
        for entry in store.journal(&id, 0, 100_000).await? {
            let Some(event) = entry.effective() else { continue };
            let (key, by) = match &event.fact {
                Fact::InvoiceIssued { invoice } => (invoice.number.to_string(), 1),
                Fact::PaymentReceived { payment } => (payment.id.to_string(), 1),
                // A payment may first stand where nobody is known to owe it; it is then in two journals for one.
                Fact::PaymentMoved { payment, .. } => (payment.to_string(), u32::MAX),
                _ => continue,
            };
            let times: &mut u32 = there.entry(key).or_default();
            *times = times.wrapping_add(by);
        }
    }
    Ok(there)
}

/// What was acknowledged and is not there exactly once.
pub fn missing(there: &BTreeMap<String, u32>, acknowledged: &BTreeSet<String>) -> Vec<String> {
    let of = |key: &String| there.get(key).copied().unwrap_or(0);
    let lost = acknowledged.iter().filter(|key| of(key) == 0).map(|key| format!("{key} was acknowledged and is lost"));
    let twice = there.iter().filter(|(_, n)| **n > 1).map(|(key, n)| format!("{key} was taken {n} times"));
    lost.chain(twice).collect()
}

/// Prints what came of it. True: all is well.
pub async fn all_is_well(store: &dyn Store, acknowledged: &BTreeSet<String>, world: &Path) -> Result<bool, String> {
    let there = journals(store).await.map_err(text)?;
    let mut violations = missing(&there, acknowledged);
    violations.extend(engine::verify::verify(store).await.map_err(text)?.differences);
    violations.extend(at_rest(store).await.map_err(text)?);
    let memory = remembered(world).map_err(text)?;
    for (what, n) in memory.done.iter().filter(|(_, n)| **n > 1) {
        violations.push(format!("{what} was done {n} times"));
    }
    for (what, n) in memory.asked.iter().filter(|(_, n)| **n > 1) {
        let kind = what.split(' ').next().unwrap_or_default();
        if class(kind) == Class::None {
            violations.push(format!("{what} cannot be asked after and was asked for {n} times"));
        }
    }
    if acknowledged.is_empty() || memory.done.is_empty() {
        violations.push("nothing happened at all".to_owned());
    }
    violations.iter().take(20).for_each(|violation| println!("violation: {violation}"));
    println!(
        "{} things acknowledged, {} in the journals, {} effects done, {} violations",
        acknowledged.len(),
        there.len(),
        memory.done.len(),
        violations.len()
    );
    Ok(violations.is_empty())
}

async fn at_rest(store: &dyn Store) -> Result<Vec<String>, StoreError> {
    let mut violations = Vec::new();
    for (id, reason) in store.parked(100).await? {
        violations.push(format!("lane {id} is parked: {reason}"));
    }
    for id in store.account_ids(None, 1_000).await? {
        if store.account(&id).await?.is_some_and(|(_, lane)| lane.head_seq != lane.done_seq) {
            violations.push(format!("lane {id} has unread events"));
        }
    }
    for effect in store.in_flight(DateTime::MAX).await? {
        violations.push(format!("{} is still in the air", effect.key));
    }
    Ok(violations)
}
