//! One seed, one run: a town, some hosts, a database, and weeks in which everything goes wrong; then calm, and the laws.

use std::path::Path;
use std::sync::Arc;

use escalation::{Date, Policy};
use jiff::ToSpan;
use store::Store;
use store::sqlite::SqliteStore;

use crate::fate::Fate;
use crate::gate::{Point, Step};
use crate::host::{Host, Surroundings};
use crate::laws;
use crate::people::People;
use crate::town::Town;
use crate::watch::Watch;

/// A run, and what came of it.
pub struct Report {
    pub seed: u64,
    pub violations: Vec<String>,
    pub faults: std::collections::BTreeMap<&'static str, u64>,
    pub days: i64,
    pub marks: u64,
    pub acts: u64,
    pub digest: u64,
    pub story: Vec<String>,
}

pub const START: Date = jiff::civil::date(2026, 3, 2);
pub const TENANT: &str = "creditor";
/// Moments in which things go wrong, and moments of calm after them.
const MOMENTS: usize = 22;
const CALM: usize = 10;
/// Turns without anything new; afterwards everything has to be at rest.
const QUIET: usize = 3;
/// Steps of all hosts within one moment; more means that something feeds itself.
const STEPS_MAX: u32 = 40_000;

pub const POLICY: &str = include_str!("../fixtures/policy.toml");

struct Run<'a> {
    fate: Fate,
    around: Surroundings,
    hosts: Vec<Host>,
    /// None only while a process is restarted.
    store: Option<Arc<dyn Store>>,
    database: &'a Path,
    /// One host: its crash takes the connection to the database with it, as a process does.
    alone: bool,
}

/// Runs a seed in an empty folder.
pub async fn run(seed: u64, policy: Arc<Policy>, folder: &Path) -> Result<Report, String> {
    let database = folder.join("dunlin.sqlite");
    let start = START.at(8, 0, 0, 0);
    let mut dice = fastrand::Rng::with_seed(seed);
    let trouble = [0, 4, 12, 30][dice.usize(0..4)];
    let count = dice.usize(1..4);
    let fate = Fate::new(seed, start, trouble);
    let town = Town::new(seed);
    let watch = Watch::new(fate.clone(), policy.clone())?;
    let around = Surroundings { fate: fate.clone(), town, watch, policy };
    let store = open(&database).await?;
    let hosts = (0..count).map(|n| Host::start(n + 1, dice.i64(-1_500..1_500), store.clone(), &around)).collect();
    fate.tell(format!("seed {seed}: {count} hosts, {trouble} of 1000 writes fail"));
    let mut run = Run { fate: fate.clone(), around, hosts, store: Some(store), database: &database, alone: count == 1 };
    run.live().await?;
    let acts = run.around.town.lock().ledger.len() as u64;
    let marks = run.around.watch.seen().marks;
    let notes = fate.lock();
    let days = i64::from((notes.now.date() - START).get_days());
    let (violations, faults) = (notes.violations.clone(), notes.faults.clone());
    drop(notes);
    Ok(Report { seed, violations, faults, days, marks, acts, digest: fate.digest(), story: fate.story() })
}

async fn open(database: &Path) -> Result<Arc<dyn Store>, String> {
    let store = SqliteStore::open(database, TENANT).await.map_err(|error| error.to_string())?;
    Ok(Arc::new(store))
}

impl Run<'_> {
    async fn live(&mut self) -> Result<(), String> {
        for _ in 0..MOMENTS {
            self.moment().await?;
            if !self.fate.lock().violations.is_empty() {
                return Ok(());
            }
            self.pass_time();
        }
        self.calm_down();
        for _ in 0..CALM {
            self.moment().await?;
            let next = self.fate.lock().now.date().saturating_add(1.day()).at(9, 0, 0, 0);
            self.fate.lock().now = next;
        }
        // A few more turns at a quiet hour, without anything new: what one host plans last, another may have to send.
        for _ in 0..QUIET {
            self.turn_all(Vec::new()).await?;
            let next = self.fate.lock().now.saturating_add(1.minute());
            self.fate.lock().now = next;
        }
        let (around, store) = (&self.around, self.store()?);
        laws::hold(&*store, &around.town, &around.watch, &self.fate).await.map_err(|error| error.to_string())
    }

    /// Hours or days go by; now and then the clock jumps back.
    fn pass_time(&self) {
        let mut notes = self.fate.lock();
        let now = notes.now;
        let gone = match notes.dice.u32(0..20) {
            0 => {
                *notes.faults.entry("clock jumps back").or_default() += 1;
                (-notes.dice.i64(1..180)).minutes()
            }
            1..=5 => notes.dice.i64(1..600).seconds(),
            6..=9 => notes.dice.i64(1..12).hours(),
            _ => notes.dice.i64(12..72).hours(),
        };
        notes.now = now.saturating_add(gone);
    }

    fn calm_down(&mut self) {
        self.fate.lock().calm = true;
        self.fate.tell("from now on nothing goes wrong");
        for host in &mut self.hosts {
            host.frozen_until = None;
        }
    }

    /// The town lives, people act, and every host has a turn.
    async fn moment(&mut self) -> Result<(), String> {
        let (now, calm) = {
            let notes = self.fate.lock();
            (notes.now, notes.calm)
        };
        self.around.town.lock().live(now, calm);
        if calm || self.fate.once_in(3) {
            let store = self.store()?;
            let people = People { store: &*store, town: &self.around.town, fate: &self.fate };
            people.act(calm).await.map_err(|error| error.to_string())?;
        }
        let hooks = self.hooks();
        self.turn_all(hooks).await
    }

    /// What is brought to us now: what was not acknowledged, and now and then what was.
    fn hooks(&self) -> Vec<(usize, escalation::Received)> {
        let mut outside = self.around.town.lock();
        let mut brought = Vec::new();
        for (at, hook) in outside.hooks.iter_mut().enumerate() {
            let again = hook.acknowledged && self.fate.once_in(25);
            if again {
                self.fate.fault("webhook comes again");
            }
            // Late, and in any order.
            if again || !hook.acknowledged && (self.fate.is_calm() || !self.fate.once_in(4)) {
                hook.brought += 1;
                brought.push((at, hook.received.clone()));
            }
        }
        self.fate.lock().dice.shuffle(&mut brought);
        brought
    }

    async fn turn_all(&mut self, hooks: Vec<(usize, escalation::Received)>) -> Result<(), String> {
        let now = self.fate.lock().now;
        let mut parts: Vec<Vec<(usize, escalation::Received)>> = self.hosts.iter().map(|_| Vec::new()).collect();
        for hook in hooks {
            let at = self.fate.below(parts.len());
            parts[at].push(hook);
        }
        for (host, brought) in self.hosts.iter_mut().zip(parts) {
            if host.frozen_until.is_some_and(|until| until <= now) {
                host.frozen_until = None;
                self.fate.tell(format!("{} wakes up", host.name));
            }
            if host.job.is_none() {
                host.work(brought, self.around.town.clone());
            }
        }
        for steps in 0.. {
            let ready: Vec<usize> = (0..self.hosts.len())
                .filter(|at| self.hosts[*at].job.is_some() && self.hosts[*at].frozen_until.is_none())
                .collect();
            if ready.is_empty() {
                return Ok(());
            }
            if steps > STEPS_MAX {
                self.fate.violates("the hosts do not come to rest");
                return Ok(());
            }
            let at = ready[self.fate.below(ready.len())];
            self.step(at).await?;
        }
        Ok(())
    }

    /// One host runs to its next gate; there something may happen to it.
    async fn step(&mut self, at: usize) -> Result<(), String> {
        let host = &mut self.hosts[at];
        let Some(job) = &mut host.job else { return Ok(()) };
        match host.gate.step(job).await {
            Step::Done(ended) => {
                host.job = None;
                if let Err(error) = ended {
                    let first = error.lines().next().unwrap_or_default().to_owned();
                    self.fate.tell(format!("{}: the turn ended early: {first}", host.name));
                    if host.began_in_calm {
                        self.fate.violates(format!("a turn failed without a cause: {error}"));
                    }
                }
                Ok(())
            }
            Step::At(point) => self.incident(at, point).await,
        }
    }

    async fn incident(&mut self, at: usize, point: Point) -> Result<(), String> {
        let (roll, trouble) = {
            let mut notes = self.fate.lock();
            let millis = notes.dice.i64(0..120);
            notes.now = notes.now.saturating_add(millis.milliseconds());
            (notes.dice.u32(0..1_000), if notes.calm { 0 } else { notes.trouble })
        };
        if matches!(point, Point::BeforeRead(_)) || trouble == 0 {
            return Ok(());
        }
        if roll < trouble / 3 + 1 {
            return self.crash(at, point).await;
        }
        // A host may freeze anywhere but between its last look at the clock and the send; see ARCHITECTURE.md.
        if roll > 995 && point != Point::BeforeCall {
            let seconds = [5, 40, 400, 4_000, 100_000][self.fate.below(5)] + self.fate.below(30) as i64;
            self.fate.fault("host frozen");
            let until = self.fate.lock().now.saturating_add(seconds.seconds());
            self.fate.tell(format!("{} freezes {point:?} for {seconds} s", self.hosts[at].name));
            self.hosts[at].frozen_until = Some(until);
        }
        Ok(())
    }

    async fn crash(&mut self, at: usize, point: Point) -> Result<(), String> {
        self.fate.fault(match point {
            Point::BeforeWrite(_) => "crash before a commit",
            Point::AfterWrite(_) => "crash after a commit",
            Point::BeforeCall => "crash before a call",
            Point::AfterCall => "crash after a call",
            Point::BeforeRead(_) => "crash before a read",
        });
        self.fate.tell(format!("{} crashes {point:?}", self.hosts[at].name));
        if self.alone {
            // The whole process is gone, and with it its connection; the next one opens the file again.
            self.hosts.clear();
            self.store = None;
            let store = open(self.database).await?;
            self.hosts.push(Host::start(1, 0, store.clone(), &self.around));
            self.store = Some(store);
            return Ok(());
        }
        let store = self.store()?;
        self.hosts[at].crash(store, &self.around);
        Ok(())
    }

    fn store(&self) -> Result<Arc<dyn Store>, String> {
        self.store.clone().ok_or_else(|| "the database is not open".to_owned())
    }
}
