//! Appending to the journal: the events of a transaction, each behind its lane's head.

use std::collections::HashMap;

use super::bulk::Bulk;
use super::writer::Tx;
use crate::Result;
use crate::journal::{Line, numbered};

const EVENTS: Bulk = Bulk {
    head: "INSERT INTO event (tenant, account, seq, recorded_at, payload, hash) VALUES ",
    row: "(?1, $1, coalesce((SELECT head_seq FROM lane WHERE tenant = ?1 AND account = $2), 0) + $3, ?2, $4, $5)",
    width: 5,
    tail: "",
};

const LANES: Bulk = Bulk {
    head: "INSERT INTO lane (tenant, account, head_seq, done_seq, next_due_at, fence) VALUES ",
    row: "(?1, $1, $2, 0, ?2, 0)",
    width: 2,
    tail: " ON CONFLICT (tenant, account) DO UPDATE SET head_seq = head_seq + excluded.head_seq,
            next_due_at = min(coalesce(next_due_at, excluded.next_due_at), excluded.next_due_at)",
};

/// Appends events and makes their lanes due; lanes are made when they are missing.
pub(super) async fn append(tx: &mut Tx<'_>, recorded_at: &str, lines: &[&Line]) -> Result<()> {
    let grown: Vec<(&str, i64)> = insert(tx, recorded_at, lines).await?.into_iter().collect();
    LANES.run(tx, &[recorded_at], &grown, |values, (account, n)| values.bind(*account).bind(*n)).await
}

/// Inserts events behind the heads of their lanes, which the caller moves; answers by how much for each account.
pub(super) async fn insert<'l>(
    tx: &mut Tx<'_>,
    recorded_at: &str,
    lines: &[&'l Line],
) -> Result<HashMap<&'l str, i64>> {
    let (rows, grown) = numbered(lines);
    EVENTS
        .run(tx, &[recorded_at], &rows, |values, (line, n)| {
            let account = line.account.as_str();
            values.bind(account).bind(account).bind(*n).bind(line.payload.as_str()).bind(line.hash.as_slice())
        })
        .await?;
    Ok(grown)
}
