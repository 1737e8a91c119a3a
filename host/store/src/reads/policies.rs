//! Reads of what was published.

use escalation::PolicyRef;
use sqlx::{ColumnIndex, Database, Decode, Encode, Executor, IntoArguments, Type};

use super::Reader;
use crate::Result;
use crate::policy::Published;
use crate::row::moment;

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
    pub async fn policies(&self) -> Result<Vec<Published>> {
        type Row = (String, String, String, String, String, String);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT name, version, text, at, who, because FROM policy WHERE tenant = $1 ORDER BY place, at, name, version",
        )
        .bind(&*self.tenant)
        .fetch_all(&self.pool)
        .await?;
        let published = |(name, version, text, at, who, because): Row| {
            Ok(Published { policy: PolicyRef { name, version }, text, at: moment(&at)?, who, because })
        };
        rows.into_iter().map(published).collect()
    }

    pub async fn policies_until(&self) -> Result<i64> {
        let (until,): (i64,) = sqlx::query_as("SELECT coalesce(max(place), 0) FROM policy WHERE tenant = $1")
            .bind(&*self.tenant)
            .fetch_one(&self.pool)
            .await?;
        Ok(until)
    }
}
