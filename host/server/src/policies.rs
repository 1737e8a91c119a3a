//! The policy in the configuration is a draft; what counts is what was published, in the database.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use escalation::{Catalogue, DateTime, Policy, PolicyRef};
use letters::Letters;
use store::{Published, Publishing, Store};
use thiserror::Error;

use crate::asks::PREPAYMENT;
use crate::config::PluginFile;
use crate::start::StartError;

/// Why a start does not go on with the policy in the configuration.
#[derive(Debug, Error)]
#[error(
    "{}: the policy `{version}` was published with another text\n\nhint: give the changed text another `version`, then `dunlin policy publish`",
    .file.display()
)]
pub struct Changed {
    pub file: PathBuf,
    pub version: PolicyRef,
}

/// Publishes the draft the first time. Afterwards a draft of another version waits until somebody publishes it, and one of a
/// published version must be what was published. Answers with all versions.
pub async fn begin(
    store: &dyn Store,
    file: &Path,
    text: &str,
    draft: &Policy,
    at: DateTime,
) -> Result<Catalogue, StartError> {
    let published = store.policies().await?;
    let version = draft.reference();
    let known = published.iter().find(|one| one.policy == version);
    if known.is_some_and(|known| known.text != text) {
        return Err(Changed { file: file.to_owned(), version }.into());
    }
    if published.is_empty() {
        let first = Published {
            policy: version.clone(),
            text: text.to_owned(),
            at,
            who: "dunlin".to_owned(),
            because: "the first policy".to_owned(),
        };
        if store.publish(first).await? == Publishing::Differs {
            return Err(Changed { file: file.to_owned(), version }.into());
        }
    } else if known.is_none() {
        let current = published.last().map(|one| one.policy.to_string()).unwrap_or_default();
        tracing::warn!("`{version}` is a draft and `{current}` applies; see `dunlin policy publish`");
    }
    let catalogue = engine::policies::catalogue(store.policies().await?)?;
    Ok(catalogue.unwrap_or_else(|| Catalogue::new(Arc::new(draft.clone()))))
}

/// A policy gives accounts to an agency that no plugin runs as.
#[derive(Debug, Error)]
#[error(
    "the policy `{version}` chooses the agency `{connection}`, and no plugin runs under that name\n\nhint: add `{connection}.toml` to \
     config/plugins, or publish a policy without it; there are {known}"
)]
pub struct NoAgency {
    pub version: PolicyRef,
    pub connection: String,
    pub known: String,
}

/// Every agency that a policy names is a plugin of the configuration.
pub fn check_agencies(policy: &Policy, plugins: &[PluginFile]) -> Result<(), NoAgency> {
    let known = |connection: &str| plugins.iter().any(|plugin| plugin.name == connection);
    let Some(choice) = policy.agency.choices.iter().find(|choice| !known(&choice.connection)) else { return Ok(()) };
    let names: Vec<String> = plugins.iter().map(|plugin| format!("`{}`", plugin.name)).collect();
    Err(NoAgency { version: policy.reference(), connection: choice.connection.clone(), known: names.join(", ") })
}

/// Every template that a policy names is there.
pub fn check_templates(policy: &Policy, letters: &Letters) -> Result<(), StartError> {
    let mut templates: Vec<&str> =
        policy.all_levels().map(|level| level.template.as_str()).filter(|template| !template.is_empty()).collect();
    if policy.prepayment.share_percent > 0 {
        templates.push(PREPAYMENT);
    }
    Ok(letters.check(&templates)?)
}
