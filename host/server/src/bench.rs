//! `dunlin bench`: each figure beside a baseline that was measured in the same run, on the same machine and disk.

mod core;
mod disk;
mod hosts;
mod intake;
mod nightly;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use egress::{Secrets, Vault};
use escalation::party::PartyKind;
use escalation::request::{Ask, Batch, CallAsk, Request};
use escalation::{AccountId, Currency, Date, DateTime, EffectKey, Money, Party, Role};
use jiff::tz::TimeZone;
use sandbox::{Bound, Grant, LimitsMax, Manifest, Memory, Runtime, RuntimeOptions};
use serde::Serialize;
use town::{Plan, Town};

use crate::demo::{Demo, START, peak_rss_kb};

pub use core::{core, letters};
pub use disk::syncs;
pub use hosts::postgres;
pub use intake::intake;
pub use nightly::{nightly, policy};

/// A figure and what it is held against.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    pub name: &'static str,
    pub unit: &'static str,
    pub value: u64,
    pub baseline_name: &'static str,
    pub baseline: u64,
    /// `value / baseline`, with two decimals.
    pub ratio: String,
}

impl Figure {
    fn new(name: &'static str, unit: &'static str, value: u64, baseline_name: &'static str, baseline: u64) -> Self {
        let hundredths = value.saturating_mul(100) / baseline.max(1);
        let ratio = format!("{}.{:02}", hundredths / 100, hundredths % 100);
        Self { name, unit, value, baseline_name, baseline, ratio }
    }
}

/// Rounds of each measurement; the middle one counts.
const ROUNDS: usize = 5;
const CALLS: u32 = 2_000;
const REPORTS: usize = 20_000;
const REPORTS_PER_PAGE: usize = 128;
const DEMO_DAYS: u32 = 120;

/// A plugin's call with a fresh instance and an effect of 1 KB, beside the bare wasmtime call that does the same.
pub async fn plugin_call(components: &Path, folder: &Path) -> Result<Figure, Box<dyn std::error::Error>> {
    let runtime = Runtime::new(RuntimeOptions {
        cache_dir: folder.join("cache"),
        zone: TimeZone::UTC,
        limits: LimitsMax::default(),
        secrets: Secrets::new(Vault::open(folder)?, folder),
    })?;
    let of_plugin = components.join("dialer-file");
    let manifest = Manifest::parse(&std::fs::read_to_string(of_plugin.join("plugin.toml"))?, "plugin.toml")?;
    let wasm = std::fs::read(of_plugin.join("dialer-file.wasm"))?;
    let lists = folder.join("lists");
    std::fs::create_dir_all(&lists)?;
    let grant = Grant {
        connections: BTreeMap::from([("lists".to_owned(), Bound::Folder(lists))]),
        config: serde_json::json!({}),
        imports: manifest.imports.iter().cloned().collect::<BTreeSet<_>>(),
    };
    let memory: Arc<dyn Memory> = Arc::new(Forgetful);
    let plugin = runtime.load("bench", manifest, &wasm, grant.clone(), memory.clone()).await?;
    let (batch, requests) = expired_call();
    let mut ours = Vec::new();
    let mut bare = Vec::new();
    for _ in 0..ROUNDS {
        let taken =
            sandbox::bench::bare_calls(&runtime, &wasm, &grant, memory.clone(), &batch, &requests, CALLS).await?;
        bare.push(nanos(taken) / u64::from(CALLS));
        let started = Instant::now();
        for _ in 0..CALLS {
            plugin.perform(&batch, Role::Dialer, &requests).await.result?;
        }
        ours.push(nanos(started.elapsed()) / u64::from(CALLS));
    }
    Ok(Figure::new(
        "plugin call, fresh instance, 1 KB",
        "ns",
        middle(ours),
        "bare wasmtime call, tuned pool",
        middle(bare),
    ))
}

/// Requests over a bound connection, signed and looked through, beside the bare client.
pub async fn egress(folder: &Path) -> Result<Figure, Box<dyn std::error::Error>> {
    const REQUESTS: usize = 20_000;
    let a_second = |taken: Duration| REQUESTS as u64 * 1_000_000_000 / nanos(taken).max(1);
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (one, other) = egress::bench::requests(folder, REQUESTS).await.map_err(|error| error.to_string())?;
        ours.push(a_second(one));
        bare.push(a_second(other));
    }
    let name = "requests to another system, 8 at once";
    Ok(Figure::new(name, "requests/s", middle(ours), "bare HTTP client", middle(bare)))
}

/// Whom the measured account belongs to.
fn debtor() -> Party {
    Party {
        id: "D-1001".to_owned(),
        name: "Musterbau GmbH".to_owned(),
        kind: PartyKind::Business,
        country: "DE".to_owned(),
        language: "de".to_owned(),
        address: vec!["Musterstraße 1".to_owned(), "20095 Hamburg".to_owned()],
        email: Some("buchhaltung@musterbau.example".to_owned()),
        phone: Some("+49 40 5550123".to_owned()),
        ..Party::default()
    }
}

/// A call of about 1 KB that is no longer to be made: the plugin reads it, answers, and touches no file.
fn expired_call() -> (Batch, Vec<Request>) {
    let at = DateTime::constant(2026, 3, 2, 8, 0, 0, 0);
    let debtor = debtor();
    let call = CallAsk {
        account: AccountId::new("D-1001"),
        phone: debtor.phone.clone().unwrap_or_default(),
        debtor,
        rank: 1,
        overdue: Money::new(119_000, Currency::EUR),
        days_past_due: 8,
        items: Vec::new(),
        reason: "overdue for a week; two e-mails had no answer. ".repeat(17),
        expires_on: Date::constant(2026, 3, 1),
    };
    let batch = Batch { id: "bench".to_owned(), at, creditor: Party::default() };
    (batch, vec![Request { key: EffectKey::new("call:bench:INV-1:cycle-1"), ask: Ask::QueueCall(call) }])
}

/// T1 with full durability, beside a bare batched insert of the same rows into the same tables.
pub async fn ingest(folder: &Path) -> Result<Figure, Box<dyn std::error::Error>> {
    let pages = store::bench::pages(REPORTS, REPORTS_PER_PAGE);
    let mut ours = Vec::new();
    let mut bare = Vec::new();
    for round in 0..ROUNDS {
        bare.push(store::bench::bare_batched_insert(&folder.join(format!("bare-{round}.sqlite")), &pages).await?);
        ours.push(store::bench::ingest(&folder.join(format!("ours-{round}.sqlite")), &pages).await?);
    }
    Ok(Figure::new(
        "durable ingest (T1), 128 reports a page",
        "reports/s",
        middle(ours),
        "bare batched insert",
        middle(bare),
    ))
}

/// The demo's days at full speed, beside the same days of the town without a hub; and the memory at its highest.
pub async fn demo(components: &Path, folder: &Path) -> Result<[Figure; 2], Box<dyn std::error::Error>> {
    let before = peak_rss_kb();
    let alone = Instant::now();
    let mut town = Town::open(Plan {
        exchange: folder.join("alone/exchange"),
        memory: folder.join("alone/town"),
        seed: 1,
        start: START,
        invoices: 300,
        mishaps: true,
    })?;
    for day in 0..DEMO_DAYS {
        town.day(crate::demo::date(day))?;
    }
    let alone = alone.elapsed();

    let workspace = folder.join("demo");
    crate::demo::prepare(&workspace)?;
    install(components, &workspace.join("components"))?;
    let started = Instant::now();
    let mut demo = Demo::open(&workspace, 1).await?;
    for _ in 0..DEMO_DAYS {
        demo.live().await?;
    }
    let taken = started.elapsed();
    Ok([
        Figure::new(
            "demo, 120 days, 300 invoices",
            "ms",
            millis(taken),
            "the town alone, without a hub",
            millis(alone),
        ),
        Figure::new("memory at its highest", "KiB", peak_rss_kb(), "before the demo", before),
    ])
}

/// Puts installed plugins into another workspace.
fn install(from: &Path, into: &Path) -> std::io::Result<()> {
    for name in crate::start::installed(from) {
        std::fs::create_dir_all(into.join(&name))?;
        std::fs::copy(from.join("plugins.lock"), into.join("plugins.lock"))?;
        for file in ["plugin.toml".to_owned(), format!("{name}.wasm")] {
            std::fs::copy(from.join(&name).join(&file), into.join(&name).join(&file))?;
        }
    }
    Ok(())
}

struct Forgetful;

#[async_trait]
impl Memory for Forgetful {
    async fn get(&self, _: &str, _: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(None)
    }

    async fn size(&self, _: &str) -> Result<u64, String> {
        Ok(0)
    }
}

fn middle(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(0)
}

fn nanos(taken: Duration) -> u64 {
    u64::try_from(taken.as_nanos()).unwrap_or(u64::MAX)
}

fn millis(taken: Duration) -> u64 {
    u64::try_from(taken.as_millis()).unwrap_or(u64::MAX)
}
