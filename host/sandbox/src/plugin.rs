//! A loaded plugin, ready to be called.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use egress::{Connection, Secrets};
use escalation::Role;
use escalation::answer::{Called, ErrorKind, Finding, Outcome, Page};
use escalation::id::EffectKey;
use escalation::request::{Batch, Request};
use tokio::time::error::Elapsed;
use tokio::time::timeout;
use wasmtime::component::InstancePre;

use crate::call::Call;
use crate::convert::to_batch;
use crate::engine::House;
use crate::error::SandboxError;
use crate::grant::{Bound, Grant};
use crate::health::{Health, Pulse};
use crate::limits::{BATCH_LEN_MAX, Limits, LimitsMax};
use crate::manifest::Manifest;
use crate::memory::Memory;
use crate::meter::Meter;
use crate::role::Indices;
use crate::state::{Folders, State};
use crate::system::Reachable;
use crate::webhook::{Doubted, Listening, Told};

/// Cheap to clone. Calls may run side by side; each has an instance of its own.
#[derive(Clone)]
pub struct Plugin {
    inner: Arc<Inner>,
    roles: Arc<BTreeSet<Role>>,
}

pub(crate) struct Inner {
    pub(crate) house: Arc<House>,
    pub(crate) name: Arc<str>,
    pub(crate) manifest: Manifest,
    pub(crate) roles: BTreeMap<Role, Indices>,
    pub(crate) ready: InstancePre<State>,
    pub(crate) limits: Limits,
    pub(crate) folders: Folders,
    pub(crate) systems: Reachable,
    pub(crate) listening: Option<Arc<Listening>>,
    places: BTreeMap<String, String>,
    pub(crate) memory: Arc<dyn Memory>,
    pub(crate) pulse: Pulse,
    config: String,
}

impl Plugin {
    #[expect(clippy::too_many_arguments, reason = "called once, by `Runtime::load`")]
    pub(crate) fn new(
        house: Arc<House>,
        name: &str,
        manifest: Manifest,
        roles: BTreeSet<Role>,
        ready: InstancePre<State>,
        grant: Grant,
        memory: Arc<dyn Memory>,
        max: &LimitsMax,
    ) -> Result<Self, SandboxError> {
        let find = |role: &Role| {
            let found = Indices::find(*role, &ready).map_err(|error| SandboxError::Component {
                plugin: name.to_owned(),
                problem: format!("its role `{}` does not fit the contract: {error:#}", role.as_str()),
            });
            found.map(|indices| (*role, indices))
        };
        let places = grant.connections.iter().map(|(connection, bound)| (connection.clone(), bound.place())).collect();
        let systems = Arc::new(systems(name, &house.secrets, &manifest, &grant)?);
        let listening = Listening::of(&manifest, &grant).map(Arc::new);
        let inner = Inner {
            listening,
            house,
            places,
            systems,
            name: name.into(),
            limits: Limits::of(&manifest.limits, max),
            roles: roles.iter().map(find).collect::<Result<_, _>>()?,
            manifest,
            ready,
            folders: Arc::new(grant.folders()),
            memory,
            pulse: Pulse::default(),
            config: grant.config.to_string(),
        };
        Ok(Self { inner: Arc::new(inner), roles: Arc::new(roles) })
    }

    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// Where each connection leads that the operator bound: a folder or an address.
    pub fn connections(&self) -> &BTreeMap<String, String> {
        &self.inner.places
    }

    pub fn manifest(&self) -> &Manifest {
        &self.inner.manifest
    }

    pub fn roles(&self) -> &BTreeSet<Role> {
        &self.roles
    }

    pub fn health(&self) -> Health {
        self.inner.pulse.now()
    }

    /// What a system wants to read that told something; none: nobody may tell.
    pub fn listens(&self) -> Option<&str> {
        self.inner.listening.as_ref().map(|listening| listening.answer.as_str())
    }

    /// Which webhook it is, the same however often it is sent; or why it is not believed. `now` in seconds since 1970.
    pub async fn believe(&self, told: &Told, now: i64) -> Result<String, Doubted> {
        match &self.inner.listening {
            Some(listening) => listening.believe(told, &self.inner.house.secrets, now).await,
            None => Err(Doubted::Nobody),
        }
    }

    /// A paused plugin is called again.
    pub fn resume(&self) {
        self.inner.pulse.resume();
    }

    /// Is the configuration usable?
    pub async fn check(&self, role: Role) -> Called<()> {
        let mut call = match Call::open(&self.inner, role).await {
            Ok(call) => call,
            Err(error) => return Called::plain(Err(error)),
        };
        let meter = call.meter.clone();
        let answer = self.clocked(&meter, async {
            let guest = call.guest().await?;
            guest.check(&mut call.store, &self.inner.config).await
        });
        let answer = answer.await;
        call.close(answer)
    }

    /// What is new since `cursor` (none: from the beginning).
    pub async fn pull(&self, role: Role, cursor: Option<&str>) -> Called<Page> {
        let mut call = match Call::open(&self.inner, role).await {
            Ok(call) => call,
            Err(error) => return Called::plain(Err(error)),
        };
        let meter = call.meter.clone();
        let answer = self.clocked(&meter, async {
            let guest = call.guest().await?;
            guest.pull(&mut call.store, &self.inner.config, cursor, &self.inner.house.zone).await
        });
        let answer = answer.await;
        call.close(answer)
    }

    /// One outcome for each request, in their order. After an error nothing is known of any of them.
    pub async fn perform(&self, batch: &Batch, role: Role, requests: &[Request]) -> Called<Vec<Outcome>> {
        if let Err(problem) = self.may_perform(role, requests) {
            return Called::plain(Err(self.inner.error(ErrorKind::Denied, &problem)));
        }
        let mut call = match Call::open(&self.inner, role).await {
            Ok(call) => call,
            Err(error) => return Called::plain(Err(error)),
        };
        let meter = call.meter.clone();
        let answer = self.clocked(&meter, async {
            let guest = call.guest().await?;
            let batch = to_batch(batch, &self.inner.house.zone);
            guest.perform(&mut call.store, &self.inner.config, &batch, requests).await
        });
        let answer = answer.await;
        call.close(answer)
    }

    /// One finding for each key, in their order.
    pub async fn lookup(&self, role: Role, keys: &[EffectKey]) -> Called<Vec<Finding>> {
        if keys.len() > BATCH_LEN_MAX as usize {
            let problem = format!("it is asked for {} keys at once; allowed are {BATCH_LEN_MAX}", keys.len());
            return Called::plain(Err(self.inner.error(ErrorKind::Denied, &problem)));
        }
        let mut call = match Call::open(&self.inner, role).await {
            Ok(call) => call,
            Err(error) => return Called::plain(Err(error)),
        };
        let meter = call.meter.clone();
        let answer = self.clocked(&meter, async {
            let guest = call.guest().await?;
            guest.lookup(&mut call.store, &self.inner.config, keys).await
        });
        let answer = answer.await;
        call.close(answer)
    }

    /// Under both clocks; the one of the processor interrupts the guest itself.
    async fn clocked<T>(&self, meter: &Meter, work: impl Future<Output = T>) -> Result<T, Elapsed> {
        timeout(self.inner.limits.wall, meter.run(work)).await
    }

    /// The manifest says what it performs, and how many at once.
    fn may_perform(&self, role: Role, requests: &[Request]) -> Result<(), String> {
        let mut counts = BTreeMap::<&str, u32>::new();
        for request in requests {
            let (performed_by, effect) = request.ask.performed_by();
            let Some(performs) = self.inner.manifest.performs.get(effect).filter(|_| performed_by == role) else {
                return Err(format!("it does not perform `{effect}` as `{}`", role.as_str()));
            };
            let count = counts.entry(effect).or_default();
            *count += 1;
            if *count > performs.batch_max {
                return Err(format!("it performs at most {} of `{effect}` at once", performs.batch_max));
            }
        }
        Ok(())
    }
}

/// The systems that the operator bound, each as far as the manifest asks for it.
fn systems(
    plugin: &str,
    secrets: &Secrets,
    manifest: &Manifest,
    grant: &Grant,
) -> Result<BTreeMap<String, Arc<Connection>>, SandboxError> {
    let mut systems = BTreeMap::new();
    for ask in &manifest.connections {
        let Some(Bound::System(binding)) = grant.connections.get(&ask.name) else { continue };
        let reach = egress::Grant { methods: ask.methods.clone(), paths: ask.paths.clone() };
        let connection = Connection::new((**binding).clone(), reach, secrets.clone()).map_err(|wrong| {
            let problem = format!("connection `{}`: `{}`: {}", ask.name, wrong.key, wrong.problem);
            SandboxError::Refused { plugin: plugin.to_owned(), problem, hint: wrong.hint }
        })?;
        systems.insert(ask.name.clone(), Arc::new(connection));
    }
    Ok(systems)
}
