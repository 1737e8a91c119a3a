//! The way from SQLite to PostgreSQL, and back as long as nothing has happened there.
//!
//! Most of it is copied while a process works on the file: what only grows. The rest is copied when that process has stopped,
//! in one transaction, and then every row of both sides is compared. Of the two databases at most one can be opened at any
//! moment: the new one has a note as long as it is not whole, the old one gets a note before that one goes.

use std::fmt::Display;
use std::path::Path;

use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::sqlite::lock;
use crate::{Result, StoreError, backup};
use cells::Sum;
use source::Source;
use tables::{TABLES, Table};
use target::{Progress, Target};

mod cells;
mod source;
mod tables;
mod target;

/// The note of a SQLite database that was moved: where to.
pub const MOVED_TO: &str = "moved-to";
/// The note of a creditor in PostgreSQL whose rows are not all there yet: how far they are.
pub const UNFINISHED: &str = "transfer-unfinished";

/// How far one call came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transferred {
    /// A process works on the file; so many rows are there already, and the rest needs it to stop.
    Ahead { rows: u64 },
    /// Everything is there and was compared: the rows of each table.
    Whole { tables: Compared },
}

/// Tables, and how many rows they have on both sides.
pub type Compared = Vec<(&'static str, u64)>;

/// Told now and then: a table, and how many of its rows are there.
pub type Tell<'t> = &'t (dyn Fn(&str, u64) + Send + Sync);

/// Copies a creditor's database from a file into PostgreSQL, as far as it can be now. It may break off at any moment, and is
/// then called again.
pub async fn transfer(file: &Path, url: &str, tenant: &str, tell: Tell<'_>) -> Result<Transferred> {
    let mut source = Source::open_read_only(file, tenant).await?;
    let mut target = Target::open(url, tenant).await?;
    let progress = begin(&mut source, &mut target, file).await?;
    let (progress, rows) = ahead(&mut source, &mut target, progress, tell).await?;
    source.conn.close().await?;
    let lock = match lock(file) {
        Err(StoreError::InUse { .. }) => return Ok(Transferred::Ahead { rows }),
        other => other?,
    };
    backup::finish(file)?;
    let mut source = Source::open(file, tenant).await?;
    let tables = finish(&mut source, &mut target, &progress, tell).await;
    source.conn.close().await?;
    drop(lock);
    Ok(Transferred::Whole { tables: tables? })
}

/// Takes a move back: the file is worked on again. Only while both sides are the same.
pub async fn back(file: &Path, url: &str, tenant: &str) -> Result<()> {
    let _lock = lock(file)?;
    let mut source = Source::open_read_only(file, tenant).await?;
    let mut target = Target::open(url, tenant).await?;
    let to = source.moved_to().await?;
    if to.as_ref() != Some(&target.place) {
        let why = format!("it was not moved to `{}`", target.place);
        return Err(refused(file.display(), &why, "name the database that it was moved to"));
    }
    target.note(&all_of(&mut source, file).await?).await?;
    if let Err(differs) = compare(&mut source, &mut target).await? {
        target.release().await?;
        let why = format!("work went on there, and the file knows nothing of it ({differs})");
        return Err(refused(&target.place, &why, "stay there; what it has done cannot be taken back"));
    }
    source.conn.close().await?;
    let mut source = Source::open(file, tenant).await?;
    source.mark(None).await?;
    Ok(source.conn.close().await?)
}

/// For whoever opens a SQLite database to work on it.
pub(crate) async fn is_here(conn: &mut SqliteConnection, tenant: &str, file: &Path) -> Result<()> {
    match source::moved_to(conn, tenant).await? {
        None => Ok(()),
        Some(to) => {
            let hint = "give the new place as `database` in `dunlin.toml`; `dunlin migrate-store --back` returns here, as \
                        long as nothing has happened there";
            Err(refused(file.display(), &format!("it was moved to `{to}`, and nothing is done here any more"), hint))
        }
    }
}

/// For whoever opens a creditor in PostgreSQL.
pub(crate) async fn has_arrived(conn: &mut PgConnection, tenant: &str, place: &str) -> Result<()> {
    match target::progress(conn, tenant).await? {
        None => Ok(()),
        Some(progress) => {
            let why =
                format!("transfer unfinished: not everything of `{tenant}` has come over from `{}`", progress.from);
            Err(refused(
                place,
                &why,
                "stop the hub on the old database and run `dunlin migrate-store` again; it goes on where it stopped",
            ))
        }
    }
}

/// How far a copy is that has everything.
async fn all_of(source: &mut Source, file: &Path) -> Result<Progress> {
    let (from, since) = (file.display().to_string(), source.newest_report().await?);
    let mut progress = Progress { from, since, ..Progress::default() };
    for table in growing() {
        progress.done.insert(table.name.to_owned(), source.highest(table).await?);
    }
    Ok(progress)
}

fn growing() -> impl Iterator<Item = &'static Table> {
    TABLES.iter().filter(|table| table.way.grows())
}

/// How far it is already, or a new beginning.
async fn begin(source: &mut Source, target: &mut Target, file: &Path) -> Result<Progress> {
    let (moved, from) = (source.moved_to().await?, file.display().to_string());
    match (target.progress().await?, moved) {
        (_, Some(to)) if to != target.place => {
            Err(refused(&from, &format!("it was moved to `{to}` before"), "name that database"))
        }
        (None, Some(to)) => {
            Err(refused(&from, &format!("it was moved to `{to}`, and that is done"), "start the hub there"))
        }
        (Some(progress), _) if progress.from != from => {
            let why = format!("a copy of `{}` is on its way into it", progress.from);
            Err(refused(&target.place, &why, "finish that one, or name an empty database"))
        }
        (Some(progress), _) => Ok(progress),
        (None, None) => {
            target.is_empty().await?;
            let progress = Progress { from, since: source.newest_report().await?, ..Progress::default() };
            target.note(&progress).await?;
            Ok(progress)
        }
    }
}

/// What only grows, up to where it is now; each batch is kept with how far it reaches.
async fn ahead(
    source: &mut Source,
    target: &mut Target,
    mut progress: Progress,
    tell: Tell<'_>,
) -> Result<(Progress, u64)> {
    let mut all = 0;
    for table in growing() {
        let highest = source.highest(table).await?;
        let mut rows = 0;
        while progress.of(table) < highest {
            let (batch, last) = source.after(table, progress.of(table)).await?;
            if batch.rows.is_empty() {
                break;
            }
            rows += batch.rows.len() as u64;
            progress.done.insert(table.name.to_owned(), last);
            target.append(table, &batch, &progress).await?;
            tell(table.name, rows);
        }
        all += rows;
    }
    Ok((progress, all))
}

/// Nobody works on the file: the rest, the comparison, and the change of place.
async fn finish(source: &mut Source, target: &mut Target, progress: &Progress, tell: Tell<'_>) -> Result<Compared> {
    if source.moved_to().await?.is_none() {
        target.begin().await?;
        for table in TABLES {
            rest(source, target, table, progress, tell).await?;
        }
        target.note(&all_of(source, Path::new(&progress.from)).await?).await?;
        target.commit().await?;
    }
    let compared = match compare(source, target).await? {
        Ok(compared) => compared,
        Err(differs) => {
            target.forget().await?;
            let why = format!("what arrived is not what was sent ({differs}); the copy was thrown away");
            return Err(refused(&target.place, &why, "run it again with the hub stopped; everything is as before"));
        }
    };
    // In this order: a crash between the two leaves none that can be opened, and the next call goes on from here.
    source.mark(Some(&target.place)).await?;
    target.release().await?;
    Ok(compared)
}

async fn rest(
    source: &mut Source,
    target: &mut Target,
    table: &Table,
    progress: &Progress,
    tell: Tell<'_>,
) -> Result<()> {
    if !table.way.grows() {
        target.clear(table).await?;
    }
    let mut rows = 0;
    source
        .rest(table, progress.of(table), &progress.since, async |batch| {
            rows += batch.rows.len() as u64;
            target.insert(table, &batch).await?;
            tell(table.name, rows);
            Ok(())
        })
        .await
}

/// Every row of both sides; or where they differ.
async fn compare(source: &mut Source, target: &mut Target) -> Result<std::result::Result<Compared, String>> {
    let mut compared = Vec::with_capacity(TABLES.len());
    for table in TABLES {
        let (here, there): (Sum, Sum) = (source.sum(table).await?, target.sum(table).await?);
        if here != there {
            let why =
                format!("table `{}`: {} rows here, {} there, or their content", table.name, here.rows, there.rows);
            return Ok(Err(why));
        }
        compared.push((table.name, here.rows));
    }
    Ok(Ok(compared))
}

fn refused(what: impl Display, why: &str, hint: &str) -> StoreError {
    StoreError::Transfer(format!("`{what}` is refused: {why}\n\nhint: {hint}"))
}

#[cfg(test)]
mod tests;
