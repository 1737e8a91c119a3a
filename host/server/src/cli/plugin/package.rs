//! `dunlin plugin key|pack|sign|install|approve|roll-back|forget`.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use ::packages::{ARCHIVE_LEN_MAX, Lock, Package, SigningKey};
use clap::Args;
use sandbox::{Manifest, Runtime};
use tokio::io::AsyncWriteExt;

use crate::cli::{Common, Done, Failure, print_json};
use crate::config::Config;
use crate::packages::{self, Act, Looked};
use crate::serve::write_private;
use crate::{download, limits};

#[derive(Args)]
pub struct Key {
    /// Where the secret half goes; keep it to yourself
    file: PathBuf,
}

#[derive(Args)]
pub struct Pack {
    /// The plugin's folder: plugin.toml, LICENSE (or one above it), README.md
    folder: PathBuf,
    /// The built component; the file `ID.wasm` in the folder when it is not given
    #[arg(long, value_name = "FILE")]
    component: Option<PathBuf>,
    /// The package; `ID-VERSION.dunlin` when it is not given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Sign it with this key
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

#[derive(Args)]
pub struct Sign {
    /// The package
    file: PathBuf,
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

#[derive(Args)]
pub struct Install {
    /// A file, or an address that begins with `https://`
    source: String,
    /// The SHA-256 that it has to have, in hex
    #[arg(long, value_name = "DIGEST")]
    sha256: Option<String>,
    /// Take one that nobody signed
    #[arg(long)]
    unsigned: bool,
    /// Who installs it
    #[arg(long)]
    who: String,
    #[command(flatten)]
    common: Common,
}

#[derive(Args)]
pub struct Named {
    /// The plugin
    id: String,
    /// Who does it
    #[arg(long)]
    who: String,
    #[command(flatten)]
    common: Common,
}

#[derive(Args)]
pub struct Compile {
    name: String,
    cache: PathBuf,
}

fn usage(error: impl std::fmt::Display) -> Failure {
    Failure::Usage(error.to_string())
}

fn read(file: &Path, most: usize) -> Result<Vec<u8>, Failure> {
    let unreadable = |why: String| Failure::Usage(format!("`{}`: {why}", file.display()));
    let size = std::fs::metadata(file).map_err(|error| unreadable(error.to_string()))?.len();
    if size > most as u64 {
        return Err(unreadable(format!("it has {size} bytes; allowed are {most}")));
    }
    std::fs::read(file).map_err(|error| unreadable(error.to_string()))
}

fn read_text(file: &Path) -> Result<String, Failure> {
    let bytes = read(file, ::packages::TEXT_LEN_MAX)?;
    String::from_utf8(bytes).map_err(|_| Failure::Usage(format!("`{}` is not written in UTF-8", file.display())))
}

fn read_key(file: &Path) -> Result<SigningKey, Failure> {
    read_text(file)?.parse().map_err(|error| {
        Failure::Usage(format!("`{}`: {error}\n\nhint: `dunlin plugin key FILE` makes one", file.display()))
    })
}

pub fn key(command: &Key) -> Done {
    if command.file.exists() {
        return Err(Failure::Usage(format!("`{}` is there already", command.file.display())));
    }
    let key = SigningKey::new()?;
    write_private(&command.file, &key.to_text())?;
    println!("{}", key.publisher());
    Ok(())
}

pub fn pack(command: &Pack) -> Done {
    let folder = &command.folder;
    let text = read_text(&folder.join("plugin.toml"))?;
    let manifest = Manifest::parse(&text, &folder.join("plugin.toml").display().to_string()).map_err(usage)?;
    let component = command.component.clone().unwrap_or_else(|| folder.join(format!("{}.wasm", manifest.id)));
    let wasm = read(&component, ::packages::COMPONENT_LEN_MAX)?;
    Runtime::examine(&manifest.id, &manifest, &wasm).map_err(usage)?;
    let whole = folder.canonicalize()?;
    let licence =
        whole.ancestors().map(|folder| folder.join("LICENSE")).find(|file| file.is_file()).ok_or_else(|| {
            let problem = format!("there is no `LICENSE` in `{}` or above it", folder.display());
            Failure::Usage(format!("{problem}\n\nhint: who installs a plugin wants to know by what right"))
        })?;
    let readme = Some(folder.join("README.md")).filter(|file| file.is_file());
    let readme = readme.map(|file| read_text(&file)).transpose()?;
    let mut package = Package::new(text, wasm, read_text(&licence)?, readme);
    if let Some(key) = &command.key {
        package = package.signed(&read_key(key)?);
    }
    let out = command.out.clone();
    let out = out.unwrap_or_else(|| PathBuf::from(format!("{}-{}.dunlin", manifest.id, manifest.version)));
    let bytes = package.to_bytes().map_err(usage)?;
    std::fs::write(&out, &bytes)?;
    println!("{}: {} bytes, sha256 {}, {}", out.display(), bytes.len(), ::packages::digest(&bytes), whose(&package));
    Ok(())
}

fn whose(package: &Package) -> String {
    package.publisher().map_or_else(|| "not signed".to_owned(), |publisher| format!("signed by {publisher}"))
}

pub fn sign(command: &Sign) -> Done {
    let bytes = read(&command.file, ARCHIVE_LEN_MAX)?;
    let package = Package::read(&bytes).map_err(|error| usage(format!("`{}`: {error}", command.file.display())))?;
    let bytes = package.signed(&read_key(&command.key)?).to_bytes().map_err(usage)?;
    std::fs::write(&command.file, &bytes)?;
    println!("{}: sha256 {}", command.file.display(), ::packages::digest(&bytes));
    Ok(())
}

pub async fn install(command: &Install) -> Done {
    let config = Config::read(&command.common.config).map_err(usage)?;
    let source = &command.source;
    let bytes = match source.contains("://") {
        true => download::get(source, ARCHIVE_LEN_MAX, &config.folder).await.map_err(Failure::Work)?,
        false => read(Path::new(source), ARCHIVE_LEN_MAX)?,
    };
    let digest = ::packages::digest(&bytes);
    if let Some(expected) = command.sha256.as_deref().filter(|expected| !expected.eq_ignore_ascii_case(&digest)) {
        return Err(Failure::Work(format!(
            "`{source}` has the SHA-256 {digest}, not {expected}: nothing was installed"
        )));
    }
    let package = Package::read(&bytes).map_err(|error| Failure::Work(format!("`{source}`: {error}")))?;
    let manifest = Manifest::parse(&package.manifest, "plugin.toml of the package").map_err(usage)?;
    Runtime::examine(&manifest.id, &manifest, &package.component).map_err(|error| Failure::Work(error.to_string()))?;
    compile_apart(&config, &manifest.id, package.component.clone()).await?;
    let act = Act { who: &command.who, from: source, unsigned: command.unsigned };
    let looked =
        packages::install(&config.components, &package, &act).map_err(|error| Failure::Work(error.to_string()))?;
    if command.common.json {
        return print_json(&looked);
    }
    println!("{}", told(&looked, &whose(&package)));
    Ok(())
}

fn told(looked: &Looked, whose: &str) -> String {
    let Looked { id, version, more, waits, .. } = looked;
    let asks: String = more.iter().map(|ask| format!("    {ask}\n")).collect();
    match waits {
        false => format!("{id} {version} ({whose}) is installed: it asks for nothing more than before"),
        true => format!(
            "{id} {version} ({whose}) waits. It asks for what it was not allowed yet:\n{asks}\n\
             allow it: `dunlin plugin approve {id} --who YOU`"
        ),
    }
}

pub async fn approve(command: &Named) -> Done {
    let config = Config::read(&command.common.config).map_err(usage)?;
    let id = &command.id;
    let wasm = packages::to_approve(&config.components, id).map_err(|error| Failure::Work(error.to_string()))?;
    compile_apart(&config, id, wasm).await?;
    let version =
        packages::approve(&config.components, id, &command.who).map_err(|error| Failure::Work(error.to_string()))?;
    said(command, &version, "is allowed; a running hub takes it up by itself")
}

pub fn roll_back(command: &Named) -> Done {
    let config = Config::read(&command.common.config).map_err(usage)?;
    let back = packages::roll_back(&config.components, &command.id, &command.who);
    let version = back.map_err(|error| Failure::Work(error.to_string()))?;
    said(command, &version, "runs again; what ran until now waits")
}

pub fn forget(command: &Named) -> Done {
    let config = Config::read(&command.common.config).map_err(usage)?;
    packages::forget(&config.components, &command.id).map_err(|error| Failure::Work(error.to_string()))?;
    println!("`{}` is forgotten: it does not run until it is allowed again", command.id);
    Ok(())
}

fn said(command: &Named, version: &str, what: &str) -> Done {
    if command.common.json {
        return print_json(&serde_json::json!({ "plugin": command.id, "version": version }));
    }
    println!("{} {version} {what}", command.id);
    Ok(())
}

/// A component can be made so that compiling it takes for ever: it is done in a process of its own, which the system ends.
async fn compile_apart(config: &Config, id: &str, wasm: Vec<u8>) -> Done {
    let mut command = tokio::process::Command::new(std::env::current_exe()?);
    command.args(["plugin", "compile", id]).arg(config.folder.join("cache"));
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn()?;
    let mut input = child.stdin.take();
    let work = async {
        if let Some(input) = &mut input {
            // Who ends early says why by itself.
            input.write_all(&wasm).await.ok();
        }
        drop(input);
        child.wait_with_output().await
    };
    let why = match tokio::time::timeout(limits::COMPILE_TIME, work).await {
        Ok(Ok(done)) if done.status.success() => return Ok(()),
        Ok(Ok(done)) => {
            let said = String::from_utf8_lossy(&done.stderr).lines().next().unwrap_or_default().to_owned();
            format!("{} {said}", done.status)
        }
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("it took longer than {} s", limits::COMPILE_TIME.as_secs()),
    };
    let hint = "nothing was changed; ask its publisher";
    Err(Failure::Work(format!("`{id}` could not be compiled: {why}\n\nhint: {hint}")))
}

/// In the process of its own.
pub fn compile(command: &Compile) -> Done {
    bound(limits::COMPILE_MEMORY, limits::COMPILE_TIME.as_secs())?;
    let mut wasm = Vec::new();
    std::io::stdin().take(::packages::COMPONENT_LEN_MAX as u64 + 1).read_to_end(&mut wasm)?;
    Runtime::compile(&command.cache, &command.name, &wasm).map_err(|error| Failure::Work(error.to_string()))
}

/// Bytes of memory and seconds of processor time that this process may have from now on.
#[cfg(unix)]
fn bound(memory: u64, seconds: u64) -> Done {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let at_most = |most| Rlimit { current: Some(most), maximum: Some(most) };
    let set = setrlimit(Resource::As, at_most(memory)).and_then(|()| setrlimit(Resource::Cpu, at_most(seconds)));
    set.map_err(|error| Failure::Work(format!("the limits of this process cannot be set: {error}")))
}

#[cfg(not(unix))]
fn bound(_: u64, _: u64) -> Done {
    Ok(())
}

/// An installed plugin, for people.
pub fn line(config: &Config, id: &str) -> String {
    let lock = Lock::read(&config.components).unwrap_or_default();
    let mut line = match lock.plugin.get(id) {
        None => format!("installed: {id}, not allowed yet"),
        Some(entry) => {
            let publisher =
                entry.publisher.as_deref().map_or_else(String::new, |publisher| format!(", by {publisher}"));
            let (version, who, at) = (&entry.version, &entry.approved_by, &entry.approved_at);
            format!("installed: {id} {version} ({}{publisher}), allowed by {who} at {at}", entry.from)
        }
    };
    if let Some((version, more)) = packages::waiting(&config.components, id) {
        line += &format!(
            "\n    {version} waits; it asks for {}",
            if more.is_empty() { "nothing more".to_owned() } else { more.join("; ") }
        );
    }
    line
}
