//! PostgreSQL, measured: T1 and claims, each beside the statements that the same rows need at least.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use escalation::DateTime;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::{Batch, CONNECTION, batch, per_second};
use crate::inbox::Ingest;
use crate::postgres::link::Link;
use crate::postgres::{PgOptions, PgStore};
use crate::{Result, Store};

/// A rate of ours and the bare one, of the same run.
#[derive(Clone, Copy, Debug)]
pub struct Beside {
    pub ours: u64,
    pub bare: u64,
}

const LEASE: Duration = Duration::from_secs(60);

/// Takes the pages one after the other by T1, and inserts the rows that it leaves behind by bare statements, a transaction for
/// each page: reports per second. Everything under tenants whose names begin with `run`.
pub async fn ingest_pg(url: &str, run: &str, pages: &[Ingest]) -> Result<Beside> {
    let reports = pages.iter().map(|page| page.entries.len()).sum();
    let store = PgStore::open(url, &format!("{run}-t1"), PgOptions::default()).await?;
    let taken = pages.to_vec();
    let started = Instant::now();
    for page in taken {
        store.ingest(page).await?;
    }
    let ours = per_second(reports, started.elapsed());
    store.close().await;

    let mut lanes = BTreeMap::new();
    let batches: Vec<Batch> = pages.iter().map(|page| batch(page, &mut lanes)).collect::<Result<_>>()?;
    let at = pages.first().map(|page| page.at.to_string()).unwrap_or_default();
    let (tenant, mut conn) = (format!("{run}-bare"), Link::new(url)?.connect().await?);
    let started = Instant::now();
    for batch in &batches {
        sqlx::query("BEGIN").execute(&mut conn).await?;
        insert(&mut conn, &tenant, &at, batch).await?;
        sqlx::query("COMMIT").execute(&mut conn).await?;
    }
    let bare = per_second(reports, started.elapsed());
    conn.close().await?;
    Ok(Beside { ours, bare })
}

async fn insert(conn: &mut PgConnection, tenant: &str, at: &str, batch: &Batch) -> Result<()> {
    let rows = &batch.rows;
    sqlx::query(
        "INSERT INTO inbox (tenant, connection, key, digest, body, received_at)
         SELECT $1, $2, v.*, $3 FROM unnest($4::text[], $5::text[], $6::text[]) AS v",
    )
    .bind(tenant)
    .bind(CONNECTION)
    .bind(at)
    .bind(rows.iter().map(|row| row.key.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.digest.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.body.as_str()).collect::<Vec<_>>())
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO subject_key (tenant, account, key) SELECT $1, v.* FROM unnest($2::text[], $3::bytea[]) AS v",
    )
    .bind(tenant)
    .bind(batch.keys.iter().map(|(account, _)| account.as_str()).collect::<Vec<_>>())
    .bind(batch.keys.iter().map(|(_, key)| key.as_slice()).collect::<Vec<_>>())
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO event (tenant, account, seq, recorded_at, type, happened_on, connection, report, sealed, payload, digest)
         SELECT $1, v.account, v.seq, $2, 'invoice-issued', v.happened_on, $3, v.report, 1, v.payload, v.digest
         FROM unnest($4::text[], $5::bigint[], $6::text[], $7::text[], $8::bytea[], $9::bytea[])
         AS v (account, seq, happened_on, report, payload, digest)",
    )
    .bind(tenant)
    .bind(at)
    .bind(CONNECTION)
    .bind(rows.iter().map(|row| row.account.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.seq).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.happened_on.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.key.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.payload.as_slice()).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.sealed_digest.as_slice()).collect::<Vec<_>>())
    .execute(&mut *conn)
    .await?;
    let mut heads = BTreeMap::new();
    for row in rows {
        heads.insert(row.account.as_str(), row.seq);
    }
    sqlx::query(
        "INSERT INTO lane (tenant, account, head_seq, done_seq, next_due_at, fence)
         SELECT $1, v.account, v.head, 0, $2, 0 FROM unnest($3::text[], $4::bigint[]) AS v (account, head)
         ON CONFLICT (tenant, account) DO UPDATE SET head_seq = excluded.head_seq",
    )
    .bind(tenant)
    .bind(at)
    .bind(heads.keys().copied().collect::<Vec<_>>())
    .bind(heads.values().copied().collect::<Vec<_>>())
    .execute(&mut *conn)
    .await?;
    Ok(())
}

/// Everything is read and nobody has the lanes: they are due as in a night in which nothing came in.
pub async fn read_pg(url: &str, run: &str) -> Result<()> {
    let mut conn = Link::new(url)?.connect().await?;
    sqlx::query("UPDATE lane SET done_seq = head_seq, owner = NULL, lease_until = NULL WHERE starts_with(tenant, $1)")
        .bind(run)
        .execute(&mut conn)
        .await?;
    sqlx::query("VACUUM (ANALYZE) lane").execute(&mut conn).await?;
    Ok(conn.close().await?)
}

/// Claims every lane that [`ingest_pg`] left, once by the store and once by bare statements that lease the lanes and read their
/// events: lanes per second.
pub async fn claims_pg(url: &str, run: &str, at: DateTime, batch: u32) -> Result<Beside> {
    let store = PgStore::open(url, &format!("{run}-t1"), PgOptions::default()).await?;
    let (mut lanes, started) = (0, Instant::now());
    loop {
        let claimed = store.claim("bench", at, LEASE, batch).await?.len();
        lanes += claimed;
        if claimed == 0 {
            break;
        }
    }
    let ours = per_second(lanes, started.elapsed());
    store.close().await;
    let (tenant, mut conn) = (format!("{run}-bare"), Link::new(url)?.connect().await?);
    let (mut lanes, started) = (0, Instant::now());
    loop {
        let claimed = claim(&mut conn, &tenant, at, batch).await?;
        lanes += claimed;
        if claimed == 0 {
            break;
        }
    }
    let bare = per_second(lanes, started.elapsed());
    conn.close().await?;
    Ok(Beside { ours, bare })
}

async fn claim(conn: &mut PgConnection, tenant: &str, at: DateTime, batch: u32) -> Result<usize> {
    let leased: Vec<(String, i64, i64, i64)> = sqlx::query_as(
        "UPDATE lane l SET owner = 'bare', fence = fence + 1, lease_until = clock_timestamp() + interval '60 seconds'
         FROM (SELECT account FROM lane WHERE tenant = $1 AND parked IS NULL AND next_due_at <= $2
               AND (lease_until IS NULL OR lease_until <= clock_timestamp())
               ORDER BY next_due_at, account LIMIT $3 FOR UPDATE SKIP LOCKED) v
         WHERE l.tenant = $1 AND l.account = v.account RETURNING l.account, l.head_seq, l.done_seq, l.fence",
    )
    .bind(tenant)
    .bind(at.to_string())
    .bind(i64::from(batch))
    .fetch_all(&mut *conn)
    .await?;
    type Event = (String, i64, Vec<u8>, Vec<u8>, Vec<u8>);
    let _: Vec<Event> = sqlx::query_as(
        "SELECT e.account, e.seq, e.payload, e.digest, k.key FROM unnest($2::text[], $3::bigint[]) AS v (account, done)
         JOIN subject_key k ON k.tenant = $1 AND k.account = v.account
         JOIN event e ON e.tenant = $1 AND e.account = v.account AND e.seq > v.done",
    )
    .bind(tenant)
    .bind(leased.iter().map(|(account, ..)| account.as_str()).collect::<Vec<_>>())
    .bind(leased.iter().map(|(_, _, done, _)| *done).collect::<Vec<_>>())
    .fetch_all(&mut *conn)
    .await?;
    Ok(leased.len())
}

/// Tables that the measurements fill.
const FILLED: [&str; 11] = [
    "inbox",
    "event",
    "subject_key",
    "lane",
    "state",
    "decision",
    "effect",
    "cursor",
    "account_view",
    "item_view",
    "reference",
];

/// Deletes what the run left behind.
pub async fn forget_pg(url: &str, run: &str) -> Result<()> {
    let mut conn = Link::new(url)?.connect().await?;
    for table in FILLED {
        let statement = AssertSqlSafe(format!("DELETE FROM {table} WHERE starts_with(tenant, $1)"));
        sqlx::query(statement).bind(run).execute(&mut conn).await?;
    }
    conn.close().await?;
    Ok(())
}
