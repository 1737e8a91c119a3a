//! How the file is opened: by the one writer, and by those who read.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Sqlite, SqliteConnection};

use super::schema;
use crate::Result;
use crate::reads::Reader;

/// Connections that read at the same time.
const READERS_MAX: u32 = 4;
/// How long a connection waits for a lock that another process holds (a backup, an inspection).
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Pages of write-ahead log before they move into the database: 64 MiB. SQLite's own 1000 pages cost half the throughput.
pub(super) const WAL_PAGES: i64 = 16_384;
/// Pages at which the writer moves them by itself, however long that takes: what moves them beside it does not keep up.
const WAL_PAGES_MAX: &str = "131072";
/// The writer's page cache, 32 MiB (negative: in KiB): the upper pages of every tree stay in it during a night over all accounts.
const CACHE_KIB: &str = "-32768";
/// Texts whose prepared statements the writer keeps: some forty, and the bulk ones in each of their sizes, alone or one after the
/// other as T1 has them.
const STATEMENTS_MAX: usize = 256;

/// The connection of the one writer, on the newest schema.
pub(crate) async fn open_to_write(path: &Path) -> Result<SqliteConnection> {
    let options = options(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("wal_autocheckpoint", WAL_PAGES_MAX)
        // Blanks what moves within pages that are written anyway: otherwise a split page keeps copies that no erasure finds.
        .pragma("secure_delete", "fast")
        .pragma("cache_size", CACHE_KIB)
        .statement_cache_capacity(STATEMENTS_MAX);
    let mut conn = options.connect().await?;
    schema::migrate(&mut conn, path).await?;
    Ok(conn)
}

pub(crate) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(path).busy_timeout(BUSY_TIMEOUT).disable_statement_logging()
}

pub(super) async fn reader(path: &Path, tenant: &str) -> Result<Reader<Sqlite>> {
    // A file does not hang up: asking each connection whether it is still there would double the cost of a read.
    let pool = SqlitePoolOptions::new().max_connections(READERS_MAX).test_before_acquire(false);
    let pool = pool.connect_with(options(path).read_only(true)).await?;
    Ok(Reader { pool, tenant: Arc::from(tenant) })
}
