//! Installing plugins: what a package asks for is looked at before anything of it is compiled, and waits until an operator allows it.
//! What runs is byte for byte what was allowed.
//!
//! In the folder of components a plugin has a folder: what runs lies in it, a newer version that waits in `waiting`, and the one that
//! ran before in `before`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ::packages::{Entry, Lock, LockError, Package, PackageError, Verdict, digest};
use jiff::Timestamp;
use sandbox::{Manifest, Runtime, SandboxError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::clock::unix_millis;

const MANIFEST: &str = "plugin.toml";
const WAITING: &str = "waiting";
const BEFORE: &str = "before";
/// In the folder of a version that waits or ran before: its entry of the lock.
const ENTRY: &str = "entry.toml";

#[derive(Debug, Error)]
pub enum PackagesError {
    #[error(transparent)]
    Package(#[from] PackageError),
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    #[error("`{}`: {why}", .file.display())]
    File { file: PathBuf, why: String },
    #[error("{problem}\n\nhint: {hint}")]
    Refused { problem: String, hint: String },
}

fn refused(problem: impl Into<String>, hint: impl Into<String>) -> PackagesError {
    PackagesError::Refused { problem: problem.into(), hint: hint.into() }
}

/// A package that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Looked {
    pub id: String,
    pub version: String,
    pub publisher: Option<String>,
    /// What it asks for beyond what is allowed now; everything, where nothing is.
    pub more: Vec<String>,
    /// It waits for an operator.
    pub waits: bool,
}

/// Who brings a package.
pub struct Act<'a> {
    pub who: &'a str,
    /// Where it came from, for people.
    pub from: &'a str,
    /// One that nobody signed is taken too.
    pub unsigned: bool,
}

/// What lies in a folder of components is what was allowed; else why it does not run.
pub fn allowed(lock: &Lock, id: &str, manifest: &str, wasm: &[u8]) -> Result<(), String> {
    let again = format!("install it again, or allow what is there: `dunlin plugin approve {id} --who YOU`");
    match lock.judge(id, manifest, wasm) {
        Verdict::Allowed => Ok(()),
        Verdict::Unknown => Err(format!("`{id}` was never allowed\n\nhint: {again}")),
        Verdict::Changed(what) => Err(format!("the {what} of `{id}` is not the one that was allowed\n\nhint: {again}")),
    }
}

/// Looks at a package and puts it where it waits. It is allowed at once only if the publisher is the one that was trusted with this
/// plugin before, and it asks for nothing more.
pub fn install(components: &Path, package: &Package, act: &Act<'_>) -> Result<Looked, PackagesError> {
    let manifest = Manifest::parse(&package.manifest, "plugin.toml of the package")?;
    let id = manifest.id.clone();
    let publisher = package.publisher().map(|publisher| publisher.to_string());
    if publisher.is_none() && !act.unsigned {
        let hint = "get a signed one, or take it with `--unsigned` if you know where it comes from";
        return Err(refused(format!("the package of `{id}` is not signed"), hint));
    }
    let lock = Lock::read(components)?;
    let known = lock.plugin.get(&id);
    let pinned = known.and_then(|entry| entry.publisher.as_deref());
    if pinned.is_some() && pinned != publisher.as_deref() {
        let (ours, theirs) = (pinned.unwrap_or_default(), publisher.as_deref().unwrap_or("nobody"));
        let problem = format!("`{id}` is published by {ours}, and this package is signed by {theirs}");
        let hint =
            format!("ask its publisher; if the key did change: `dunlin plugin forget {id}`, then install it again");
        return Err(refused(problem, hint));
    }
    let entry = entry(&package.manifest, &package.component, publisher, act)?;
    let more = known.map_or_else(|| entry.allowed.iter().cloned().collect(), |known| known.more(&entry.allowed));
    let waits = pinned.is_none() || !more.is_empty();
    let looked = Looked { id, version: entry.version.clone(), publisher: entry.publisher.clone(), more, waits };
    let folder = components.join(&looked.id).join(WAITING);
    Version { manifest: package.manifest.clone(), wasm: package.component.clone(), entry }.keep(&folder, &looked.id)?;
    write(&folder.join("LICENSE"), package.licence.as_bytes())?;
    if !waits {
        approve(components, &looked.id, act.who)?;
    }
    Ok(looked)
}

/// Allows what waits, or, if nothing does, what lies there; answers its version.
pub fn approve(components: &Path, id: &str, who: &str) -> Result<String, PackagesError> {
    let folder = components.join(id);
    match folder.join(WAITING).is_dir() {
        true => exchange(components, id, WAITING, BEFORE, who),
        false => allow_what_is_there(components, id, &Act { who, from: "found there", unsigned: true }),
    }
}

/// The component that [`approve`] would allow.
pub fn to_approve(components: &Path, id: &str) -> Result<Vec<u8>, PackagesError> {
    let folder = components.join(id);
    let waiting = folder.join(WAITING);
    let file = if waiting.is_dir() { waiting.join(wasm_of(id)) } else { folder.join(wasm_of(id)) };
    read(&file)
}

/// The version that ran before runs again; answers it. What ran until now waits, to be allowed anew.
pub fn roll_back(components: &Path, id: &str, who: &str) -> Result<String, PackagesError> {
    match components.join(id).join(BEFORE).is_dir() {
        true => exchange(components, id, BEFORE, WAITING, who),
        false => {
            let hint = "`dunlin plugin list` says what is installed";
            Err(refused(format!("no version of `{id}` ran before this one"), hint))
        }
    }
}

/// Forgets whose a plugin is and what it was allowed; it does not run until it is allowed again.
pub fn forget(components: &Path, id: &str) -> Result<(), PackagesError> {
    match Lock::change(components, |lock| lock.plugin.remove(id))? {
        Some(_) => Ok(()),
        None => Err(refused(format!("`{id}` was never allowed"), "`dunlin plugin list` says what is installed")),
    }
}

/// Allows what lies in the folder of a plugin; answers its version.
pub fn allow_what_is_there(components: &Path, id: &str, act: &Act<'_>) -> Result<String, PackagesError> {
    let folder = components.join(id);
    if !folder.join(MANIFEST).is_file() {
        let problem = format!("there is no plugin `{id}` in `{}`", components.display());
        return Err(refused(problem, "`dunlin plugin list` says what is installed"));
    }
    let entry = entry(&read_text(&folder.join(MANIFEST))?, &read(&folder.join(wasm_of(id)))?, None, act)?;
    let version = entry.version.clone();
    Lock::change(components, |lock| lock.plugin.insert(id.to_owned(), entry))?;
    Ok(version)
}

/// Every plugin that lies there, whether it runs or waits.
pub fn known(components: &Path) -> BTreeSet<String> {
    let folders = std::fs::read_dir(components).into_iter().flatten().filter_map(|folder| Some(folder.ok()?.path()));
    let holds = |folder: &PathBuf| folder.join(MANIFEST).is_file() || folder.join(WAITING).join(MANIFEST).is_file();
    folders.filter(holds).filter_map(|folder| Some(folder.file_name()?.to_string_lossy().into_owned())).collect()
}

/// The version that waits for an operator, with what it asks for beyond what is allowed.
pub fn waiting(components: &Path, id: &str) -> Option<(String, Vec<String>)> {
    let entry: Entry = read_entry(&components.join(id).join(WAITING)).ok()?;
    let lock = Lock::read(components).ok()?;
    let more = lock.plugin.get(id).map(|known| known.more(&entry.allowed));
    Some((entry.version, more.unwrap_or_else(|| entry.allowed.into_iter().collect())))
}

/// A version of a plugin with its entry of the lock.
struct Version {
    manifest: String,
    wasm: Vec<u8>,
    entry: Entry,
}

impl Version {
    fn read(folder: &Path, id: &str) -> Result<Self, PackagesError> {
        let version = Self {
            manifest: read_text(&folder.join(MANIFEST))?,
            wasm: read(&folder.join(wasm_of(id)))?,
            entry: read_entry(folder)?,
        };
        match version.is_as_it_was() {
            true => Ok(version),
            false => {
                let problem = format!("what lies in `{}` was changed since it was put there", folder.display());
                Err(refused(problem, "install it again from its package"))
            }
        }
    }

    fn is_as_it_was(&self) -> bool {
        self.entry.manifest == digest(self.manifest.as_bytes()) && self.entry.component == digest(&self.wasm)
    }

    fn keep(&self, folder: &Path, id: &str) -> Result<(), PackagesError> {
        put(folder, id, &self.manifest, &self.wasm)?;
        let text = toml::to_string(&self.entry);
        let text = text.map_err(|why| PackagesError::File { file: folder.join(ENTRY), why: why.to_string() })?;
        write(&folder.join(ENTRY), text.as_bytes())
    }
}

/// The version in one folder runs from now on, and what ran until now goes into the other one.
fn exchange(components: &Path, id: &str, from: &str, to: &str, who: &str) -> Result<String, PackagesError> {
    let folder = components.join(id);
    let mut next = Version::read(&folder.join(from), id)?;
    next.entry.approved_by = who.to_owned();
    next.entry.approved_at = now();
    let ran = Lock::read(components)?.plugin.remove(id);
    if let Some(entry) = ran.filter(|_| folder.join(MANIFEST).is_file()) {
        let (manifest, wasm) = (read_text(&folder.join(MANIFEST))?, read(&folder.join(wasm_of(id)))?);
        Version { manifest, wasm, entry }.keep(&folder.join(to), id)?;
    }
    let version = next.entry.version.clone();
    // First the word, then the thing: in between neither the old one runs nor one that nobody allowed.
    Lock::change(components, |lock| lock.plugin.insert(id.to_owned(), next.entry))?;
    put(&folder, id, &next.manifest, &next.wasm)?;
    let done = folder.join(from);
    std::fs::remove_dir_all(&done).map_err(|why| PackagesError::File { file: done, why: why.to_string() })?;
    Ok(version)
}

/// The entry of a version that may be looked at: its manifest and component fit together, and to this host.
fn entry(manifest: &str, wasm: &[u8], publisher: Option<String>, act: &Act<'_>) -> Result<Entry, PackagesError> {
    let parsed = Manifest::parse(manifest, MANIFEST)?;
    Runtime::examine(&parsed.id, &parsed, wasm)?;
    Ok(Entry {
        allowed: parsed.asks().into_iter().collect::<BTreeSet<_>>(),
        version: parsed.version,
        component: digest(wasm),
        manifest: digest(manifest.as_bytes()),
        publisher,
        from: act.from.to_owned(),
        approved_by: act.who.to_owned(),
        approved_at: now(),
    })
}

/// In UTC.
fn now() -> String {
    let at = Timestamp::from_millisecond(unix_millis());
    at.map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default()
}

fn wasm_of(id: &str) -> String {
    format!("{id}.wasm")
}

fn put(folder: &Path, id: &str, manifest: &str, wasm: &[u8]) -> Result<(), PackagesError> {
    write(&folder.join(wasm_of(id)), wasm)?;
    write(&folder.join(MANIFEST), manifest.as_bytes())
}

/// Whole or not at all.
fn write(file: &Path, content: &[u8]) -> Result<(), PackagesError> {
    let wrong = |why: std::io::Error| PackagesError::File { file: file.to_owned(), why: why.to_string() };
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(wrong)?;
    }
    let half = file.with_extension("part");
    std::fs::write(&half, content).map_err(wrong)?;
    std::fs::rename(&half, file).map_err(wrong)
}

fn read(file: &Path) -> Result<Vec<u8>, PackagesError> {
    std::fs::read(file).map_err(|why| PackagesError::File { file: file.to_owned(), why: why.to_string() })
}

fn read_text(file: &Path) -> Result<String, PackagesError> {
    std::fs::read_to_string(file).map_err(|why| PackagesError::File { file: file.to_owned(), why: why.to_string() })
}

fn read_entry<T: DeserializeOwned>(folder: &Path) -> Result<T, PackagesError> {
    let file = folder.join(ENTRY);
    let text = read_text(&file)?;
    toml::from_str(&text).map_err(|error| PackagesError::File { file, why: error.message().to_owned() })
}
