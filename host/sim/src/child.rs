//! A real process that works through a town's weeks and dies, or stands still, where it is told to. What it did outside is kept
//! in a file, as the world would keep it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use escalation::{DateTime, Policy};
use jiff::ToSpan;
use rustix::process::{Signal, getpid, kill_process};
use store::Store;
use store::sqlite::SqliteStore;

use crate::fate::Fate;
use crate::gate::{Point, Step};
use crate::host::{Host, Surroundings};
use crate::laws;
use crate::people::People;
use crate::run::{POLICY, START, TENANT};
use crate::town::Town;
use crate::watch::Watch;

/// Moments of the town's life, and calm ones after them.
const MOMENTS: usize = 10;
const CALM: usize = 5;

#[derive(Args, Clone)]
pub struct Child {
    /// Where the town, the clock and the database are
    #[arg(long)]
    pub dir: PathBuf,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Die at this point
    #[arg(long)]
    pub die_at: Option<u64>,
}

/// What a process says when it came to its end.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Said {
    /// Points that it passed: before and after every commit and every call.
    pub points: u64,
    pub violations: Vec<String>,
}

pub fn run(child: &Child) -> Result<Said, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(text)?;
    runtime.block_on(live(child))
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

async fn live(child: &Child) -> Result<Said, String> {
    let policy = Arc::new(Policy::parse(POLICY, "policy.toml").map_err(text)?);
    let town = Town::kept(&child.dir.join("town.json"), child.seed)?;
    let store: Arc<dyn Store> =
        Arc::new(SqliteStore::open(&child.dir.join("dunlin.sqlite"), TENANT).await.map_err(text)?);
    let reached = moment(&child.dir)?;
    let fate = Fate::new(child.seed, at(reached), 0);
    let watch = Watch::new(fate.clone(), policy.clone());
    let around = Surroundings { fate: fate.clone(), town: town.clone(), watch: watch.clone(), policy };
    let mut host = Host::start(1, 0, store.clone(), &around);
    let mut points = 0;
    for now in reached..MOMENTS + CALM {
        fate.lock().now = at(now);
        if town.lock().lived == now {
            town.lock().live(at(now), now >= MOMENTS);
            town.keep()?;
        }
        let people = People { store: &*store, town: &town, fate: &fate };
        people.act(true).await.map_err(text)?;
        host.work(unacknowledged(&town), town.clone());
        work(&mut host, child.die_at, &mut points).await?;
        std::fs::write(child.dir.join("moment"), (now + 1).to_string()).map_err(text)?;
    }
    fate.lock().calm = true;
    laws::hold(&*store, &town, &watch, &fate).await.map_err(text)?;
    laws::asked_once(&town, &fate);
    let violations = fate.lock().violations.clone();
    Ok(Said { points, violations })
}

async fn work(host: &mut Host, die_at: Option<u64>, points: &mut u64) -> Result<(), String> {
    while let Some(job) = &mut host.job {
        match host.gate.step(job).await {
            Step::Done(ended) => {
                host.job = None;
                ended?;
            }
            Step::At(Point::BeforeRead(_)) => {}
            Step::At(_) => {
                *points += 1;
                if die_at == Some(*points) {
                    // No destructor runs, nothing is flushed: this is the end that a power cut or the OOM killer makes.
                    let _ = kill_process(getpid(), Signal::KILL);
                }
            }
        }
    }
    Ok(())
}

fn unacknowledged(town: &Town) -> Vec<(usize, escalation::Received)> {
    let outside = town.lock();
    let hooks = outside.hooks.iter().enumerate().filter(|(_, hook)| !hook.acknowledged);
    hooks.map(|(at, hook)| (at, hook.received.clone())).collect()
}

/// The moment that a former process had reached.
fn moment(dir: &Path) -> Result<usize, String> {
    match std::fs::read_to_string(dir.join("moment")) {
        Ok(text) => text.trim().parse().map_err(|_| format!("`{text}` is not a moment")),
        Err(_) => Ok(0),
    }
}

fn at(moment: usize) -> DateTime {
    let hours = i64::try_from(moment).unwrap_or(0) * 40;
    START.at(8, 0, 0, 0).saturating_add(hours.hours())
}
