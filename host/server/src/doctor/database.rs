//! The database: can it be reached and written, does it keep what it acknowledges, do the clocks agree, who works on it.

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use escalation::DateTime;
use store::{Inspection, Store, sqlite};

use super::Check;
use crate::clock::unix_millis;
use crate::config::Config;
use crate::database::{self, Database};

/// Less free space than this is a reason to act.
const FREE_BYTES_MIN: u64 = 1 << 30;
/// Clocks of hosts and database may differ by so much; leases and limits of rates allow for it.
const APART_MAX: Duration = Duration::from_secs(60);
/// A transaction that runs for longer keeps readers of the journal's end waiting.
const TRANSACTION_MAX: Duration = Duration::from_secs(30);

pub async fn open(config: &Config) -> Result<Arc<dyn Store>, Check> {
    if let Database::File(path) = &config.database {
        if !path.exists() {
            let says = format!("there is no database `{}` yet", path.display());
            return Err(Check::wrong("database", says, "`dunlin serve` makes it"));
        }
        if let Err(error) = OpenOptions::new().write(true).open(path) {
            let says = format!("`{}` cannot be written: {error}", path.display());
            return Err(Check::wrong(
                "database",
                says,
                "give the file and its folder to the user that `dunlin` runs as",
            ));
        }
    }
    database::open_read_only(config).await.map_err(|error| Check::failed("database", &error))
}

pub async fn examine(config: &Config, store: &dyn Store, now: DateTime) -> Vec<Check> {
    let before = unix_millis();
    let found = match store.inspect(now).await {
        Ok(found) => found,
        Err(error) => return vec![Check::failed("database", &error)],
    };
    let at = format!("`{}`: {}, schema {}, {}", config.database, found.engine, found.schema, size(found.bytes));
    let mut checks = vec![Check::well("database", at)];
    checks.extend(found.risks.iter().map(|risk| {
        Check::wrong("durability", risk, "change the server's setting, or what was acknowledged can be lost")
    }));
    checks.push(hosts(config, &found));
    checks.push(clocks(&found, before, unix_millis()));
    checks.push(no_step_back(&found, now));
    if let Some(age) = found.oldest_transaction {
        checks.push(oldest(age));
    }
    checks
}

/// Who works on it.
fn hosts(config: &Config, found: &Inspection) -> Check {
    let running: Vec<&str> =
        found.leases.iter().filter(|lease| !lease.is_over).map(|lease| lease.holder.as_str()).collect();
    let mut says = match &config.database {
        Database::File(path) => match sqlite::holder(path) {
            Some(process) => format!("process {process} works on it"),
            None => "no process works on it".to_owned(),
        },
        Database::Server { .. } => {
            let hosts: std::collections::BTreeSet<&str> = running.iter().copied().collect();
            match hosts.len() {
                0 => "no host holds a lease".to_owned(),
                _ => format!("at work: {}", hosts.into_iter().collect::<Vec<_>>().join(", ")),
            }
        }
    };
    says += &format!("; {} lanes are in hand", found.lanes_held);
    for lease in &found.leases {
        let state = if lease.is_over { "ran out" } else { "is held" };
        says += &format!("; lease `{}` of {} {state}", lease.name, lease.holder);
    }
    Check::well("hosts", says)
}

/// This machine's clock against the database's, which was read somewhere between `before` and `after`.
fn clocks(found: &Inspection, before: i64, after: i64) -> Check {
    let Some(theirs) = found.clock_millis else {
        return Check::well("clock", "the database has this machine's clock");
    };
    let apart = (before - theirs).max(theirs - after).max(0);
    let says = format!("this machine's clock and the database's are {} ms apart", apart);
    if Duration::from_millis(apart.unsigned_abs()) <= APART_MAX {
        return Check::well("clock", says);
    }
    Check::wrong("clock", says, "let both follow a time server; hosts must agree within a minute")
}

/// Whatever was recorded was recorded in the past.
fn no_step_back(found: &Inspection, now: DateTime) -> Check {
    match found.newest_event {
        Some(newest) if newest.duration_since(now) > jiff::SignedDuration::try_from(APART_MAX).unwrap_or_default() => {
            Check::wrong(
                "clock-back",
                format!("the newest event is of {newest}, and it is {now}: the clock went back"),
                "set the clock and `time_zone` right; until then what is due later waits longer",
            )
        }
        Some(newest) => Check::well("clock-back", format!("the newest event is of {newest}")),
        None => Check::well("clock-back", "there are no events yet"),
    }
}

fn oldest(age: Duration) -> Check {
    let says = format!("the oldest transaction that writes has run for {} s", age.as_secs());
    if age <= TRANSACTION_MAX {
        return Check::well("transactions", says);
    }
    let hint = "end it: `SELECT pid, xact_start, query FROM pg_stat_activity WHERE backend_xid IS NOT NULL ORDER BY 2`; readers of the journal's end wait for it";
    Check::wrong("transactions", says, hint)
}

/// Room on the disk of the workspace.
pub fn disk(config: &Config) -> Check {
    match free(&config.folder) {
        Ok(bytes) if bytes < FREE_BYTES_MIN => Check::wrong(
            "disk",
            format!("{} are free on the disk of `{}`", size(bytes), config.folder.display()),
            "make room; on a full disk nothing is taken, and everything goes on by itself afterwards",
        ),
        Ok(bytes) => {
            Check::well("disk", format!("{} are free on the disk of `{}`", size(bytes), config.folder.display()))
        }
        Err(error) => Check::wrong(
            "disk",
            format!("`{}` cannot be looked at: {error}", config.folder.display()),
            "`folder` names the workspace; it is made by `dunlin init`, or by the first `dunlin serve`",
        ),
    }
}

#[cfg(unix)]
fn free(folder: &Path) -> std::io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free(_: &Path) -> std::io::Result<u64> {
    Ok(u64::MAX)
}

/// `512 KiB`, `3 GiB`
fn size(bytes: u64) -> String {
    let (unit, word) = match bytes {
        0..0x10_0000 => (1 << 10, "KiB"),
        0x10_0000..0x4000_0000 => (1 << 20, "MiB"),
        _ => (1 << 30, "GiB"),
    };
    format!("{} {word}", bytes / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(clock_millis: Option<i64>, newest_event: Option<DateTime>) -> Inspection {
        Inspection {
            engine: "PostgreSQL 15.6".into(),
            schema: 1,
            bytes: 5 << 20,
            clock_millis,
            newest_event,
            leases: Vec::new(),
            lanes_held: 0,
            oldest_transaction: None,
            risks: Vec::new(),
        }
    }

    #[test]
    fn clocks_agree_within_a_minute() {
        let well = |theirs| clocks(&found(Some(theirs), None), 100_000, 101_000).well;
        assert_eq!([40_000, 100_500, 161_000].map(well), [true; 3]);
        assert_eq!([39_999, 161_001].map(well), [false; 2]);
        assert!(clocks(&found(None, None), 0, 0).well);
    }

    #[test]
    fn a_clock_that_went_back_is_noticed() {
        let at = |minute, second| DateTime::constant(2026, 3, 9, 12, minute, second, 0);
        let well = |newest| no_step_back(&found(None, Some(newest)), at(30, 0)).well;
        assert_eq!((well(at(31, 0)), well(at(31, 1))), (true, false));
    }

    #[test]
    fn a_long_transaction_is_named() {
        assert!(oldest(Duration::from_secs(30)).well);
        let check = oldest(Duration::from_secs(31));
        assert!(!check.well && check.says.contains("31 s") && check.hint.is_some(), "{check:?}");
    }

    #[test]
    fn sizes_are_for_people() {
        assert_eq!([1 << 19, 5 << 20, 3 << 30].map(size), ["512 KiB", "5 MiB", "3 GiB"]);
    }
}
