//! The nightly run, measured: every account is decided, beside a bare read and write of the same rows.

mod hosts;
mod ledger;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use escalation::invoice::plus_days;
use escalation::request::Request;
use escalation::{Account, Date, Effect, Packs, Party, Policy};
use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;
use store::bench::Night as Left;
use store::sqlite::SqliteStore;
use store::{Ingest, Store, StoreError};

use crate::clock::{SimulatedClock, morning};
use crate::holds::Holds;
use crate::scribe::Scribe;
use crate::turn::Engine;
pub use hosts::hosts;
pub use ledger::TODAY;

/// A night's work and what it cost.
#[derive(Clone, Debug, Serialize)]
pub struct Night {
    pub invoices: u64,
    pub accounts: u64,
    pub due: u64,
    /// Lanes that were read; each beyond `due` had nothing to do.
    pub read: u64,
    pub changed: u64,
    pub effects: u64,
    /// Due, and the decision changed nothing.
    pub silent: u64,
    pub wall_ns_per_account: u64,
    /// User and system time of the process, all threads.
    pub cpu_ns_per_account: u64,
    pub cpu_ns_per_invoice: u64,
    pub bare_wall_ns_per_account: u64,
    pub bare_cpu_ns_per_account: u64,
    pub peak_rss_kb: u64,
    pub open_micros: u64,
}

/// A database with so many open invoices, ready for its nights.
pub struct Nights {
    path: PathBuf,
    policy: Arc<Policy>,
    invoices: u64,
    accounts: u64,
    /// Nights so far.
    day: i32,
}

/// Accounts of one seeding transaction.
const PAGE: usize = 500;

impl Nights {
    /// Seeds by the real road: the history is taken by T1, and decided once on the day before.
    pub async fn seed(folder: &Path, invoices: u64, policy: Policy) -> Result<Self, StoreError> {
        let path = folder.join(format!("night-{invoices}.sqlite"));
        let nights = Self { path, policy: Arc::new(policy), invoices, accounts: ledger::accounts(invoices), day: 0 };
        let (store, engine) = nights.engine(plus_days(TODAY, -1)).await?;
        let ids: Vec<u64> = (0..nights.accounts).collect();
        for page in ids.chunks(PAGE) {
            let entries = page.iter().flat_map(|n| ledger::entries(*n)).collect();
            store.ingest(Ingest { entries, ..Ingest::empty("ledger", engine.at()) }).await?;
            engine.decide_due().await?;
        }
        store.close().await;
        Ok(nights)
    }

    /// One night, one day later than the last one; `one_in`: every account is due, or one in so many.
    pub async fn night(&mut self, one_in: u64) -> Result<Night, StoreError> {
        let today = plus_days(TODAY, self.day);
        self.day += 1;
        let at = morning(today);
        let due = store::bench::make_due(&self.path, at, one_in).await?;
        forget_peak();
        let opening = Instant::now();
        let (store, engine) = self.engine(today).await?;
        let opened = opening.elapsed();
        let (wall, cpu) = (Instant::now(), cpu());
        let read = engine.decide_due().await?;
        let (wall, cpu) = (wall.elapsed(), self::cpu().saturating_sub(cpu));
        let peak_rss_kb = peak_rss_kb();
        store.close().await;
        let Left { changed, effects } = store::bench::night(&self.path, at).await?;
        let batch = usize::try_from(crate::limits::LANES_PER_CLAIM).unwrap_or_default();
        let was_due = store::bench::was_due(&self.path, at, one_in).await?;
        let cpu_before = self::cpu();
        let bare = store::bench::bare_night(&self.path, &was_due, batch).await?;
        let bare_cpu = self::cpu().saturating_sub(cpu_before);
        let per = |taken: Duration, n: u64| u64::try_from(taken.as_nanos() / u128::from(n.max(1))).unwrap_or(u64::MAX);
        Ok(Night {
            invoices: self.invoices,
            accounts: self.accounts,
            due,
            read: u64::from(read),
            changed,
            effects,
            silent: due.saturating_sub(changed),
            wall_ns_per_account: per(wall, due),
            cpu_ns_per_account: per(cpu, due),
            cpu_ns_per_invoice: per(cpu, due * self.invoices / self.accounts.max(1)),
            bare_wall_ns_per_account: per(bare, due),
            bare_cpu_ns_per_account: per(bare_cpu, due),
            peak_rss_kb,
            open_micros: u64::try_from(opened.as_micros()).unwrap_or(u64::MAX),
        })
    }

    async fn engine(&self, today: Date) -> Result<(Arc<SqliteStore>, Engine), StoreError> {
        let store = Arc::new(SqliteStore::open(&self.path, store::bench::TENANT).await?);
        let engine = engine(store.clone(), self.policy.clone(), packs()?, today, "bench".to_owned());
        Ok((store, engine))
    }
}

fn packs() -> Result<Arc<Packs>, StoreError> {
    Packs::shipped().map(Arc::new).map_err(|wrong| StoreError::Corrupt(wrong.to_string()))
}

/// An engine on a morning, that hears of nothing and sends nothing.
fn engine(store: Arc<dyn Store>, policy: Arc<Policy>, packs: Arc<Packs>, today: Date, owner: String) -> Engine {
    Engine {
        store,
        clock: Arc::new(SimulatedClock::new(morning(today))),
        policy,
        packs,
        creditor: Party::default(),
        scribe: Arc::new(Nobody),
        plugins: Vec::new(),
        owner,
        holds: Holds::default(),
    }
}

struct Nobody;

impl Scribe for Nobody {
    fn request(&self, _: &Account, _: &Effect, _: u32, _: Date) -> Result<Request, String> {
        Err("a benchmark sends nothing".to_owned())
    }
}

/// Processor time of this process so far.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let (seconds, nanos) = (u64::try_from(time.tv_sec).unwrap_or(0), u64::try_from(time.tv_nsec).unwrap_or(0));
    Duration::from_secs(seconds) + Duration::from_nanos(nanos)
}

/// Starts the measurement of the memory's highest mark anew.
fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The most memory that the process has had, in KiB.
pub fn peak_rss_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next()).and_then(|number| number.parse().ok()).unwrap_or(0)
}
