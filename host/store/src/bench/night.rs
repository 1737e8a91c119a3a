//! The nightly run's surroundings: what is due is set, what changed is counted, and the same rows are read and written bare.

use std::path::Path;
use std::time::{Duration, Instant};

use escalation::DateTime;
use sqlx::{Connection, SqliteConnection};

use super::TENANT;
use crate::Result;
use crate::row::count;
use crate::sqlite::bulk::Bulk;
use crate::sqlite::open_to_write;
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

/// The baseline: the same rows without a core.
#[derive(Clone, Copy, Debug)]
pub struct Bare {
    pub lanes: u64,
    pub wall: Duration,
}

const READ: &str = "SELECT l.account, l.head_seq, l.done_seq, l.fence, l.next_due_at, s.policy, s.snapshot, s.row FROM lane l
    JOIN state s ON s.tenant = l.tenant AND s.account = l.account
    WHERE l.tenant = ?1 AND l.account > ?2 AND CAST(substr(l.account, 3) AS INTEGER) % ?4 = 0 ORDER BY l.account LIMIT ?3";

const LANES: Bulk = Bulk {
    head: "INSERT INTO lane (tenant, account, head_seq, done_seq, next_due_at, fence) VALUES ",
    row: "(?1, $1, $2, $3, $4, 0)",
    width: 4,
    tail: " ON CONFLICT (tenant, account) DO UPDATE SET head_seq = excluded.head_seq, done_seq = excluded.done_seq,
            next_due_at = excluded.next_due_at, owner = NULL, lease_until = NULL",
};

const STATES: Bulk = Bulk {
    head: "INSERT INTO state (tenant, account, policy, snapshot, row) VALUES ",
    row: "(?1, $1, $2, $3, $4)",
    width: 4,
    tail: " ON CONFLICT (tenant, account) DO UPDATE SET policy = excluded.policy, snapshot = excluded.snapshot, row = excluded.row",
};

type Row = (String, i64, i64, i64, Option<String>, String, String, String);

/// Reads every lane of one in `one_in` accounts with its state, in batches, and writes both back, a transaction a batch.
pub async fn bare_night(path: &Path, one_in: u64, batch: u32) -> Result<Bare> {
    let mut conn = open_to_write(path).await?;
    let started = Instant::now();
    let mut bare = Bare { lanes: 0, wall: Duration::ZERO };
    let mut after = String::new();
    loop {
        let rows = pass(&mut conn, &after, one_in, batch).await?;
        let Some((last, ..)) = rows.last() else { break };
        after.clone_from(last);
        bare.lanes += rows.len() as u64;
    }
    bare.wall = started.elapsed();
    conn.close().await?;
    Ok(bare)
}

async fn pass(conn: &mut SqliteConnection, after: &str, one_in: u64, batch: u32) -> Result<Vec<Row>> {
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *conn).await?;
    let rows: Vec<Row> = sqlx::query_as(READ)
        .bind(TENANT)
        .bind(after)
        .bind(batch)
        .bind(i64::try_from(one_in).unwrap_or(i64::MAX))
        .fetch_all(&mut *conn)
        .await?;
    let mut tx = Tx { conn: &mut *conn, tenant: TENANT };
    STATES
        .run(&mut tx, &[], &rows, |values, (account, _, _, _, _, policy, snapshot, row)| {
            values.bind(account.as_str()).bind(policy.as_str()).bind(snapshot.as_str()).bind(row.as_str())
        })
        .await?;
    LANES
        .run(&mut tx, &[], &rows, |values, (account, head, done, _, due, ..)| {
            values.bind(account.as_str()).bind(*head).bind(*done).bind(due.as_deref())
        })
        .await?;
    sqlx::query("COMMIT").execute(&mut *conn).await?;
    Ok(rows)
}
