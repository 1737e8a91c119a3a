//! Valves: each a row, read and changed in one transaction.

use async_trait::async_trait;

use super::writer::{Command, Tx};
use crate::Result;
use crate::reads::valve;
use crate::row::json;
use crate::valve::{Passage, ValveChange};

pub(super) struct Turn {
    pub connection: String,
    pub change: ValveChange,
}

#[async_trait]
impl Command for Turn {
    type Answer = Passage;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<Passage> {
        let row: Option<(String,)> = sqlx::query_as("SELECT state FROM valve WHERE tenant = ?1 AND connection = ?2")
            .bind(tx.tenant)
            .bind(self.connection.as_str())
            .fetch_optional(&mut *tx.conn)
            .await?;
        let before = row.map(|(state,)| valve(&self.connection, &state)).transpose()?.unwrap_or_default();
        let mut after = before.clone();
        let passage = after.turn(self.change.clone());
        // Most answers change nothing: a connection that works costs no write for each of them.
        if after != before {
            sqlx::query(
                "INSERT INTO valve (tenant, connection, state) VALUES (?1, ?2, ?3)
                 ON CONFLICT (tenant, connection) DO UPDATE SET state = excluded.state",
            )
            .bind(tx.tenant)
            .bind(self.connection.as_str())
            .bind(json(&after)?)
            .execute(&mut *tx.conn)
            .await?;
        }
        Ok(passage)
    }
}
