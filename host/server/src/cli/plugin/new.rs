//! `dunlin plugin new`.

use std::path::{Path, PathBuf};

use clap::Args;
use escalation::Role;

use crate::cli::{Done, Failure};
use crate::templates::{Language, find_sdk};

#[derive(Args)]
pub struct New {
    /// The plugin's id, such as `dialer-acme`
    name: String,
    /// What it is for the hub
    #[arg(long, value_parser = role)]
    role: Role,
    #[arg(long, value_enum, default_value = "rust")]
    lang: Language,
    /// The project's folder; in a checkout `plugins/NAME`, elsewhere `NAME`
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
    /// Where the folder `plugin-sdk` is, for Rust; in the checkout around the current folder when it is not given
    #[arg(long, value_name = "FOLDER")]
    sdk: Option<PathBuf>,
}

fn role(text: &str) -> Result<Role, String> {
    let known = Role::ALL.iter().find(|role| role.as_str() == text).copied();
    known.ok_or_else(|| format!("allowed are {}", Role::ALL.map(|role| role.as_str()).join(", ")))
}

pub fn run(command: &New) -> Done {
    let usage = |error: &dyn std::error::Error| Failure::Usage(error.to_string());
    let here = std::env::current_dir()?;
    let is_rust = command.lang == Language::Rust;
    let found = match &command.sdk {
        Some(sdk) => Ok(sdk.canonicalize()?),
        None => find_sdk(&here),
    };
    let found = if is_rust { Some(found.map_err(|error| usage(&error))?) } else { None };
    // Beside the bundled plugins it is one of them; elsewhere it stands alone.
    let plugins = found.as_deref().and_then(Path::parent).map(|checkout| checkout.join("plugins"));
    let bundled =
        plugins.filter(|plugins| is_rust && plugins.is_dir() && here.starts_with(plugins.parent().unwrap_or(plugins)));
    let (folder, sdk) = match (&command.dir, bundled) {
        (None, Some(plugins)) => (plugins.join(&command.name), Some(PathBuf::from("../../plugin-sdk"))),
        (dir, _) => (dir.clone().unwrap_or_else(|| PathBuf::from(&command.name)), found),
    };
    let new = crate::templates::New {
        name: &command.name,
        role: command.role,
        language: command.lang,
        folder: &folder,
        sdk: sdk.as_deref(),
    };
    let written = new.write().map_err(|error| usage(&error))?;
    for file in &written {
        println!("{}", file.display());
    }
    let next = match command.lang {
        Language::Rust => "cargo test",
        Language::Js => "npm install && npm test && npm run build",
        Language::Python => "pip install -r requirements.txt && python -m unittest && ./build.sh",
    };
    println!("\nnext: `cd {} && {next}`; its README.md says the rest", folder.display());
    Ok(())
}
