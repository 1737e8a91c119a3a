//! Valves: each a row, read and changed in one transaction.

use async_trait::async_trait;

use super::reads::Reader;
use super::row::{from_json, json};
use super::writer::{Command, Tx};
use crate::Result;
use crate::valve::{Passage, Valve, ValveChange};

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
        let before = row.map(|(state,)| read(&self.connection, &state)).transpose()?.unwrap_or_default();
        let mut valve = before.clone();
        let passage = valve.turn(self.change.clone());
        // Most answers change nothing: a connection that works costs no write for each of them.
        if valve != before {
            sqlx::query(
                "INSERT INTO valve (tenant, connection, state) VALUES (?1, ?2, ?3)
                 ON CONFLICT (tenant, connection) DO UPDATE SET state = excluded.state",
            )
            .bind(tx.tenant)
            .bind(self.connection.as_str())
            .bind(json(&valve)?)
            .execute(&mut *tx.conn)
            .await?;
        }
        Ok(passage)
    }
}

impl Reader {
    pub async fn valves(&self) -> Result<Vec<(String, Valve)>> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT connection, state FROM valve WHERE tenant = ?1 ORDER BY connection")
                .bind(&*self.tenant)
                .fetch_all(&self.pool)
                .await?;
        rows.into_iter().map(|(connection, state)| read(&connection, &state).map(|valve| (connection, valve))).collect()
    }
}

fn read(connection: &str, state: &str) -> Result<Valve> {
    from_json(state, || format!("the valve of connection `{connection}`"))
}
