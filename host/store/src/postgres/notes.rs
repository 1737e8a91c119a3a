//! Small writes: the hub's own facts, and the calls of plugins.

use async_trait::async_trait;

use super::writer::{Command, Outcome, Tx};
use crate::row::json;
use crate::view::{CALLS_KEPT_MAX, CallRow};

pub(super) struct SetNote {
    pub name: String,
    pub value: String,
}

#[async_trait]
impl Command for SetNote {
    type Answer = ();

    async fn run(&mut self, tx: &mut Tx<'_>) -> Outcome<()> {
        sqlx::query(
            "INSERT INTO note (tenant, name, value) VALUES ($1, $2, $3)
             ON CONFLICT (tenant, name) DO UPDATE SET value = excluded.value",
        )
        .bind(tx.tenant)
        .bind(self.name.as_str())
        .bind(self.value.as_str())
        .execute(&mut *tx.conn)
        .await?;
        Ok(())
    }
}

/// Keeps a call, and forgets the plugin's oldest beyond the bound.
pub(super) struct RecordCall(pub CallRow);

#[async_trait]
impl Command for RecordCall {
    type Answer = ();

    async fn run(&mut self, tx: &mut Tx<'_>) -> Outcome<()> {
        let call = &self.0;
        sqlx::query(
            "INSERT INTO plugin_call (tenant, plugin, version, function, at, micros, error, log)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(tx.tenant)
        .bind(call.plugin.as_str())
        .bind(call.version.as_str())
        .bind(call.function.as_str())
        .bind(call.at.to_string())
        .bind(i64::try_from(call.micros).unwrap_or(i64::MAX))
        .bind(call.error.as_str())
        .bind(json(&call.log)?)
        .execute(&mut *tx.conn)
        .await?;
        sqlx::query(
            "DELETE FROM plugin_call WHERE tenant = $1 AND plugin = $2 AND id <= (SELECT id FROM plugin_call
             WHERE tenant = $1 AND plugin = $2 ORDER BY id DESC LIMIT 1 OFFSET $3)",
        )
        .bind(tx.tenant)
        .bind(call.plugin.as_str())
        .bind(CALLS_KEPT_MAX)
        .execute(&mut *tx.conn)
        .await?;
        Ok(())
    }
}
