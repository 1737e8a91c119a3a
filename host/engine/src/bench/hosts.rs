//! Hosts that share a PostgreSQL: together they decide the same accounts as one does alone.

use std::time::Instant;

use escalation::invoice::plus_days;
use escalation::{Date, Policy};
use store::postgres::{PgOptions, PgStore};
use store::{Ingest, Store, StoreError};
use tokio::task::JoinSet;

use super::{PAGE, engine, ledger};
use crate::clock::morning;

/// Decides so many new accounts with so many hosts: accounts per second, over all hosts.
pub async fn hosts(url: &str, tenant: &str, policy: &Policy, accounts: u64, hosts: u32) -> Result<u64, StoreError> {
    let today: Date = plus_days(super::TODAY, -1);
    let open = || PgStore::open(url, tenant, PgOptions::default());
    let store = open().await?;
    let ids: Vec<u64> = (0..accounts).collect();
    for page in ids.chunks(PAGE) {
        let entries = page.iter().flat_map(|n| ledger::entries(*n)).collect();
        store.ingest(Ingest { entries, ..Ingest::empty("ledger", morning(today)) }).await?;
    }
    store.close().await;
    let packs = super::packs()?;
    let mut engines = Vec::new();
    for host in 0..hosts {
        let store = std::sync::Arc::new(open().await?);
        engines
            .push((store.clone(), engine(store, policy.clone().into(), packs.clone(), today, format!("host-{host}"))));
    }
    let (started, mut work) = (Instant::now(), JoinSet::new());
    for (store, engine) in engines {
        work.spawn(async move {
            let decided = engine.decide_due().await;
            store.close().await;
            decided
        });
    }
    let mut decided = 0;
    while let Some(done) = work.join_next().await {
        decided += u64::from(done.map_err(|error| StoreError::Database(error.to_string()))??);
    }
    let micros = started.elapsed().as_micros().max(1);
    if decided < accounts {
        return Err(StoreError::Database(format!("{decided} of {accounts} accounts were decided")));
    }
    Ok(u64::try_from(u128::from(decided) * 1_000_000 / micros).unwrap_or(u64::MAX))
}
