//! The engine as the desk sees it: what people do becomes an event like any other.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use engine::repair::{Act, Repair};
use engine::verify::hex;
use engine::{Backfill, Engine};
use escalation::event::Event;
use escalation::report::{Received, Report, Source};
use escalation::{Account, AccountId, DateTime, Fact, Party, PaymentId, Policy, Role};
use sandbox::{Doubted, Plugin, Told};
use sha2::{Digest, Sha256};
use store::{Entry, Ingest, Ingested, Store, StoreError, ValveChange, Webhook};
use tokio::sync::Notify;

use crate::asks::Clerk;
use crate::clock::unix_millis;
use crate::measures::Measures;
use crate::peak::PeakHours;
use crate::upgrade::Upgrades;
use crate::web::{Heard, Hub, PluginStatus, Turn, Undone, Unheard};

/// An engine with people around it.
pub struct Desked {
    pub engine: Arc<Engine>,
    pub plugins: Vec<Plugin>,
    /// Rung when somebody did something, so that the next turn comes at once.
    pub bell: Arc<Notify>,
    /// Rung when another system told something, so that its plugin is asked at once.
    pub ear: Arc<Notify>,
    /// `day 57 of 120`, in the demo.
    pub progress: Mutex<Option<String>>,
    pub measures: Measures,
    pub peak: PeakHours,
    /// Who looks after newer versions of plugins. None: they stay as they are.
    pub upgrades: Option<tokio::sync::Mutex<Upgrades>>,
    /// Who writes letters that people take from the desk. None: a hub without letters.
    pub clerk: Option<Arc<Clerk>>,
}

/// Keeps the keys of people's acts apart; the time alone would not, for two acts within one tick of a simulated clock.
const DESK: &str = "desk";

impl Desked {
    pub fn new(engine: Arc<Engine>, plugins: Vec<Plugin>) -> Self {
        Self {
            engine,
            plugins,
            bell: Arc::new(Notify::new()),
            ear: Arc::new(Notify::new()),
            progress: Mutex::new(None),
            measures: Measures::default(),
            peak: PeakHours::default(),
            upgrades: None,
            clerk: None,
        }
    }

    pub fn measured_by(self, measures: Measures) -> Self {
        Self { measures, ..self }
    }

    /// Calls come first in these hours.
    pub fn with_peak(self, peak: PeakHours) -> Self {
        Self { peak, ..self }
    }

    /// What was allowed meanwhile takes the place of what runs.
    pub fn renewed_by(self, upgrades: Upgrades) -> Self {
        Self { upgrades: Some(tokio::sync::Mutex::new(upgrades)), ..self }
    }

    pub async fn renew(&self) {
        if let Some(upgrades) = &self.upgrades {
            upgrades.lock().await.look(&self.plugins).await;
        }
    }

    pub fn written_by(self, clerk: Arc<Clerk>) -> Self {
        Self { clerk: Some(clerk), ..self }
    }

    fn known(&self, name: &str) -> Result<&Plugin, Undone> {
        let plugin = self.plugins.iter().find(|plugin| plugin.name() == name);
        plugin.ok_or_else(|| Undone::Unfit(format!("no plugin runs under the name `{name}`")))
    }

    /// The connection under which a source is reconciled.
    fn reconciles(&self, name: &str) -> Option<String> {
        let plugin = self.engine.plugins.iter().find(|plugin| plugin.name() == name)?;
        plugin.reconcile_days().map(|_| Engine::connection(plugin.as_ref(), Role::Accounting))
    }

    pub fn set_progress(&self, text: String) {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
    }
}

#[async_trait]
impl Hub for Desked {
    fn store(&self) -> &dyn Store {
        self.engine.store.as_ref()
    }

    fn now(&self) -> DateTime {
        self.engine.at()
    }

    fn policy(&self) -> Arc<Policy> {
        self.engine.current_policy()
    }

    fn policy_of(&self, account: &Account) -> Arc<Policy> {
        self.engine.policy_of(account)
    }

    fn creditor(&self) -> &Party {
        &self.engine.creditor
    }

    fn plugins(&self) -> Vec<PluginStatus> {
        let rates = self.engine.plugins.iter().map(|plugin| plugin.rate());
        let seen = |(plugin, rate): (&Plugin, _)| PluginStatus {
            rate,
            reconciles: self.reconciles(plugin.name()),
            ..status(plugin)
        };
        self.plugins.iter().zip(rates).map(seen).collect()
    }

    async fn record(&self, account: &AccountId, who: &str, facts: Vec<Fact>) -> Result<(), Undone> {
        let now = self.engine.at();
        let body = serde_json::to_string(&facts).map_err(|error| Undone::Unfit(error.to_string()))?;
        let seq = self.engine.store.account(account).await?.map(|(_, lane)| lane.head_seq);
        let seq = seq.ok_or_else(|| Undone::Unfit(format!("there is no account `{account}`")))?;
        let digest = hex(&Sha256::digest(format!("{account}\n{seq}\n{body}").as_bytes()));
        let source = Source {
            key: digest,
            version: None,
            digest: None,
            document: who.to_owned(),
            place: String::new(),
            occurred_on: now.date(),
        };
        let report = Report::Other { kind: "desk".to_owned(), notes: vec![("facts".to_owned(), body)] };
        let event = |fact| Event { at: now, on: now.date(), origin: format!("desk:{who}"), fact };
        let events = facts.into_iter().map(|fact| (account.clone(), event(fact))).collect();
        let entry = Entry { received: Received { source, report }, events };
        let page = Ingest { entries: vec![entry], ..Ingest::empty(DESK, now) };
        self.engine.store.ingest(page).await?;
        self.bell.notify_one();
        Ok(())
    }

    async fn move_payment(
        &self,
        from: &AccountId,
        payment: &PaymentId,
        to: &AccountId,
        who: &str,
    ) -> Result<(), Undone> {
        let who = format!("desk:{who}");
        self.engine.move_payment(from, payment, to, &who).await?;
        self.bell.notify_one();
        Ok(())
    }

    async fn turn(&self, name: &str, turn: Turn) -> Result<(), Undone> {
        let plugin = self.known(name)?;
        let change = match turn {
            Turn::Pause { why } => ValveChange::Pause { why },
            Turn::Resume => {
                plugin.resume();
                ValveChange::Resume
            }
        };
        self.engine.store.turn_valve(name, change).await?;
        self.bell.notify_one();
        Ok(())
    }

    async fn repair(&self, account: &AccountId, who: &str, reason: &str, repair: Repair) -> Result<(), Undone> {
        let act = Act { at: self.engine.at(), who, reason };
        engine::repair::repair(self.engine.store.as_ref(), account, act, repair).await?;
        self.bell.notify_one();
        Ok(())
    }

    async fn backfills(&self) -> Result<Vec<Backfill>, StoreError> {
        self.engine.backfills().await
    }

    async fn set_backfill(&self, connection: &str, begins: bool, who: &str) -> Result<(), Undone> {
        self.known(connection)?;
        self.engine.set_backfill(connection, begins, who).await?;
        self.bell.notify_one();
        Ok(())
    }

    async fn reconcile_soon(&self, connection: &str, who: &str) -> Result<(), Undone> {
        self.engine.reconcile_soon(connection, who).await?;
        self.bell.notify_one();
        Ok(())
    }

    async fn accept(&self, connection: &str, reports: Vec<Received>) -> Result<Ingested, StoreError> {
        let ingested = self.engine.accept(connection, reports).await?;
        self.bell.notify_one();
        Ok(ingested)
    }

    async fn hear(&self, connection: &str, told: Told) -> Result<Heard, Unheard> {
        let plugin = self.plugins.iter().find(|plugin| plugin.name() == connection);
        let plugin = plugin.ok_or(Doubted::Nobody)?;
        let key = plugin.believe(&told, unix_millis() / 1_000).await?;
        let (connection, at) = (connection.to_owned(), self.engine.at());
        let is_new = self.engine.store.hear(Webhook { connection, key, at, content: told.to_text() }).await?;
        if is_new {
            self.ear.notify_one();
        }
        Ok(Heard { answer: plugin.listens().unwrap_or_default() })
    }

    fn progress(&self) -> Option<String> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn peak(&self) -> PeakHours {
        self.peak.clone()
    }

    fn measures(&self) -> Measures {
        self.measures.clone()
    }

    fn clerk(&self) -> Option<Arc<Clerk>> {
        self.clerk.clone()
    }
}

fn status(plugin: &Plugin) -> PluginStatus {
    let manifest = plugin.manifest();
    let health = plugin.health();
    let limits = &manifest.limits;
    PluginStatus {
        name: plugin.name().to_owned(),
        id: manifest.id.clone(),
        version: manifest.version.clone(),
        summary: manifest.summary.clone(),
        roles: plugin.roles().iter().map(|role| role.as_str().to_owned()).collect(),
        connections: plugin.connections(),
        imports: manifest.imports.iter().cloned().collect(),
        limits: format!("{} ms CPU, {} s wall, {} MiB", limits.cpu_ms, limits.wall_ms / 1_000, limits.memory_mib),
        paused: health.paused,
        failures_in_row: health.failures_in_row,
        last_error: health.last_error,
        reconciles: None,
        rate: None,
    }
}
