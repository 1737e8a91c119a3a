//! Backfill: while history is read in over a connection, what happened is taken and nothing is planned or sent.

use escalation::Role;
use store::StoreError;

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
        let mut found = Vec::new();
        for plugin in
            self.plugins.iter().filter(|plugin| TELLS_HISTORY.iter().any(|role| plugin.roles().contains(role)))
        {
            let connection = plugin.name().to_owned();
            let begun_by = self.store.note_get(&note(&connection)).await?.filter(|who| !who.is_empty());
            if plugin.backfill() {
                found.push(Backfill { connection, begun_by: None });
            } else if begun_by.is_some() {
                found.push(Backfill { connection, begun_by });
            }
        }
        Ok(found)
    }

    /// Begins or ends the backfill of a connection. Accounts are looked at again on the morning after its end.
    pub async fn set_backfill(&self, connection: &str, begins: bool, who: &str) -> Result<(), StoreError> {
        self.store.note_set(&note(connection), if begins { who } else { "" }).await
    }
}
