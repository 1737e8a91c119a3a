//! Published policies: written once a version, read by all.

use async_trait::async_trait;

use super::SqliteStore;
use super::writer::{Command, Tx};
use crate::Result;
use crate::policy::{Policies, Published, Publishing};

#[async_trait]
impl Policies for SqliteStore {
    async fn publish(&self, published: Published) -> Result<Publishing> {
        self.writer()?.write(Publish(published)).await
    }

    async fn policies(&self) -> Result<Vec<Published>> {
        self.reader.policies().await
    }

    async fn policies_until(&self) -> Result<i64> {
        self.reader.policies_until().await
    }
}

struct Publish(Published);

#[async_trait]
impl Command for Publish {
    type Answer = Publishing;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<Publishing> {
        let Published { policy, text, at, who, because } = &self.0;
        let known: Option<(String, i64)> =
            sqlx::query_as("SELECT text, place FROM policy WHERE tenant = $1 AND name = $2 AND version = $3")
                .bind(tx.tenant)
                .bind(policy.name.as_str())
                .bind(policy.version.as_str())
                .fetch_optional(&mut *tx.conn)
                .await?;
        let (last,): (i64,) = sqlx::query_as("SELECT coalesce(max(place), 0) FROM policy WHERE tenant = $1")
            .bind(tx.tenant)
            .fetch_one(&mut *tx.conn)
            .await?;
        match known {
            Some((before, _)) if before != *text => return Ok(Publishing::Differs),
            Some((_, place)) if place == last => return Ok(Publishing::Known),
            _ => {}
        }
        sqlx::query(
            "INSERT INTO policy (tenant, name, version, place, text, at, who, because)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (tenant, name, version) DO UPDATE
             SET place = excluded.place, at = excluded.at, who = excluded.who, because = excluded.because",
        )
        .bind(tx.tenant)
        .bind(policy.name.as_str())
        .bind(policy.version.as_str())
        .bind(last + 1)
        .bind(text.as_str())
        .bind(at.to_string())
        .bind(who.as_str())
        .bind(because.as_str())
        .execute(&mut *tx.conn)
        .await?;
        Ok(Publishing::Current)
    }
}
