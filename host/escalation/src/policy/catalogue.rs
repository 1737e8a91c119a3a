//! All published versions, and which of them is an account's.

use std::collections::BTreeMap;
use std::sync::Arc;

use thiserror::Error;

use super::Policy;
use crate::account::Account;
use crate::assignment::PolicyRef;

/// The version that new ladders begin with, and those that accounts in flight still keep.
#[derive(Clone, Debug)]
pub struct Catalogue {
    current: Arc<Policy>,
    published: BTreeMap<PolicyRef, Arc<Policy>>,
}

/// An account keeps a version that is not there.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "the account keeps the policy `{0}`, which is not published here\n\nhint: publish it again, or another one with `--in-flight migrate`; then `dunlin lane retry`"
)]
pub struct NotPublished(pub PolicyRef);

impl Catalogue {
    pub fn new(current: Arc<Policy>) -> Self {
        let published = BTreeMap::from([(current.reference(), current.clone())]);
        Self { current, published }
    }

    /// Adds a version that accounts may still keep.
    pub fn with(mut self, policy: Arc<Policy>) -> Self {
        self.published.entry(policy.reference()).or_insert(policy);
        self
    }

    pub fn current(&self) -> &Arc<Policy> {
        &self.current
    }

    pub fn get(&self, version: &PolicyRef) -> Option<&Arc<Policy>> {
        self.published.get(version)
    }

    /// The account's own version while one of its ladders runs; otherwise the current one.
    pub fn of(&self, account: &Account) -> Result<&Arc<Policy>, NotPublished> {
        match account.in_flight() {
            None => Ok(&self.current),
            Some(kept) => self.published.get(kept).ok_or_else(|| NotPublished(kept.clone())),
        }
    }
}
