//! A real process that works through a town's weeks and dies, or stands still, where it is told to. What it did outside is kept
//! in a file, as the world would keep it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use escalation::{DateTime, Policy};
use jiff::ToSpan;
use rustix::process::{Signal, getpid, kill_process};
use store::Store;
use store::postgres::{LeaseClock, PgOptions, PgStore};
use store::sqlite::SqliteStore;

use crate::differential::remains;
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
/// Between the end of a process and the work of the next one, in minutes: leases and attempts run out.
const PAUSE: i64 = 5;

#[derive(Args, Clone)]
pub struct Child {
    /// Where the town, the clock and the database are
    #[arg(long)]
    pub dir: PathBuf,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Work on this database instead of a file in the folder
    #[arg(long)]
    pub postgres: Option<String>,
    #[arg(long, default_value = TENANT)]
    pub tenant: String,
    /// Its number among the hosts
    #[arg(long, default_value_t = 1)]
    pub host: usize,
    /// Die at this point
    #[arg(long)]
    pub die_at: Option<usize>,
    /// Stand still at this point
    #[arg(long)]
    pub stop_at: Option<usize>,
    /// Live for so many moments only
    #[arg(long)]
    pub moments: Option<usize>,
    /// A safeguard that is taken out, in a build that can make mistakes
    #[arg(long)]
    pub mistake: Option<String>,
}

/// What a process says when it came to its end.
#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Said {
    /// Points that it passed: before and after every commit and every call.
    pub points: Vec<String>,
    pub violations: Vec<String>,
    /// Writes that were refused because another host had the lane.
    pub refused: usize,
    /// Everything that is left of the accounts, when it lived to the end.
    pub history: String,
}

pub fn run(child: &Child) -> Result<Said, String> {
    if let Some(name) = &child.mistake {
        make(name)?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(text)?;
    runtime.block_on(live(child))
}

#[cfg(feature = "mutations")]
fn make(name: &str) -> Result<(), String> {
    let known = store::mutation::Mutation::ALL.into_iter().find(|one| one.name() == name);
    store::mutation::make(Some(known.ok_or_else(|| format!("`{name}` is no mistake that can be made"))?));
    Ok(())
}

#[cfg(not(feature = "mutations"))]
fn make(_: &str) -> Result<(), String> {
    Err("this build cannot make mistakes on purpose\n\nhint: `cargo sim` builds one that can".to_owned())
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

async fn open(child: &Child) -> Result<Arc<dyn Store>, String> {
    Ok(match &child.postgres {
        None => Arc::new(SqliteStore::open(&child.dir.join("dunlin.sqlite"), &child.tenant).await.map_err(text)?),
        Some(url) => {
            let options = PgOptions { connections: 4, clock: LeaseClock::Given };
            Arc::new(PgStore::open(url, &child.tenant, options).await.map_err(text)?)
        }
    })
}

async fn live(child: &Child) -> Result<Said, String> {
    let policy = Arc::new(Policy::parse(POLICY, "policy.toml").map_err(text)?);
    let town = Town::kept(&child.dir.join("town.json"), child.seed)?;
    let store = open(child).await?;
    let mut now = moment(&child.dir)?;
    let end = child.moments.map_or(MOMENTS + CALM, |most| (now + most).min(MOMENTS + CALM));
    let fate = Fate::new(child.seed, at(now), 0);
    let watch = Watch::new(fate.clone(), policy.clone())?;
    let around = Surroundings { fate: fate.clone(), town: town.clone(), watch: watch.clone(), policy };
    let host = Host::start(child.host, 0, store.clone(), &around);
    let mut life = Life { child, fate: fate.clone(), town: town.clone(), host, points: Vec::new() };
    while now < end {
        life.moment(&*store, now).await?;
        // A process that stood still finds that others have gone on.
        now = moment(&child.dir)?.max(now + 1);
        std::fs::write(child.dir.join("moment"), now.to_string()).map_err(text)?;
    }
    let mut history = String::new();
    if child.moments.is_none() {
        history = format!("{:?}", remains(&*store).await?);
        fate.lock().calm = true;
        laws::hold(&*store, &town, &watch, &fate).await.map_err(text)?;
        laws::asked_once(&town, &fate);
    }
    store.close().await;
    let refused = fate.story().iter().filter(|line| line.contains("no longer ours")).count();
    let violations = fate.lock().violations.clone();
    Ok(Said { points: life.points, violations, refused, history })
}

/// A host in its town.
struct Life<'a> {
    child: &'a Child,
    fate: Fate,
    town: Town,
    host: Host,
    points: Vec<String>,
}

impl Life<'_> {
    async fn moment(&mut self, store: &dyn Store, now: usize) -> Result<(), String> {
        self.fate.lock().now = at(now);
        if self.town.lock().lived == now {
            self.town.lock().live(at(now), now >= MOMENTS);
            self.town.keep()?;
        } else {
            // A former process died in this moment, or stands still.
            self.fate.lock().now = later(now);
        }
        let people = People { store, town: &self.town, fate: &self.fate };
        people.act(true).await.map_err(text)?;
        self.host.work(unacknowledged(&self.town), self.town.clone());
        self.work().await
    }

    async fn work(&mut self) -> Result<(), String> {
        while let Some(job) = &mut self.host.job {
            match self.host.gate.step(job).await {
                Step::Done(ended) => {
                    self.host.job = None;
                    ended?;
                }
                Step::At(Point::BeforeRead(_)) => {}
                Step::At(point) => {
                    self.points.push(format!("{point:?}"));
                    self.incident()?;
                }
            }
        }
        Ok(())
    }

    fn incident(&self) -> Result<(), String> {
        let here = Some(self.points.len());
        if self.child.die_at == here {
            // No destructor runs, nothing is flushed: this is the end that the OOM killer makes.
            let _ = kill_process(getpid(), Signal::KILL);
        }
        if self.child.stop_at == here {
            let _ = kill_process(getpid(), Signal::STOP);
            // Here somebody woke us. The world and its clock went on meanwhile.
            self.town.look_again()?;
            self.fate.lock().now = later(moment(&self.child.dir)?.saturating_sub(1));
        }
        Ok(())
    }
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

fn later(moment: usize) -> DateTime {
    at(moment).saturating_add(PAUSE.minutes())
}
