//! A real host under load: takes one thing after the other, says which of them it has acknowledged, and works. It tries again
//! what failed for a reason that passes. `end` on its standard input ends the load; it then comes to rest and says so.

use std::io::BufRead;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Args;
use engine::holds::Holds;
use engine::{Clock, Engine, EngineError};
use escalation::{DateTime, Packs, Party, Policy};
use jiff::ToSpan;
use store::postgres::{LeaseClock, PgOptions, PgStore};
use store::sqlite::SqliteStore;
use store::{Store, StoreError};

use super::load::brought;
use super::world::World;
use crate::run::{POLICY, START, TENANT};
use crate::scribe::Plain;

/// Time runs so much faster than ours: a lease of 30 seconds is over after one and a half.
const SPEED: i64 = 20;
/// Between two attempts.
const AGAIN: Duration = Duration::from_millis(20);
/// Looks at what is left to do before it counts as never coming to rest.
const LOOKS_MAX: u32 = 3_000;

#[derive(Args, Clone)]
pub struct Worker {
    /// The folder of the database, when it is SQLite
    #[arg(long)]
    pub dir: Option<PathBuf>,
    #[arg(long)]
    pub postgres: Option<String>,
    #[arg(long, default_value_t = 1)]
    pub host: usize,
    /// The world's memory
    #[arg(long)]
    pub world: PathBuf,
    /// When time began, in milliseconds
    #[arg(long)]
    pub epoch: i64,
    /// End the load by itself after so many things
    #[arg(long)]
    pub things: Option<u64>,
    /// Close the database after every so many things, and open it again
    #[arg(long)]
    pub reopen: Option<u64>,
}

struct FastClock {
    epoch: i64,
}

impl Clock for FastClock {
    fn now(&self) -> DateTime {
        START.at(8, 0, 0, 0).saturating_add(((millis() - self.epoch) * SPEED).milliseconds())
    }
}

/// Now, in milliseconds.
#[expect(clippy::disallowed_methods, reason = "a real process lives in real time")]
pub fn millis() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

pub fn run(worker: &Worker) -> Result<bool, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(text)?;
    runtime.block_on(work(worker))?;
    Ok(true)
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

async fn work(worker: &Worker) -> Result<(), String> {
    let (ended, gone) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    listen(ended.clone(), gone.clone());
    let mut engine = start(worker).await?;
    let mut refused = String::new();
    for n in 0..worker.things.unwrap_or(u64::MAX) {
        if ended.load(Ordering::Relaxed) {
            break;
        }
        if worker.reopen.is_some_and(|every| n > 0 && n % every == 0) {
            engine.store.close().await;
            drop(engine);
            engine = start(worker).await?;
        }
        let (key, received) = brought(worker.host, n, START);
        while let Err(error) = engine.accept("hooks", vec![received.clone()]).await {
            tell(&mut refused, passing(error)?);
            tokio::time::sleep(AGAIN).await;
        }
        refused.clear();
        println!("ack {key}");
        turn(&engine, &mut refused).await?;
    }
    rest(&engine).await?;
    println!("rest");
    while worker.things.is_none() && !gone.load(Ordering::Relaxed) {
        tokio::time::sleep(AGAIN).await;
    }
    engine.store.close().await;
    Ok(())
}

/// Hears when the load is to end, and when nobody wants anything any more.
fn listen(ended: Arc<AtomicBool>, gone: Arc<AtomicBool>) {
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            if line.is_ok_and(|line| line == "end") {
                ended.store(true, Ordering::Relaxed);
            }
        }
        gone.store(true, Ordering::Relaxed);
    });
}

/// Each refusal once.
fn tell(refused: &mut String, error: String) {
    let first = error.lines().next().unwrap_or_default().to_owned();
    if *refused != first {
        println!("refused {first}");
        *refused = first;
    }
}

/// What to try again.
fn passing(error: StoreError) -> Result<String, String> {
    if error.passes() { Ok(error.to_string()) } else { Err(error.to_string()) }
}

async fn turn(engine: &Engine, refused: &mut String) -> Result<bool, String> {
    match engine.turn().await {
        Ok(work) => Ok(work.is_none()),
        Err(EngineError::Store(error)) => {
            tell(refused, passing(error)?);
            Ok(false)
        }
        Err(error) => Err(error.to_string()),
    }
}

/// Until there is nothing to do, and nothing in the air.
async fn rest(engine: &Engine) -> Result<(), String> {
    let mut refused = String::new();
    for _ in 0..LOOKS_MAX {
        if turn(engine, &mut refused).await? && is_quiet(&*engine.store).await.unwrap_or(false) {
            return Ok(());
        }
        tokio::time::sleep(AGAIN).await;
    }
    Err("it does not come to rest".to_owned())
}

async fn is_quiet(store: &dyn Store) -> Result<bool, StoreError> {
    for id in store.account_ids(None, 1_000).await? {
        if store.account(&id).await?.is_some_and(|(_, lane)| lane.head_seq != lane.done_seq) {
            return Ok(false);
        }
    }
    Ok(store.in_flight(DateTime::MAX).await?.is_empty())
}

/// A host, as soon as its database answers.
async fn start(worker: &Worker) -> Result<Engine, String> {
    let mut refused = String::new();
    let store = loop {
        match open(worker).await {
            Ok(store) => break store,
            Err(error) => tell(&mut refused, passing(error)?),
        }
        tokio::time::sleep(AGAIN).await;
    };
    Ok(Engine {
        store,
        clock: Arc::new(FastClock { epoch: worker.epoch }),
        policy: Arc::new(Policy::parse(POLICY, "policy.toml").map_err(text)?),
        packs: Arc::new(Packs::shipped().map_err(text)?),
        creditor: Party { id: TENANT.to_owned(), ..Party::default() },
        scribe: Arc::new(Plain),
        plugins: vec![Arc::new(World::new(&worker.world))],
        owner: format!("host {} of {}", worker.host, std::process::id()),
        holds: Holds::default(),
    })
}

async fn open(worker: &Worker) -> Result<Arc<dyn Store>, StoreError> {
    Ok(match (&worker.dir, &worker.postgres) {
        (Some(dir), _) => Arc::new(SqliteStore::open(&dir.join("dunlin.sqlite"), TENANT).await?),
        (None, Some(url)) => {
            let options = PgOptions { connections: 6, clock: LeaseClock::Given };
            Arc::new(PgStore::open(url, TENANT, options).await?)
        }
        (None, None) => return Err(StoreError::Database("give `--dir` or `--postgres`".to_owned())),
    })
}
