//! The SQLite side: rows out of it, and the mark that it was moved.

use std::path::Path;

use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, Row, SqliteConnection};

use super::cells::{Batch, Sum, carried, cells};
use super::tables::{Table, Way};
use super::{MOVED_TO, refused};
use crate::Result;
use crate::sqlite::{known_schema, open_to_write, options, schema};

pub struct Source {
    pub conn: SqliteConnection,
    tenant: String,
}

impl Source {
    /// Beside a running process.
    pub async fn open_read_only(file: &Path, tenant: &str) -> Result<Self> {
        if !file.is_file() {
            return Err(refused(file.display(), "there is no such database", "name the workspace that is to be moved"));
        }
        let mut conn = options(file).read_only(true).connect().await?;
        let (found, known) = (schema(&mut conn).await?, known_schema());
        if found != known {
            let why = format!("it has schema {found}, this program copies {known}");
            return Err(refused(file.display(), &why, "start this program's `dunlin serve` once, then copy"));
        }
        Ok(Self { conn, tenant: tenant.to_owned() })
    }

    /// The caller holds the lock.
    pub async fn open(file: &Path, tenant: &str) -> Result<Self> {
        Ok(Self { conn: open_to_write(file).await?, tenant: tenant.to_owned() })
    }

    /// Rows of a growing table behind a number, and the number of the last of them.
    pub async fn after(&mut self, table: &Table, number: i64) -> Result<(Batch, i64)> {
        let by = table.number();
        let statement = select(table, by, &format!("{by} > ?2 ORDER BY {by} LIMIT 500"));
        let query = sqlx::query(AssertSqlSafe(statement)).bind(&self.tenant).bind(number);
        let (mut batch, mut last) = (Batch::default(), number);
        let mut rows = self.conn.fetch(query);
        while let Some(row) = rows.try_next().await? {
            last = row.try_get(carried(table).count())?;
            batch.push(cells(table, &row)?);
            if batch.is_full() {
                break;
            }
        }
        Ok((batch, last))
    }

    /// The highest number of a growing table.
    pub async fn highest(&mut self, table: &Table) -> Result<i64> {
        let statement = format!("SELECT coalesce(max({}), 0) FROM {}", table.number(), table.from);
        let (highest,): (i64,) = sqlx::query_as(AssertSqlSafe(statement)).fetch_one(&mut self.conn).await?;
        Ok(highest)
    }

    /// Passes everything of a table on that is not there yet, in batches; `since` and `number`: what was copied before.
    pub async fn rest(
        &mut self,
        table: &Table,
        number: i64,
        since: &str,
        mut take: impl AsyncFnMut(Batch) -> Result<()>,
    ) -> Result<()> {
        let by = table.number();
        let which = match table.way {
            Way::Grows => format!("{by} > ?3 AND ?2 = ?2 ORDER BY {by}"),
            Way::GrowsAndChanges { changed, .. } => format!("({by} > ?3 OR {changed}) ORDER BY {by}"),
            Way::Whole { order: "" } => "?2 = ?2 AND ?3 = ?3".to_owned(),
            Way::Whole { order } => format!("?2 = ?2 AND ?3 = ?3 ORDER BY {order}"),
        };
        let statement = select(table, "0", &which);
        let query = sqlx::query(AssertSqlSafe(statement)).bind(&self.tenant).bind(since).bind(number);
        let mut rows = self.conn.fetch(query);
        let mut batch = Batch::default();
        while let Some(row) = rows.try_next().await? {
            batch.push(cells(table, &row)?);
            if batch.is_full() {
                take(std::mem::take(&mut batch)).await?;
            }
        }
        take(batch).await
    }

    pub async fn sum(&mut self, table: &Table) -> Result<Sum> {
        let statement = select(table, "0", "1 = 1");
        let mut rows = self.conn.fetch(sqlx::query(AssertSqlSafe(statement)).bind(&self.tenant));
        let mut sum = Sum::default();
        while let Some(row) = rows.try_next().await? {
            sum.add(&cells(table, &row)?);
        }
        Ok(sum)
    }

    /// When the newest report came in: what changes from now on is not older.
    pub async fn newest_report(&mut self) -> Result<String> {
        let (newest,): (String,) = sqlx::query_as("SELECT coalesce(max(received_at), '') FROM inbox WHERE tenant = ?1")
            .bind(&self.tenant)
            .fetch_one(&mut self.conn)
            .await?;
        Ok(newest)
    }

    pub async fn moved_to(&mut self) -> Result<Option<String>> {
        moved_to(&mut self.conn, &self.tenant).await
    }

    /// From now on nobody works on it; with nothing: as before.
    pub async fn mark(&mut self, to: Option<&str>) -> Result<()> {
        let statement = match to {
            Some(_) => {
                "INSERT INTO note (tenant, name, value) VALUES (?1, ?2, ?3)
                 ON CONFLICT (tenant, name) DO UPDATE SET value = excluded.value"
            }
            None => "DELETE FROM note WHERE tenant = ?1 AND name = ?2 AND ?3 IS NULL",
        };
        sqlx::query(statement).bind(&self.tenant).bind(MOVED_TO).bind(to).execute(&mut self.conn).await?;
        Ok(())
    }
}

/// Where a creditor's database was moved to, if it was.
pub async fn moved_to(conn: &mut SqliteConnection, tenant: &str) -> Result<Option<String>> {
    let row: Option<(String,)> = sqlx::query_as("SELECT value FROM note WHERE tenant = ?1 AND name = ?2")
        .bind(tenant)
        .bind(MOVED_TO)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|(to,)| to))
}

/// The carried columns and one more, of the tenant's rows. The plus keeps the planner on the order of the rows.
fn select(table: &Table, more: &str, which: &str) -> String {
    let columns: Vec<&str> = carried(table).map(|column| column.name).collect();
    let only = if table.only.is_empty() { "1 = 1" } else { table.only };
    format!("SELECT {}, {more} FROM {} WHERE +tenant = ?1 AND {only} AND {which}", columns.join(", "), table.from)
}
