//! People at the desk: they find out what became of an effect, approve, block, resolve, and let connections go on.

use escalation::account::EffectState;
use escalation::event::Event;
use escalation::{AccountId, Action, Fact, Report, Source};
use store::{EffectStatus, Entry, Ingest, Store, StoreError, ValveChange};

use crate::fate::Fate;
use crate::town::Town;

pub struct People<'a> {
    pub store: &'a dyn Store,
    pub town: &'a Town,
    pub fate: &'a Fate,
}

impl People<'_> {
    /// What somebody does now and then; `all`: everything that waits for a person.
    pub async fn act(&self, all: bool) -> Result<(), StoreError> {
        for (name, valve) in self.store.valves().await? {
            if valve.paused.is_some() && (all || self.fate.once_in(2)) {
                self.fate.tell(format!("desk: {name} may be used again"));
                self.store.turn_valve(&name, ValveChange::Resume).await?;
            }
        }
        for row in self.store.effects_by_status(EffectStatus::Unknown, 100).await? {
            if all || self.fate.once_in(3) {
                let happened = self.town.lock().happened(&row.key);
                let (key, text) = (row.key.clone(), "found out".to_owned());
                self.says(&row.account, Fact::EffectSettled { key, happened, text }).await?;
            }
        }
        for id in self.store.account_ids(None, 100).await? {
            self.look_at(&id, all).await?;
        }
        Ok(())
    }

    async fn look_at(&self, id: &AccountId, all: bool) -> Result<(), StoreError> {
        let Some((account, _)) = self.store.account(id).await? else { return Ok(()) };
        for planned in account.effects.values() {
            let key = planned.effect.key.clone();
            let waits = planned.state == EffectState::Planned && !account.approved.contains(&key);
            if waits && matches!(planned.effect.action, Action::PlaceWithAgency { .. }) && (all || self.fate.once_in(4))
            {
                self.says(id, Fact::EffectApproved { key }).await?;
            }
        }
        if account.blocked.is_some() && (all || self.fate.once_in(4)) {
            self.says(id, Fact::DunningUnblocked { reason: "settled".to_owned() }).await?;
        } else if !all && self.fate.once_in(40) {
            self.says(id, Fact::DunningBlocked { reason: "talks".to_owned(), until: None }).await?;
        }
        Ok(())
    }

    async fn says(&self, account: &AccountId, fact: Fact) -> Result<(), StoreError> {
        let now = self.fate.lock().now;
        let Some((_, lane)) = self.store.account(account).await? else { return Ok(()) };
        self.fate.tell(format!("desk: {account} {fact:?}"));
        let source = Source {
            key: format!("{account}-{}-{fact:?}", lane.head_seq),
            version: None,
            digest: None,
            document: "somebody".to_owned(),
            place: String::new(),
            occurred_on: now.date(),
        };
        let report = Report::Other { kind: "desk".to_owned(), notes: Vec::new() };
        let event = Event { at: now, on: now.date(), origin: "desk:somebody".to_owned(), fact };
        let entry = Entry { received: escalation::Received { source, report }, events: vec![(account.clone(), event)] };
        self.store.ingest(Ingest { entries: vec![entry], ..Ingest::empty("desk", now) }).await?;
        Ok(())
    }
}
