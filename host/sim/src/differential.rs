//! The same seed on both engines, with one host and with three: the same history in every lane. Hosts work side by side within a
//! step, and the steps are the same for all, so that nothing but the engines and the hosts can make a difference.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use engine::Engine;
use escalation::{AccountId, Policy, Role};
use jiff::ToSpan;
use sha2::{Digest, Sha256};
use store::Store;
use store::postgres::{LeaseClock, PgOptions, PgStore};
use store::sqlite::SqliteStore;

use crate::fate::Fate;
use crate::gate::Step;
use crate::host::{Host, Surroundings};
use crate::people::People;
use crate::run::{POLICY, START};
use crate::town::Town;
use crate::watch::Watch;

const MOMENTS: usize = 16;
/// Rounds of the steps within one moment; more means that something feeds itself.
const ROUNDS_MAX: u32 = 50;

/// What is left of a lane: a hash over its events, and one over its state.
pub type History = BTreeMap<AccountId, (usize, String, String)>;

/// What hosts do side by side.
#[derive(Clone, Copy)]
enum Phase {
    Poll(Role),
    Decide,
    Dispatch(Role),
}

/// True: every seed made the same history everywhere.
pub fn compare(seeds: RangeInclusive<u64>, postgres: &str) -> Result<bool, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(text)?;
    let (mut differ, mut events, mut count) = (0, 0, 0);
    for seed in seeds {
        let made = runtime.block_on(everywhere(seed, postgres))?;
        let Some((first_name, first)) = made.first() else { continue };
        events += first.values().map(|(n, _, _)| n).sum::<usize>();
        count += 1;
        for (name, other) in &made[1..] {
            if other != first {
                differ += 1;
                println!("seed {seed}: {}", difference(first_name, first, name, other));
            }
        }
    }
    println!("{count} seeds, {events} events, on SQLite and PostgreSQL, with 1 and 3 hosts: {differ} differences");
    Ok(differ == 0)
}

async fn everywhere(seed: u64, postgres: &str) -> Result<Vec<(String, History)>, String> {
    let mut made = Vec::new();
    for hosts in [1, 3] {
        let folder = tempfile::tempdir().map_err(text)?;
        made.push((format!("SQLite with {hosts} hosts"), on_sqlite(seed, folder.path(), hosts).await?));
        let tenant = format!("seed-{seed}-{hosts}-{}", std::process::id());
        let options = PgOptions { clock: LeaseClock::Given, ..PgOptions::default() };
        let store: Arc<dyn Store> = Arc::new(PgStore::open(postgres, &tenant, options).await.map_err(text)?);
        made.push((format!("PostgreSQL with {hosts} hosts"), history(seed, store, hosts).await?));
    }
    Ok(made)
}

async fn on_sqlite(seed: u64, folder: &Path, hosts: usize) -> Result<History, String> {
    let store = SqliteStore::open(&folder.join("dunlin.sqlite"), "creditor").await.map_err(text)?;
    history(seed, Arc::new(store), hosts).await
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn difference(first: &str, a: &History, second: &str, b: &History) -> String {
    let lane = a.keys().chain(b.keys()).find(|id| a.get(*id) != b.get(*id));
    let length = |history: &History, id: &AccountId| history.get(id).map_or(0, |(n, _, _)| *n);
    match lane {
        Some(id) => format!("{id} has {} events on {first} and {} on {second}", length(a, id), length(b, id)),
        None => "nothing differs".to_owned(),
    }
}

async fn history(seed: u64, store: Arc<dyn Store>, count: usize) -> Result<History, String> {
    let policy = Arc::new(Policy::parse(POLICY, "policy.toml").map_err(text)?);
    let fate = Fate::new(seed, START.at(8, 0, 0, 0), 0);
    let town = Town::new(seed);
    let watch = Watch::new(fate.clone(), policy.clone())?;
    let around = Surroundings { fate: fate.clone(), town: town.clone(), watch, policy };
    let mut hosts: Vec<Host> = (0..count).map(|n| Host::start(n + 1, 0, store.clone(), &around)).collect();
    for moment in 0..MOMENTS {
        let now = START.at(8, 0, 0, 0).saturating_add((moment as i64 * 30).hours());
        fate.lock().now = now;
        town.lock().live(now, false);
        People { store: &*store, town: &town, fate: &fate }.act(true).await.map_err(text)?;
        bring(&mut hosts, &town, &fate).await?;
        work(&mut hosts, &fate).await?;
    }
    remains(&*store).await
}

/// What is brought from outside, one after the other, to whichever host.
async fn bring(hosts: &mut [Host], town: &Town, fate: &Fate) -> Result<(), String> {
    let waiting: Vec<(usize, escalation::Received)> = {
        let outside = town.lock();
        let hooks = outside.hooks.iter().enumerate().filter(|(_, hook)| !hook.acknowledged);
        hooks.map(|(at, hook)| (at, hook.received.clone())).collect()
    };
    for (at, received) in waiting {
        let host = fate.below(hosts.len());
        let engine = hosts[host].engine.clone();
        hosts[host].job = Some(Box::pin(async move {
            engine.accept("hooks", vec![received]).await.map(|_| ()).map_err(|error| error.to_string())
        }));
        side_by_side(hosts, fate).await?;
        town.lock().hooks[at].acknowledged = true;
    }
    Ok(())
}

async fn work(hosts: &mut [Host], fate: &Fate) -> Result<(), String> {
    for _ in 0..ROUNDS_MAX {
        let mut done = 0;
        for role in Role::ALL {
            done += phase(hosts, Phase::Poll(role), fate).await?;
            done += phase(hosts, Phase::Decide, fate).await?;
        }
        for role in Role::ALL {
            done += phase(hosts, Phase::Dispatch(role), fate).await?;
        }
        done += phase(hosts, Phase::Decide, fate).await?;
        if done == 0 {
            return Ok(());
        }
    }
    Err("the hosts do not come to rest".to_owned())
}

/// Every host does the same thing at the same time.
async fn phase(hosts: &mut [Host], phase: Phase, fate: &Fate) -> Result<u32, String> {
    let done = Arc::new(AtomicU32::new(0));
    for host in hosts.iter_mut() {
        let (engine, done) = (host.engine.clone(), done.clone());
        host.gate.reset();
        host.job = Some(Box::pin(async move {
            let worked = part(&engine, phase).await.map_err(|error| error.to_string())?;
            done.fetch_add(worked, Ordering::Relaxed);
            Ok(())
        }));
    }
    side_by_side(hosts, fate).await?;
    Ok(done.load(Ordering::Relaxed))
}

async fn part(engine: &Engine, phase: Phase) -> Result<u32, store::StoreError> {
    Ok(match phase {
        Phase::Poll(role) => engine.poll_role(role).await?.taken,
        Phase::Decide => engine.decide_due().await?,
        Phase::Dispatch(role) => engine.dispatch_role(role).await?,
    })
}

async fn side_by_side(hosts: &mut [Host], fate: &Fate) -> Result<(), String> {
    loop {
        let ready: Vec<usize> = (0..hosts.len()).filter(|at| hosts[*at].job.is_some()).collect();
        if ready.is_empty() {
            return Ok(());
        }
        let host = &mut hosts[ready[fate.below(ready.len())]];
        let Some(job) = &mut host.job else { continue };
        if let Step::Done(ended) = host.gate.step(job).await {
            host.job = None;
            ended?;
        }
    }
}

pub async fn remains(store: &dyn Store) -> Result<History, String> {
    let mut history = History::new();
    for id in store.account_ids(None, 1_000).await.map_err(text)? {
        let journal = store.journal(&id, 0, 100_000).await.map_err(text)?;
        let mut hash = Sha256::new();
        for entry in &journal {
            hash.update(serde_json::to_string(&entry.effective()).map_err(text)?);
        }
        let state = store.account(&id).await.map_err(text)?.map(|(account, _)| account);
        let state = serde_json::to_string(&state).map_err(text)?;
        history.insert(id, (journal.len(), hex(&hash.finalize()), hex(&Sha256::digest(state))));
    }
    Ok(history)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
