//! Appending to the journal: the events of a transaction, each behind its lane's head, sealed with its account's key.

use super::bulk::Bulk;
use super::writer::Tx;
use crate::Result;
use crate::journal::{Grown, Recorded, grown};
use crate::row::json;
use crate::subjects::{SubjectRow, Subjects};

const EVENTS: Bulk = Bulk {
    head: "INSERT INTO event (tenant, account, seq, recorded_at, type, happened_on, connection, report, sealed, payload, digest) VALUES ",
    row: "(?1, $1, $2, $3, $4, $5, $6, $7, 1, $8, $9)",
    width: 9,
    tail: "",
};

const LANES: Bulk = Bulk {
    head: "INSERT INTO lane (tenant, account, head_seq, done_seq, next_due_at, fence) VALUES ",
    row: "(?1, $1, $2, 0, $3, 0)",
    width: 3,
    tail: " ON CONFLICT (tenant, account) DO UPDATE SET head_seq = head_seq + excluded.head_seq,
            next_due_at = min(coalesce(next_due_at, excluded.next_due_at), excluded.next_due_at)",
};

const KEYS: Bulk =
    Bulk { head: "INSERT INTO subject_key (tenant, account, key) VALUES ", row: "(?1, $1, $2)", width: 2, tail: "" };

/// Heads and keys of the accounts that these lines are for.
pub(super) async fn subjects(tx: &mut Tx<'_>, lines: &[Recorded<'_>]) -> Result<Subjects> {
    let accounts = Subjects::accounts(lines);
    if accounts.is_empty() {
        return Subjects::of(Vec::new());
    }
    let rows: Vec<SubjectRow> = sqlx::query_as(
        "SELECT j.value, coalesce(l.head_seq, 0), k.key, x.at IS NOT NULL FROM json_each(?2) j
         LEFT JOIN lane l ON l.tenant = ?1 AND l.account = j.value
         LEFT JOIN subject_key k ON k.tenant = ?1 AND k.account = j.value
         LEFT JOIN erased x ON x.tenant = ?1 AND x.account = j.value",
    )
    .bind(tx.tenant)
    .bind(json(&accounts)?)
    .fetch_all(&mut *tx.conn)
    .await?;
    Subjects::of(rows)
}

/// Appends events and makes their lanes due; lanes are made when they are missing.
pub(super) async fn append(tx: &mut Tx<'_>, lines: &[Recorded<'_>]) -> Result<()> {
    let subjects = subjects(tx, lines).await?;
    append_of(tx, lines, subjects).await
}

/// The same, where the accounts were looked up before.
pub(super) async fn append_of(tx: &mut Tx<'_>, lines: &[Recorded<'_>], subjects: Subjects) -> Result<()> {
    insert_of(tx, lines, subjects).await?;
    let lanes: Vec<(&str, Grown<'_>)> = grown(lines).into_iter().collect();
    LANES.run(tx, &[], &lanes, |values, (account, lane)| values.bind(*account).bind(lane.by).bind(lane.due_at)).await
}

/// Inserts events behind the heads of their lanes, which the caller moves.
pub(super) async fn insert(tx: &mut Tx<'_>, lines: &[Recorded<'_>]) -> Result<()> {
    let subjects = subjects(tx, lines).await?;
    insert_of(tx, lines, subjects).await
}

async fn insert_of(tx: &mut Tx<'_>, lines: &[Recorded<'_>], mut subjects: Subjects) -> Result<()> {
    let keys = subjects.complete(lines)?;
    KEYS.run(tx, &[], &keys, |values, (account, key)| values.bind(*account).bind(key.as_slice())).await?;
    let sealed = subjects.seal(tx.tenant, lines)?;
    EVENTS
        .run(tx, &[], &sealed, |values, one| {
            let origin = one.line.origin.as_ref();
            values
                .bind(one.line.account.as_str())
                .bind(one.seq)
                .bind(one.recorded_at)
                .bind(one.line.kind.as_str())
                .bind(one.line.happened_on.as_str())
                .bind(origin.map(|origin| origin.connection.as_str()))
                .bind(origin.map(|origin| origin.key.as_str()))
                .bind(one.payload.as_slice())
                .bind(one.digest.as_slice())
        })
        .await
}
