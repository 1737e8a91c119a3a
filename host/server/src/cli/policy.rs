//! `dunlin policy`: checks a policy, publishes it with a view of what that does, or lives the past again under it.

mod publish;
mod relive;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use engine::Clock;
use escalation::Policy;
use escalation::policy::{Anchor, Finding, Level};
use letters::Letters;

use super::{Done, Failure, print_json};
use crate::clock::SystemClock;
use crate::packs;
use crate::policies::check_templates;
use crate::start::read_policy;

#[derive(Args)]
pub struct PolicyCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Read policies and say what is wrong with them, what in them is never reached, and what they do
    Check {
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// The folder of the letters; `letters` beside the policy's folder when it is not given
        #[arg(long, value_name = "FOLDER")]
        letters: Option<PathBuf>,
        /// Answer with JSON
        #[arg(long)]
        json: bool,
    },
    /// Make a policy the current one; first say what happens to accounts in flight
    Publish(publish::Publish),
    /// Say what another policy would have done with the ledger's own history
    Relive(relive::Relive),
}

pub async fn run(command: PolicyCommand) -> Done {
    match command.command {
        Command::Check { files, letters, json } => check(&files, letters.as_deref(), json),
        Command::Publish(publish) => publish::run(publish).await,
        Command::Relive(command) => relive::run(command).await,
    }
}

fn check(files: &[PathBuf], letters: Option<&Path>, json: bool) -> Done {
    let packs = packs::built_in().map_err(|error| Failure::Work(error.to_string()))?;
    let today = SystemClock::new(jiff::tz::TimeZone::system()).now().date();
    let mut wrong = Vec::new();
    let mut found = 0;
    for file in files {
        let policy = match read_policy(file) {
            Ok(policy) => policy,
            Err(error) => {
                wrong.push(error.to_string());
                continue;
            }
        };
        if let Err(error) = templates(file, letters, &policy) {
            wrong.push(error);
        }
        let mut findings = policy.examine();
        findings.extend(policy.examine_law(&packs, today));
        found += findings.len();
        if json {
            print_json(&serde_json::json!({ "policy": policy, "findings": findings }))?;
        } else {
            show(file, &policy, &findings);
        }
    }
    match (wrong.is_empty(), found) {
        (true, 0) => Ok(()),
        (true, found) => Err(Failure::Work(format!("{found} things in it do not happen as written"))),
        (false, _) => Err(Failure::Usage(wrong.join("\n"))),
    }
}

/// The letters that the policy names, where there is a folder to look for them.
fn templates(file: &Path, letters: Option<&Path>, policy: &Policy) -> Result<(), String> {
    let beside = file.parent().and_then(Path::parent).map(|folder| folder.join("letters"));
    let folder = match (letters, beside) {
        (Some(folder), _) => folder.to_owned(),
        (None, Some(folder)) if folder.is_dir() => folder,
        (None, _) => return Ok(()),
    };
    let packs = packs::built_in().map_err(|error| error.to_string())?;
    let letters = Letters::load(&folder, packs).map_err(|error| error.to_string())?;
    check_templates(policy, &letters).map_err(|error| error.to_string())
}

fn show(file: &Path, policy: &Policy, findings: &[Finding]) {
    println!("{} ({})", policy.reference(), file.display());
    levels(&policy.levels);
    for ladder in &policy.ladders {
        println!("  ladder `{}`", ladder.name);
        levels(ladder.rungs());
    }
    for (n, segment) in policy.segments.iter().enumerate() {
        println!("  segment {}: `{}` climbs `{}`", n + 1, segment.id, segment.ladder);
    }
    for Finding { place, text, hint } in findings {
        println!("  {place}: {text}\n    hint: {hint}");
    }
}

fn levels(levels: &[Level]) {
    for level in levels {
        let anchor = if level.after == Anchor::Issue { "issue" } else { "due date" };
        let mandatory = if level.mandatory { ", mandatory" } else { "" };
        let approval = match level.approval.people() {
            0 => "",
            1 => ", one person approves",
            _ => ", two people approve",
        };
        let id = level.id.as_str();
        println!("  {:>4} days after the {anchor:<8}  {id:<22} {}{mandatory}{approval}", level.days, level.title);
    }
}
