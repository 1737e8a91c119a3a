//! The nightly run's surroundings: what is due is set, what changed is counted, and the same rows are read and written bare.

use std::path::Path;
use std::time::{Duration, Instant};

use escalation::DateTime;
use sqlx::{Connection, SqliteConnection};

use super::TENANT;
use crate::Result;
use crate::row::{count, json};
use crate::sqlite::bulk::Bulk;
use crate::sqlite::hands::Hands;
use crate::sqlite::open_to_write;
use crate::sqlite::packed::{Packed, packed};
use crate::sqlite::writer::Tx;

/// Makes one account in `one_in` due at a moment, and no other; answers how many are.
pub async fn make_due(path: &Path, at: DateTime, one_in: u64) -> Result<u64> {
    let mut conn = open_to_write(path).await?;
    sqlx::query(
        "UPDATE lane SET next_due_at = CASE WHEN CAST(substr(account, 3) AS INTEGER) % ?2 = 0 THEN ?1
         ELSE max(next_due_at, ?3) END",
    )
    .bind(at.to_string())
    .bind(i64::try_from(one_in).unwrap_or(i64::MAX))
    .bind(at.checked_add(Duration::from_secs(86_400)).unwrap_or(at).to_string())
    .execute(&mut conn)
    .await?;
    let (due,): (i64,) = sqlx::query_as("SELECT count(*) FROM lane WHERE next_due_at <= ?1")
        .bind(at.to_string())
        .fetch_one(&mut conn)
        .await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut conn).await?;
    conn.close().await?;
    Ok(count(due))
}

/// What a night left behind.
#[derive(Clone, Copy, Debug)]
pub struct Night {
    /// Accounts that got events of a decision.
    pub changed: u64,
    pub effects: u64,
}

pub async fn night(path: &Path, at: DateTime) -> Result<Night> {
    let mut conn = open_to_write(path).await?;
    let (changed, effects): (i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(DISTINCT account) FROM event WHERE recorded_at = ?1),
                (SELECT count(*) FROM effect WHERE planned_at = ?1)",
    )
    .bind(at.to_string())
    .fetch_one(&mut conn)
    .await?;
    conn.close().await?;
    Ok(Night { changed: count(changed), effects: count(effects) })
}

/// Accounts that were due in a night, and whether they changed.
pub async fn was_due(path: &Path, at: DateTime, one_in: u64) -> Result<Vec<(String, bool)>> {
    let mut conn = open_to_write(path).await?;
    let due = sqlx::query_as(
        "SELECT account, EXISTS (SELECT 1 FROM event e WHERE e.tenant = lane.tenant AND e.account = lane.account
         AND e.seq = lane.head_seq AND e.recorded_at = ?2)
         FROM lane WHERE CAST(substr(account, 3) AS INTEGER) % ?1 = 0 ORDER BY account",
    )
    .bind(i64::try_from(one_in).unwrap_or(i64::MAX))
    .bind(at.to_string())
    .fetch_all(&mut conn)
    .await?;
    conn.close().await?;
    Ok(due)
}

const READ: &str = concat!(
    "SELECT ",
    packed!("l.account", "l.head_seq", "l.done_seq", "l.next_due_at", "s.policy", "s.snapshot", "s.row"),
    " FROM json_each(?2) j CROSS JOIN lane l ON l.tenant = ?1 AND l.account = j.value
      CROSS JOIN state s ON s.tenant = ?1 AND s.account = l.account"
);

const LANES: Bulk = Bulk {
    columns: "account, head, done, due",
    statement: "UPDATE lane SET head_seq = v.head, done_seq = v.done, next_due_at = v.due FROM v
            WHERE lane.tenant = ?1 AND lane.account = v.account",
};

const STATES: Bulk = Bulk {
    columns: "account, policy, snapshot, row",
    statement: "INSERT INTO state (tenant, account, policy, snapshot, row)
            SELECT ?1, v.account, v.policy, v.snapshot, v.row FROM v WHERE v.account IS NOT NULL
            ON CONFLICT (tenant, account) DO UPDATE SET policy = excluded.policy, snapshot = excluded.snapshot, row = excluded.row",
};

/// The baseline: the same rows without a core. Reads the lanes and states of the accounts that were due, writes every lane, and
/// the states of those that changed; in batches, a transaction each, by the fastest statements that we know.
pub async fn bare_night(path: &Path, due: &[(String, bool)], batch: usize) -> Result<Duration> {
    let mut conn = open_to_write(path).await?;
    let started = Instant::now();
    for batch in due.chunks(batch.max(1)) {
        pass(&mut conn, batch).await?;
    }
    let wall = started.elapsed();
    conn.close().await?;
    Ok(wall)
}

/// A lane and its state as they are read.
struct Row<'t> {
    account: &'t str,
    head: i64,
    done: i64,
    due: Option<&'t str>,
    state: [&'t str; 3],
}

async fn pass(conn: &mut SqliteConnection, due: &[(String, bool)]) -> Result<()> {
    let accounts: Vec<&str> = due.iter().map(|(account, _)| account.as_str()).collect();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *conn).await?;
    let (text,): (String,) = sqlx::query_as(READ).bind(TENANT).bind(json(&accounts)?).fetch_one(&mut *conn).await?;
    let (mut rows, mut packed) = (Vec::with_capacity(accounts.len()), Packed(&text));
    while !packed.is_empty() {
        rows.push(Row {
            account: packed.text()?,
            head: packed.number()?,
            done: packed.number()?,
            due: packed.optional()?,
            state: [packed.text()?, packed.text()?, packed.text()?],
        });
    }
    // Rows come in the order in which they were asked for.
    let changed: Vec<&Row<'_>> =
        rows.iter().zip(due).filter(|(_, (_, changed))| *changed).map(|(row, _)| row).collect();
    let mut tx = Tx { conn: &mut *conn, tenant: TENANT, hands: Hands::default() };
    STATES
        .run(&mut tx, &[], &changed, |values, row| {
            row.state.iter().fold(values.bind(row.account.to_owned()), |values, text| values.bind((*text).to_owned()))
        })
        .await?;
    LANES
        .run(&mut tx, &[], &rows, |values, row| {
            let due = row.due.map(str::to_owned);
            values.bind(row.account.to_owned()).bind(row.head).bind(row.done).bind(due)
        })
        .await?;
    sqlx::query("COMMIT").execute(&mut *conn).await?;
    Ok(())
}
