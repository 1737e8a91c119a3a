//! The baseline of `dunlin bench`: the same guest doing the same work through bare wasmtime.
//!
//! A fresh instance per call from the same tuned pool, with the same interfaces linked and values that are already in the
//! shape of the contract; without what this crate adds: permits, limits, clocks, conversions, health.

use std::sync::Arc;
use std::time::{Duration, Instant};

use escalation::request::{Batch, Request};
use jiff::tz::TimeZone;
use wasmtime::Store;

use crate::bindings::dialer;
use crate::component::Border;
use crate::connection::Files;
use crate::convert::to_batch;
use crate::engine::Runtime;
use crate::error::SandboxError;
use crate::grant::Grant;
use crate::memory::{Kv, Memory};
use crate::role;
use crate::state::State;
use crate::system::{Reachable, Systems};
use crate::webhook::Ears;

/// Lets a dialer perform the batch `n` times, each in a fresh instance, and says how long all of it took.
pub async fn bare_calls(
    runtime: &Runtime,
    wasm: &[u8],
    grant: &Grant,
    memory: Arc<dyn Memory>,
    batch: &Batch,
    requests: &[Request],
    n: u32,
) -> Result<Duration, SandboxError> {
    let wrong = |problem: String| SandboxError::Component { plugin: "bench".to_owned(), problem };
    let ready = runtime.prepare("bench", Border::read("bench", wasm)?, wasm, grant).await?;
    let indices = dialer::GuestIndices::new(&ready).map_err(|error| wrong(error.to_string()))?;
    let batch = to_batch(batch, &runtime.house.zone);
    let asked: Vec<dialer::Request> = requests.iter().filter_map(role::dialer::request).collect();
    let config = grant.config.to_string();
    let (folders, systems) = (Arc::new(grant.folders()), Reachable::default());
    let start = Instant::now();
    for _ in 0..n {
        let (files, systems) = (Files::new(folders.clone()), Systems::new(systems.clone()));
        let ears = Ears::new("bench".into(), None, memory.clone(), TimeZone::UTC);
        let state = State::new(usize::MAX, Kv::new("bench".into(), memory.clone()), files, systems, ears);
        let mut store = Store::new(&runtime.house.engine, state);
        store.set_epoch_deadline(u64::MAX / 2);
        let done = async {
            let instance = ready.instantiate_async(&mut store).await?;
            let guest = indices.load(&mut store, &instance)?;
            guest.call_perform(&mut store, &config, &batch, &asked).await
        };
        let outcomes = done.await.map_err(|error| wrong(format!("{error:#}")))?;
        if let Err(error) = outcomes {
            return Err(wrong(error.message));
        }
    }
    Ok(start.elapsed())
}
