//! Copies of a running SQLite database, and the way back. (PostgreSQL brings its own.)
//!
//! A backup is one whole file. What happened after it was made is unknown to it: letters were sent and calls made that a
//! restored database does not remember. So a restore begins a new generation and says since when everything is in doubt; as
//! long as that note stands, an effect that comes up is treated as one that may have gone out before.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use escalation::DateTime;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use crate::seal::Restore;
use crate::sqlite::{known_schema, lock, open_to_write, options, schema};
use crate::{IN_DOUBT_SINCE, RESTORED, Result, StoreError};

/// The note that counts restores: 0 or missing is the first life of a database.
pub const GENERATION: &str = "generation";

/// What a restore made of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    pub generation: u64,
    /// Where the database lies that was there before.
    pub kept: Option<PathBuf>,
    /// Effects that are planned or under way in the backup: each may have gone out since.
    pub in_doubt: u64,
    /// When the last event was recorded that the backup knows.
    pub last_event: Option<DateTime>,
}

/// Copies the database at `database` into a new file, whether or not a process works on it, and whatever schema it has.
pub async fn take(database: &Path, into: &Path) -> Result<()> {
    let mut conn = options(database).read_only(true).connect().await?;
    let copied = copy(&mut conn, into).await;
    conn.close().await?;
    copied
}

/// Copies into a new file what the connection sees now. Writers go on meanwhile; the file has its name when it is whole.
pub(crate) async fn copy(conn: &mut SqliteConnection, into: &Path) -> Result<()> {
    if into.exists() {
        return Err(refused(into, "it exists already", "name a new file; a backup never replaces one"));
    }
    let part = beside(into, ".part");
    remove(&part)?;
    let name = part.to_str().ok_or_else(|| refused(into, "its name is not text", "name another file"))?;
    let copied = sqlx::query("VACUUM INTO ?1").bind(name).execute(conn).await;
    let kept = copied.map_err(StoreError::from).and_then(|_| keep(&part, into));
    if kept.is_err() {
        remove(&part)?;
    }
    kept
}

/// Puts a backup in the place of a database: checks it, keeps what was there beside it, and begins a new generation. Up to the
/// last step nothing has changed; if the process dies in that, the next start finishes it.
pub async fn restore(backup: &Path, database: &Path, tenant: &str, now: DateTime) -> Result<Restored> {
    let _lock = lock(database)?;
    let fresh = beside(database, ".fresh");
    forget(&fresh)?;
    let prepared = prepare(backup, &fresh, database, tenant, now).await;
    let ready = prepared.and_then(|restored| {
        keep(&fresh, &beside(database, RESTORING))?;
        Ok(restored)
    });
    match ready {
        Ok(restored) => Ok(Restored { kept: finish(database)?, ..restored }),
        Err(error) => {
            forget(&fresh)?;
            Err(error)
        }
    }
}

/// A file of this name beside the database is what shall stand in its place.
const RESTORING: &str = ".restoring";

/// The last step of a restore, which a crash may have left half done; answers where the former database lies. The caller holds
/// the lock.
pub(crate) fn finish(database: &Path) -> Result<Option<PathBuf>> {
    let restoring = beside(database, RESTORING);
    if !restoring.exists() {
        return Ok(None);
    }
    let free = |n: &u32| !beside(database, &format!(".before-restore-{n}")).exists();
    let aside = beside(database, &format!(".before-restore-{}", (1..).find(free).unwrap_or_default()));
    let mut kept = None;
    // The database last: as long as it is there, what belongs to it goes to the same name, however often this begins.
    for suffix in ["-wal", "-shm", ""] {
        let from = beside(database, suffix);
        if from.exists() {
            fs::rename(&from, beside(&aside, suffix)).map_err(|error| failed(&from, &error))?;
            kept = Some(aside.clone());
        }
    }
    keep(&restoring, database)?;
    Ok(kept)
}

/// Makes of the backup, beside the database, what shall stand in its place.
async fn prepare(backup: &Path, fresh: &Path, database: &Path, tenant: &str, now: DateTime) -> Result<Restored> {
    let mut first = [0_u8; 16];
    let source = File::open(backup).and_then(|mut file| file.read_exact(&mut first));
    match source {
        Ok(()) if first == *b"SQLite format 3\0" => {}
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(failed(backup, &error)),
        _ => return Err(foreign(backup)),
    }
    if fs::metadata(beside(backup, "-wal")).is_ok_and(|wal| wal.len() > 0) {
        let hint = "stop the process that works on it, or restore a file that `dunlin backup` made";
        return Err(refused(backup, "it is a database at work, with changes in a file beside it", hint));
    }
    let copied = File::create(fresh).and_then(|mut to| io::copy(&mut File::open(backup)?, &mut to));
    copied.map_err(|error| failed(fresh, &error))?;
    let mut conn = options(fresh).connect().await?;
    let checked = check(&mut conn, backup, tenant).await;
    conn.close().await?;
    checked?;
    let mut conn = open_to_write(fresh).await?;
    let restored = begin_again(&mut conn, database, tenant, now).await;
    conn.close().await?;
    restored
}

/// The copy is whole, and it is a database of this creditor that this program can read.
async fn check(conn: &mut SqliteConnection, backup: &Path, tenant: &str) -> Result<()> {
    integrity(conn, backup).await?;
    let (ours,): (i64,) = sqlx::query_as(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('_sqlx_migrations', 'lane', 'effect', 'note')",
    )
    .fetch_one(&mut *conn)
    .await?;
    if ours != 4 {
        return Err(foreign(backup));
    }
    let (found, known) = (schema(conn).await?, known_schema());
    if found > known {
        return Err(StoreError::Schema { path: backup.display().to_string(), found, known });
    }
    let other: Option<(String,)> = sqlx::query_as(
        "SELECT tenant FROM lane WHERE tenant <> ?1 AND NOT EXISTS (SELECT 1 FROM lane WHERE tenant = ?1) LIMIT 1",
    )
    .bind(tenant)
    .fetch_optional(conn)
    .await?;
    match other {
        Some((other,)) => {
            let hint = "name the backup of this workspace, or the workspace of this backup";
            Err(refused(backup, &format!("it belongs to creditor `{other}`, not to `{tenant}`"), hint))
        }
        None => Ok(()),
    }
}

/// Reads every page and index of a database: an error says what is damaged.
pub async fn is_whole(database: &Path) -> Result<()> {
    let mut conn = options(database).read_only(true).connect().await?;
    let checked = integrity(&mut conn, database).await;
    conn.close().await?;
    checked
}

async fn integrity(conn: &mut SqliteConnection, file: &Path) -> Result<()> {
    let whole: std::result::Result<(String,), _> = sqlx::query_as("PRAGMA integrity_check(1)").fetch_one(conn).await;
    match whole {
        Ok((text,)) if text == "ok" => Ok(()),
        Ok((text,)) => Err(refused(file, &format!("it is damaged: {text}"), "take an older backup")),
        Err(error) => Err(refused(file, &format!("it is damaged: {error}"), "take an older backup")),
    }
}

/// Notes in the copy that it is restored, so that it is never in place without saying so.
async fn begin_again(conn: &mut SqliteConnection, database: &Path, tenant: &str, now: DateTime) -> Result<Restored> {
    // Counted on from whichever is further: the same backup may be restored twice.
    let generation = 1 + generation(conn, tenant).await?.max(former_generation(database, tenant).await);
    let (until,): (i64,) = sqlx::query_as("SELECT coalesce(max(no), 0) FROM seal WHERE tenant = ?1")
        .bind(tenant)
        .fetch_one(&mut *conn)
        .await?;
    let restore = Restore { at: now, until };
    for (name, value) in
        [(GENERATION, generation.to_string()), (IN_DOUBT_SINCE, now.to_string()), (RESTORED, restore.to_string())]
    {
        sqlx::query(
            "INSERT INTO note (tenant, name, value) VALUES (?1, ?2, ?3)
             ON CONFLICT (tenant, name) DO UPDATE SET value = excluded.value",
        )
        .bind(tenant)
        .bind(name)
        .bind(value)
        .execute(&mut *conn)
        .await?;
    }
    let (in_doubt, last_event): (i64, Option<String>) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM effect WHERE tenant = ?1 AND status IN ('planned', 'held', 'dispatching')),
                (SELECT max(recorded_at) FROM any_event WHERE tenant = ?1)",
    )
    .bind(tenant)
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(conn).await?;
    let last_event = last_event.and_then(|at| at.parse().ok());
    Ok(Restored { generation, kept: None, in_doubt: in_doubt.unsigned_abs(), last_event })
}

async fn generation(conn: &mut SqliteConnection, tenant: &str) -> Result<u64> {
    let row: Option<(String,)> = sqlx::query_as("SELECT value FROM note WHERE tenant = ?1 AND name = ?2")
        .bind(tenant)
        .bind(GENERATION)
        .fetch_optional(conn)
        .await?;
    Ok(row.and_then(|(value,)| value.parse().ok()).unwrap_or(0))
}

/// Of the database that is replaced; it may be missing, or be broken, which is why it is replaced.
async fn former_generation(database: &Path, tenant: &str) -> u64 {
    let Ok(mut conn) = options(database).read_only(true).connect().await else { return 0 };
    let found = generation(&mut conn, tenant).await.unwrap_or(0);
    conn.close().await.ok();
    found
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// Gives a whole file its name, and waits until the disk has both.
fn keep(file: &Path, name: &Path) -> Result<()> {
    let folder = name.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(file)
        .and_then(|whole| whole.sync_all())
        .and_then(|()| fs::rename(file, name))
        .and_then(|()| File::open(folder)?.sync_all())
        .map_err(|error| failed(name, &error))
}

/// Removes a database that never was in use.
fn forget(database: &Path) -> Result<()> {
    ["", "-wal", "-shm"].into_iter().try_for_each(|suffix| remove(&beside(database, suffix)))
}

fn remove(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(file, &error)),
        _ => Ok(()),
    }
}

fn foreign(backup: &Path) -> StoreError {
    refused(backup, "it is not a database of dunlin", "name a file that `dunlin backup` made")
}

fn refused(file: &Path, why: &str, hint: &str) -> StoreError {
    StoreError::Backup(format!("`{}` is refused: {why}\n\nhint: {hint}", file.display()))
}

fn failed(file: &Path, error: &io::Error) -> StoreError {
    StoreError::Backup(format!("`{}` cannot be used: {error}", file.display()))
}

#[cfg(test)]
mod tests;
