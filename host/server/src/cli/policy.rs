//! `dunlin policy`: check, relive.

mod relive;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Done, Failure, print_json};
use crate::start::read_policy;

#[derive(Args)]
pub struct PolicyCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Read policies and say what is wrong with them, or what they do
    Check {
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Answer with JSON
        #[arg(long)]
        json: bool,
    },
    /// Say what another policy would have done with the ledger's own history
    Relive(relive::Relive),
}

pub async fn run(command: PolicyCommand) -> Done {
    match command.command {
        Command::Check { files, json } => check(files, json),
        Command::Relive(command) => relive::run(command).await,
    }
}

fn check(files: Vec<PathBuf>, json: bool) -> Done {
    let mut wrong = Vec::new();
    for file in files {
        match read_policy(&file) {
            Err(error) => wrong.push(error.to_string()),
            Ok(policy) if json => print_json(&policy)?,
            Ok(policy) => {
                println!("{} {} ({})", policy.name, policy.version, file.display());
                for level in &policy.levels {
                    let anchor = if level.after == escalation::policy::Anchor::Issue { "issue" } else { "due date" };
                    println!(
                        "  {:>4} days after the {anchor:<8}  {:<22} {}",
                        level.days,
                        level.id.as_str(),
                        level.title
                    );
                }
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Failure::Usage(wrong.join("\n"))) }
}
