//! Backfill: while history is read in over a connection, what happened is taken and nothing is planned or sent.

use std::collections::BTreeMap;
use std::sync::Arc;

use escalation::Role;
use store::StoreError;

use crate::connector::Connector;
use crate::turn::Engine;

/// Roles whose history says who owes what; a hub that knows half of it would chase the wrong people.
const TELLS_HISTORY: [Role; 2] = [Role::Accounting, Role::Gateway];

/// A connection that history is read in over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backfill {
    pub connection: String,
    /// Who began it; none: its configuration says so, and ends it.
    pub begun_by: Option<String>,
}

/// The note with the name of whoever began it; empty when it has ended.
fn note(connection: &str) -> String {
    format!("backfill:{connection}")
}

impl Engine {
    /// Connections in backfill.
    pub async fn backfills(&self) -> Result<Vec<Backfill>, StoreError> {
        let names: Vec<String> = self.backfill_notes().collect();
        Ok(self.backfills_of(&self.store.notes(&names).await?))
    }

    /// The names of the notes that say which connections are in backfill.
    pub(crate) fn backfill_notes(&self) -> impl Iterator<Item = String> {
        self.tellers().map(|plugin| note(plugin.name()))
    }

    pub(crate) fn backfills_of(&self, notes: &BTreeMap<String, String>) -> Vec<Backfill> {
        let backfill = |plugin: &Arc<dyn Connector>| {
            let begun_by = notes.get(&note(plugin.name())).filter(|who| !who.is_empty()).cloned();
            let connection = plugin.name().to_owned();
            match plugin.backfill() {
                true => Some(Backfill { connection, begun_by: None }),
                false => begun_by.map(|who| Backfill { connection, begun_by: Some(who) }),
            }
        };
        self.tellers().filter_map(backfill).collect()
    }

    fn tellers(&self) -> impl Iterator<Item = &Arc<dyn Connector>> {
        self.plugins.iter().filter(|plugin| TELLS_HISTORY.iter().any(|role| plugin.roles().contains(role)))
    }

    /// Begins or ends the backfill of a connection. Accounts are looked at again on the morning after its end.
    pub async fn set_backfill(&self, connection: &str, begins: bool, who: &str) -> Result<(), StoreError> {
        self.store.note_set(&note(connection), if begins { who } else { "" }).await
    }
}
