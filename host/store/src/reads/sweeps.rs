//! Reads of full reconciles, the same on every engine.

use sqlx::{ColumnIndex, Database, Decode, Encode, Executor, IntoArguments, Type};

use super::Reader;
use crate::Result;
use crate::row::{count, from_json, moment, moment_or_none};
use crate::sweep::Sweep;

impl<DB> Reader<DB>
where
    DB: Database,
    DB::Arguments: IntoArguments<DB>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'q> &'q str: Encode<'q, DB> + Type<DB>,
    for<'q> i64: Encode<'q, DB> + Decode<'q, DB> + Type<DB>,
    for<'q> String: Decode<'q, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    pub async fn sweeps(&self, limit: u32) -> Result<Vec<Sweep>> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT connection, generation, started, ended, complete, note, listed, totals, missing_once, missing, found
             FROM sweep WHERE tenant = $1 ORDER BY started DESC, connection, generation DESC LIMIT $2",
        )
        .bind(&*self.tenant)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(sweep).collect()
    }
}

/// The columns of [`Reader::sweeps`].
type Row = (String, i64, String, Option<String>, i64, String, i64, String, i64, i64, i64);

fn sweep(row: Row) -> Result<Sweep> {
    let (connection, generation, started, ended, complete, note, listed, totals, missing_once, missing, found) = row;
    Ok(Sweep {
        totals: from_json(&totals, || format!("run {generation} of `{connection}`"))?,
        started: moment(&started)?,
        ended: moment_or_none(ended)?,
        complete: complete != 0,
        listed: count(listed),
        missing_once: count(missing_once),
        missing: count(missing),
        found: count(found),
        connection,
        generation,
        note,
    })
}
