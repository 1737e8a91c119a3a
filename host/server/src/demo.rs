//! `dunlin demo`: the real hub on a simulated clock, and a town that answers its letters.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::clock::{SimulatedClock, morning};
use engine::figures::Figures;
use engine::verify::{Verified, verify};
use engine::{Engine, EngineError};
use escalation::{Date, Received};
use jiff::ToSpan;
use sandbox::Plugin;
use serde::Serialize;
use store::Store;
use thiserror::Error;
use town::{Plan, Town};

use crate::asks::Clerk;
use crate::config::{Config, ConfigError};
use crate::start::{StartError, Started, start};
use crate::workspace::{self, WorkspaceError};

/// A Monday.
pub(crate) const START: Date = jiff::civil::date(2026, 1, 5);
/// Debtors' first invoices.
const INVOICES: u32 = 300;
/// As the standard policy has it.
const CHARGES: &str = "# [charges]\n# from = \"second-notice\"\n# interest = true\n# compensation = true\n";
const DAY_NOTE: &str = "demo-day";
const SEED_NOTE: &str = "demo-seed";

#[derive(Debug, Error)]
pub enum DemoError {
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Town(#[from] town::TownError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Store(#[from] store::StoreError),
    #[error("`{}` was made with `--seed {found}`\n\nhint: go on with that seed, or give another folder with `--dir`", .folder.display())]
    Seed { folder: PathBuf, found: String },
    #[error("`{}` cannot be handed on: {why}", .file.display())]
    Shop { file: PathBuf, why: String },
    #[error("`{}` is a workspace, but not one of the demo\n\nhint: give another folder with `--dir`", .0.display())]
    NotADemo(PathBuf),
}

/// The hub and its town, on the day that they have reached.
pub struct Demo {
    pub engine: Arc<Engine>,
    pub plugins: Vec<Plugin>,
    pub clerk: Arc<Clerk>,
    pub config: Config,
    clock: Arc<SimulatedClock>,
    town: Town,
    /// Days lived so far.
    pub day: u32,
    started: Instant,
}

/// How it went: the figures of the journal, and the cost.
#[derive(Debug, Serialize)]
pub struct Summary {
    pub days: u32,
    pub seed: u64,
    #[serde(flatten)]
    pub figures: Figures,
    pub quarantined: u64,
    pub wall_ms: u64,
    pub peak_rss_kb: u64,
    /// `ok`, or the differences.
    pub verify: serde_json::Value,
}

/// Makes the workspace if there is none, without the plugins' components.
pub fn prepare(folder: &Path) -> Result<(), DemoError> {
    if folder.join("dunlin.toml").exists() {
        return Ok(());
    }
    workspace::write(folder)?;
    claim_charges(folder)
}

/// In the months of the demo every rate is known: other than a new workspace it claims interest and compensation.
pub fn claim_charges(folder: &Path) -> Result<(), DemoError> {
    let file = folder.join("policies/standard.toml");
    let policy = workspace::built_in("policies/standard.toml").unwrap_or_default();
    std::fs::write(&file, policy.replacen(CHARGES, &CHARGES.replace("# ", ""), 1))
        .map_err(|why| WorkspaceError::Unwritable { file, why })?;
    Ok(())
}

impl Demo {
    /// Opens the workspace where it was left.
    pub async fn open(folder: &Path, seed: u64) -> Result<Self, DemoError> {
        let config = Config::read(&folder.join("dunlin.toml"))?;
        let clock = Arc::new(SimulatedClock::new(morning(START)));
        let Started { engine, plugins, clerk, .. } = start(&config, clock.clone()).await?;
        let engine = Arc::new(engine);
        let store = engine.store.as_ref();
        let day = match store.note_get(SEED_NOTE).await? {
            Some(found) if found == seed.to_string() => note_number(store, DAY_NOTE).await?,
            Some(found) => return Err(DemoError::Seed { folder: folder.to_owned(), found }),
            None if store.counts().await?.events > 0 => return Err(DemoError::NotADemo(folder.to_owned())),
            None => {
                store.note_set(SEED_NOTE, &seed.to_string()).await?;
                0
            }
        };
        let mut town = Town::open(Plan {
            exchange: folder.join("exchange"),
            memory: folder.join("town"),
            seed,
            start: START,
            invoices: INVOICES,
            mishaps: true,
        })?;
        town.found()?;
        clock.set(morning(date(day)));
        engine.recover().await?;
        Ok(Self { engine, plugins, clerk, config, clock, town, day, started: Instant::now() })
    }

    /// Lives one day: first the town, then the hub.
    pub async fn live(&mut self) -> Result<(), DemoError> {
        let today = date(self.day);
        self.clock.set(morning(today));
        self.town.day(today)?;
        self.hand_on(today).await?;
        self.engine.turn().await?;
        self.day += 1;
        self.engine.store.note_set(DAY_NOTE, &self.day.to_string()).await?;
        Ok(())
    }

    /// What the town's shop reports is pushed, as a program would over `POST /api/intake/shop`. Again changes nothing.
    async fn hand_on(&self, today: Date) -> Result<(), DemoError> {
        let file = self.config.folder.join("exchange/shop").join(format!("{today}.json"));
        let text = match std::fs::read(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(source) => return Err(DemoError::Shop { file, why: source.to_string() }),
        };
        let reports: Vec<Received> =
            serde_json::from_slice(&text).map_err(|error| DemoError::Shop { file, why: error.to_string() })?;
        self.engine.accept("shop", reports).await?;
        Ok(())
    }

    pub fn today(&self) -> Date {
        self.engine.today()
    }

    /// Verifies, and sums up.
    pub async fn summary(&self, seed: u64) -> Result<(Summary, Verified), DemoError> {
        let verified = verify(self.engine.store.as_ref()).await?;
        let agrees = verified.differences.is_empty();
        let summary = Summary {
            days: self.day,
            seed,
            figures: verified.figures.clone(),
            quarantined: self.engine.store.counts().await?.quarantined,
            wall_ms: u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            peak_rss_kb: peak_rss_kb(),
            verify: if agrees { "ok".into() } else { verified.differences.clone().into() },
        };
        Ok((summary, verified))
    }
}

/// How long a day lasts: days a second, or as fast as it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speed {
    Days(u32),
    Max,
}

impl Speed {
    pub fn day(self) -> Duration {
        match self {
            Self::Days(per_second) => Duration::from_secs(1) / per_second.max(1),
            Self::Max => Duration::ZERO,
        }
    }
}

impl std::str::FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse::<u32>() {
            Ok(days) if (1..=1_000).contains(&days) => Ok(Self::Days(days)),
            _ if text == "max" => Ok(Self::Max),
            _ => Err("give days a second from 1 to 1000, or `max`".to_owned()),
        }
    }
}

pub(crate) fn date(day: u32) -> Date {
    START.saturating_add(i64::from(day).days())
}

async fn note_number(store: &dyn Store, name: &str) -> Result<u32, DemoError> {
    Ok(store.note_get(name).await?.and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// The most memory that this process ever had, in KiB; 0 where the system does not say.
pub fn peak_rss_kb() -> u64 {
    of_status("VmHWM:")
}

/// The same now.
pub fn rss_kb() -> u64 {
    of_status("VmRSS:")
}

fn of_status(key: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    line.and_then(|rest| rest.split_whitespace().next()).and_then(|number| number.parse().ok()).unwrap_or(0)
}
