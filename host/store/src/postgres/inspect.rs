//! How the server is, as far as this creditor's database is concerned.

use std::time::Duration;

use escalation::DateTime;
use sqlx::{PgConnection, Postgres};

use super::LeaseClock;
use crate::Result;
use crate::inspect::{HeldLease, Inspection, NEWEST_EVENTS};
use crate::reads::Reader;
use crate::row::moment_or_none;

impl Reader<Postgres> {
    pub async fn inspect(&self, clock: LeaseClock, now: DateTime) -> Result<Inspection> {
        let mut conn = self.pool.acquire().await?;
        let (engine, bytes, clock_millis): (String, i64, i64) = sqlx::query_as(
            "SELECT 'PostgreSQL ' || current_setting('server_version'), pg_database_size(current_database()),
             (extract(epoch FROM clock_timestamp()) * 1000)::bigint",
        )
        .fetch_one(&mut *conn)
        .await?;
        let (newest,): (Option<String>,) = sqlx::query_as(
            "SELECT max(recorded_at) FROM
             (SELECT recorded_at FROM any_event WHERE tenant = $1 ORDER BY xid DESC, ord DESC LIMIT $2) newest",
        )
        .bind(&*self.tenant)
        .bind(i64::from(NEWEST_EVENTS))
        .fetch_one(&mut *conn)
        .await?;
        let leases: Vec<(String, String, bool)> = sqlx::query_as(
            "SELECT name, holder, until <= coalesce($2::text::timestamp AT TIME ZONE 'UTC', clock_timestamp())
             FROM lease WHERE tenant = $1 AND holder IS NOT NULL ORDER BY name",
        )
        .bind(&*self.tenant)
        .bind(clock.given(now))
        .fetch_all(&mut *conn)
        .await?;
        let (lanes_held,): (i64,) = sqlx::query_as(
            "SELECT count(*) FROM lane WHERE tenant = $1 AND owner IS NOT NULL
             AND lease_until > coalesce($2::text::timestamp AT TIME ZONE 'UTC', clock_timestamp())",
        )
        .bind(&*self.tenant)
        .bind(clock.given(now))
        .fetch_one(&mut *conn)
        .await?;
        Ok(Inspection {
            engine,
            schema: super::link::schema(&mut conn).await?,
            bytes: bytes.unsigned_abs(),
            clock_millis: Some(clock_millis),
            newest_event: moment_or_none(newest)?,
            leases: leases.into_iter().map(|(name, holder, is_over)| HeldLease { name, holder, is_over }).collect(),
            lanes_held: lanes_held.unsigned_abs(),
            oldest_transaction: oldest(&mut conn).await?,
            risks: risks(&mut conn).await?,
        })
    }
}

/// Only a transaction that writes, in whichever database of the server, holds up those who read the end of the journal.
async fn oldest(conn: &mut PgConnection) -> Result<Option<Duration>> {
    let (millis,): (Option<i64>,) = sqlx::query_as(
        "SELECT (extract(epoch FROM clock_timestamp() - min(began)) * 1000)::bigint FROM (
         SELECT xact_start AS began FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
         UNION ALL SELECT prepared FROM pg_prepared_xacts) running",
    )
    .fetch_one(conn)
    .await?;
    Ok(millis.map(|millis| Duration::from_millis(millis.max(0).unsigned_abs())))
}

/// Settings under which an acknowledgement is not a promise.
async fn risks(conn: &mut PgConnection) -> Result<Vec<String>> {
    let (fsync, pages, commit, standbys): (String, String, String, String) = sqlx::query_as(
        "SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'),
         current_setting('synchronous_standby_names')",
    )
    .fetch_one(conn)
    .await?;
    let mut risks = Vec::new();
    if fsync == "off" {
        risks.push("`fsync` is off: a power cut can lose or spoil everything".to_owned());
    }
    if pages == "off" {
        risks.push("`full_page_writes` is off: a power cut can spoil pages".to_owned());
    }
    match (commit.as_str(), standbys.is_empty()) {
        ("off", _) => risks.push("`synchronous_commit` is off: a crash loses what was acknowledged last".to_owned()),
        ("local", false) => risks.push(
            "`synchronous_commit` is `local`: the standbys are not waited for, and a failover loses what was acknowledged last"
                .to_owned(),
        ),
        _ => {}
    }
    Ok(risks)
}
