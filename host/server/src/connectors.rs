//! Plugins of the sandbox as the engine's connectors.

use std::collections::BTreeSet;

use async_trait::async_trait;
use engine::Connector;
use escalation::answer::{Called, Finding, Outcome, Page, Performs};
use escalation::request::{Batch, Request};
use escalation::{EffectKey, Role};
use sandbox::Plugin;
use store::valve::Rate;

/// A loaded plugin that runs.
pub struct Running(pub Plugin);

#[async_trait]
impl Connector for Running {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn version(&self) -> &str {
        &self.0.manifest().version
    }

    fn roles(&self) -> &BTreeSet<Role> {
        self.0.roles()
    }

    fn performs(&self, kind: &str) -> Option<Performs> {
        self.0.manifest().performs.get(kind).copied()
    }

    fn rate(&self) -> Option<Rate> {
        None
    }

    fn paused(&self) -> Option<String> {
        self.0.health().paused
    }

    async fn pull(&self, role: Role, cursor: Option<&str>) -> Called<Page> {
        self.0.pull(role, cursor).await
    }

    async fn perform(&self, batch: &Batch, role: Role, requests: &[Request]) -> Called<Vec<Outcome>> {
        self.0.perform(batch, role, requests).await
    }

    async fn lookup(&self, role: Role, keys: &[EffectKey]) -> Called<Vec<Finding>> {
        self.0.lookup(role, keys).await
    }
}
