//! Reads of what other systems told.

use sqlx::{ColumnIndex, Database, Decode, Encode, Executor, IntoArguments, Type};

use super::Reader;
use crate::Result;
use crate::row::moment;
use crate::webhook::Heard;

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
    pub async fn heard(&self, connection: &str, after: i64, limit: u32) -> Result<Vec<Heard>> {
        let rows: Vec<(i64, String, String)> = sqlx::query_as(
            "SELECT seq, received_at, content FROM webhook
             WHERE tenant = $1 AND connection = $2 AND seq > $3 AND content <> '' ORDER BY seq LIMIT $4",
        )
        .bind(&*self.tenant)
        .bind(connection)
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        let heard = |(seq, at, content): (i64, String, String)| Ok(Heard { seq, at: moment(&at)?, content });
        rows.into_iter().map(heard).collect()
    }

    pub async fn heard_until(&self, connection: &str) -> Result<i64> {
        let (until,): (i64,) =
            sqlx::query_as("SELECT coalesce(max(seq), 0) FROM webhook WHERE tenant = $1 AND connection = $2")
                .bind(&*self.tenant)
                .bind(connection)
                .fetch_one(&self.pool)
                .await?;
        Ok(until)
    }
}
