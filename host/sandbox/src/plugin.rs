//! A loaded plugin, ready to be called.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

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

/// Cheap to clone; every clone is the same plugin. Calls may run side by side; each has an instance of its own. A newer version takes
/// its place while calls of the older one go on to their end.
#[derive(Clone)]
pub struct Plugin {
    name: Arc<str>,
    roles: Arc<BTreeSet<Role>>,
    /// The version that runs.
    current: Arc<RwLock<Arc<Inner>>>,
}

/// A version of a plugin that ran, to go back to.
#[derive(Clone)]
pub struct Former(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) house: Arc<House>,
    pub(crate) name: Arc<str>,
    pub(crate) manifest: Arc<Manifest>,
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
            manifest: Arc::new(manifest),
            ready,
            folders: Arc::new(grant.folders()),
            memory,
            pulse: Pulse::default(),
            config: grant.config.to_string(),
        };
        let (name, current) = (inner.name.clone(), Arc::new(RwLock::new(Arc::new(inner))));
        Ok(Self { name, roles: Arc::new(roles), current })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where each connection leads that the operator bound: a folder or an address.
    pub fn connections(&self) -> BTreeMap<String, String> {
        self.now().places.clone()
    }

    pub fn manifest(&self) -> Arc<Manifest> {
        self.now().manifest.clone()
    }

    pub fn roles(&self) -> &BTreeSet<Role> {
        &self.roles
    }

    pub fn health(&self) -> Health {
        self.now().pulse.now()
    }

    /// Another version of the same plugin takes its place; answers the one that ran until now. Err: it is another plugin, or has other
    /// roles, which takes a start of the hub.
    pub fn renew(&self, by: &Plugin) -> Result<Former, String> {
        if by.name != self.name || by.roles != self.roles {
            return Err(format!("`{}` has other roles than the version that runs; start the hub anew", by.name));
        }
        Ok(Former(self.exchange(by.now())))
    }

    /// A version that ran before takes its place again.
    pub fn go_back(&self, to: Former) {
        self.exchange(to.0);
    }

    fn exchange(&self, next: Arc<Inner>) -> Arc<Inner> {
        std::mem::replace(&mut *self.current.write().unwrap_or_else(PoisonError::into_inner), next)
    }

    fn now(&self) -> Arc<Inner> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What a system wants to read that told something; none: nobody may tell.
    pub fn listens(&self) -> Option<String> {
        self.now().listening.as_ref().map(|listening| listening.answer.clone())
    }

    /// Which webhook it is, the same however often it is sent; or why it is not believed. `now` in seconds since 1970.
    pub async fn believe(&self, told: &Told, now: i64) -> Result<String, Doubted> {
        let inner = self.now();
        match &inner.listening {
            Some(listening) => listening.believe(told, &inner.house.secrets, now).await,
            None => Err(Doubted::Nobody),
        }
    }

    /// A paused plugin is called again.
    pub fn resume(&self) {
        self.now().pulse.resume();
    }

    /// Is the configuration usable?
    pub async fn check(&self, role: Role) -> Called<()> {
        let inner = self.now();
        let mut call = match Call::open(&inner, role).await {
            Ok(call) => call,
            Err(error) => return Called::plain(Err(error)),
        };
        let meter = call.meter.clone();
        let answer = inner.clocked(&meter, async {
            let guest = call.guest().await?;
            guest.check(&mut call.store, &inner.config).await
        });
        let answer = answer.await;
        call.close(answer)
    }

    /// What is new since `cursor` (none: from the beginning).
    pub async fn pull(&self, role: Role, cursor: Option<&str>) -> Called<Page> {
        let inner = self.now();
        let mut call = match Call::open(&inner, role).await {
            Ok(call) => call,
            Err(error) => return Called::plain(Err(error)),
        };
        let meter = call.meter.clone();
        let answer = inner.clocked(&meter, async {
            let guest = call.guest().await?;
            guest.pull(&mut call.store, &inner.config, cursor, &inner.house.zone).await
        });
        let answer = answer.await;
        call.close(answer)
    }

    /// One outcome for each request, in their order. After an error nothing is known of any of them.
    pub async fn perform(&self, batch: &Batch, role: Role, requests: &[Request]) -> Called<Vec<Outcome>> {
        let inner = self.now();
        if let Err(problem) = inner.may_perform(role, requests) {
            return Called::plain(Err(inner.error(ErrorKind::Denied, &problem)));
        }
        let mut call = match Call::open(&inner, role).await {
            Ok(call) => call,
            Err(error) => return Called::plain(Err(error)),
        };
        let meter = call.meter.clone();
        let answer = inner.clocked(&meter, async {
            let guest = call.guest().await?;
            let batch = to_batch(batch, &inner.house.zone);
            guest.perform(&mut call.store, &inner.config, &batch, requests).await
        });
        let answer = answer.await;
        call.close(answer)
    }

    /// One finding for each key, in their order.
    pub async fn lookup(&self, role: Role, keys: &[EffectKey]) -> Called<Vec<Finding>> {
        if keys.len() > BATCH_LEN_MAX as usize {
            let problem = format!("it is asked for {} keys at once; allowed are {BATCH_LEN_MAX}", keys.len());
            return Called::plain(Err(self.now().error(ErrorKind::Denied, &problem)));
        }
        let inner = self.now();
        let mut call = match Call::open(&inner, role).await {
            Ok(call) => call,
            Err(error) => return Called::plain(Err(error)),
        };
        let meter = call.meter.clone();
        let answer = inner.clocked(&meter, async {
            let guest = call.guest().await?;
            guest.lookup(&mut call.store, &inner.config, keys).await
        });
        let answer = answer.await;
        call.close(answer)
    }
}

impl Inner {
    /// Under both clocks; the one of the processor interrupts the guest itself.
    async fn clocked<T>(&self, meter: &Meter, work: impl Future<Output = T>) -> Result<T, Elapsed> {
        timeout(self.limits.wall, meter.run(work)).await
    }

    /// The manifest says what it performs, and how many at once.
    fn may_perform(&self, role: Role, requests: &[Request]) -> Result<(), String> {
        let mut counts = BTreeMap::<&str, u32>::new();
        for request in requests {
            let (performed_by, effect) = request.ask.performed_by();
            let Some(performs) = self.manifest.performs.get(effect).filter(|_| performed_by == role) else {
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
