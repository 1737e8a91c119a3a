//! Builds plugins from their source into components, and installs them into a workspace.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use thiserror::Error;

use crate::packages::{self, Act, PackagesError};

/// What `cargo` builds guests for.
pub const TARGET: &str = "wasm32-wasip2";

#[derive(Debug, Error)]
pub enum BuildError {
    #[error(
        "no plugin sources were found in `{0}` or above it\n\nhint: run this inside a checkout of the source, where the folder `plugins` is"
    )]
    NoSources(PathBuf),
    #[error("there is no plugin `{name}` in `{}`; there are: {known}", .folder.display())]
    Unknown { name: String, folder: PathBuf, known: String },
    #[error("`{command}` did not start: {why}\n\nhint: {hint}")]
    NotStarted { command: String, why: std::io::Error, hint: &'static str },
    #[error("`{command}` failed:\n{output}")]
    Failed { command: String, output: String },
    #[error(transparent)]
    Package(#[from] PackagesError),
    #[error("`{}` cannot be written: {why}", .file.display())]
    Unwritable { file: PathBuf, why: std::io::Error },
}

/// A checkout that has plugins.
pub struct Sources {
    root: PathBuf,
}

impl Sources {
    /// The nearest folder, from `start` upwards, with a `Cargo.toml` and a folder `plugins`.
    pub fn find(start: &Path) -> Result<Self, BuildError> {
        let root =
            start.ancestors().find(|folder| folder.join("Cargo.toml").is_file() && folder.join("plugins").is_dir());
        root.map(|root| Self { root: root.to_owned() }).ok_or_else(|| BuildError::NoSources(start.to_owned()))
    }

    /// The plugins that have a manifest, by name.
    pub fn names(&self) -> Vec<String> {
        let Ok(folders) = std::fs::read_dir(self.root.join("plugins")) else { return Vec::new() };
        let mut names: Vec<String> = folders
            .filter_map(|folder| Some(folder.ok()?.path()))
            .filter(|folder| folder.join("plugin.toml").is_file())
            .filter_map(|folder| Some(folder.file_name()?.to_string_lossy().into_owned()))
            .collect();
        names.sort();
        names
    }

    /// Builds the named plugins (none named: all) and puts each into `<into>/<name>/`. `say` hears what goes on.
    pub fn build(&self, names: &[String], into: &Path, mut say: impl FnMut(&str)) -> Result<Vec<String>, BuildError> {
        let known = self.names();
        let names = if names.is_empty() { known.clone() } else { names.to_vec() };
        if let Some(name) = names.iter().find(|name| !known.contains(name)) {
            let folder = self.root.join("plugins");
            return Err(BuildError::Unknown { name: name.clone(), folder, known: known.join(", ") });
        }
        ensure_target(&mut say)?;
        let mut command = Command::new("cargo");
        command.current_dir(&self.root).args(["build", "--target", TARGET, "--profile", "plugin"]);
        command.arg("--message-format=json-render-diagnostics");
        for name in &names {
            command.args(["-p", name]);
        }
        let components = run_cargo(command, &mut say)?;
        for name in &names {
            let file = format!("{}.wasm", name.replace('-', "_"));
            let component = components.iter().find(|path| path.file_name().is_some_and(|last| last == file.as_str()));
            let component = component.ok_or_else(|| BuildError::Failed {
                command: "cargo build".to_owned(),
                output: format!("it made no `{file}`; the plugin needs `crate-type = [\"cdylib\", \"rlib\"]`"),
            })?;
            let folder = into.join(name);
            copy(component, &folder.join(format!("{name}.wasm")))?;
            copy(&self.root.join("plugins").join(name).join("plugin.toml"), &folder.join("plugin.toml"))?;
            // Who builds from source had every chance to look.
            let act = Act { who: "who built it", from: "built from source", unsigned: true };
            packages::allow_what_is_there(into, name, &act)?;
        }
        Ok(names)
    }
}

/// Runs cargo, passes its progress on, and returns the files that it says it made.
fn run_cargo(mut command: Command, say: &mut impl FnMut(&str)) -> Result<Vec<PathBuf>, BuildError> {
    let not_started = |why| BuildError::NotStarted {
        command: "cargo build".to_owned(),
        why,
        hint: "install Rust with rustup; plugins are built from source",
    };
    // The variables that an outer cargo sets would make the inner one build everything anew.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text == "CARGO_TARGET_TMPDIR" {
            command.env_remove(&name);
        }
    }
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(not_started)?;
    let stdout = child.stdout.take();
    let reader = std::thread::spawn(move || {
        let mut made = Vec::new();
        for line in stdout.into_iter().flat_map(|out| BufReader::new(out).lines()).map_while(Result::ok) {
            let Ok(message) = serde_json::from_str::<serde_json::Value>(&line) else { continue };
            let files = message.get("filenames").and_then(|files| files.as_array());
            made.extend(files.into_iter().flatten().filter_map(|file| file.as_str()).map(PathBuf::from));
        }
        made
    });
    let mut output = Vec::new();
    for line in child.stderr.take().into_iter().flat_map(|err| BufReader::new(err).lines()).map_while(Result::ok) {
        say(line.trim());
        output.push(line);
    }
    let status = child.wait().map_err(not_started)?;
    let made = reader.join().unwrap_or_default();
    if status.success() {
        return Ok(made);
    }
    let from = output.len().saturating_sub(40);
    Err(BuildError::Failed { command: "cargo build".to_owned(), output: output[from..].join("\n") })
}

/// The compiler needs the standard library for guests; where it is missing it is added, and said so.
fn ensure_target(say: &mut impl FnMut(&str)) -> Result<(), BuildError> {
    let Ok(listed) = Command::new("rustup").args(["target", "list", "--installed"]).output() else {
        return Ok(()); // Without rustup the compiler is whatever the machine has; cargo will tell.
    };
    if String::from_utf8_lossy(&listed.stdout).lines().any(|line| line.trim() == TARGET) {
        return Ok(());
    }
    say(&format!("adding the compiler target {TARGET}: `rustup target add {TARGET}`"));
    let added = Command::new("rustup").args(["target", "add", TARGET]).output().map_err(|why| {
        BuildError::NotStarted { command: format!("rustup target add {TARGET}"), why, hint: "add the target by hand" }
    })?;
    if added.status.success() {
        return Ok(());
    }
    Err(BuildError::Failed {
        command: format!("rustup target add {TARGET}"),
        output: String::from_utf8_lossy(&added.stderr).into_owned(),
    })
}

fn copy(from: &Path, to: &Path) -> Result<(), BuildError> {
    let unwritable = |why| BuildError::Unwritable { file: to.to_owned(), why };
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder).map_err(unwritable)?;
    }
    std::fs::copy(from, to).map_err(unwritable)?;
    Ok(())
}
