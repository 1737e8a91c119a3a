//! The PostgreSQL side: rows into it, how far they are, and that nobody works on them before they are whole.

use std::collections::BTreeMap;

use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::cells::{Batch, Cell, Sum, carried, cells};
use super::tables::{Column, Kind, TABLES, Table, Way};
use super::{UNFINISHED, refused};
use crate::Result;
use crate::postgres::link::Link;
use crate::row::{from_json, json};

/// No statement of a copy takes longer; a server that is gone is noticed by the connection.
const STATEMENT_MAX: &str = "SELECT set_config('statement_timeout', '6h', false),
    set_config('idle_in_transaction_session_timeout', '10min', false)";

/// How far a copy is. As long as it stands beside the rows, no host opens them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub from: String,
    /// The newest report there was when copying began.
    pub since: String,
    /// The last row of each growing table that is there.
    pub done: BTreeMap<String, i64>,
}

impl Progress {
    pub fn of(&self, table: &Table) -> i64 {
        self.done.get(table.name).copied().unwrap_or(0)
    }
}

pub struct Target {
    conn: PgConnection,
    tenant: String,
    pub place: String,
}

impl Target {
    pub async fn open(url: &str, tenant: &str) -> Result<Self> {
        let link = Link::new(url)?;
        let mut conn = link.connect().await?;
        link.migrate(&mut conn).await?;
        conn.execute(STATEMENT_MAX).await?;
        Ok(Self { conn, tenant: tenant.to_owned(), place: link.place })
    }

    pub async fn progress(&mut self) -> Result<Option<Progress>> {
        progress(&mut self.conn, &self.tenant).await
    }

    /// Refuses a creditor that is here already.
    pub async fn is_empty(&mut self) -> Result<()> {
        for table in TABLES {
            let statement = format!("SELECT EXISTS (SELECT 1 FROM {} WHERE tenant = $1)", table.name);
            let (there,): (bool,) =
                sqlx::query_as(AssertSqlSafe(statement)).bind(&self.tenant).fetch_one(&mut self.conn).await?;
            if there {
                let why = format!("it has a creditor `{}` already (table `{}`)", self.tenant, table.name);
                return Err(refused(&self.place, &why, "name an empty database; two histories cannot be made one"));
            }
        }
        Ok(())
    }

    /// Some rows of a growing table, and how far it is now, together.
    pub async fn append(&mut self, table: &Table, batch: &Batch, progress: &Progress) -> Result<()> {
        let mut tx = self.conn.begin().await?;
        insert(&mut tx, &self.tenant, table, batch).await?;
        note(&mut tx, &self.tenant, progress).await?;
        Ok(tx.commit().await?)
    }

    pub async fn note(&mut self, progress: &Progress) -> Result<()> {
        note(&mut self.conn, &self.tenant, progress).await
    }

    /// All of this is taken together, or none of it.
    pub async fn begin(&mut self) -> Result<()> {
        self.conn.execute("BEGIN").await?;
        Ok(())
    }

    pub async fn commit(&mut self) -> Result<()> {
        self.conn.execute("COMMIT").await?;
        Ok(())
    }

    /// Makes room for a table that is copied as a whole.
    pub async fn clear(&mut self, table: &Table) -> Result<()> {
        let only = if table.only.is_empty() { "true" } else { table.only };
        let statement = format!("DELETE FROM {} WHERE tenant = $1 AND {only}", table.name);
        sqlx::query(AssertSqlSafe(statement)).bind(&self.tenant).execute(&mut self.conn).await?;
        Ok(())
    }

    pub async fn insert(&mut self, table: &Table, batch: &Batch) -> Result<()> {
        insert(&mut self.conn, &self.tenant, table, batch).await
    }

    pub async fn sum(&mut self, table: &Table) -> Result<Sum> {
        let columns: Vec<&str> = carried(table).map(|column| column.name).collect();
        let only = if table.only.is_empty() { "true" } else { table.only };
        let statement = format!("SELECT {} FROM {} WHERE tenant = $1 AND {only}", columns.join(", "), table.from);
        let mut rows = self.conn.fetch(sqlx::query(AssertSqlSafe(statement)).bind(&self.tenant));
        let mut sum = Sum::default();
        while let Some(row) = rows.try_next().await? {
            sum.add(&cells(table, &row)?);
        }
        Ok(sum)
    }

    /// Hosts may open it from now on.
    pub async fn release(&mut self) -> Result<()> {
        self.conn.execute("ANALYZE").await?;
        sqlx::query("DELETE FROM note WHERE tenant = $1 AND name = $2")
            .bind(&self.tenant)
            .bind(UNFINISHED)
            .execute(&mut self.conn)
            .await?;
        Ok(())
    }

    /// A copy that did not become what it was to be is thrown away.
    pub async fn forget(&mut self) -> Result<()> {
        self.begin().await?;
        for table in TABLES {
            self.clear(table).await?;
        }
        sqlx::query("DELETE FROM note WHERE tenant = $1").bind(&self.tenant).execute(&mut self.conn).await?;
        self.commit().await
    }
}

/// How far a copy into this creditor is; none: there is none, or it is whole.
pub async fn progress(conn: &mut PgConnection, tenant: &str) -> Result<Option<Progress>> {
    let row: Option<(String,)> = sqlx::query_as("SELECT value FROM note WHERE tenant = $1 AND name = $2")
        .bind(tenant)
        .bind(UNFINISHED)
        .fetch_optional(conn)
        .await?;
    row.map(|(value,)| from_json(&value, || "how far the copy is".to_owned())).transpose()
}

async fn note(conn: &mut PgConnection, tenant: &str, progress: &Progress) -> Result<()> {
    sqlx::query(
        "INSERT INTO note (tenant, name, value) VALUES ($1, $2, $3)
         ON CONFLICT (tenant, name) DO UPDATE SET value = excluded.value",
    )
    .bind(tenant)
    .bind(UNFINISHED)
    .bind(json(progress)?)
    .execute(conn)
    .await?;
    Ok(())
}

/// One statement for all rows of a batch: an array for each column.
async fn insert(conn: &mut PgConnection, tenant: &str, table: &Table, batch: &Batch) -> Result<()> {
    if batch.rows.is_empty() {
        return Ok(());
    }
    let mut query = sqlx::query(AssertSqlSafe(statement(table))).bind(tenant);
    for (at, column) in carried(table).enumerate() {
        let cells = batch.rows.iter().map(|row| &row[at]);
        query = match column.kind {
            Kind::Text | Kind::Fixed(_) => query.bind(cells.map(Cell::text).collect::<Vec<Option<&str>>>()),
            Kind::Int | Kind::Number => query.bind(cells.map(Cell::int).collect::<Vec<Option<i64>>>()),
            Kind::Bytes => query.bind(cells.map(Cell::bytes).collect::<Vec<Option<&[u8]>>>()),
        };
    }
    match query.execute(conn).await {
        // Text with a zero byte, which only SQLite can keep.
        Err(error) if error.as_database_error().and_then(|error| error.code()).as_deref() == Some("22021") => {
            let why = format!("a row holds what PostgreSQL cannot: {error}");
            Err(refused(table.name, &why, "nothing was moved; stay on SQLite and report it"))
        }
        other => Ok(other.map(|_| ())?),
    }
}

fn statement(table: &Table) -> String {
    let array = |column: &Column| match column.kind {
        Kind::Int | Kind::Number => "bigint[]",
        Kind::Bytes => "bytea[]",
        Kind::Text | Kind::Fixed(_) => "text[]",
    };
    let arrays: Vec<String> = carried(table).zip(2..).map(|(column, n)| format!("${n}::{}", array(column))).collect();
    let aliases: Vec<String> = (0..arrays.len()).map(|n| format!("c{n}")).collect();
    let mut next = aliases.iter();
    let value = |column: &Column| match column.kind {
        Kind::Fixed(value) => value,
        _ => next.next().map_or("NULL", String::as_str),
    };
    let values: Vec<&str> = table.columns.iter().map(value).collect();
    let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    let again = match table.way {
        Way::GrowsAndChanges { again, .. } => again,
        Way::Grows | Way::Whole { .. } => "",
    };
    format!(
        "INSERT INTO {} (tenant, {}) SELECT $1, {} FROM unnest({}) AS c({}) {again}",
        table.name,
        names.join(", "),
        values.join(", "),
        arrays.join(", "),
        aliases.join(", ")
    )
}
