//! The lock: which plugins are installed, byte for byte, whose they are, and what an operator allowed each.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::digest;

/// Its name, in the folder of what is installed.
const FILE: &str = "plugins.lock";
const HEAD: &str = "# What is installed, and what it was allowed. Written by `dunlin plugin`.\n\n";
const LOCK_LEN_MAX: u64 = 4 << 20;

#[derive(Debug, Error)]
pub enum LockError {
    #[error("`{}`: {why}", .file.display())]
    File { file: PathBuf, why: String },
}

/// All that is installed, by the plugin's id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    #[serde(default)]
    pub plugin: BTreeMap<String, Entry>,
}

/// One plugin, as it was allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub version: String,
    /// Digest of the component.
    pub component: String,
    /// Digest of plugin.toml.
    pub manifest: String,
    /// Whose it is; none: it was built here, or nobody signed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Where it came from, for people.
    pub from: String,
    pub approved_by: String,
    /// Hub time.
    pub approved_at: String,
    /// What it may do and reach, a line each.
    pub allowed: BTreeSet<String>,
}

/// How what lies in the folder stands to the lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it was allowed.
    Allowed,
    /// Nobody ever allowed it.
    Unknown,
    /// Something was changed since.
    Changed(&'static str),
}

impl Lock {
    pub fn read(folder: &Path) -> Result<Self, LockError> {
        let file = folder.join(FILE);
        let wrong = |why: String| LockError::File { file: file.clone(), why };
        let size = match std::fs::metadata(&file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(wrong(error.to_string())),
            Ok(data) => data.len(),
        };
        if size > LOCK_LEN_MAX {
            return Err(wrong(format!("it has {size} bytes; allowed are {LOCK_LEN_MAX}")));
        }
        let text = std::fs::read_to_string(&file).map_err(|error| wrong(error.to_string()))?;
        toml::from_str(&text).map_err(|error| wrong(error.to_string().trim_end().to_owned()))
    }

    /// Changes it, whole or not at all, under a lock that other processes keep too.
    pub fn change<T>(folder: &Path, change: impl FnOnce(&mut Self) -> T) -> Result<T, LockError> {
        let file = folder.join(FILE);
        let wrong = |error: io::Error| LockError::File { file: file.clone(), why: error.to_string() };
        std::fs::create_dir_all(folder).map_err(wrong)?;
        let guard = folder.join(".plugins.lock.guard");
        let guard = OpenOptions::new().create(true).truncate(false).write(true).open(guard).map_err(wrong)?;
        guard.lock().map_err(wrong)?;
        let mut lock = Self::read(folder)?;
        let done = change(&mut lock);
        let text =
            toml::to_string(&lock).map_err(|error| LockError::File { file: file.clone(), why: error.to_string() })?;
        let half = folder.join(format!(".{FILE}.part"));
        let written = || -> io::Result<()> {
            let mut open = std::fs::File::create(&half)?;
            open.write_all(format!("{HEAD}{text}").as_bytes())?;
            open.sync_all()?;
            std::fs::rename(&half, &file)?;
            std::fs::File::open(folder)?.sync_all()
        };
        written().map_err(wrong)?;
        Ok(done)
    }

    /// What the folder of a plugin holds, against what was allowed.
    pub fn judge(&self, id: &str, manifest: &str, component: &[u8]) -> Verdict {
        match self.plugin.get(id) {
            None => Verdict::Unknown,
            Some(entry) if entry.manifest != digest(manifest.as_bytes()) => Verdict::Changed("plugin.toml"),
            Some(entry) if entry.component != digest(component) => Verdict::Changed("component"),
            Some(_) => Verdict::Allowed,
        }
    }
}

impl Entry {
    /// What a newer version asks for beyond what this one was allowed.
    pub fn more(&self, asks: &BTreeSet<String>) -> Vec<String> {
        asks.difference(&self.allowed).cloned().collect()
    }
}
