//! `dunlin story`.

use std::path::PathBuf;

use clap::Args;
use escalation::story;

use super::{Done, Failure, print_json};
use crate::config::read_text;
use crate::start::read_policy;

#[derive(Args)]
pub struct Story {
    /// The stories
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The policy that they are told against
    #[arg(long, default_value = "config/policies/standard.toml", value_name = "FILE")]
    policy: PathBuf,
    /// Answer with JSON
    #[arg(long)]
    json: bool,
}

pub fn run(told: Story) -> Done {
    let usage = |error: &dyn std::error::Error| Failure::Usage(error.to_string());
    let policy = read_policy(&told.policy).map_err(|error| usage(&error))?;
    let packs = crate::packs::built_in()?;
    let mut failed = 0;
    let mut results = Vec::new();
    for file in &told.files {
        let text = read_text(file, "give the path of a story").map_err(|error| usage(&error))?;
        let report = story::run(&text, &file.display().to_string(), &policy, &packs);
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
