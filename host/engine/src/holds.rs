//! What a host keeps in mind between its steps: which work is its own for now, and how the connections stand.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use escalation::DateTime;
use store::{StoreError, Valve};

use crate::limits;
use crate::turn::{Engine, later};

#[derive(Default)]
pub struct Holds {
    /// Leases that this process took, and how long it need not ask again: half their term, by its own clock.
    leases: Mutex<BTreeMap<String, (DateTime, DateTime)>>,
    /// As they stood when this turn began, or when we last changed them.
    valves: Mutex<BTreeMap<String, Valve>>,
}

impl Holds {
    fn is_fresh(&self, work: &str, now: DateTime) -> bool {
        let known = self.leases.lock().unwrap_or_else(PoisonError::into_inner).get(work).copied();
        // A clock that went back proves nothing.
        known.is_some_and(|(from, until)| (from..until).contains(&now))
    }

    fn note(&self, work: &str, fresh: Option<(DateTime, DateTime)>) {
        let mut held = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        match fresh {
            Some(term) => held.insert(work.to_owned(), term),
            None => held.remove(work),
        };
    }

    /// How a connection stands, as far as this host knows; none: nothing was ever wrong with it.
    pub(crate) fn valve(&self, connection: &str) -> Option<Valve> {
        self.valves.lock().unwrap_or_else(PoisonError::into_inner).get(connection).cloned()
    }

    fn forget(&self) -> Vec<String> {
        std::mem::take(&mut *self.leases.lock().unwrap_or_else(PoisonError::into_inner)).into_keys().collect()
    }
}

impl Engine {
    /// Is this work ours? Takes it when nobody has it, renews it in time.
    pub async fn holds(&self, work: &str) -> Result<bool, StoreError> {
        let now = self.at();
        if self.holds.is_fresh(work, now) {
            return Ok(true);
        }
        let lease = self.store.lease(work, &self.owner, now, limits::LEASE).await?;
        self.holds.note(work, lease.as_ref().map(|_| (now, later(now, limits::LEASE / 2))));
        Ok(lease.is_some())
    }

    /// Learns how all connections stand: other hosts and people change them too.
    pub(crate) async fn learn_valves(&self) -> Result<(), StoreError> {
        let valves = self.store.valves().await?.into_iter().collect();
        *self.holds.valves.lock().unwrap_or_else(PoisonError::into_inner) = valves;
        Ok(())
    }

    /// At the end: others need not wait for the leases to run out.
    pub async fn let_go(&self) -> Result<(), StoreError> {
        for work in self.holds.forget() {
            self.store.give_back(&work, &self.owner).await?;
        }
        Ok(())
    }
}
