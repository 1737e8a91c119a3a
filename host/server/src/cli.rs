//! The command line: one file for each command.

pub mod backup;
pub mod bench;
pub mod claim;
pub mod connection;
pub mod demo;
pub mod doctor;
pub mod doubt;
pub mod erase;
pub mod init;
pub mod lane;
pub mod letter;
pub mod metrics;
pub mod migrate_store;
pub mod pack;
pub mod plugin;
pub mod policy;
pub mod restore;
pub mod secret;
pub mod serve;
pub mod story;
pub mod verify;
pub mod why;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// Gets invoices paid: takes them from accounting packages, chases them with manners, and proves every step.
#[derive(Parser)]
#[command(name = "dunlin", version, arg_required_else_help = true, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 well; 1 something differs or failed; 2 wrong usage or configuration.";

#[derive(Subcommand)]
enum Command {
    /// Make a workspace: configuration, policies, jurisdiction packs, letters
    Init(init::Init),
    /// Run the hub and its desk
    Serve(serve::Serve),
    /// Let 120 days pass in a town of debtors, on a machine with nothing prepared
    Demo(demo::Demo),
    /// Recompute every figure from the journal and compare; check the seals
    Verify(verify::Verify),
    /// Erase an account: everything that tells who it is, for good
    Erase(erase::Erase),
    /// Copy the database into a new file, whether or not the hub runs
    Backup(backup::Backup),
    /// Put a backup in the place of the database
    Restore(restore::Restore),
    /// Move the database from SQLite to PostgreSQL
    MigrateStore(migrate_store::MigrateStore),
    /// Say whether a restored backup leaves effects in doubt, or end it
    Doubt(doubt::Doubt),
    /// Say whether everything is as it should be, and what to do
    Doctor(doctor::Doctor),
    /// Run stories against a policy
    Story(story::Story),
    /// Say why an account is treated as it is
    Why(why::Why),
    /// Write a letter to an account into a file, as PDF, HTML or text
    Letter(letter::Letter),
    /// Say how receivables stood on any day: aging, DSO, CEI, promises, calls, agencies, cost
    Metrics(metrics::Metrics),
    /// List parked accounts, and take them up again
    Lane(lane::LaneCommand),
    /// Work with policies
    Policy(policy::PolicyCommand),
    /// Work with jurisdiction packs
    Pack(pack::PackCommand),
    /// Compute what is owed for a late invoice by law
    Claim(claim::ClaimCommand),
    /// List, pause and resume connections
    Connection(connection::ConnectionCommand),
    /// Keep the secrets that connections sign with
    Secret(secret::SecretCommand),
    /// Work with plugins
    Plugin(plugin::PluginCommand),
    /// Measure, each figure beside its baseline
    Bench(bench::Bench),
}

/// Where the workspace is, and how to answer.
#[derive(Args, Clone)]
pub struct Common {
    /// The configuration file
    #[arg(long, default_value = "dunlin.toml", value_name = "FILE")]
    pub config: PathBuf,
    /// Answer with JSON
    #[arg(long)]
    pub json: bool,
}

/// How a command failed.
pub enum Failure {
    /// Something differs, or the work failed.
    Work(String),
    /// The way it was called, or the configuration.
    Usage(String),
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Work(error.to_string())
    }
}

pub type Done = Result<(), Failure>;

pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: the asynchronous runtime did not start: {error}");
            return ExitCode::from(1);
        }
    };
    let done = runtime.block_on(async {
        match cli.command {
            Command::Init(command) => init::run(command),
            Command::Serve(command) => serve::run(command).await,
            Command::Demo(command) => demo::run(command).await,
            Command::Verify(command) => verify::run(command).await,
            Command::Erase(command) => erase::run(command).await,
            Command::Backup(command) => backup::run(command).await,
            Command::Restore(command) => restore::run(command).await,
            Command::MigrateStore(command) => migrate_store::run(command).await,
            Command::Doubt(command) => doubt::run(command).await,
            Command::Doctor(command) => doctor::run(command).await,
            Command::Story(command) => story::run(command),
            Command::Why(command) => why::run(command).await,
            Command::Letter(command) => letter::run(command).await,
            Command::Metrics(command) => metrics::run(command).await,
            Command::Lane(command) => lane::run(command).await,
            Command::Policy(command) => policy::run(command).await,
            Command::Secret(command) => secret::run(command),
            Command::Pack(command) => pack::run(command),
            Command::Claim(command) => claim::run(command),
            Command::Connection(command) => connection::run(command).await,
            Command::Plugin(command) => plugin::run(command).await,
            Command::Bench(command) => bench::run(command).await,
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Work(text)) => {
            eprintln!("error: {text}");
            ExitCode::from(1)
        }
        Err(Failure::Usage(text)) => {
            eprintln!("error: {text}");
            ExitCode::from(2)
        }
    }
}

/// Prints a value as one JSON object.
pub fn print_json(value: &impl serde::Serialize) -> Done {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}
