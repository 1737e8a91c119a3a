//! One call: a slot, a fresh instance, the clocks, and what is said when it ends badly.

use std::time::Instant;

use escalation::Role;
use escalation::answer::{CallError, Called, ErrorKind};
use tokio::sync::SemaphorePermit;
use tokio::time::error::Elapsed;
use wasmtime::{PoolConcurrencyLimitError, Store, Trap, UpdateDeadline};
use wasmtime_wasi::I32Exit;

use crate::bindings::types;
use crate::connection::Files;
use crate::convert::retry_after;
use crate::limits::{HANDLES_MAX, HOSTCALL_LEN_MAX, LOG_LINE_LEN_MAX};
use crate::log::clean;
use crate::memory::Kv;
use crate::meter::Meter;
use crate::plugin::Inner;
use crate::role::{Answer, Guest};
use crate::state::State;
use crate::system::Systems;
use crate::webhook::Ears;

pub(crate) struct Call<'p> {
    plugin: &'p Inner,
    role: Role,
    start: Instant,
    pub(crate) meter: Meter,
    // Dropped in this order: the slot of the pool is free before its permit is.
    pub(crate) store: Store<State>,
    _permit: SemaphorePermit<'p>,
}

impl<'p> Call<'p> {
    /// Waits for a slot; nothing of the guest runs yet.
    pub(crate) async fn open(plugin: &'p Inner, role: Role) -> Result<Self, CallError> {
        if let Some(reason) = plugin.pulse.paused() {
            let hint = Some("look into the failures, then resume the plugin".to_owned());
            return Err(CallError { hint, ..plugin.error(ErrorKind::Paused, &reason) });
        }
        if !plugin.roles.contains_key(&role) {
            return Err(plugin.error(ErrorKind::Denied, &format!("it has no role `{}`", role.as_str())));
        }
        let busy = || plugin.error(ErrorKind::Busy, "too many plugin calls run at once");
        let permit = tokio::time::timeout(plugin.limits.wall, plugin.house.slots.acquire()).await;
        let permit = permit.map_err(|_| busy())?.map_err(|_| busy())?;
        let meter = Meter::default();
        let store = plugin.store(meter.clone());
        Ok(Self { plugin, role, start: Instant::now(), meter, store, _permit: permit })
    }

    /// A fresh instance, in the role of this call.
    pub(crate) async fn guest(&mut self) -> wasmtime::Result<Guest> {
        let instance = self.plugin.ready.instantiate_async(&mut self.store).await?;
        match self.plugin.roles.get(&self.role) {
            Some(indices) => indices.load(&mut self.store, &instance),
            None => Err(wasmtime::Error::msg("the role is gone")),
        }
    }

    /// Ends the call: whatever happened becomes an answer or a reason.
    pub(crate) fn close<T>(self, answer: Result<Answer<T>, Elapsed>) -> Called<T> {
        let micros = u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX);
        let state = self.store.data();
        let last_words = || state.log.last_words(&state.printed);
        let result = match answer {
            Ok(Ok(Ok(answer))) => Ok(answer),
            Ok(Ok(Err(error))) => Err(self.plugin.said(error, last_words())),
            Ok(Err(error)) => Err(CallError { last_words: last_words(), ..self.fell(&error) }),
            Err(_) => {
                let message = format!("it did not answer within {} ms", self.plugin.limits.wall.as_millis());
                Err(CallError { last_words: last_words(), ..self.plugin.error(ErrorKind::OutOfTime, &message) })
            }
        };
        self.plugin.pulse.ended(result.as_ref().err(), micros);
        let memory_peak = state.space.peak as u64;
        // Into the state ends the store, and with it the instance.
        let state = self.store.into_data();
        Called {
            kv: if result.is_ok() { state.kv.into_writes() } else { Vec::new() },
            result,
            log: state.log.lines,
            dropped_log: state.log.dropped,
            micros,
            memory_peak,
        }
    }

    /// Why the guest fell, in words. Order matters: a guest that is refused memory mostly traps on its own afterwards.
    fn fell(&self, error: &wasmtime::Error) -> CallError {
        let plugin = self.plugin;
        if error.is::<PoolConcurrencyLimitError>() {
            return plugin.error(ErrorKind::Busy, "too many plugin calls run at once");
        }
        let trap = error.downcast_ref::<Trap>();
        if trap == Some(&Trap::Interrupt) {
            let message = format!("it used more than {} ms of processor time", plugin.limits.cpu.as_millis());
            return plugin.error(ErrorKind::OutOfTime, &message);
        }
        if self.store.data().space.refused {
            let message = format!("it wanted more than {} MiB of memory", plugin.limits.memory >> 20);
            return plugin.error(ErrorKind::OutOfMemory, &message);
        }
        let message = match (trap, error.downcast_ref::<I32Exit>()) {
            (Some(Trap::UnreachableCodeReached), _) => "it panicked or gave up (`unreachable`)".to_owned(),
            (Some(Trap::StackOverflow | Trap::MemoryOutOfBounds), _) => {
                "it ran out of its stack, or reached beyond its memory".to_owned()
            }
            (Some(trap), _) => format!("it trapped: {trap}"),
            (None, Some(exit)) => format!("it ended itself with code {}", exit.0),
            (None, None) => format!("it was stopped: {}", clean(&error.root_cause().to_string(), LOG_LINE_LEN_MAX)),
        };
        plugin.error(ErrorKind::Trapped, &message)
    }
}

impl Inner {
    /// A store with every limit set.
    fn store(&self, meter: Meter) -> Store<State> {
        let kv = Kv::new(self.name.clone(), self.memory.clone());
        let ears = Ears::new(self.name.clone(), self.listening.clone(), self.memory.clone(), self.house.zone.clone());
        let (files, systems) = (Files::new(self.folders.clone()), Systems::new(self.systems.clone()));
        let state = State::new(self.limits.memory, kv, files, systems, ears);
        let mut store = Store::new(&self.house.engine, state);
        store.limiter(|state| &mut state.space);
        store.set_hostcall_fuel(HOSTCALL_LEN_MAX);
        store.set_max_component_handles(HANDLES_MAX);
        let budget = self.limits.cpu;
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(move |_| {
            if meter.spent() > budget {
                return Ok(UpdateDeadline::Interrupt);
            }
            // Others on this thread get their turn with every tick.
            Ok(UpdateDeadline::YieldCustom(1, Box::pin(tokio::task::yield_now())))
        });
        store
    }

    /// An error with the plugin's stamp.
    pub(crate) fn error(&self, kind: ErrorKind, problem: &str) -> CallError {
        CallError {
            kind,
            message: format!("plugin `{}` ({} {}): {problem}", self.name, self.manifest.id, self.manifest.version),
            hint: None,
            retry_after: None,
            last_words: String::new(),
        }
    }

    /// What the guest itself gives as its reason.
    fn said(&self, error: types::Error, last_words: String) -> CallError {
        let said = clean(&error.message, LOG_LINE_LEN_MAX);
        let (kind, message) = match error.kind.as_str() {
            "retry-later" => (ErrorKind::RetryLater, said),
            "refused" => (ErrorKind::Refused, said),
            "misconfigured" => (ErrorKind::Misconfigured, said),
            "broken" => (ErrorKind::Broken, said),
            other => (ErrorKind::Broken, format!("unknown kind of error `{}`: {said}", clean(other, 40))),
        };
        CallError {
            retry_after: retry_after(&error),
            hint: error.hint.map(|hint| clean(&hint, LOG_LINE_LEN_MAX)),
            last_words,
            ..self.error(kind, &message)
        }
    }
}
