//! Reports pushed over HTTP, by 64 connections to the real endpoint: how many a second, beside the bare group commit of the same
//! rows; and how long an acknowledgement takes at half that load, beside one sync of the same disk.

mod client;

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use axum::serve::ListenerExt;
use engine::clock::SimulatedClock;
use engine::holds::Holds;
use engine::{Engine, Scribe};
use escalation::request::Request;
use escalation::{Account, Date, DateTime, Effect, Party, Policy, Received};
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
/// Reports of a program that gathers some before it sends.
const REPORTS_A_REQUEST: usize = 16;
const INTAKE: &str = "/api/intake/invoices";
const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const AT: DateTime = DateTime::constant(2026, 1, 5, 8, 0, 0, 0);

type Failed = Box<dyn Error + Send + Sync>;

pub async fn intake(folder: &Path, policy: Policy) -> Result<[Figure; 4], Box<dyn Error>> {
    let pages = store::bench::pages(REPORTS, CONNECTIONS);
    let bare = store::bench::bare_batched_insert(&folder.join("intake-bare.sqlite"), &pages).await?;
    let reports: Vec<&Received> = pages.iter().flat_map(|page| &page.entries).map(|entry| &entry.received).collect();
    let one_each = bodies(&reports, 1)?;
    let (empty, _) = send(nothing(), one_each.clone(), None).await.map_err(plain)?.rate();
    let (full, _) = run(folder, "full", &policy, one_each.clone(), None).await?.rate();
    let many_each = bodies(&reports, REPORTS_A_REQUEST)?;
    let (many, _) = run(folder, "many", &policy, many_each, None).await?.rate();
    let (_, sync_micros) = syncs(folder)?;
    let (_, p99_micros) = run(folder, "half", &policy, one_each, Some(full / 2)).await?.rate();
    let bare_name = "bare group commit of 64 rows";
    Ok([
        Figure::new("intake over HTTP, 64 connections", "reports/s", full, bare_name, bare),
        Figure::new("the same, 16 reports a request", "reports/s", many, bare_name, bare),
        Figure::new("the same requests, nothing stored", "requests/s", empty, bare_name, bare),
        Figure::new("acknowledgement at half load, p99", "us", p99_micros, "one fdatasync (middle)", sync_micros),
    ])
}

fn plain(error: Failed) -> Box<dyn Error> {
    error
}

/// Request bodies of so many reports each.
fn bodies(reports: &[&Received], each: usize) -> Result<Bodies, serde_json::Error> {
    let bodies = reports.chunks(each).map(serde_json::to_vec).collect::<Result<_, _>>()?;
    Ok(Bodies { bodies: Arc::new(bodies), each })
}

#[derive(Clone)]
struct Bodies {
    bodies: Arc<Vec<Vec<u8>>>,
    /// Reports in each.
    each: usize,
}

/// How long each acknowledgement took, in microseconds, and all of them together.
struct Sent {
    times: Vec<u64>,
    micros: u128,
    each: usize,
}

impl Sent {
    /// Acknowledged reports a second, and the 99th percentile of the times.
    fn rate(mut self) -> (u64, u64) {
        self.times.sort_unstable();
        let p99_micros = self.times.get(self.times.len() * 99 / 100).copied().unwrap_or_default();
        let reports = (self.times.len() * self.each) as u128;
        let rate = u64::try_from(reports * 1_000_000 / self.micros.max(1)).unwrap_or(u64::MAX);
        tracing::debug!(rate, middle = middle(self.times), "reports were sent");
        (rate, p99_micros)
    }
}

/// Sends everything to a new hub; at a rate (requests a second), or as fast as it goes.
async fn run(
    folder: &Path,
    name: &str,
    policy: &Policy,
    bodies: Bodies,
    rate: Option<u64>,
) -> Result<Sent, Box<dyn Error>> {
    let store = Arc::new(SqliteStore::open(&folder.join(format!("intake-{name}.sqlite")), "bench").await?);
    let hub = Desked::new(Arc::new(engine(store.clone(), policy.clone())), Vec::new());
    let access = Access { token: TOKEN.to_owned(), hosts: Vec::new() };
    let sent = send(router(Arc::new(hub), access), bodies, rate).await.map_err(plain);
    store.close().await;
    sent
}

/// Answers at once, and keeps nothing: what HTTP alone costs, the client included.
fn nothing() -> Router {
    Router::new().route(INTAKE, post(|_: Bytes| async { "{}" }))
}

async fn send(router: Router, bodies: Bodies, rate: Option<u64>) -> Result<Sent, Failed> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(async move { axum::serve(listener.tap_io(at_once), router).await });
    let (started, mut connections) = (Instant::now(), JoinSet::new());
    for n in 0..CONNECTIONS {
        let (bodies, mut client) = (bodies.bodies.clone(), Client::connect(address, TOKEN).await?);
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
                client.post(INTAKE, bodies.get(at).map(Vec::as_slice).unwrap_or_default()).await?;
                times.push(u64::try_from(meant.elapsed().as_micros()).unwrap_or(u64::MAX));
            }
            Ok::<_, Failed>(times)
        });
    }
    let mut times = Vec::with_capacity(bodies.bodies.len());
    while let Some(done) = connections.join_next().await {
        times.extend(done??);
    }
    let micros = started.elapsed().as_micros();
    server.abort();
    Ok(Sent { times, micros, each: bodies.each })
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
