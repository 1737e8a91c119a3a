//! Valves: each a row, read and changed in one transaction by whichever host comes first.

use async_trait::async_trait;

use super::writer::{Command, Outcome, Tx};
use crate::reads::valve;
use crate::row::json;
use crate::valve::{Passage, Valve, ValveChange};

pub(super) struct Turn {
    pub connection: String,
    pub change: ValveChange,
}

#[async_trait]
impl Command for Turn {
    type Answer = Passage;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Outcome<Passage> {
        let mut row = self.lock(tx).await?;
        if row.is_none() {
            // The first to turn it makes it; the others wait for that one and then see what it wrote.
            sqlx::query("INSERT INTO valve (tenant, connection, state) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
                .bind(tx.tenant)
                .bind(self.connection.as_str())
                .bind(json(&Valve::default())?)
                .execute(&mut *tx.conn)
                .await?;
            row = self.lock(tx).await?;
        }
        let before = row.map(|(state,)| valve(&self.connection, &state)).transpose()?.unwrap_or_default();
        let mut after = before.clone();
        let passage = after.turn(self.change.clone());
        // Most answers change nothing: a connection that works costs no write for each of them.
        if after != before {
            sqlx::query("UPDATE valve SET state = $3 WHERE tenant = $1 AND connection = $2")
                .bind(tx.tenant)
                .bind(self.connection.as_str())
                .bind(json(&after)?)
                .execute(&mut *tx.conn)
                .await?;
        }
        Ok(passage)
    }
}

impl Turn {
    async fn lock(&self, tx: &mut Tx<'_>) -> Outcome<Option<(String,)>> {
        Ok(sqlx::query_as("SELECT state FROM valve WHERE tenant = $1 AND connection = $2 FOR UPDATE")
            .bind(tx.tenant)
            .bind(self.connection.as_str())
            .fetch_optional(&mut *tx.conn)
            .await?)
    }
}
