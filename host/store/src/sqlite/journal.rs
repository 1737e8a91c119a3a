//! Appending to the journal: the events of a transaction, each behind its lane's head, sealed with its account's key.

use super::bulk::{Batch, Bulk};
use super::packed::{Packed, packed};
use super::writer::Tx;
use crate::Result;
use crate::journal::{Grown, Recorded, grown};
use crate::row::json;
use crate::subjects::{SubjectRow, Subjects};

const EVENTS: Bulk = Bulk {
    columns: "account, seq, recorded_at, type, happened_on, connection, report, payload, digest",
    statement: "INSERT INTO event (tenant, account, seq, recorded_at, type, happened_on, connection, report, sealed, payload, digest)
            SELECT ?1, v.account, v.seq, v.recorded_at, v.type, v.happened_on, v.connection, v.report, 1, v.payload, v.digest FROM v WHERE v.account IS NOT NULL",
};

const LANES: Bulk = Bulk {
    columns: "account, head_seq, next_due_at",
    statement: "INSERT INTO lane (tenant, account, head_seq, done_seq, next_due_at, fence)
            SELECT ?1, v.account, v.head_seq, 0, v.next_due_at, 0 FROM v WHERE v.account IS NOT NULL
            ON CONFLICT (tenant, account) DO UPDATE SET head_seq = head_seq + excluded.head_seq,
            next_due_at = min(coalesce(next_due_at, excluded.next_due_at), excluded.next_due_at)",
};

const KEYS: Bulk = Bulk {
    columns: "account, key",
    statement: "INSERT INTO subject_key (tenant, account, key)
            SELECT ?1, v.account, v.key FROM v WHERE v.account IS NOT NULL",
};

/// Of the accounts in the JSON list `?2`: what [`read`] makes subjects of.
macro_rules! subject_rows {
    () => {
        concat!(
            "SELECT ",
            packed!("j.value", "coalesce(l.head_seq, 0)", "hex(k.key)", "x.at IS NOT NULL"),
            " FROM json_each(?2) j
              LEFT JOIN lane l ON l.tenant = ?1 AND l.account = j.value
              LEFT JOIN subject_key k ON k.tenant = ?1 AND k.account = j.value
              LEFT JOIN erased x ON x.tenant = ?1 AND x.account = j.value"
        )
    };
}
pub(super) use subject_rows;

/// Heads and keys of accounts, as [`subject_rows`] packs them.
pub(super) fn read(text: &str) -> Result<Subjects> {
    let (mut rows, mut packed): (Vec<SubjectRow>, _) = (Vec::new(), Packed(text));
    while !packed.is_empty() {
        let account = packed.text()?.to_owned();
        rows.push((account, packed.number()?, packed.bytes()?, packed.number()? != 0));
    }
    Subjects::of(rows)
}

async fn subjects(tx: &mut Tx<'_>, lines: &[Recorded<'_>]) -> Result<Subjects> {
    let accounts = Subjects::accounts(lines);
    if accounts.is_empty() {
        return Subjects::of(Vec::new());
    }
    let (text,): (String,) =
        sqlx::query_as(subject_rows!()).bind(tx.tenant).bind(json(&accounts)?).fetch_one(&mut *tx.conn).await?;
    read(&text)
}

/// Appends events and makes their lanes due; lanes are made when they are missing.
pub(super) async fn append(tx: &mut Tx<'_>, lines: &[Recorded<'_>]) -> Result<()> {
    let subjects = subjects(tx, lines).await?;
    append_after(tx, Batch::default(), lines, subjects).await
}

/// The same after what is in the batch, and where the accounts were looked up before.
pub(super) async fn append_after(
    tx: &mut Tx<'_>,
    batch: Batch<'_>,
    lines: &[Recorded<'_>],
    subjects: Subjects,
) -> Result<()> {
    let lanes: Vec<(&str, Grown<'_>)> = grown(lines).into_iter().collect();
    let batch = insert_after(tx, batch, lines, subjects)?;
    let batch =
        batch.add(&LANES, &lanes, |values, (account, lane)| values.bind(*account).bind(lane.by).bind(lane.due_at));
    batch.run(tx, &[]).await
}

/// Inserts events behind the heads of their lanes, which the caller moves.
pub(super) async fn insert(tx: &mut Tx<'_>, lines: &[Recorded<'_>]) -> Result<()> {
    let subjects = subjects(tx, lines).await?;
    insert_after(tx, Batch::default(), lines, subjects)?.run(tx, &[]).await
}

fn insert_after<'b>(
    tx: &Tx<'_>,
    batch: Batch<'b>,
    lines: &[Recorded<'_>],
    mut subjects: Subjects,
) -> Result<Batch<'b>> {
    let keys = subjects.complete(lines)?;
    let sealed = subjects.seal(tx.tenant, lines)?;
    let batch = batch.add(&KEYS, &keys, |values, (account, key)| values.bind(*account).bind(key.as_slice()));
    Ok(batch.add(&EVENTS, &sealed, |values, one| {
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
    }))
}
