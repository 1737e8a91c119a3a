//! What other systems told by themselves. Whoever gives a place lets nobody else give one until it is there to be read.

use async_trait::async_trait;

use super::PgStore;
use super::writer::{Command, Outcome, Tx};
use crate::Result;
use crate::webhook::{Heard, Webhook, Webhooks};

#[async_trait]
impl Webhooks for PgStore {
    async fn hear(&self, webhook: Webhook) -> Result<bool> {
        self.writer()?.write(Hear(webhook)).await
    }

    async fn heard(&self, connection: &str, after: i64, limit: u32) -> Result<Vec<Heard>> {
        self.reader.heard(connection, after, limit).await
    }

    async fn heard_until(&self, connection: &str) -> Result<i64> {
        self.reader.heard_until(connection).await
    }
}

struct Hear(Webhook);

#[async_trait]
impl Command for Hear {
    type Answer = bool;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Outcome<bool> {
        let Webhook { connection, key, at, content } = &self.0;
        sqlx::query("SELECT pg_advisory_xact_lock(hashtext($1), hashtext($2))")
            .bind(format!("webhook {}", tx.tenant))
            .bind(connection.as_str())
            .execute(&mut *tx.conn)
            .await?;
        let kept = sqlx::query(
            "INSERT INTO webhook (tenant, connection, key, seq, received_at, content)
             SELECT $1, $2, $3, coalesce(max(seq), 0) + 1, $4, $5 FROM webhook WHERE tenant = $1 AND connection = $2
             ON CONFLICT (tenant, connection, key) DO NOTHING",
        )
        .bind(tx.tenant)
        .bind(connection.as_str())
        .bind(key.as_str())
        .bind(at.to_string())
        .bind(content.as_str())
        .execute(&mut *tx.conn)
        .await?;
        Ok(kept.rows_affected() > 0)
    }

    fn is_news(is_new: &bool) -> bool {
        *is_new
    }
}
