//! The schema of a file: brought up to date by who writes, looked at by who reads.

use std::path::Path;

use sqlx::SqliteConnection;
use sqlx::migrate::Migrator;

use crate::{Result, StoreError};

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

pub(super) async fn migrate(conn: &mut SqliteConnection, path: &Path) -> Result<()> {
    let (found, known) = (schema(conn).await?, known_schema());
    if found > known {
        return Err(StoreError::Schema { path: path.display().to_string(), found, known });
    }
    // Not `run`: its future is not `Send` for a borrowed connection.
    let migrated = MIGRATIONS.run_direct(None, conn, false).await;
    migrated.map_err(|error| StoreError::Database(format!("the schema cannot be brought up to date: {error}")))
}

pub(crate) fn known_schema() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// The newest migration that was applied; 0 for an empty database.
pub(crate) async fn schema(conn: &mut SqliteConnection) -> Result<i64> {
    let made: Option<(i64,)> = sqlx::query_as("SELECT 1 FROM sqlite_schema WHERE name = '_sqlx_migrations'")
        .fetch_optional(&mut *conn)
        .await?;
    if made.is_none() {
        return Ok(0);
    }
    let (version,): (i64,) =
        sqlx::query_as("SELECT coalesce(max(version), 0) FROM _sqlx_migrations").fetch_one(conn).await?;
    Ok(version)
}
