//! Appending to the journal: the events of a transaction, each behind its lane's head.

use std::collections::{BTreeMap, HashMap};

use super::writer::{Outcome, Tx};
use crate::journal::Line;

/// A line and when it was recorded.
pub(super) type Recorded<'l> = (&'l str, &'l Line);

/// Appends events and makes their lanes due; lanes are made when they are missing. The lanes are locked from here on.
pub(super) async fn append(tx: &mut Tx<'_>, lines: &[Recorded<'_>]) -> Outcome<()> {
    if lines.is_empty() {
        return Ok(());
    }
    // In the order of their names, so that two transactions never wait for each other.
    let mut grown: BTreeMap<&str, (i64, &str)> = BTreeMap::new();
    for (at, line) in lines {
        let (n, earliest) = grown.entry(&line.account).or_insert((0, at));
        *n += 1;
        *earliest = (*earliest).min(at);
    }
    let heads: Vec<(String, i64)> = sqlx::query_as(
        "INSERT INTO lane AS l (tenant, account, head_seq, done_seq, next_due_at, fence)
         SELECT $1, v.account, v.n, 0, v.at, 0 FROM unnest($2::text[], $3::bigint[], $4::text[]) AS v (account, n, at)
         ON CONFLICT (tenant, account) DO UPDATE SET head_seq = l.head_seq + excluded.head_seq,
         next_due_at = least(l.next_due_at, excluded.next_due_at) RETURNING account, head_seq",
    )
    .bind(tx.tenant)
    .bind(grown.keys().copied().collect::<Vec<_>>())
    .bind(grown.values().map(|(n, _)| *n).collect::<Vec<_>>())
    .bind(grown.values().map(|(_, at)| *at).collect::<Vec<_>>())
    .fetch_all(&mut *tx.conn)
    .await?;
    let before = heads.iter().map(|(account, head)| {
        let n = grown.get(account.as_str()).map_or(0, |(n, _)| *n);
        (account.as_str(), head - n)
    });
    insert(tx, lines, before.collect()).await
}

/// Inserts events behind the heads of their lanes, which the caller has locked and moves.
pub(super) async fn insert(tx: &mut Tx<'_>, lines: &[Recorded<'_>], mut heads: HashMap<&str, i64>) -> Outcome<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let mut numbers = Vec::with_capacity(lines.len());
    for (_, line) in lines {
        let head = heads.entry(&line.account).or_default();
        *head += 1;
        numbers.push(*head);
    }
    sqlx::query(
        "INSERT INTO event (tenant, account, seq, recorded_at, payload, hash)
         SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::bytea[])",
    )
    .bind(tx.tenant)
    .bind(lines.iter().map(|(_, line)| line.account.as_str()).collect::<Vec<_>>())
    .bind(numbers)
    .bind(lines.iter().map(|(at, _)| *at).collect::<Vec<_>>())
    .bind(lines.iter().map(|(_, line)| line.payload.as_str()).collect::<Vec<_>>())
    .bind(lines.iter().map(|(_, line)| line.hash.as_slice()).collect::<Vec<_>>())
    .execute(&mut *tx.conn)
    .await?;
    Ok(())
}
