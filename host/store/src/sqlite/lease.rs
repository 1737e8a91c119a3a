//! Leases: work that one host at a time does.

use async_trait::async_trait;
use escalation::DateTime;
use sqlx::SqliteConnection;

use super::writer::{Command, Tx};
use crate::Result;
use crate::lease::Lease;

/// Takes what is free, over, or ours. Who holds it without a gap keeps the fence; whose lease was over gets a new one, because
/// somebody else may have had it in between.
pub(super) struct Take {
    pub name: String,
    pub holder: String,
    pub now: DateTime,
    pub until: DateTime,
}

#[async_trait]
impl Command for Take {
    type Answer = Option<Lease>;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<Option<Lease>> {
        let taken: Option<(i64,)> = sqlx::query_as(
            "INSERT INTO lease (tenant, name, holder, fence, until) VALUES (?1, ?2, ?3, 1, ?5)
             ON CONFLICT (tenant, name) DO UPDATE SET holder = excluded.holder, until = excluded.until,
             fence = fence + (holder IS NOT excluded.holder OR until <= ?4)
             WHERE holder IS NULL OR holder = excluded.holder OR until <= ?4 RETURNING fence",
        )
        .bind(tx.tenant)
        .bind(self.name.as_str())
        .bind(self.holder.as_str())
        .bind(self.now.to_string())
        .bind(self.until.to_string())
        .fetch_optional(&mut *tx.conn)
        .await?;
        Ok(taken.map(|(fence,)| Lease { fence, until: self.until }))
    }
}

pub(super) struct GiveBack {
    pub name: String,
    pub holder: String,
}

#[async_trait]
impl Command for GiveBack {
    type Answer = ();

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        sqlx::query("UPDATE lease SET holder = NULL WHERE tenant = ?1 AND name = ?2 AND holder = ?3")
            .bind(tx.tenant)
            .bind(self.name.as_str())
            .bind(self.holder.as_str())
            .execute(&mut *tx.conn)
            .await?;
        Ok(())
    }
}

/// The holders were a former process.
pub(super) async fn end_all(conn: &mut SqliteConnection, tenant: &str) -> Result<()> {
    sqlx::query("UPDATE lease SET holder = NULL WHERE tenant = ?1 AND holder IS NOT NULL")
        .bind(tenant)
        .execute(conn)
        .await?;
    Ok(())
}

/// One more process has the file: the how-manieth it is. Kept as a lease that nobody holds, whose fence grows.
pub(super) async fn count_processes(conn: &mut SqliteConnection, tenant: &str) -> Result<i64> {
    let (process,): (i64,) = sqlx::query_as(
        "INSERT INTO lease (tenant, name, holder, fence, until) VALUES (?1, 'process', NULL, 1, '')
         ON CONFLICT (tenant, name) DO UPDATE SET fence = fence + 1 RETURNING fence",
    )
    .bind(tenant)
    .fetch_one(conn)
    .await?;
    Ok(process)
}
