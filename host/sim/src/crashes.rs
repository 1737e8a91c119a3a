//! Every point once: a process is killed, or frozen, before and after each commit and each call; another takes its place, and at
//! the end the laws hold.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Instant;

use clap::Args;
use rustix::process::Signal;

use crate::child::Said;
use crate::process::Process;
use crate::sweep::memory;

/// Violations that are printed; more say nothing new.
const LISTED_MAX: usize = 20;
/// How often the progress is printed in a whole plan.
const NEWS: usize = 10;
/// Moments that a host lives while another one stands still.
const WITHOUT: usize = 2;

#[derive(Args, Clone)]
pub struct Plan {
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Only every so many points
    #[arg(long, default_value_t = 1)]
    pub every: usize,
    /// Points at most, spread over all there are
    #[arg(long, default_value_t = 5_000)]
    pub most: usize,
    /// This point only
    #[arg(long, conflicts_with = "every")]
    pub only: Option<usize>,
    #[arg(long, default_value_t = 2)]
    pub jobs: usize,
    /// On this database of PostgreSQL instead of SQLite; what the runs leave in it is not cleaned up
    #[arg(long)]
    pub postgres: Option<String>,
    /// Take a safeguard out: the plan has to fail then
    #[arg(long)]
    pub mistake: Option<String>,
}

/// What happens to a process at a point.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Blow {
    /// It is killed, and started again.
    Kill,
    /// It stands still until its leases are over and another host has gone on, then it wakes up.
    Freeze,
}

/// Goes through the plan. True: no law was violated.
pub fn enumerate(plan: &Plan, blow: Blow) -> Result<bool, String> {
    let started = Instant::now();
    let mut calm = Trial { plan, blow, at: 0 }.undisturbed()?;
    let points = std::mem::take(&mut calm.points);
    let chosen = choose(plan, blow, &points);
    let place = plan.postgres.as_ref().map_or("SQLite", |_| "PostgreSQL");
    println!("seed {} on {place}: {} points, {} of them are tried", plan.seed, points.len(), chosen.len());
    let mut sum = Sum::default();
    sum.add(0, "nothing happens", Ok(calm));
    each(
        &chosen,
        plan.jobs,
        |at| Trial { plan, blow, at }.run(),
        |at, label, said| {
            sum.add(at, label, said);
            if sum.tried % chosen.len().div_ceil(NEWS) == 0 {
                println!("{:>6} of {} after {} s", sum.tried, chosen.len(), started.elapsed().as_secs());
            }
        },
    );
    sum.print(blow);
    Ok(sum.failed == 0)
}

/// The points that are tried, from 1, each with its name.
fn choose<'a>(plan: &Plan, blow: Blow, points: &'a [String]) -> Vec<(usize, &'a str)> {
    let numbered = points.iter().zip(1..).map(|(name, at)| (at, name.as_str()));
    // A host may freeze anywhere but between its last look at the clock and the send; see ARCHITECTURE.md.
    let possible: Vec<_> = numbered.filter(|(_, name)| blow == Blow::Kill || *name != "BeforeCall").collect();
    if let Some(only) = plan.only {
        return possible.into_iter().filter(|(at, _)| *at == only).collect();
    }
    let step = plan.every.max(possible.len().div_ceil(plan.most.max(1))).max(1);
    // Before and after take turns: a step that meets only one of them would be blind for the other.
    let odd = ((step / 2) | 1) % step;
    let meets = |at: usize| at % step == if (at / step).is_multiple_of(2) { 0 } else { odd };
    possible.into_iter().enumerate().filter(|(at, _)| meets(*at)).map(|(_, point)| point).collect()
}

/// Tries each point on one of a few threads, and takes what came of it as it comes.
fn each(
    chosen: &[(usize, &str)],
    jobs: usize,
    try_at: impl Fn(usize) -> Result<Said, String> + Sync,
    mut take: impl FnMut(usize, &str, Result<Said, String>),
) {
    let next = AtomicUsize::new(0);
    let (sender, tried) = mpsc::sync_channel(jobs.max(1));
    std::thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            let (sender, next, try_at) = (sender.clone(), &next, &try_at);
            scope.spawn(move || {
                while let Some((at, label)) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if sender.send((*at, *label, try_at(*at))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for (at, label, said) in tried {
            take(at, label, said);
        }
    });
}

/// One way through the town's weeks.
struct Trial<'a> {
    plan: &'a Plan,
    blow: Blow,
    at: usize,
}

impl Trial<'_> {
    fn undisturbed(&self) -> Result<Said, String> {
        let folder = tempfile::tempdir_in(memory()).map_err(|error| error.to_string())?;
        heard(self.start(folder.path(), &[])?)
    }

    fn run(&self) -> Result<Said, String> {
        let folder = tempfile::tempdir_in(memory()).map_err(|error| error.to_string())?;
        match self.blow {
            Blow::Kill => self.kill(folder.path()),
            Blow::Freeze => self.freeze(folder.path()),
        }
    }

    fn kill(&self, folder: &Path) -> Result<Said, String> {
        let killed = self.start(folder, &["--die-at", &self.at.to_string()])?.output()?;
        if killed.status.code().is_some() {
            let why = String::from_utf8_lossy(&killed.stderr).into_owned();
            return Err(format!("it was to be killed and ended by itself ({}): {why}", killed.status));
        }
        heard(self.start(folder, &[])?)
    }

    fn freeze(&self, folder: &Path) -> Result<Said, String> {
        let mut frozen = self.start(folder, &["--stop-at", &self.at.to_string()])?;
        frozen.wait_until_stopped()?;
        let other = heard(self.start(folder, &["--host", "2", "--moments", &WITHOUT.to_string()])?)?;
        frozen.signal(Signal::CONT)?;
        let mut said = heard(frozen)?;
        said.violations.extend(other.violations);
        Ok(said)
    }

    fn start(&self, folder: &Path, more: &[&str]) -> Result<Process, String> {
        let (seed, dir) = (self.plan.seed.to_string(), folder.display().to_string());
        let mut arguments: Vec<String> = ["child", "--seed", &seed, "--dir", &dir].map(str::to_owned).to_vec();
        arguments.extend(more.iter().map(|one| (*one).to_owned()));
        if let Some(url) = &self.plan.postgres {
            // A creditor of its own for each trial: nothing of it meets the others'.
            let tenant = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            arguments.extend(["--postgres".to_owned(), unsynced(url), "--tenant".to_owned(), tenant]);
        }
        if let Some(mistake) = &self.plan.mistake {
            arguments.extend(["--mistake".to_owned(), mistake.clone()]);
        }
        Process::start(&arguments)
    }
}

/// The server outlives all of these processes: its disk is not what is tried here, and need not be waited for.
fn unsynced(url: &str) -> String {
    let more = if url.contains('?') { '&' } else { '?' };
    format!("{url}{more}options[synchronous_commit]=off")
}

fn heard(process: Process) -> Result<Said, String> {
    serde_json::from_slice(&process.said()?).map_err(|error| error.to_string())
}

#[derive(Default)]
struct Sum {
    tried: usize,
    failed: usize,
    refused: usize,
    by_name: BTreeMap<String, usize>,
}

impl Sum {
    fn add(&mut self, at: usize, label: &str, said: Result<Said, String>) {
        if at > 0 {
            self.tried += 1;
            *self.by_name.entry(label.to_owned()).or_default() += 1;
        }
        let (violations, refused) = match said {
            Ok(said) => (said.violations, said.refused),
            Err(error) => (vec![error], 0),
        };
        self.refused += refused;
        for violation in violations {
            self.failed += 1;
            if self.failed <= LISTED_MAX {
                println!("point {at}, {label}: {violation}");
            }
        }
    }

    fn print(&self, blow: Blow) {
        for (name, n) in &self.by_name {
            println!("{n:>6} {name}");
        }
        match blow {
            Blow::Kill => println!("{} processes were killed, {} violations", self.tried, self.failed),
            Blow::Freeze => println!(
                "{} processes were frozen, {} of their writes came too late and were refused, {} violations",
                self.tried, self.refused, self.failed
            ),
        }
    }
}
