//! How the file is.

use escalation::DateTime;
use sqlx::Sqlite;

use crate::Result;
use crate::inspect::{HeldLease, Inspection, NEWEST_EVENTS};
use crate::reads::Reader;
use crate::row::moment_or_none;

impl Reader<Sqlite> {
    /// Who has which lane is not in the file.
    pub async fn inspect(&self, now: DateTime) -> Result<Inspection> {
        let mut conn = self.pool.acquire().await?;
        let (version, bytes): (String, i64) = sqlx::query_as(
            "SELECT sqlite_version(), page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        )
        .fetch_one(&mut *conn)
        .await?;
        let (newest,): (Option<String>,) = sqlx::query_as(
            "SELECT max(recorded_at) FROM (SELECT recorded_at FROM any_event WHERE tenant = ?1 ORDER BY ord DESC LIMIT ?2)",
        )
        .bind(&*self.tenant)
        .bind(NEWEST_EVENTS)
        .fetch_one(&mut *conn)
        .await?;
        let leases: Vec<(String, String, bool)> = sqlx::query_as(
            "SELECT name, holder, until <= ?2 FROM lease WHERE tenant = ?1 AND holder IS NOT NULL ORDER BY name",
        )
        .bind(&*self.tenant)
        .bind(now.to_string())
        .fetch_all(&mut *conn)
        .await?;
        Ok(Inspection {
            engine: format!("SQLite {version}"),
            schema: super::schema(&mut conn).await?,
            bytes: bytes.unsigned_abs(),
            clock_millis: None,
            newest_event: moment_or_none(newest)?,
            leases: leases.into_iter().map(|(name, holder, is_over)| HeldLease { name, holder, is_over }).collect(),
            lanes_held: 0,
            oldest_transaction: None,
            risks: Vec::new(),
        })
    }
}
