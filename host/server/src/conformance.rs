//! The conformance kit: a plugin's real component in the real sandbox, against a cassette of its other side. What is checked is made from
//! the cassette; an author writes down one good reading, and the kit everything that can go wrong with it.

mod cassette;
mod checks;
mod damage;
mod stage;
mod upstream;

use std::path::{Path, PathBuf};

use sandbox::{Manifest, Runtime, SandboxError};
use serde::Serialize;
use thiserror::Error;

use cassette::Cassette;
use stage::Stage;

/// Failures of one check that are told.
const TOLD_MAX: usize = 5;

#[derive(Debug, Error)]
pub enum ConformanceError {
    #[error("`{}`: {why}", .file.display())]
    File { file: PathBuf, why: String },
    #[error("there is no cassette in `{}`\n\nhint: write one: `tests/reading.toml` of a project that `dunlin plugin new` made shows how", .0.display())]
    NoCassette(PathBuf),
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    #[error("the stage cannot be set: {0}")]
    Stage(#[from] std::io::Error),
}

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub plugin: String,
    pub version: String,
    pub cassettes: Vec<Played>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Played {
    pub cassette: String,
    pub checks: Vec<Check>,
}

/// One promise of a plugin, tried so many times.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Check {
    pub name: &'static str,
    pub promise: &'static str,
    pub tried: usize,
    pub failed: usize,
    /// The first few: what was done, and what came of it.
    pub told: Vec<String>,
}

impl Check {
    pub(crate) fn new(name: &'static str, promise: &'static str) -> Self {
        Self { name, promise, ..Self::default() }
    }

    pub(crate) fn note(&mut self, held: Result<(), String>) {
        self.tried += 1;
        if let Err(why) = held {
            self.failed += 1;
            if self.told.len() < TOLD_MAX {
                self.told.push(why);
            }
        }
    }
}

impl Report {
    pub fn held(&self) -> bool {
        self.cassettes.iter().flat_map(|played| &played.checks).all(|check| check.failed == 0)
    }

    /// For people.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("{} {}", self.plugin, self.version)];
        for played in &self.cassettes {
            lines.push(format!("  {}", played.cassette));
            for check in &played.checks {
                let mark = if check.failed == 0 { "ok    " } else { "FAILED" };
                lines.push(format!("    {mark} {}: {} ({} tried)", check.name, check.promise, check.tried));
                lines.extend(check.told.iter().map(|told| format!("           {told}")));
            }
        }
        lines
    }
}

/// Tries a plugin: `folder` has plugin.toml and `tests/*.toml`. `only` names a check.
pub async fn test(
    runtime: &Runtime,
    folder: &Path,
    component: &Path,
    only: Option<&str>,
) -> Result<Report, ConformanceError> {
    let unreadable = |file: &Path| {
        let file = file.to_owned();
        move |why: std::io::Error| ConformanceError::File { file, why: why.to_string() }
    };
    let manifest_file = folder.join("plugin.toml");
    let text = std::fs::read_to_string(&manifest_file).map_err(unreadable(&manifest_file))?;
    let manifest = Manifest::parse(&text, &manifest_file.display().to_string())?;
    let wasm = std::fs::read(component).map_err(unreadable(component))?;
    Runtime::examine(&manifest.id, &manifest, &wasm)?;
    let tests = folder.join("tests");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&tests)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    if files.is_empty() {
        return Err(ConformanceError::NoCassette(tests));
    }
    let mut report = Report { plugin: manifest.id.clone(), version: manifest.version.clone(), cassettes: Vec::new() };
    for file in files {
        let cassette = Cassette::read(&file)?;
        let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let stage = Stage { runtime, manifest: &manifest, wasm: &wasm, cassette: &cassette };
        report.cassettes.push(Played { cassette: name, checks: checks::all(&stage, only).await? });
    }
    Ok(report)
}
