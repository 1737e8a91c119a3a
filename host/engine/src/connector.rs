//! A running connection to another system, as the engine sees it: a plugin in the program, a provider in the simulator.

use std::collections::BTreeSet;

use async_trait::async_trait;
use escalation::answer::{Called, Finding, Outcome, Page, Performs};
use escalation::request::{Batch, Request};
use escalation::{EffectKey, Role};
use store::valve::Rate;

#[async_trait]
pub trait Connector: Send + Sync {
    /// The name under which it runs: a file in config/plugins.
    fn name(&self) -> &str;
    fn version(&self) -> String;
    fn roles(&self) -> &BTreeSet<Role>;
    /// How it performs an effect of this kind, if it does.
    fn performs(&self, kind: &str) -> Option<Performs>;
    /// How many effects it may be asked for.
    fn rate(&self) -> Option<Rate>;
    /// Why it must not be called at all.
    fn paused(&self) -> Option<String>;
    /// History is read in over it: the hub plans and sends nothing at all meanwhile.
    fn backfill(&self) -> bool {
        false
    }
    /// Days between two full reconciles; none: it cannot list everything.
    fn reconcile_days(&self) -> Option<u16> {
        None
    }

    /// The other side tells by itself that there is something new.
    fn listens(&self) -> bool {
        false
    }

    /// What is new since `cursor` (none: from the beginning).
    async fn pull(&self, role: Role, cursor: Option<&str>) -> Called<Page>;
    /// One outcome for each request, in their order. After an error nothing is known of any of them.
    async fn perform(&self, batch: &Batch, role: Role, requests: &[Request]) -> Called<Vec<Outcome>>;
    /// One finding for each key, in their order.
    async fn lookup(&self, role: Role, keys: &[EffectKey]) -> Called<Vec<Finding>>;
}
