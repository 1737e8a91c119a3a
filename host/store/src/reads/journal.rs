//! The journal of an account, as far as it can still be told; the same on every engine.

use escalation::AccountId;
use sqlx::{ColumnIndex, Database, Decode, Encode, Executor, FromRow, IntoArguments, Type};

use super::Reader;
use crate::Result;
use crate::journal::JournalEntry;
use crate::row::{hex, moment};
use crate::subject::{Kept, Label, Place};

pub(crate) const JOURNAL: &str =
    "SELECT e.seq, e.recorded_at, e.type AS kind, e.happened_on, e.connection, e.report, e.sealed,
        e.payload, e.digest, k.key, x.at AS erased_at, s.who || ': ' || s.reason AS skipped FROM any_event e
    LEFT JOIN subject_key k ON k.tenant = e.tenant AND k.account = e.account
    LEFT JOIN erased x ON x.tenant = e.tenant AND x.account = e.account
    LEFT JOIN skipped s ON s.tenant = e.tenant AND s.account = e.account AND s.seq = e.seq
    WHERE e.tenant = $1 AND e.account = $2 AND e.seq > $3 ORDER BY e.seq LIMIT $4";

impl<DB> Reader<DB>
where
    DB: Database,
    DB::Arguments: IntoArguments<DB>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'q> &'q str: Encode<'q, DB> + Type<DB>,
    for<'q> i64: Encode<'q, DB> + Decode<'q, DB> + Type<DB>,
    for<'q> String: Decode<'q, DB> + Type<DB>,
    for<'q> Vec<u8>: Decode<'q, DB> + Type<DB>,
    for<'r> Row: FromRow<'r, DB::Row>,
    usize: ColumnIndex<DB::Row>,
{
    pub async fn journal(&self, account: &AccountId, after_seq: i64, limit: u32) -> Result<Vec<JournalEntry>> {
        let rows: Vec<Row> = sqlx::query_as(JOURNAL)
            .bind(&*self.tenant)
            .bind(account.as_str())
            .bind(after_seq)
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(|row| row.read(&self.tenant, account)).collect()
    }
}

#[derive(FromRow)]
pub(crate) struct Row {
    seq: i64,
    recorded_at: String,
    kind: String,
    happened_on: String,
    connection: Option<String>,
    report: Option<String>,
    sealed: i64,
    payload: Option<Vec<u8>>,
    digest: Vec<u8>,
    key: Option<Vec<u8>>,
    erased_at: Option<String>,
    skipped: Option<String>,
}

impl Row {
    fn read(self, tenant: &str, account: &AccountId) -> Result<JournalEntry> {
        let Self { seq, recorded_at, kind, happened_on, connection, report, payload, digest, key, .. } = self;
        let recorded = moment(&recorded_at)?;
        let label = Label { recorded_at, kind, happened_on, connection, report };
        let kept = Kept { sealed: self.sealed != 0, payload, digest, key, erased: self.erased_at.is_some() };
        let place = Place { tenant, account: account.as_str(), seq };
        Ok(JournalEntry {
            account: account.clone(),
            seq,
            recorded_at: recorded,
            content: kept.content(place),
            hash: hex(&kept.hash(place, &label)),
            skipped: self.skipped,
        })
    }
}
