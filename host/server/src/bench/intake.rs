//! Reports pushed over HTTP, by 64 connections to the real endpoint: how many a second, beside the bare group commit of the same
//! rows; and how long an acknowledgement takes at half that load, beside one sync of the same disk.

mod client;

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::serve::ListenerExt;
use engine::clock::SimulatedClock;
use engine::holds::Holds;
use engine::{Engine, Scribe};
use escalation::request::Request;
use escalation::{Account, Date, DateTime, Effect, Party, Policy};
use store::Store;
use store::sqlite::SqliteStore;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::{Figure, middle, syncs};
use crate::hub::Desked;
use crate::serve::at_once;
use crate::web::{Access, router};
use client::Client;

const CONNECTIONS: usize = 64;
const REPORTS: usize = 20_000;
const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const AT: DateTime = DateTime::constant(2026, 1, 5, 8, 0, 0, 0);

type Failed = Box<dyn Error + Send + Sync>;

pub async fn intake(folder: &Path, policy: Policy) -> Result<[Figure; 2], Box<dyn Error>> {
    let pages = store::bench::pages(REPORTS, CONNECTIONS);
    let bare = store::bench::bare_batched_insert(&folder.join("intake-bare.sqlite"), &pages).await?;
    let bodies: Vec<Vec<u8>> = pages
        .iter()
        .flat_map(|page| &page.entries)
        .map(|entry| serde_json::to_vec(&entry.received))
        .collect::<Result<_, _>>()?;
    let bodies = Arc::new(bodies);
    let full = send(&folder.join("intake-full.sqlite"), &policy, bodies.clone(), None).await.map_err(plain)?;
    let half = Some(full.rate / 2);
    let (_, sync_micros) = syncs(folder)?;
    let paced = send(&folder.join("intake-half.sqlite"), &policy, bodies, half).await.map_err(plain)?;
    Ok([
        Figure::new("intake over HTTP, 64 connections", "reports/s", full.rate, "bare group commit of 64 rows", bare),
        Figure::new("acknowledgement at half load, p99", "us", paced.p99_micros, "one fdatasync (middle)", sync_micros),
    ])
}

fn plain(error: Failed) -> Box<dyn Error> {
    error
}

struct Sent {
    /// Acknowledged reports a second.
    rate: u64,
    p99_micros: u64,
}

/// Sends every report in a request of its own; at a rate (a second), or as fast as it goes.
async fn send(path: &Path, policy: &Policy, bodies: Arc<Vec<Vec<u8>>>, rate: Option<u64>) -> Result<Sent, Failed> {
    let store = Arc::new(SqliteStore::open(path, "bench").await?);
    let hub = Desked::new(Arc::new(engine(store.clone(), policy.clone())), Vec::new());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let access = Access { token: TOKEN.to_owned(), hosts: Vec::new() };
    let server =
        tokio::spawn(async move { axum::serve(listener.tap_io(at_once), router(Arc::new(hub), access)).await });
    let (started, mut connections) = (Instant::now(), JoinSet::new());
    for n in 0..CONNECTIONS {
        let (bodies, mut client) = (bodies.clone(), Client::connect(address, TOKEN).await?);
        connections.spawn(async move {
            let mut times = Vec::new();
            for at in (n..bodies.len()).step_by(CONNECTIONS) {
                // Counted from when it was to be sent: who waits behind a slow answer waits, too. A timer that is late by itself
                // does not count.
                let mut meant = rate.map_or_else(Instant::now, |rate| started + offset(at, rate));
                if meant > Instant::now() {
                    tokio::time::sleep_until(meant.into()).await;
                    meant = Instant::now();
                }
                client.post("/api/intake/invoices", bodies.get(at).map(Vec::as_slice).unwrap_or_default()).await?;
                times.push(u64::try_from(meant.elapsed().as_micros()).unwrap_or(u64::MAX));
            }
            Ok::<_, Failed>(times)
        });
    }
    let mut times = Vec::with_capacity(bodies.len());
    while let Some(done) = connections.join_next().await {
        times.extend(done??);
    }
    let micros = started.elapsed().as_micros().max(1);
    server.abort();
    store.close().await;
    times.sort_unstable();
    let p99_micros = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
    let rate = u64::try_from(times.len() as u128 * 1_000_000 / micros).unwrap_or(u64::MAX);
    tracing::debug!(rate, middle = middle(times), "reports were sent");
    Ok(Sent { rate, p99_micros })
}

/// When the report with this number is to be sent, after the first one.
fn offset(n: usize, rate: u64) -> Duration {
    Duration::from_micros(n as u64 * 1_000_000 / rate.max(1))
}

fn engine(store: Arc<dyn Store>, policy: Policy) -> Engine {
    Engine {
        store,
        clock: Arc::new(SimulatedClock::new(AT)),
        policy: Arc::new(policy),
        packs: Arc::default(),
        creditor: Party::default(),
        scribe: Arc::new(Nobody),
        plugins: Vec::new(),
        owner: "bench".to_owned(),
        holds: Holds::default(),
    }
}

struct Nobody;

impl Scribe for Nobody {
    fn request(&self, _: &Account, _: &Effect, _: u32, _: Date) -> Result<Request, String> {
        Err("a benchmark sends nothing".to_owned())
    }
}
