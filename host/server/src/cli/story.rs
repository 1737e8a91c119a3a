//! `dunlin story`.

use std::path::{Path, PathBuf};

use clap::Args;
use escalation::story;

use super::{Done, Failure, print_json};
use crate::config::read_text;
use crate::start::{read_policies, read_policy};

#[derive(Args)]
pub struct Story {
    /// The stories
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The policy that they are told against, unless they name another one in its folder
    #[arg(long, default_value = "config/policies/standard.toml", value_name = "FILE")]
    policy: PathBuf,
    /// Answer with JSON
    #[arg(long)]
    json: bool,
}

pub fn run(told: Story) -> Done {
    let usage = |error: &dyn std::error::Error| Failure::Usage(error.to_string());
    let policy = read_policy(&told.policy).map_err(|error| usage(&error))?;
    let folder = told.policy.parent().filter(|folder| !folder.as_os_str().is_empty());
    let others = read_policies(folder.unwrap_or(Path::new("."))).map_err(|error| usage(&error))?;
    let packs = crate::packs::built_in()?;
    let mut failed = 0;
    let mut results = Vec::new();
    for file in &told.files {
        let text = read_text(file, "give the path of a story").map_err(|error| usage(&error))?;
        let named = story::policy_name(&text).filter(|named| *named != policy.name);
        let other = named.and_then(|named| others.iter().find(|other| other.name == named));
        let report = story::run_among(&text, &file.display().to_string(), other.unwrap_or(&policy), &packs, &others);
        failed += usize::from(!report.ok);
        if told.json {
            results.push(serde_json::json!({ "file": file, "ok": report.ok, "lines": report.lines }));
        } else {
            println!("{} {}", if report.ok { "ok  " } else { "FAIL" }, file.display());
            for line in &report.lines {
                println!("     {line}");
            }
        }
    }
    if told.json {
        print_json(&results)?;
    }
    match failed {
        0 => Ok(()),
        _ => Err(Failure::Work(format!("{failed} of {} stories went otherwise", told.files.len()))),
    }
}
