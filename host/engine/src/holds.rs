//! What a host keeps in mind between its steps: which work is its own for now, and how the connections stand.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use escalation::DateTime;
use store::{StoreError, Valve};

use crate::limits;
use crate::policies::Known;
use crate::turn::{Engine, later};

#[derive(Default)]
pub struct Holds {
    /// What this process was told of its leases, and how long it need not ask again, by its own clock.
    leases: Mutex<BTreeMap<String, Told>>,
    /// As they stood when this turn began, or when we last changed them.
    valves: Mutex<BTreeMap<String, Valve>>,
    /// Until where each connection was asked after what it was told.
    heard: Mutex<BTreeMap<String, i64>>,
    /// What was published; none: nothing was, or it was not asked for yet.
    pub(crate) policies: Mutex<Option<Known>>,
}

#[derive(Clone, Copy)]
struct Told {
    is_ours: bool,
    from: DateTime,
    until: DateTime,
}

impl Holds {
    /// Is it ours, as far as we know? None: ask.
    fn told(&self, work: &str, now: DateTime) -> Option<bool> {
        let told = self.leases.lock().unwrap_or_else(PoisonError::into_inner).get(work).copied();
        // A clock that went back proves nothing.
        told.filter(|told| (told.from..told.until).contains(&now)).map(|told| told.is_ours)
    }

    /// Half the term of what is ours; what is another's may become free at any moment.
    fn note(&self, work: &str, is_ours: bool, now: DateTime) {
        let term = if is_ours { limits::LEASE / 2 } else { limits::LEASE_ASKED_AGAIN };
        let told = Told { is_ours, from: now, until: later(now, term) };
        self.leases.lock().unwrap_or_else(PoisonError::into_inner).insert(work.to_owned(), told);
    }

    /// How a connection stands, as far as this host knows; none: nothing was ever wrong with it.
    pub(crate) fn valve(&self, connection: &str) -> Option<Valve> {
        self.valves.lock().unwrap_or_else(PoisonError::into_inner).get(connection).cloned()
    }

    /// The last of what a connection was told that it was asked after; none: not since this host runs.
    pub(crate) fn heard(&self, connection: &str) -> Option<i64> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).get(connection).copied()
    }

    pub(crate) fn note_heard(&self, connection: &str, until: i64) {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).insert(connection.to_owned(), until);
    }

    fn forget(&self) -> Vec<String> {
        let told = std::mem::take(&mut *self.leases.lock().unwrap_or_else(PoisonError::into_inner));
        told.into_iter().filter(|(_, told)| told.is_ours).map(|(work, _)| work).collect()
    }
}

impl Engine {
    /// Is this work ours? Takes it when nobody has it, renews it in time.
    pub async fn holds(&self, work: &str) -> Result<bool, StoreError> {
        let now = self.at();
        if let Some(is_ours) = self.holds.told(work, now) {
            return Ok(is_ours);
        }
        let is_ours = self.store.lease(work, &self.owner, now, limits::LEASE).await?.is_some();
        self.holds.note(work, is_ours, now);
        Ok(is_ours)
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
