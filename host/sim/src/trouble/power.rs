//! Power is lost: a host works on SQLite while every write and sync of it is recorded by `strace`; then the files are made
//! again as a disk could hold them at some moment, and what had been acknowledged by then has to be in them.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use store::sqlite::SqliteStore;

use super::check::{journals, missing};
use super::text;
use super::worker::millis;
use crate::process::Process;
use crate::run::TENANT;
use crate::sweep::memory;

mod disk;
mod trace;

use disk::Disk;
use trace::Step;

/// Violations that are printed.
const LISTED_MAX: usize = 10;

pub struct Plan {
    pub things: u64,
    pub moments: usize,
    pub seed: u64,
    /// Syncs do nothing, as on a disk that lies, or with `PRAGMA synchronous = OFF`.
    pub lying: bool,
}

pub fn run(plan: &Plan) -> Result<bool, String> {
    let folder = tempfile::tempdir_in(memory()).map_err(text)?;
    let steps = record(plan, folder.path())?;
    let first = steps.iter().position(|step| matches!(step, Step::Said(_))).ok_or("nothing was acknowledged")?;
    let syncs = steps.iter().filter(|step| matches!(step, Step::Sync(_))).count();
    println!("{} writes and syncs are recorded, {syncs} of them syncs", steps.len());
    let mut dice = fastrand::Rng::with_seed(plan.seed);
    let mut moments: Vec<usize> = (0..plan.moments).map(|_| dice.usize(first..steps.len())).collect();
    moments.sort_unstable();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(text)?;
    let (mut disk, mut done, mut acknowledged, mut violations) = (Disk::default(), 0, BTreeSet::new(), Vec::new());
    let mut dropped = 0;
    for moment in moments {
        for step in &steps[done..=moment] {
            match step {
                Step::Said(key) => drop(acknowledged.insert(key.clone())),
                Step::Sync(_) if plan.lying => {}
                step => disk.take(step),
            }
        }
        done = moment + 1;
        let after = tempfile::tempdir_in(memory()).map_err(text)?;
        dropped += disk.after_power_loss(after.path(), &mut dice).map_err(text)?;
        if let Err(why) = runtime.block_on(recovers(after.path(), &acknowledged)) {
            violations.push(format!("power lost at step {moment} of {}: {why}", steps.len()));
        }
    }
    violations.iter().take(LISTED_MAX).for_each(|violation| println!("violation: {violation}"));
    println!(
        "power was lost {} times, {} writes with it; {} things were acknowledged, {} violations",
        plan.moments,
        dropped,
        acknowledged.len(),
        violations.len()
    );
    Ok(violations.is_empty())
}

/// Lets a host work, and answers what it did to its files and what it acknowledged, in order.
fn record(plan: &Plan, folder: &Path) -> Result<Vec<Step>, String> {
    let trace = folder.join("trace");
    let calls = "trace=pwrite64,write,fsync,fdatasync,ftruncate,unlink";
    let mut command = Command::new("strace");
    command.args(["-f", "-y", "-xx", "-s", "1000000", "-e", calls, "-o"]).arg(&trace);
    command.arg(std::env::current_exe().map_err(text)?).args(["worker", "--dir"]).arg(folder);
    command.args(["--epoch", &millis().to_string(), "--world"]).arg(folder.join("world"));
    // Closing moves the log into the database: that has to bear a power loss too.
    command.args(["--things", &plan.things.to_string(), "--reopen", &(plan.things / 3).max(1).to_string()]);
    let worked = Process::of(command).map_err(|error| format!("{error}\n\nhint: `strace` has to be installed"))?;
    worked.said()?;
    trace::read(&trace, "dunlin.sqlite")
}

/// The database opens, is whole, and has everything.
async fn recovers(folder: &Path, acknowledged: &BTreeSet<String>) -> Result<(), String> {
    let file = folder.join("dunlin.sqlite");
    let store = SqliteStore::open(&file, TENANT).await.map_err(text)?;
    let there = journals(&store).await.map_err(text)?;
    store.close().await;
    store::backup::is_whole(&file).await.map_err(text)?;
    match missing(&there, acknowledged).first() {
        Some(first) => Err(first.clone()),
        None => Ok(()),
    }
}
