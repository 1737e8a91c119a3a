//! One running plugin: a file in the folder `plugins`.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use egress::Binding;
use sandbox::{Bound, Ear};
use serde::Deserialize;
use store::valve::Rate;

use super::{ConfigError, absolute, parse};

#[derive(Clone, Debug)]
pub struct PluginFile {
    /// The file's name without `.toml`: the name of the connection.
    pub name: String,
    pub file: PathBuf,
    pub plugin: String,
    pub connections: BTreeMap<String, Bound>,
    /// History is read in over it: nothing is planned or sent meanwhile.
    pub backfill: bool,
    /// Days between two full reconciles, where the plugin can list everything.
    pub reconcile_days: u16,
    /// How many effects it may be asked for.
    pub rate: Option<Rate>,
    pub config: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PluginText {
    plugin: String,
    #[serde(default = "yes")]
    enabled: bool,
    #[serde(default)]
    backfill: bool,
    #[serde(default = "week")]
    reconcile_days: u16,
    #[serde(default)]
    connections: BTreeMap<String, toml::Value>,
    limits: Option<Limits>,
    #[serde(default)]
    config: toml::Table,
}

/// `[limits]`: at least one of each, or nothing would ever go out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    per_minute: NonZeroU32,
    burst: NonZeroU32,
}

fn yes() -> bool {
    true
}

fn week() -> u16 {
    7
}

/// Every running plugin of the folder, by its file.
pub(super) fn read_plugins(folder: &Path, workspace: &Path) -> Result<Vec<PluginFile>, ConfigError> {
    let unreadable = |why: std::io::Error| ConfigError::Unreadable {
        file: folder.to_owned(),
        why: why.to_string(),
        hint: "`plugins` names a folder with one file for each running plugin",
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    let mut plugins = Vec::new();
    for file in files {
        let text: PluginText = parse(&file, "check its permissions")?;
        if !text.enabled {
            continue;
        }
        let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let wrong = |why: String| ConfigError::Wrong { file: file.clone(), why };
        if name.contains(char::is_whitespace) {
            return Err(wrong(
                "the file's name names the connection: it has no spaces\n\nhint: rename the file".to_owned(),
            ));
        }
        if text.reconcile_days == 0 {
            return Err(wrong("`reconcile_days` must be at least 1".to_owned()));
        }
        let config = serde_json::to_value(&text.config).map_err(|error| wrong(format!("`config`: {error}")))?;
        let mut connections = BTreeMap::new();
        for (name, given) in text.connections {
            let bound = bound(given, workspace).map_err(|why| wrong(format!("[connections] `{name}`: {why}")))?;
            connections.insert(name, bound);
        }
        let rate = text.limits.map(|limits| Rate { per_minute: limits.per_minute.get(), burst: limits.burst.get() });
        let PluginText { plugin, backfill, reconcile_days, .. } = text;
        plugins.push(PluginFile { name, plugin, connections, backfill, reconcile_days, rate, config, file });
    }
    Ok(plugins)
}

/// A folder is its path alone; a system has a section of its own, and so has what tells by itself.
fn bound(given: toml::Value, workspace: &Path) -> Result<Bound, String> {
    match given {
        toml::Value::String(folder) => Ok(Bound::Folder(absolute(workspace, Path::new(&folder)))),
        toml::Value::Table(section) if section.contains_key("webhook") => {
            let ear: Ear = section.try_into().map_err(|error: toml::de::Error| error.message().to_owned())?;
            Ok(Bound::Webhooks(ear))
        }
        toml::Value::Table(_) => {
            let binding: Binding = given.try_into().map_err(|error: toml::de::Error| error.message().to_owned())?;
            binding.check().map_err(|wrong| wrong.to_string())?;
            Ok(Bound::System(Box::new(binding)))
        }
        _ => Err("it is neither a folder in quotes nor a section with `url` or `webhook`".to_owned()),
    }
}
