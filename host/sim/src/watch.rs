//! Watches what was acknowledged and what goes out, at the very moment, with the journal as it is then.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use escalation::account::EffectState;
use escalation::{Action, Clearance, Fact, Now, Packs, PaymentId, Policy, clear};
use store::{Ingest, Mark, Marked, Store, StoreError};

use crate::fate::Fate;

#[derive(Clone)]
pub struct Watch {
    seen: Arc<Mutex<Seen>>,
    fate: Fate,
    policy: Arc<Policy>,
    pub packs: Arc<Packs>,
}

#[derive(Default)]
pub struct Seen {
    /// Acknowledged payments, and invoices: how often each was brought.
    pub payments: BTreeMap<PaymentId, u64>,
    pub invoices: BTreeMap<String, u64>,
    /// Effects that were marked for a plugin.
    pub marks: u64,
}

impl Watch {
    /// What the shipped packs say holds in the simulation, too; they are refused when one of them is wrong.
    pub fn new(fate: Fate, policy: Arc<Policy>) -> Result<Self, String> {
        let packs = Packs::shipped().map_err(|wrong| wrong.to_string())?;
        Ok(Self { seen: Arc::default(), fate, policy, packs: Arc::new(packs) })
    }

    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// T1 was committed: from now on none of it may be lost.
    pub fn taken(&self, page: &Ingest) {
        let mut seen = self.seen();
        for (_, event) in page.entries.iter().flat_map(|entry| &entry.events) {
            match &event.fact {
                Fact::PaymentReceived { payment } => *seen.payments.entry(payment.id.clone()).or_default() += 1,
                Fact::InvoiceIssued { invoice } => *seen.invoices.entry(invoice.number.to_string()).or_default() += 1,
                _ => {}
            }
        }
    }

    /// T3 was committed: each of these is about to go out, so each must be allowed by everything that was acknowledged.
    pub async fn marked(&self, store: &dyn Store, marks: &[Mark], made: &[Marked]) -> Result<(), StoreError> {
        for (mark, made) in marks.iter().zip(made) {
            if made.attempt.is_none() || mark.request == "null" {
                continue;
            }
            self.seen().marks += 1;
            let (Some((account, lane)), Some(row)) =
                (store.account(&mark.account).await?, store.effect(&mark.key).await?)
            else {
                self.fate.violates(format!("{} goes out of an account that is not there", mark.key));
                continue;
            };
            if lane.head_seq != lane.done_seq {
                self.fate.violates(format!("{} goes out while events of {} are unread", mark.key, mark.account));
            }
            let known = self.cash_known_until(store).await?;
            let now = Now { at: mark.at, cash_known_until: known, backfill: false, offset_minutes: 0 };
            let cleared = clear(&account, &row.effect, &self.policy, &self.packs, &now);
            if cleared != Clearance::Allow {
                self.fate.violates(format!("{} goes out although it is not cleared: {cleared:?}", mark.key));
            }
            if let Action::PlaceWithAgency { .. } = row.effect.action
                && !account.approved.contains(&mark.key)
            {
                self.fate.violates(format!("{} goes out without approval", mark.key));
            }
            let (kind, ours) = (row.effect.action.performed_by(), row.effect.action.invoices());
            let unknown = account.effects.values().find(|other| {
                other.state == EffectState::Unknown
                    && other.effect.action.is_contact()
                    && row.effect.action.is_contact()
                    && other.effect.action.performed_by() == kind
                    && other.effect.action.invoices().iter().any(|invoice| ours.contains(invoice))
            });
            if let Some(other) = unknown {
                self.fate.violates(format!("{} goes out while {} is unknown", mark.key, other.effect.key));
            }
            if row.effect.action.is_contact() {
                let owed = row.effect.action.invoices().into_iter().filter_map(|number| account.items.get(number));
                if owed.filter(|item| item.is_open()).count() == 0 {
                    self.fate.violates(format!("{} goes out about nothing that is owed", mark.key));
                }
            }
        }
        Ok(())
    }

    /// As the engine keeps it.
    async fn cash_known_until(&self, store: &dyn Store) -> Result<Option<escalation::Date>, StoreError> {
        let note = store.note_get("cash-known-until:bank").await?;
        Ok(Some(note.and_then(|day| day.parse().ok()).unwrap_or(escalation::Date::MIN)))
    }
}
