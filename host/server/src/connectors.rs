//! Plugins of the sandbox as the engine's connectors.

use std::collections::BTreeSet;

use async_trait::async_trait;
use engine::Connector;
use escalation::answer::{Called, Finding, Outcome, Page, Performs};
use escalation::request::{Batch, Request};
use escalation::{EffectKey, Role};
use sandbox::Plugin;
use store::valve::Rate;

/// A loaded plugin that runs, and how its file wants it to run.
pub struct Running {
    pub plugin: Plugin,
    pub backfill: bool,
    /// Days between two full reconciles, if it can list everything.
    pub reconcile_days: u16,
    /// How many effects it may be asked for, by its file.
    pub rate: Option<Rate>,
}

#[async_trait]
impl Connector for Running {
    fn name(&self) -> &str {
        self.plugin.name()
    }

    fn version(&self) -> String {
        self.plugin.manifest().version.clone()
    }

    fn roles(&self) -> &BTreeSet<Role> {
        self.plugin.roles()
    }

    fn performs(&self, kind: &str) -> Option<Performs> {
        self.plugin.manifest().performs.get(kind).copied()
    }

    fn rate(&self) -> Option<Rate> {
        self.rate
    }

    fn paused(&self) -> Option<String> {
        self.plugin.health().paused
    }

    fn backfill(&self) -> bool {
        self.backfill
    }

    fn reconcile_days(&self) -> Option<u16> {
        self.plugin.manifest().reconcile.map(|_| self.reconcile_days)
    }

    fn listens(&self) -> bool {
        self.plugin.listens().is_some()
    }

    async fn pull(&self, role: Role, cursor: Option<&str>) -> Called<Page> {
        self.plugin.pull(role, cursor).await
    }

    async fn perform(&self, batch: &Batch, role: Role, requests: &[Request]) -> Called<Vec<Outcome>> {
        self.plugin.perform(batch, role, requests).await
    }

    async fn lookup(&self, role: Role, keys: &[EffectKey]) -> Called<Vec<Finding>> {
        self.plugin.lookup(role, keys).await
    }
}
