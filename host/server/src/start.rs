//! From the configuration to a running engine. Whatever is wrong is said before anything is done.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::packages::Lock;
use async_trait::async_trait;
use egress::{Secrets, Vault};
use engine::holds::Holds;
use engine::verify::hex;
use engine::{Clock, Connector, Engine};
use escalation::answer::{CallError, ErrorKind};
use escalation::{DateTime, Policy};
use sandbox::{Bound, Grant, LimitsMax, Manifest, Memory, Plugin, Runtime, RuntimeOptions, SandboxError};
use store::{Store, StoreError};
use thiserror::Error;

use crate::asks::Clerk;
use crate::config::{Config, ConfigError, PluginFile, read_text};
use crate::connectors::Running;
use crate::database;
use crate::limits;
use crate::packages::{self, PackagesError};
use crate::packs;
use crate::policies::{self, Changed};
use crate::upgrade::Upgrades;

#[derive(Debug, Error)]
pub enum StartError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Policy(#[from] escalation::policy::PolicyError),
    #[error(transparent)]
    Letters(#[from] letters::LetterError),
    #[error(transparent)]
    Packs(#[from] packs::PacksError),
    #[error(transparent)]
    Changed(#[from] Changed),
    #[error(transparent)]
    NoAgency(#[from] policies::NoAgency),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{}: {why}", .file.display())]
    Plugin { file: PathBuf, why: String },
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    #[error(transparent)]
    Packages(#[from] PackagesError),
    #[error(transparent)]
    Vault(#[from] egress::VaultError),
    #[error("the folder `{}` cannot be made or read: {why}", .folder.display())]
    Folder { folder: PathBuf, why: std::io::Error },
}

const POLICY_HINT: &str = "`policy` names the file of the dunning policy";

/// The engine, and the plugins as the sandbox knows them.
pub struct Started {
    pub engine: Engine,
    pub plugins: Vec<Plugin>,
    /// Who looks after newer versions of them.
    pub upgrades: Upgrades,
    /// Who writes the requests, for letters that people take themselves.
    pub clerk: Arc<Clerk>,
}

/// Opens everything that the configuration names.
pub async fn start(config: &Config, clock: Arc<dyn Clock>) -> Result<Started, StartError> {
    make(&config.folder)?;
    let (draft, letters) = read_words(config)?;
    let text = read_text(&config.policy, POLICY_HINT)?;
    let packs = packs::of(config)?;
    let store = database::open(config).await?;
    let catalogue = policies::begin(store.as_ref(), &config.policy, &text, &draft, clock.now()).await?;
    policies::check_templates(catalogue.current(), &letters)?;
    policies::check_agencies(catalogue.current(), &config.plugins)?;
    let (plugins, upgrades) = load_plugins(config, &store).await?;
    let clerk = Arc::new(Clerk::of(config, letters));
    let running = config.plugins.iter().zip(&plugins).map(|(file, plugin)| Running {
        plugin: plugin.clone(),
        backfill: file.backfill,
        reconcile_days: file.reconcile_days,
        rate: file.rate,
    });
    let connectors = running.map(|running| Arc::new(running) as Arc<dyn Connector>).collect();
    let owner = owner();
    let policy = catalogue.current().clone();
    Ok(Started {
        engine: Engine {
            store,
            clock,
            policy,
            packs: Arc::new(packs),
            creditor: clerk.creditor.clone(),
            scribe: clerk.clone(),
            plugins: connectors,
            owner,
            holds: Holds::default(),
        },
        plugins,
        upgrades,
        clerk,
    })
}

/// Who this process is among all that ever held something: for people the machine and the process, for certainty a number.
fn owner() -> String {
    let machine =
        ["/proc/sys/kernel/hostname", "/etc/hostname"].iter().find_map(|file| std::fs::read_to_string(file).ok());
    let machine = machine.or_else(|| std::env::var("COMPUTERNAME").ok()).unwrap_or_default();
    let mut random = [0_u8; 4];
    if getrandom::fill(&mut random).is_err() {
        tracing::warn!("the system has no random numbers; the process alone tells this host from others");
    }
    format!("{}-{}-{}", machine.trim(), std::process::id(), hex(&random))
}

/// The policy, and the letters that it names, under the packs.
pub fn read_words(config: &Config) -> Result<(Policy, letters::Letters), StartError> {
    let policy = read_policy(&config.policy)?;
    let letters = letters::Letters::load(&config.letters, packs::of(config)?)?;
    policies::check_templates(&policy, &letters)?;
    policies::check_agencies(&policy, &config.plugins)?;
    Ok((policy, letters))
}

pub fn read_policy(file: &Path) -> Result<Policy, StartError> {
    let text = read_text(file, POLICY_HINT)?;
    Ok(Policy::parse(&text, &file.display().to_string())?)
}

/// Every policy of a folder, in the order of the files' names.
pub fn read_policies(folder: &Path) -> Result<Vec<Policy>, StartError> {
    let unreadable = |why| StartError::Folder { folder: folder.to_owned(), why };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        files.push(entry.map_err(unreadable)?.path());
    }
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files.iter().map(|file| read_policy(file)).collect()
}

/// Loads every plugin that the configuration runs, and lets each look at its own configuration.
pub async fn load_plugins(config: &Config, store: &Arc<dyn Store>) -> Result<(Vec<Plugin>, Upgrades), StartError> {
    let runtime = Runtime::new(RuntimeOptions {
        cache_dir: config.folder.join("cache"),
        zone: config.zone.clone(),
        limits: LimitsMax::default(),
        secrets: Secrets::new(Vault::open(&config.folder)?, &config.folder),
    })?;
    let memory: Arc<dyn Memory> = Arc::new(Remembered(store.clone()));
    let mut plugins = Vec::new();
    for file in &config.plugins {
        let plugin = load(&runtime, &config.components, file, memory.clone()).await?;
        check(&plugin, file).await?;
        plugins.push(plugin);
    }
    let components = config.components.clone();
    let lock = Lock::read(&components).map_err(PackagesError::from)?;
    let (files, running) = (config.plugins.clone(), Upgrades::allowed(&lock));
    let upgrades = Upgrades { runtime, memory, components, files, running, watched: BTreeMap::new() };
    Ok((plugins, upgrades))
}

pub(crate) async fn load(
    runtime: &Runtime,
    components: &Path,
    file: &PluginFile,
    memory: Arc<dyn Memory>,
) -> Result<Plugin, StartError> {
    let wrong = |why: String| StartError::Plugin { file: file.file.clone(), why };
    let folder = components.join(&file.plugin);
    let manifest_file = folder.join("plugin.toml");
    if !manifest_file.is_file() {
        let known = installed(components);
        let known = if known.is_empty() {
            "none is installed".to_owned()
        } else {
            format!("installed are {}", known.join(", "))
        };
        return Err(wrong(format!(
            "`plugin = \"{}\"`: there is no such plugin in `{}`; {known}\n\nhint: build and install the bundled ones with `dunlin plugin build`",
            file.plugin,
            components.display()
        )));
    }
    let manifest_text = read_text(&manifest_file, "reinstall the plugin")?;
    let manifest = Manifest::parse(&manifest_text, &manifest_file.display().to_string())?;
    let component = folder.join(format!("{}.wasm", file.plugin));
    let size = std::fs::metadata(&component).map(|data| data.len()).unwrap_or(0);
    if size == 0 || size > limits::COMPONENT_LEN_MAX {
        return Err(wrong(format!(
            "`{}` has {size} bytes; allowed is 1 to {}",
            component.display(),
            limits::COMPONENT_LEN_MAX
        )));
    }
    let wasm = std::fs::read(&component).map_err(|error| wrong(format!("`{}`: {error}", component.display())))?;
    let lock = Lock::read(components).map_err(|error| wrong(error.to_string()))?;
    packages::allowed(&lock, &file.plugin, &manifest_text, &wasm).map_err(wrong)?;
    for bound in file.connections.values() {
        if let Bound::Folder(folder) = bound {
            make(folder)?;
        }
    }
    let grant =
        Grant { connections: file.connections.clone(), config: file.config.clone(), imports: manifest.imports.clone() };
    runtime.load(&file.name, manifest, &wasm, grant, memory).await.map_err(|error| wrong(error.to_string()))
}

/// A configuration that the plugin cannot use is refused now, not at three in the morning.
pub(crate) async fn check(plugin: &Plugin, file: &PluginFile) -> Result<(), StartError> {
    for role in plugin.roles() {
        let Err(error) = plugin.check(*role).await.result else { continue };
        let CallError { kind: ErrorKind::Misconfigured | ErrorKind::Broken | ErrorKind::Trapped, .. } = &error else {
            tracing::warn!(plugin = plugin.name(), %error, "the plugin is not ready yet");
            continue;
        };
        return Err(StartError::Plugin { file: file.file.clone(), why: error.to_string() });
    }
    Ok(())
}

/// The plugins that are installed in a folder of components.
pub fn installed(components: &Path) -> Vec<String> {
    let Ok(folders) = std::fs::read_dir(components) else { return Vec::new() };
    let mut names: Vec<String> = folders
        .filter_map(|folder| Some(folder.ok()?.path()))
        .filter(|folder| folder.join("plugin.toml").is_file())
        .filter_map(|folder| Some(folder.file_name()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    names
}

fn make(folder: &Path) -> Result<(), StartError> {
    std::fs::create_dir_all(folder).map_err(|why| StartError::Folder { folder: folder.to_owned(), why })
}

/// What plugins remember and were told, kept in the store.
struct Remembered(Arc<dyn Store>);

#[async_trait]
impl Memory for Remembered {
    async fn get(&self, plugin: &str, key: &str) -> Result<Option<Vec<u8>>, String> {
        self.0.kv_get(plugin, key).await.map_err(|error| error.to_string())
    }

    async fn size(&self, plugin: &str) -> Result<u64, String> {
        self.0.kv_size(plugin).await.map_err(|error| error.to_string())
    }

    async fn heard(&self, plugin: &str, after: i64, limit: u32) -> Result<Vec<(i64, DateTime, String)>, String> {
        let heard = self.0.heard(plugin, after, limit).await.map_err(|error| error.to_string())?;
        Ok(heard.into_iter().map(|one| (one.seq, one.at, one.content)).collect())
    }
}
