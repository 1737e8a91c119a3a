//! `dunlin pack check`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use escalation::Pack;
use escalation::pack::{Certainty, Rule};

use super::{Done, Failure, print_json};
use crate::packs::{files, read_file};

#[derive(Args)]
pub struct PackCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Read jurisdiction packs and say what is wrong with them, or what they state
    Check {
        #[arg(required = true, value_name = "FILE|FOLDER")]
        paths: Vec<PathBuf>,
        /// Answer with JSON
        #[arg(long)]
        json: bool,
    },
}

pub fn run(command: PackCommand) -> Done {
    let Command::Check { paths, json } = command.command;
    let mut wrong = Vec::new();
    let mut read = Vec::new();
    for path in paths {
        let found = files(&path).map_err(|error| Failure::Usage(error.to_string()))?;
        for file in found {
            match read_file(&file) {
                Err(error) => wrong.push(error.to_string()),
                Ok(pack) if json => read.push(pack),
                Ok(pack) => {
                    println!("{} {} ({})", pack.country, pack.version, file.display());
                    summary(&pack).iter().for_each(|line| println!("  {line}"));
                }
            }
        }
    }
    if json {
        print_json(&read)?;
    }
    if wrong.is_empty() { Ok(()) } else { Err(Failure::Usage(wrong.join("\n"))) }
}

/// Until when rates are known, and what should be looked up.
fn summary(pack: &Pack) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, series) in &pack.series {
        let unsure = series.rates.iter().filter(|rate| rate.certainty == Certainty::Unverified).count();
        let unsure = if unsure == 0 { String::new() } else { format!(", {unsure} of them unverified") };
        lines.push(format!("{name}: {} rates, known until {}{unsure}", series.rates.len(), series.known_until));
    }
    let rules: Vec<_> = (pack.interest.iter().map(Rule::head))
        .chain(pack.compensation.iter().map(Rule::head))
        .chain(pack.fees.iter().map(Rule::head))
        .chain(pack.allocation.iter().map(Rule::head))
        .chain(pack.limitation.iter().map(Rule::head))
        .chain(pack.notice_period.iter().map(Rule::head))
        .chain(pack.letters.iter().map(Rule::head))
        .chain(pack.contact.iter().map(Rule::head))
        .collect();
    let unsure: Vec<&str> =
        rules.iter().filter(|rule| rule.certainty == Certainty::Unverified).map(|rule| rule.id).collect();
    lines.push(format!("{} rules, {} of them unverified: {}", rules.len(), unsure.len(), unsure.join(", ")));
    lines
}
