//! Reads of the seals, the same on every engine.

use sqlx::{ColumnIndex, Database, Decode, Encode, Executor, IntoArguments, Type};

use super::Reader;
use crate::Result;
use crate::row::{count, moment};
use crate::seal::Seal;
use crate::tail::TailPosition;

impl<DB> Reader<DB>
where
    DB: Database,
    DB::Arguments: IntoArguments<DB>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'q> &'q str: Encode<'q, DB> + Type<DB>,
    for<'q> i64: Encode<'q, DB> + Decode<'q, DB> + Type<DB>,
    for<'q> String: Decode<'q, DB> + Type<DB>,
    for<'q> Vec<u8>: Decode<'q, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    pub async fn seals(&self, after_no: i64, limit: u32) -> Result<Vec<Seal>> {
        let rows: Vec<SealColumns> = sqlx::query_as(
            "SELECT no, until_transaction, until_number, events, root, previous, signature, at FROM seal
                 WHERE tenant = $1 AND no > $2 ORDER BY no LIMIT $3",
        )
        .bind(&*self.tenant)
        .bind(after_no)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(seal).collect()
    }

    pub async fn last_seal(&self) -> Result<Option<Seal>> {
        let row: Option<SealColumns> = sqlx::query_as(
            "SELECT no, until_transaction, until_number, events, root, previous, signature, at FROM seal
             WHERE tenant = $1 ORDER BY no DESC LIMIT 1",
        )
        .bind(&*self.tenant)
        .fetch_optional(&self.pool)
        .await?;
        row.map(seal).transpose()
    }
}

/// A seal: its number, until which transaction and number, events, root, root before, signature, and when.
type SealColumns = (i64, i64, i64, i64, Vec<u8>, Vec<u8>, Vec<u8>, String);

fn seal(columns: SealColumns) -> Result<Seal> {
    let (no, transaction, number, events, root, previous, signature, at) = columns;
    let until = TailPosition { transaction: count(transaction), number };
    let events = u32::try_from(events).unwrap_or(u32::MAX);
    Ok(Seal { no, until, events, root, previous, signature, at: moment(&at)? })
}
