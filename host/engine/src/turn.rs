//! The running engine: store, core, connectors and scribe, put together once and then turned.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use escalation::{Date, DateTime, Now, Packs, Party, Policy, Role};
use store::{Store, StoreError};
use thiserror::Error;

use crate::clock::Clock;
use crate::connector::Connector;
use crate::holds::Holds;
use crate::scribe::Scribe;

/// Everything that a turn needs.
pub struct Engine {
    pub store: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
    /// Used while nothing is published.
    pub policy: Arc<Policy>,
    /// The law, by country.
    pub packs: Arc<Packs>,
    pub creditor: Party,
    pub scribe: Arc<dyn Scribe>,
    pub plugins: Vec<Arc<dyn Connector>>,
    /// Who claims lanes: this process.
    pub owner: String,
    pub holds: Holds,
}

#[derive(Debug, Error)]
pub enum EngineError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(
        "a turn did not come to rest after {0} rounds\n\nhint: look at the newest decisions with `dunlin why`; two rules feed each other"
    )]
    Restless(u32),
}

/// What a turn did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    pub taken: u32,
    pub quarantined: u32,
    pub decided: u32,
    pub dispatched: u32,
}

impl Work {
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    pub fn add(&mut self, other: Self) {
        self.taken += other.taken;
        self.quarantined += other.quarantined;
        self.decided += other.decided;
        self.dispatched += other.dispatched;
    }
}

/// The note under which the last balanced statement of a bank connection is kept.
fn cash_note(connection: &str) -> String {
    format!("cash-known-until:{connection}")
}

impl Engine {
    /// The name under which a plugin's role keeps its cursor and its source keys.
    pub fn connection(plugin: &dyn Connector, role: Role) -> String {
        if plugin.roles().len() == 1 {
            plugin.name().to_owned()
        } else {
            format!("{}/{}", plugin.name(), role.as_str())
        }
    }

    /// The moment of a decision, with what is known of the cash.
    pub async fn now(&self) -> Result<Now, StoreError> {
        let names: Vec<String> = self.backfill_notes().chain(self.cash_notes()).collect();
        let notes = self.store.notes(&names).await?;
        let backfill = !self.backfills_of(&notes).is_empty();
        let at = self.clock.now();
        let offset_minutes = self.clock.offset_minutes(at);
        Ok(Now { at, cash_known_until: self.cash_known_until(&notes), backfill, offset_minutes })
    }

    /// The last day for which every bank connection has sent its statement; none when no bank is connected. A bank that
    /// never sent one is the oldest of all.
    fn cash_known_until(&self, notes: &BTreeMap<String, String>) -> Option<Date> {
        self.cash_notes().map(|name| notes.get(&name).and_then(|day| day.parse().ok()).unwrap_or(Date::MIN)).min()
    }

    fn cash_notes(&self) -> impl Iterator<Item = String> {
        let banks = self.plugins.iter().filter(|plugin| plugin.roles().contains(&Role::Gateway));
        banks.map(|plugin| cash_note(&Self::connection(plugin.as_ref(), Role::Gateway)))
    }

    /// Remembers that a bank connection's statements reach up to a day.
    pub async fn cash_is_known(&self, connection: &str, until: Date) -> Result<(), StoreError> {
        let note = cash_note(connection);
        let known = self.store.note_get(&note).await?.and_then(|day| day.parse::<Date>().ok());
        if known.is_none_or(|known| known < until) {
            self.store.note_set(&note, &until.to_string()).await?;
        }
        Ok(())
    }

    /// One turn: what came in is taken, what is due is decided, what was decided goes out; until nothing is left to do.
    pub async fn turn(&self) -> Result<Work, EngineError> {
        let mut all = Work::default();
        for round in 0.. {
            if round >= crate::limits::ROUNDS_PER_TURN_MAX {
                return Err(EngineError::Restless(round));
            }
            let mut work = Work::default();
            if round == 0 {
                self.learn_valves().await?;
                self.learn_policies().await?;
                self.recover().await?;
                work.add(self.reconcile_due().await?);
            }
            // Who owes is asked before who paid, so that money finds its invoice.
            for role in Role::ALL {
                let polled = self.poll_role(role).await?;
                work.add(polled);
                if polled.taken > 0 {
                    work.decided += self.decide_due().await?;
                    if role == Role::Accounting {
                        work.taken += self.identify_again().await?;
                    }
                }
            }
            work.decided += self.decide_due().await?;
            let dispatched = self.dispatch_due().await?;
            if dispatched > 0 {
                work.dispatched += dispatched;
                work.decided += self.decide_due().await?;
            }
            if work.is_none() {
                break;
            }
            all.add(work);
        }
        Ok(all)
    }

    /// What is in the house already, and nobody is asked but those that were told something: for news that another host or another
    /// system tells.
    pub async fn catch_up(&self) -> Result<Work, EngineError> {
        let mut all = Work::default();
        self.learn_valves().await?;
        self.learn_policies().await?;
        let heard = self.hear().await?;
        if heard.taken > 0 {
            all.taken += self.identify_again().await?;
        }
        all.add(heard);
        for _ in 0..crate::limits::ROUNDS_PER_TURN_MAX {
            let work =
                Work { decided: self.decide_due().await?, dispatched: self.dispatch_due().await?, ..Work::default() };
            all.add(work);
            if work.is_none() {
                return Ok(all);
            }
        }
        Err(EngineError::Restless(crate::limits::ROUNDS_PER_TURN_MAX))
    }

    /// A backup was restored, and a person has not said yet that the world was brought in line with it.
    pub(crate) async fn is_in_doubt(&self) -> Result<bool, StoreError> {
        Ok(self.store.note_get(store::IN_DOUBT_SINCE).await?.is_some_and(|since| !since.is_empty()))
    }

    pub fn today(&self) -> Date {
        self.clock.now().date()
    }

    pub fn at(&self) -> DateTime {
        self.clock.now()
    }
}

pub(crate) fn later(at: DateTime, wait: Duration) -> DateTime {
    at.checked_add(wait).unwrap_or(DateTime::MAX)
}
