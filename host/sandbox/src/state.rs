//! What one call owns on the host's side, and the host's end of the imported interfaces.

use std::sync::Arc;
use std::time::Duration;

use wasmtime::component::ResourceTable;
use wasmtime::{ResourceLimiter, Result};
use wasmtime_wasi::{HostMonotonicClock, HostWallClock, WasiCtx, WasiCtxView, WasiView};

use crate::bindings::types::Error;
use crate::bindings::{files, http, kv, log, types, webhooks};
use crate::connection::Files;
use crate::limits::{HANDLES_MAX, TABLE_LEN_MAX};
use crate::log::{Log, Printed};
use crate::memory::Kv;
use crate::system::Systems;
use crate::webhook::Ears;

pub(crate) struct State {
    wasi: WasiCtx,
    table: ResourceTable,
    pub(crate) printed: Printed,
    pub(crate) space: Space,
    pub(crate) log: Log,
    pub(crate) kv: Kv,
    files: Files,
    systems: Systems,
    ears: Ears,
}

impl State {
    pub(crate) fn new(memory_max: usize, kv: Kv, files: Files, systems: Systems, ears: Ears) -> Self {
        let printed = Printed::default();
        let mut table = ResourceTable::new();
        table.set_max_capacity(HANDLES_MAX);
        let mut wasi = WasiCtx::builder();
        wasi.stdout(printed.clone()).stderr(printed.clone());
        // A call is a function of what it is given: its hash seeds and clocks never differ.
        wasi.insecure_random_seed(0x6475_6e6c_696e).wall_clock(Stopped).monotonic_clock(Stopped);
        let (wasi, space, log) = (wasi.build(), Space::new(memory_max), Log::default());
        Self { wasi, table, printed, space, log, kv, files, systems, ears }
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

/// The clocks of guests stand still: the hub's time comes with each batch.
struct Stopped;

impl HostWallClock for Stopped {
    fn resolution(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn now(&self) -> Duration {
        Duration::ZERO
    }
}

impl HostMonotonicClock for Stopped {
    fn resolution(&self) -> u64 {
        1
    }

    fn now(&self) -> u64 {
        0
    }
}

/// Linear memory of all instances of a call together; a refusal is remembered, because the guest only sees a failed growth.
#[derive(Debug)]
pub(crate) struct Space {
    max: usize,
    used: usize,
    pub(crate) peak: usize,
    pub(crate) refused: bool,
}

impl Space {
    pub(crate) fn new(max: usize) -> Self {
        Self { max, used: 0, peak: 0, refused: false }
    }
}

impl ResourceLimiter for Space {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        let after = self.used.saturating_add(desired.saturating_sub(current));
        if after > self.max {
            self.refused = true;
            return Ok(false);
        }
        self.used = after;
        self.peak = self.peak.max(after);
        Ok(true)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        Ok(desired <= TABLE_LEN_MAX)
    }
}

impl types::Host for State {}

impl log::Host for State {
    async fn write(&mut self, level: String, message: String) -> Result<()> {
        self.log.write(&level, &message);
        Ok(())
    }
}

impl kv::Host for State {
    async fn get(&mut self, key: String) -> Result<Result<Option<Vec<u8>>, Error>> {
        Ok(self.kv.get(&key).await)
    }

    async fn set(&mut self, key: String, value: Vec<u8>) -> Result<Result<(), Error>> {
        Ok(self.kv.put(key, Some(value)).await)
    }

    async fn delete(&mut self, key: String) -> Result<Result<(), Error>> {
        Ok(self.kv.put(key, None).await)
    }
}

impl files::Host for State {
    async fn list(
        &mut self,
        connection: String,
        folder: String,
        after: Option<String>,
        limit: u32,
    ) -> Result<Result<Vec<files::Entry>, Error>> {
        Ok(self.files.list(&connection, folder, after, limit).await)
    }

    async fn read(&mut self, connection: String, path: String) -> Result<Result<Vec<u8>, Error>> {
        Ok(self.files.read(&connection, path).await)
    }

    async fn write(&mut self, connection: String, path: String, content: Vec<u8>) -> Result<Result<(), Error>> {
        Ok(self.files.write(&connection, path, content).await)
    }

    async fn move_(&mut self, connection: String, start: String, goal: String) -> Result<Result<(), Error>> {
        Ok(self.files.rename(&connection, start, goal).await)
    }
}

impl http::Host for State {
    async fn send(
        &mut self,
        connection: String,
        request: http::Request,
    ) -> Result<Result<http::Response, http::Failure>> {
        Ok(self.systems.send(&mut self.log, &connection, request).await)
    }
}

impl webhooks::Host for State {
    async fn heard(
        &mut self,
        connection: String,
        after: Option<String>,
        limit: u32,
    ) -> Result<Result<Vec<webhooks::Webhook>, Error>> {
        Ok(self.ears.heard(&connection, after.as_deref(), limit).await)
    }
}

/// Shared with every call of a plugin.
pub(crate) type Folders = Arc<std::collections::BTreeMap<String, std::path::PathBuf>>;
