//! Many seeds: run side by side, summed up, and for a failing one the command that replays it.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::Instant;

use escalation::Policy;

use crate::run::{POLICY, Report, run};

/// Violations that are listed for a failing seed.
const LISTED_MAX: usize = 5;

/// Runs one seed on a thread of its own, in a folder that goes with it.
pub fn one(seed: u64) -> Result<Report, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(text)?;
    let policy = Arc::new(Policy::parse(POLICY, "policy.toml").map_err(text)?);
    let folder = tempfile::tempdir_in(memory()).map_err(text)?;
    runtime.block_on(run(seed, policy, folder.path()))
}

/// A place without a disk, where there is one: what is synced is simulated, and speed counts.
pub fn memory() -> PathBuf {
    let shm = PathBuf::from("/dev/shm");
    if shm.is_dir() { shm } else { std::env::temp_dir() }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Runs a seed and tells its story. True: no violation.
pub fn tell(seed: u64) -> Result<bool, String> {
    let report = one(seed)?;
    for line in &report.story {
        println!("{line}");
    }
    println!("\nstory {:016x}, {} days, {} effects went out", report.digest, report.days, report.marks);
    for violation in &report.violations {
        println!("violation: {violation}");
    }
    Ok(report.violations.is_empty())
}

/// Runs all seeds. True: none violated a law.
pub fn sweep(seeds: RangeInclusive<u64>, jobs: usize) -> Result<bool, String> {
    let started = Instant::now();
    let mut sum = Sum::default();
    each(seeds, jobs, |report| {
        if !report.violations.is_empty() {
            println!("seed {} fails; replay it with: cargo sim --seed {}", report.seed, report.seed);
            for violation in report.violations.iter().take(LISTED_MAX) {
                println!("  {violation}");
            }
        }
        sum.add(&report);
        true
    })?;
    sum.print(started.elapsed().as_millis());
    Ok(sum.failed == 0)
}

/// Runs seeds until `take` says that it has seen enough.
pub fn each(seeds: RangeInclusive<u64>, jobs: usize, mut take: impl FnMut(Report) -> bool) -> Result<(), String> {
    let (first, last) = seeds.into_inner();
    let (next, enough) = (AtomicU64::new(first), AtomicBool::new(false));
    let (sender, reports) = mpsc::sync_channel(jobs.max(1));
    std::thread::scope(|scope| {
        for job in 0..jobs.max(1) {
            let (sender, next, enough) = (sender.clone(), &next, &enough);
            scope.spawn(move || {
                stay_on_a_core(job);
                while !enough.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed > last || sender.send(one(seed)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut result = Ok(());
        for report in reports {
            match report {
                Ok(report) => {
                    if !take(report) {
                        enough.store(true, Ordering::Relaxed);
                    }
                }
                Err(error) => {
                    result = Err(error);
                    enough.store(true, Ordering::Relaxed);
                }
            }
        }
        result
    })
}

/// This thread and those that it starts wake each other for every statement; on one core that costs a third less.
#[cfg(target_os = "linux")]
fn stay_on_a_core(job: usize) {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
    let Ok(allowed) = sched_getaffinity(None) else { return };
    let cores: Vec<usize> = (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core)).collect();
    let mut one = CpuSet::new();
    if let Some(core) = cores.get(job % cores.len().max(1)) {
        one.set(*core);
        // Where that is forbidden it is only slower.
        sched_setaffinity(None, &one).ok();
    }
}

#[cfg(not(target_os = "linux"))]
fn stay_on_a_core(_: usize) {}

#[derive(Default)]
struct Sum {
    seeds: u64,
    failed: u64,
    days: i64,
    marks: u64,
    acts: u64,
    faults: BTreeMap<&'static str, u64>,
}

impl Sum {
    fn add(&mut self, report: &Report) {
        self.seeds += 1;
        self.failed += u64::from(!report.violations.is_empty());
        self.days += report.days;
        self.marks += report.marks;
        self.acts += report.acts;
        for (fault, n) in &report.faults {
            *self.faults.entry(fault).or_default() += n;
        }
    }

    fn print(&self, millis: u128) {
        let millis = u64::try_from(millis).unwrap_or(u64::MAX).max(1);
        let tenths = |n: u64, of: u64| format!("{}.{}", n / of, n % of * 10 / of);
        println!("{:>10} seeds, {} a second", self.seeds, tenths(self.seeds * 1_000, millis));
        println!("{:>10} simulated years", tenths(self.days.unsigned_abs() * 10, 3_652));
        println!("{:>10} effects went out, {} things were done", self.marks, self.acts);
        println!("{:>10} faults injected", self.faults.values().sum::<u64>());
        for (fault, n) in &self.faults {
            println!("{n:>16} {fault}");
        }
        println!("{:>10} seeds with violations", self.failed);
    }
}
