//! Versions of plugins while the hub runs: what was allowed meanwhile takes the place of what runs, and goes back if it keeps failing.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use ::packages::Lock;
use sandbox::{Former, Memory, Plugin, Runtime};

use crate::config::PluginFile;
use crate::packages;
use crate::start::{check, load};

/// Failures in a row after which a new version goes back, and calls after which it is trusted like the one before.
const FAILURES_MAX: u32 = 3;
const CALLS_WATCHED: u64 = 20;

pub struct Upgrades {
    pub(crate) runtime: Runtime,
    pub(crate) memory: Arc<dyn Memory>,
    pub(crate) components: PathBuf,
    pub(crate) files: Vec<PluginFile>,
    /// What each plugin runs, by its id: digests of manifest and component.
    pub(crate) running: BTreeMap<String, (String, String)>,
    /// New versions that are watched: the one before them, by the running plugin's name.
    pub(crate) watched: BTreeMap<String, Former>,
}

impl Upgrades {
    /// What the lock names now; what cannot be read is told and changes nothing.
    pub(crate) fn allowed(lock: &Lock) -> BTreeMap<String, (String, String)> {
        lock.plugin.iter().map(|(id, entry)| (id.clone(), (entry.manifest.clone(), entry.component.clone()))).collect()
    }

    /// Takes up what was allowed since the last look, and gives up what keeps failing.
    pub async fn look(&mut self, plugins: &[Plugin]) {
        self.watch(plugins);
        let lock = match Lock::read(&self.components) {
            Ok(lock) => lock,
            Err(error) => {
                return tracing::error!(%error, "what was allowed cannot be read; everything runs on as it is");
            }
        };
        let allowed = Self::allowed(&lock);
        for (file, plugin) in self.files.clone().iter().zip(plugins) {
            let Some(now) = allowed.get(&file.plugin) else { continue };
            if self.running.get(&file.plugin) == Some(now) {
                continue;
            }
            match self.renewed(file, plugin).await {
                Ok(former) => {
                    let version = plugin.manifest().version.clone();
                    tracing::info!(plugin = file.name, version, "a newer version runs");
                    self.watched.insert(file.name.clone(), former);
                }
                Err(why) => tracing::error!(
                    plugin = file.name,
                    why,
                    "the version that was allowed does not run; the one before runs on"
                ),
            }
        }
        self.running = allowed;
    }

    async fn renewed(&self, file: &PluginFile, plugin: &Plugin) -> Result<Former, String> {
        let next = load(&self.runtime, &self.components, file, self.memory.clone())
            .await
            .map_err(|error| error.to_string())?;
        check(&next, file).await.map_err(|error| error.to_string())?;
        plugin.renew(&next)
    }

    fn watch(&mut self, plugins: &[Plugin]) {
        for (file, plugin) in self.files.clone().iter().zip(plugins) {
            let health = plugin.health();
            let fails = health.failures_in_row >= FAILURES_MAX || health.paused.is_some();
            if !fails && health.calls < CALLS_WATCHED {
                continue;
            }
            let Some(former) = self.watched.remove(&file.name) else { continue };
            if !fails {
                continue;
            }
            let why = health.last_error.unwrap_or_default();
            plugin.go_back(former);
            let back = packages::roll_back(&self.components, &file.plugin, "the hub: it kept failing");
            match back {
                Ok(version) => {
                    tracing::error!(
                        plugin = file.name,
                        version,
                        why,
                        "the new version kept failing; the one before runs again"
                    );
                }
                Err(error) => {
                    tracing::error!(plugin = file.name, %error, "the one before runs again until the next start")
                }
            }
        }
    }
}
