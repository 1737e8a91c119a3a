//! The write-ahead log moves into the database beside the writer: moved by the writer itself, it would hold up everyone who waits
//! for an acknowledgement, for as long as it takes to copy some ten thousand pages.

use std::path::{Path, PathBuf};

use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::task::JoinHandle;

use super::file::{WAL_PAGES, options};
use crate::Result;

/// Transactions from one look at the log to the next.
const LOOK_EVERY: u32 = 32;

pub(super) struct Checkpoint {
    path: PathBuf,
    /// How long the log may become before it is moved.
    pages_max: i64,
    /// Transactions since the last look.
    since: u32,
    /// A move that is under way; it hands its connection back.
    moving: Option<JoinHandle<Result<SqliteConnection>>>,
    conn: Option<SqliteConnection>,
}

impl Checkpoint {
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), pages_max: WAL_PAGES, since: 0, moving: None, conn: None }
    }

    /// After a transaction of the writer. What came while the log was moved is little: the writer moves that by itself, and
    /// starts the log anew.
    pub async fn after(&mut self, writer: &mut SqliteConnection) -> Result<()> {
        if self.moving.as_ref().is_some_and(JoinHandle::is_finished) {
            self.rest().await;
            pages(writer, "PRAGMA wal_checkpoint(PASSIVE)").await?;
        }
        self.since += 1;
        if self.moving.is_none() && self.since >= LOOK_EVERY {
            self.since = 0;
            if pages(writer, "PRAGMA wal_checkpoint(NOOP)").await? > self.pages_max {
                let (path, conn) = (self.path.clone(), self.conn.take());
                self.moving = Some(tokio::spawn(move_log(path, conn)));
            }
        }
        Ok(())
    }

    /// Waits for a move that is under way. One that failed is begun again when the log is looked at next.
    async fn rest(&mut self) {
        let Some(moving) = self.moving.take() else { return };
        match moving.await {
            Ok(Ok(conn)) => self.conn = Some(conn),
            failed => {
                let why = failed.map_or_else(|panic| panic.to_string(), |moved| format!("{:?}", moved.err()));
                tracing::warn!(why, "the write-ahead log was not moved; nothing is lost");
            }
        }
    }

    /// Moves all of the log and empties it.
    pub async fn flush(&mut self, writer: &mut SqliteConnection) -> Result<()> {
        self.rest().await;
        pages(writer, "PRAGMA wal_checkpoint(TRUNCATE)").await.map(drop)
    }

    pub async fn close(mut self) -> Result<()> {
        self.rest().await;
        if let Some(conn) = self.conn {
            conn.close().await?;
        }
        Ok(())
    }
}

async fn move_log(path: PathBuf, conn: Option<SqliteConnection>) -> Result<SqliteConnection> {
    let mut conn = match conn {
        Some(conn) => conn,
        None => options(&path).connect().await?,
    };
    pages(&mut conn, "PRAGMA wal_checkpoint(PASSIVE)").await?;
    Ok(conn)
}

/// Pages of the log that are not in the database yet.
async fn pages(conn: &mut SqliteConnection, checkpoint: &'static str) -> Result<i64> {
    let (_, log, moved): (i64, i64, i64) = sqlx::query_as(checkpoint).fetch_one(conn).await?;
    Ok(log.saturating_sub(moved))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::open_to_write;

    async fn write(conn: &mut SqliteConnection, n: u32) {
        let note = "INSERT INTO note (tenant, name, value) VALUES ('t', ?1, ?2)";
        sqlx::query(note).bind(n).bind("x".repeat(8_000)).execute(conn).await.unwrap();
    }

    #[tokio::test]
    async fn a_long_log_is_moved_and_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dunlin.sqlite");
        let mut writer = open_to_write(&path).await.unwrap();
        let mut checkpoint = Checkpoint { pages_max: 50, ..Checkpoint::new(&path) };
        for n in 1..LOOK_EVERY {
            write(&mut writer, n).await;
            checkpoint.after(&mut writer).await.unwrap();
            assert!(checkpoint.moving.is_none());
        }
        write(&mut writer, LOOK_EVERY).await;
        checkpoint.after(&mut writer).await.unwrap();
        assert!(checkpoint.moving.is_some());
        checkpoint.rest().await;
        assert!(checkpoint.conn.is_some());
        assert_eq!(pages(&mut writer, "PRAGMA wal_checkpoint(NOOP)").await.unwrap(), 0);
        write(&mut writer, LOOK_EVERY + 1).await;
        let (_, log, _): (i64, i64, i64) =
            sqlx::query_as("PRAGMA wal_checkpoint(NOOP)").fetch_one(&mut writer).await.unwrap();
        assert!((1..20).contains(&log), "{log}");
        checkpoint.flush(&mut writer).await.unwrap();
        checkpoint.close().await.unwrap();
    }
}
