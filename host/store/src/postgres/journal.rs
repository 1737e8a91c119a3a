//! Appending to the journal: the events of a transaction, each behind its lane's head, sealed with its account's key.

use std::collections::{BTreeSet, HashMap};

use super::writer::{Outcome, Trouble, Tx};
use crate::journal::{Recorded, grown};
use crate::subjects::{SubjectRow, Subjects};

/// Appends events and makes their lanes due; lanes are made when they are missing. The lanes are locked from here on.
pub(super) async fn append(tx: &mut Tx<'_>, lines: &[Recorded<'_>]) -> Outcome<()> {
    if lines.is_empty() {
        return Ok(());
    }
    // In the order of their names, so that two transactions never wait for each other.
    let grown = grown(lines);
    let heads: Vec<(String, i64)> = sqlx::query_as(
        "INSERT INTO lane AS l (tenant, account, head_seq, done_seq, next_due_at, fence)
         SELECT $1, v.account, v.n, 0, v.at, 0 FROM unnest($2::text[], $3::bigint[], $4::text[]) AS v (account, n, at)
         ON CONFLICT (tenant, account) DO UPDATE SET head_seq = l.head_seq + excluded.head_seq,
         next_due_at = least(l.next_due_at, excluded.next_due_at) RETURNING account, head_seq",
    )
    .bind(tx.tenant)
    .bind(grown.keys().copied().collect::<Vec<_>>())
    .bind(grown.values().map(|lane| lane.by).collect::<Vec<_>>())
    .bind(grown.values().map(|lane| lane.due_at).collect::<Vec<_>>())
    .fetch_all(&mut *tx.conn)
    .await?;
    let before = heads.iter().map(|(account, head)| {
        let n = grown.get(account.as_str()).map_or(0, |lane| lane.by);
        (account.as_str(), head - n)
    });
    insert(tx, lines, &before.collect()).await
}

/// Inserts events behind the heads of their lanes, which the caller has locked and moves. `Trouble::Erased` where one of the
/// accounts was erased.
pub(super) async fn insert(tx: &mut Tx<'_>, lines: &[Recorded<'_>], heads: &HashMap<&str, i64>) -> Outcome<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let mut subjects = subjects(tx, lines, heads).await?;
    let erased: BTreeSet<String> =
        Subjects::accounts(lines).into_iter().filter(|one| subjects.is_erased(one)).map(str::to_owned).collect();
    if !erased.is_empty() {
        return Err(Trouble::Erased(erased));
    }
    let keys = subjects.complete(lines)?;
    if !keys.is_empty() {
        sqlx::query("INSERT INTO subject_key (tenant, account, key) SELECT $1, * FROM unnest($2::text[], $3::bytea[])")
            .bind(tx.tenant)
            .bind(keys.iter().map(|(account, _)| *account).collect::<Vec<_>>())
            .bind(keys.iter().map(|(_, key)| key.as_slice()).collect::<Vec<_>>())
            .execute(&mut *tx.conn)
            .await?;
    }
    let sealed = subjects.seal(tx.tenant, lines)?;
    let origin = || sealed.iter().map(|one| one.line.origin.as_ref());
    sqlx::query(
        "INSERT INTO event (tenant, sealed, account, seq, recorded_at, type, happened_on, connection, report, payload, digest)
         SELECT $1, 1, * FROM unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
         $9::bytea[], $10::bytea[])",
    )
    .bind(tx.tenant)
    .bind(sealed.iter().map(|one| one.line.account.as_str()).collect::<Vec<_>>())
    .bind(sealed.iter().map(|one| one.seq).collect::<Vec<_>>())
    .bind(sealed.iter().map(|one| one.recorded_at).collect::<Vec<_>>())
    .bind(sealed.iter().map(|one| one.line.kind.as_str()).collect::<Vec<_>>())
    .bind(sealed.iter().map(|one| one.line.happened_on.as_str()).collect::<Vec<_>>())
    .bind(origin().map(|origin| origin.map(|origin| origin.connection.as_str())).collect::<Vec<_>>())
    .bind(origin().map(|origin| origin.map(|origin| origin.key.as_str())).collect::<Vec<_>>())
    .bind(sealed.iter().map(|one| one.payload.as_slice()).collect::<Vec<_>>())
    .bind(sealed.iter().map(|one| one.digest.as_slice()).collect::<Vec<_>>())
    .execute(&mut *tx.conn)
    .await?;
    Ok(())
}

/// Keys of accounts whose lanes are locked: neither a key nor an erasure comes in between.
async fn subjects(tx: &mut Tx<'_>, lines: &[Recorded<'_>], heads: &HashMap<&str, i64>) -> Outcome<Subjects> {
    let rows: Vec<(String, Option<Vec<u8>>, bool)> = sqlx::query_as(
        "SELECT v.account, k.key, x.at IS NOT NULL FROM unnest($2::text[]) AS v (account)
         LEFT JOIN subject_key k ON k.tenant = $1 AND k.account = v.account
         LEFT JOIN erased x ON x.tenant = $1 AND x.account = v.account",
    )
    .bind(tx.tenant)
    .bind(Subjects::accounts(lines).into_iter().collect::<Vec<_>>())
    .fetch_all(&mut *tx.conn)
    .await?;
    let subject = |(account, key, erased): (String, Option<Vec<u8>>, bool)| -> SubjectRow {
        let head = heads.get(account.as_str()).copied().unwrap_or_default();
        (account, head, key, erased)
    };
    Ok(Subjects::of(rows.into_iter().map(subject).collect())?)
}
