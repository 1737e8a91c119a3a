//! The one constructor of the wasm engine, and the loading of plugins.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};

use egress::Secrets;
use jiff::tz::TimeZone;
use tokio::sync::Semaphore;
use wasmtime::component::InstancePre;
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, WasmBacktraceDetails};

use crate::cache::Cache;
use crate::component::Border;
use crate::error::SandboxError;
use crate::grant::Grant;
use crate::limits::{
    LimitsMax, MEMORIES_PER_COMPONENT_MAX, MEMORY_KEEP_RESIDENT, MODULES_PER_COMPONENT_MAX, POOL_SLOTS,
    TABLE_KEEP_RESIDENT, TABLE_LEN_MAX, TABLES_PER_COMPONENT_MAX, TICK,
};
use crate::linker::linker;
use crate::manifest::Manifest;
use crate::memory::Memory;
use crate::plugin::Plugin;
use crate::state::State;

pub struct RuntimeOptions {
    /// Compiled plugins are kept here; for the hub alone.
    pub cache_dir: PathBuf,
    /// The zone of hub time.
    pub zone: TimeZone,
    /// The most that any plugin gets.
    pub limits: LimitsMax,
    /// What connections sign with.
    pub secrets: Secrets,
}

/// The engine with its pool, its clock and its cache. Cheap to clone.
#[derive(Clone)]
pub struct Runtime {
    pub(crate) house: Arc<House>,
}

/// What all plugins share.
pub(crate) struct House {
    pub(crate) engine: Engine,
    /// One permit a slot of the pool: who finds none waits instead of failing.
    pub(crate) slots: Semaphore,
    pub(crate) zone: TimeZone,
    limits: LimitsMax,
    pub(crate) secrets: Secrets,
    cache: Cache,
    /// Dropped with the house: the ticker ends.
    _ticker: Sender<()>,
}

impl Runtime {
    pub fn new(options: RuntimeOptions) -> Result<Self, SandboxError> {
        let wrong = |problem: String| SandboxError::Engine { problem };
        let cache = Cache::open(&options.cache_dir)?;
        let engine = match pooled(&options.limits) {
            Ok(engine) => engine,
            Err(error) => {
                tracing::warn!(%error, "no memory pool for plugins; calls will be slower. look at `ulimit -v`");
                Engine::new(&config()).map_err(|error| wrong(format!("{error:#}")))?
            }
        };
        let ticker = start_ticker(&engine).map_err(|error| wrong(error.to_string()))?;
        let house = House {
            engine,
            slots: Semaphore::new(POOL_SLOTS as usize),
            zone: options.zone,
            limits: options.limits,
            secrets: options.secrets,
            cache,
            _ticker: ticker,
        };
        Ok(Self { house: Arc::new(house) })
    }

    /// Looks at a component whose connections are not bound yet: what it may not have at all is refused. Nothing is compiled.
    pub fn examine(name: &str, manifest: &Manifest, wasm: &[u8]) -> Result<(), SandboxError> {
        let border = Border::read(name, wasm)?;
        let all =
            Grant { connections: BTreeMap::new(), config: serde_json::Value::Null, imports: manifest.imports.clone() };
        border.check(name, manifest, &all)?;
        border.roles(name, manifest).map(drop)
    }

    /// Compiles into the cache and ends: for a process of its own, which the system keeps within its limits.
    pub fn compile(cache_dir: &Path, name: &str, wasm: &[u8]) -> Result<(), SandboxError> {
        Border::read(name, wasm)?;
        let engine = Engine::new(&config()).map_err(|error| SandboxError::Engine { problem: format!("{error:#}") })?;
        Cache::open(cache_dir)?.component(&engine, name, wasm).map(drop)
    }

    /// Looks at a component, refuses what it may not have, and makes it ready to be called. `name` is the running plugin's.
    pub async fn load(
        &self,
        name: &str,
        manifest: Manifest,
        wasm: &[u8],
        grant: Grant,
        memory: Arc<dyn Memory>,
    ) -> Result<Plugin, SandboxError> {
        grant.check(name, &manifest)?;
        let border = Border::read(name, wasm)?;
        border.check(name, &manifest, &grant)?;
        let roles = border.roles(name, &manifest)?;
        let ready = self.prepare(name, border, wasm, &grant).await?;
        Plugin::new(self.house.clone(), name, manifest, roles, ready, grant, memory, &self.house.limits)
    }

    /// Compiling takes a processor for up to seconds: on a thread that may be taken.
    pub(crate) async fn prepare(
        &self,
        name: &str,
        border: Border,
        wasm: &[u8],
        grant: &Grant,
    ) -> Result<InstancePre<State>, SandboxError> {
        let (house, name, wasm) = (self.house.clone(), name.to_owned(), wasm.to_vec());
        let granted = grant.imports.clone();
        let plugin = name.clone();
        let work = move || {
            let component = house.cache.component(&house.engine, &name, &wasm)?;
            let linked = linker(&house.engine, &border, &granted).and_then(|linker| linker.instantiate_pre(&component));
            linked.map_err(|error| SandboxError::Component {
                plugin: name,
                problem: format!("it does not fit the contract: {error:#}"),
            })
        };
        tokio::task::spawn_blocking(work)
            .await
            .unwrap_or_else(|error| Err(SandboxError::Compile { plugin, problem: error.to_string() }))
    }
}

fn config() -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        // No WASI 0.3 and no component-model async: a store is used by one call, and dropped.
        .concurrency_support(false)
        .epoch_interruption(true)
        .wasm_memory64(false)
        .wasm_multi_memory(false)
        .max_wasm_stack(512 << 10)
        .async_stack_size(1 << 20)
        .wasm_backtrace_details(WasmBacktraceDetails::Disable);
    config
}

/// Settings as measured: what is small is wiped in place, because giving memory back costs more than the call.
fn pooled(limits: &LimitsMax) -> wasmtime::Result<Engine> {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(POOL_SLOTS)
        .total_core_instances(POOL_SLOTS * MODULES_PER_COMPONENT_MAX)
        .total_memories(POOL_SLOTS * MEMORIES_PER_COMPONENT_MAX)
        .total_tables(POOL_SLOTS * TABLES_PER_COMPONENT_MAX)
        .total_stacks(POOL_SLOTS)
        .max_core_instances_per_component(MODULES_PER_COMPONENT_MAX)
        .max_memories_per_component(MEMORIES_PER_COMPONENT_MAX)
        .max_tables_per_component(TABLES_PER_COMPONENT_MAX)
        .max_memories_per_module(1)
        .max_tables_per_module(2)
        .table_elements(TABLE_LEN_MAX)
        .max_component_instance_size(1 << 20)
        .max_core_instance_size(1 << 20)
        .max_memory_size((limits.memory_mib as usize) << 20)
        .linear_memory_keep_resident(MEMORY_KEEP_RESIDENT)
        .table_keep_resident(TABLE_KEEP_RESIDENT)
        .max_unused_warm_slots(POOL_SLOTS)
        .decommit_batch_size(16)
        .pagemap_scan(Enabled::Auto);
    Engine::new(config().allocation_strategy(InstanceAllocationStrategy::Pooling(pool)))
}

/// The processor clock: a thread of its own, so that no guest can hold it up.
fn start_ticker(engine: &Engine) -> std::io::Result<Sender<()>> {
    let (alive, ended) = mpsc::channel();
    let engine = engine.clone();
    std::thread::Builder::new().name("plugin-clock".to_owned()).spawn(move || {
        while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
            engine.increment_epoch();
        }
    })?;
    Ok(alive)
}
