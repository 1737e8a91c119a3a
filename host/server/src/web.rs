//! What the desk and the API share: the hub that they show, the guard before every page, and the router.

#[cfg(test)]
pub mod fixture;
pub mod gauge;
pub mod guard;
pub mod hooks;
pub mod limits;
pub mod link;
pub mod problem;
pub mod session;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use engine::Backfill;
use engine::moves::MoveError;
use engine::repair::{Repair, RepairError};
use escalation::{Account, AccountId, DateTime, Fact, Party, PaymentId, Policy, Received};
use sandbox::{Doubted, Told};
use store::valve::Rate;
use store::{Ingested, StoreError};
use thiserror::Error;
use tokio::sync::Semaphore;
use tower_http::limit::RequestBodyLimitLayer;

use self::gauge::Gauge;
use crate::asks::Clerk;
use crate::measures::Measures;
use crate::peak::PeakHours;
use crate::{api, desk};

/// The running hub, as people and programs see it. What they do comes back to it as events.
#[async_trait]
pub trait Hub: Send + Sync {
    fn store(&self) -> &dyn store::Store;
    /// Hub time.
    fn now(&self) -> DateTime;
    /// The version that new ladders begin with.
    fn policy(&self) -> Arc<Policy>;
    /// The account's own version.
    fn policy_of(&self, account: &Account) -> Arc<Policy> {
        let _ = account;
        self.policy()
    }
    fn creditor(&self) -> &Party;
    fn plugins(&self) -> Vec<PluginStatus>;
    /// A person's act: events on the account, all or none, with the person as their origin.
    async fn record(&self, account: &AccountId, who: &str, facts: Vec<Fact>) -> Result<(), Undone>;
    /// A payment that was received for the wrong account, or for none, goes to the right one.
    async fn move_payment(
        &self,
        from: &AccountId,
        payment: &PaymentId,
        to: &AccountId,
        who: &str,
    ) -> Result<(), Undone>;
    /// Pauses or resumes a connection, for all hosts.
    async fn turn(&self, name: &str, turn: Turn) -> Result<(), Undone>;
    /// Takes a parked account up again, with or without what it stumbled on.
    async fn repair(&self, account: &AccountId, who: &str, reason: &str, repair: Repair) -> Result<(), Undone>;
    /// Connections that history is read in over.
    async fn backfills(&self) -> Result<Vec<Backfill>, StoreError>;
    async fn set_backfill(&self, connection: &str, begins: bool, who: &str) -> Result<(), Undone>;
    /// Asks a source that can list everything to do so with the next turn.
    async fn reconcile_soon(&self, connection: &str, who: &str) -> Result<(), Undone>;
    /// Takes what another program reports; durable when it returns.
    async fn accept(&self, connection: &str, reports: Vec<Received>) -> Result<Ingested, StoreError>;
    /// What another system tells by itself: believed, and durable when it returns.
    async fn hear(&self, connection: &str, told: Told) -> Result<Heard, Unheard> {
        let _ = (connection, told);
        Err(Unheard::Doubted(Doubted::Nobody))
    }
    /// `day 57 of 120` in the demo.
    fn progress(&self) -> Option<String>;
    /// When calls come first.
    fn peak(&self) -> PeakHours {
        PeakHours::default()
    }
    /// How this creditor measures.
    fn measures(&self) -> Measures {
        Measures::default()
    }
    /// Who writes letters that people take from the desk.
    fn clerk(&self) -> Option<Arc<Clerk>> {
        None
    }
}

/// What was told is kept; the other side wants to read this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub answer: String,
}

/// Why what was told is not kept.
#[derive(Debug, Error)]
pub enum Unheard {
    #[error(transparent)]
    Doubted(#[from] Doubted),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why what a person did was not done.
#[derive(Debug, Error)]
pub enum Undone {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It does not fit to how things are.
    #[error("{0}")]
    Unfit(String),
}

impl From<MoveError> for Undone {
    fn from(error: MoveError) -> Self {
        match error {
            MoveError::Store(error) => Self::Store(error),
            unfit => Self::Unfit(unfit.to_string()),
        }
    }
}

impl From<RepairError> for Undone {
    fn from(error: RepairError) -> Self {
        match error {
            RepairError::Store(error) => Self::Store(error),
            unfit => Self::Unfit(unfit.to_string()),
        }
    }
}

/// What a person says about a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    Pause {
        why: String,
    },
    /// Lifts pause, breaker and wait.
    Resume,
}

/// A running plugin: what it is, what it may do, how it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PluginStatus {
    /// The file in config/plugins.
    pub name: String,
    /// The plugin that it runs.
    pub id: String,
    pub version: String,
    pub summary: String,
    pub roles: Vec<String>,
    /// Connection to folder.
    pub connections: BTreeMap<String, String>,
    pub imports: Vec<String>,
    /// For people: `500 ms CPU, 30 s wall, 64 MiB`.
    pub limits: String,
    /// Why it is not asked any more.
    pub paused: Option<String>,
    pub failures_in_row: u32,
    pub last_error: Option<String>,
    /// Where its source is reconciled: the name of the connection.
    pub reconciles: Option<String>,
    /// How many effects it may be asked for.
    pub rate: Option<Rate>,
}

/// Who may look.
#[derive(Clone, Debug)]
pub struct Access {
    /// Opens everything. Empty: nothing opens.
    pub token: String,
    /// Names under which the desk is reached, beside loopback ones; a port is not needed.
    pub hosts: Vec<String>,
}

/// What every handler gets.
pub struct Web {
    pub hub: Arc<dyn Hub>,
    pub access: Access,
    /// Room for bodies of reports.
    pub intake: Semaphore,
    pub gauge: Arc<Gauge>,
    /// Letters that are set at the same time.
    pub press: Arc<Semaphore>,
    /// Room for webhooks.
    pub hooks: Semaphore,
}

pub type Shared = Arc<Web>;

/// The desk at `/`, the API at `/api`, the guard before both; and beside it `/hooks`, where each has to prove who it is.
pub fn router(hub: Arc<dyn Hub>, access: Access) -> Router {
    let shared = Arc::new(Web {
        hub,
        access,
        intake: Semaphore::new(limits::INTAKES_AT_ONCE_MAX),
        gauge: Arc::default(),
        press: Arc::new(Semaphore::new(limits::PAPERS_AT_ONCE_MAX)),
        hooks: Semaphore::new(limits::HOOKS_AT_ONCE_MAX),
    });
    desk::router()
        .layer(RequestBodyLimitLayer::new(limits::BODY_BYTES_MAX))
        .merge(api::router().layer(RequestBodyLimitLayer::new(limits::INTAKE_BYTES_MAX)))
        .fallback(desk::not_found)
        .layer(from_fn_with_state(shared.clone(), guard::let_in))
        .layer(from_fn_with_state(shared.clone(), guard::host_is_ours))
        .merge(hooks::router())
        .layer(from_fn(guard::within_time))
        .layer(from_fn(guard::closed_headers))
        .with_state(shared)
}
