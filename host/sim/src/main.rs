//! `cargo sim`: the real core, pipeline, dispatch and store under a simulated clock, scheduler, network and world. One seed, one
//! run, no real time; the ledgers of the simulated providers are the oracle.

mod child;
mod crashes;
mod differential;
mod fate;
mod gate;
mod host;
mod laws;
mod link;
mod people;
mod process;
mod run;
mod scribe;
mod sweep;
mod town;
mod trouble;
mod watch;
mod wire;
#[cfg(test)]
mod tests;
#[cfg(feature = "mutations")]
mod mutants;

use std::ops::RangeInclusive;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Runs seeds, and ends with 1 at any violation.
#[derive(Parser)]
#[command(name = "sim", args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// The seeds to run, first and last: `1..2000`
    #[arg(long, default_value = "1..200", value_parser = seeds)]
    seeds: RangeInclusive<u64>,
    /// One seed, told as a story
    #[arg(long, conflicts_with = "seeds")]
    seed: Option<u64>,
    /// Take out one safeguard after the other, and show that each is missed within 200 seeds
    #[arg(long)]
    mutations: bool,
    /// Seeds that run side by side
    #[arg(long, default_value_t = 2)]
    jobs: usize,
}

#[derive(Subcommand)]
enum Command {
    /// Kill a real process at every point, and let another go on
    Crashes(crashes::Plan),
    /// Freeze a real process at every point past its leases, let another host go on, and wake it up; needs `--postgres`
    Freezes(crashes::Plan),
    /// Real trouble with real processes: power, disks, servers, connections, a move
    #[command(subcommand)]
    Trouble(trouble::Trouble),
    /// The same seeds on SQLite and PostgreSQL, with one host and three: the same history
    Differential {
        #[arg(long, default_value = "1..20", value_parser = seeds)]
        seeds: RangeInclusive<u64>,
        /// A database of PostgreSQL; what the runs leave in it is not cleaned up
        #[arg(long, env = "DUNLIN_TEST_POSTGRES")]
        postgres: String,
    },
    /// A process to be killed
    #[command(hide = true)]
    Child(child::Child),
    /// A host under load, in trouble
    #[command(hide = true)]
    Worker(trouble::worker::Worker),
}

fn seeds(text: &str) -> Result<RangeInclusive<u64>, String> {
    let wrong = || format!("`{text}` is not like `1..2000`");
    let (first, last) = text.split_once("..").ok_or_else(wrong)?;
    let number = |text: &str| text.trim_start_matches('=').parse::<u64>().map_err(|_| wrong());
    match (number(first)?, number(last)?) {
        (first, last) if first <= last => Ok(first..=last),
        _ => Err(wrong()),
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = if let Some(command) = cli.command {
        match command {
            Command::Crashes(plan) => crashes::enumerate(&plan, crashes::Blow::Kill),
            Command::Freezes(plan) => freeze(&plan),
            Command::Trouble(trouble) => trouble::make(&trouble),
            Command::Worker(worker) => trouble::worker::run(&worker),
            Command::Differential { seeds, postgres } => differential::compare(seeds, &postgres),
            Command::Child(child) => child::run(&child).and_then(|said| say(&said)),
        }
    } else if cli.mutations {
        mutations(cli.jobs)
    } else if let Some(seed) = cli.seed {
        sweep::tell(seed)
    } else {
        sweep::sweep(cli.seeds, cli.jobs)
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn freeze(plan: &crashes::Plan) -> Result<bool, String> {
    match plan.postgres {
        Some(_) => crashes::enumerate(plan, crashes::Blow::Freeze),
        None => {
            Err("one process at a time works on SQLite\n\nhint: `--postgres URL` names a database for many".to_owned())
        }
    }
}

fn say(said: &child::Said) -> Result<bool, String> {
    println!("{}", serde_json::to_string(said).map_err(|error| error.to_string())?);
    Ok(true)
}

#[cfg(feature = "mutations")]
fn mutations(jobs: usize) -> Result<bool, String> {
    mutants::prove(jobs)
}

#[cfg(not(feature = "mutations"))]
fn mutations(_: usize) -> Result<bool, String> {
    Err("this build cannot make mistakes on purpose\n\nhint: `cargo sim --mutations` builds one that can".to_owned())
}
