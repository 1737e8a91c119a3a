//! Which policy is whose: what was published, as this host knows it.

use std::sync::{Arc, PoisonError};

use escalation::{Account, Catalogue, Policy};
use store::{Published, StoreError};

use crate::turn::Engine;

/// As it was read last: up to which number of the store, and what it says.
#[derive(Clone)]
pub(crate) struct Known {
    until: i64,
    catalogue: Catalogue,
}

/// The texts of published versions, read. The last is the current one; none: nothing is published.
pub fn catalogue(published: Vec<Published>) -> Result<Option<Catalogue>, StoreError> {
    let mut catalogue: Option<Catalogue> = None;
    for one in published.into_iter().rev() {
        let place = format!("the published policy `{}`", one.policy);
        let policy = Policy::parse(&one.text, &place).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        catalogue = Some(match catalogue {
            None => Catalogue::new(Arc::new(policy)),
            Some(known) => known.with(Arc::new(policy)),
        });
    }
    Ok(catalogue)
}

impl Engine {
    /// Every version; where nothing is published, the one that the engine was made with.
    pub fn catalogue(&self) -> Catalogue {
        let known = self.holds.policies.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().map_or_else(|| Catalogue::new(self.policy.clone()), |known| known.catalogue.clone())
    }

    /// The version that new ladders begin with.
    pub fn current_policy(&self) -> Arc<Policy> {
        self.catalogue().current().clone()
    }

    /// The account's own version; the current one where its own is not there, which its next decision will say.
    pub fn policy_of(&self, account: &Account) -> Arc<Policy> {
        let catalogue = self.catalogue();
        catalogue.of(account).unwrap_or(catalogue.current()).clone()
    }

    /// Learns what was published since: other hosts and people publish too.
    pub async fn learn_policies(&self) -> Result<(), StoreError> {
        let until = self.store.policies_until().await?;
        let same = |known: &Option<Known>| known.as_ref().map_or(0, |known| known.until) == until;
        if same(&self.holds.policies.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(());
        }
        let known = catalogue(self.store.policies().await?)?.map(|catalogue| Known { until, catalogue });
        *self.holds.policies.lock().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(())
    }
}
