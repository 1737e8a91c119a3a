//! `dunlin plugin`: what is installed and runs, and what happens to packages of plugins.

mod conformance;
mod new;
mod package;

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use sandbox::Plugin;
use sandbox::manifest::ConnectionKind;
use store::Store;
use store::sqlite::SqliteStore;

use super::{Common, Done, Failure, print_json};
use crate::config::Config;
use crate::doctor::secrets;
use crate::guests::Sources;
use crate::packages;
use crate::start::load_plugins;

#[derive(Args)]
pub struct PluginCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// What is installed, and what runs
    List {
        #[command(flatten)]
        common: Common,
    },
    /// Load every running plugin and let it look at its configuration
    Check {
        #[command(flatten)]
        common: Common,
    },
    /// Build plugins from source and install them into the workspace
    Build {
        /// Which; none: all
        names: Vec<String>,
        /// Where the sources are; the checkout around the current folder when it is not given
        #[arg(long, value_name = "FOLDER")]
        sources: Option<PathBuf>,
        #[command(flatten)]
        common: Common,
    },
    /// Begin a plugin: a working project with a test
    New(new::New),
    /// Try a plugin: its component in the real sandbox, against cassettes of its other side
    Test(conformance::Test),
    /// Make a key to sign packages with
    Key(package::Key),
    /// Make a package of a plugin
    Pack(package::Pack),
    /// Sign a package
    Sign(package::Sign),
    /// Install a package; it waits until somebody allows it
    Install(package::Install),
    /// Allow the version that waits, or what lies there
    Approve(package::Named),
    /// Let the version run again that ran before
    RollBack(package::Named),
    /// Forget whose a plugin is and what it was allowed
    Forget(package::Named),
    /// Compile a component into the cache and end
    #[command(hide = true)]
    Compile(package::Compile),
}

pub async fn run(command: PluginCommand) -> Done {
    let usage = |error: &dyn std::error::Error| Failure::Usage(error.to_string());
    match command.command {
        Command::List { common } => {
            let config = Config::read(&common.config).map_err(|error| usage(&error))?;
            let running: Vec<_> = config.plugins.iter().map(|file| (&file.name, &file.plugin)).collect();
            let installed = packages::known(&config.components);
            if common.json {
                return print_json(&serde_json::json!({ "installed": installed, "running": running }));
            }
            if installed.is_empty() {
                println!("installed: none");
            }
            for id in &installed {
                println!("{}", package::line(&config, id));
            }
            for (name, plugin) in running {
                println!("runs: {name} ({plugin})");
            }
            Ok(())
        }
        Command::New(command) => new::run(&command),
        Command::Test(command) => conformance::run(&command).await,
        Command::Key(command) => package::key(&command),
        Command::Pack(command) => package::pack(&command),
        Command::Sign(command) => package::sign(&command),
        Command::Install(command) => package::install(&command).await,
        Command::Approve(command) => package::approve(&command).await,
        Command::RollBack(command) => package::roll_back(&command),
        Command::Forget(command) => package::forget(&command),
        Command::Compile(command) => package::compile(&command),
        Command::Check { common } => {
            let config = Config::read(&common.config).map_err(|error| usage(&error))?;
            let folder = std::env::temp_dir().join(format!("dunlin-check-{}", std::process::id()));
            std::fs::create_dir_all(&folder)?;
            let checked = check(&config, &folder).await;
            let _ = std::fs::remove_dir_all(&folder);
            let lines = checked?;
            if common.json {
                return print_json(&lines);
            }
            for line in lines {
                println!("ok: {line}");
            }
            Ok(())
        }
        Command::Build { names, sources, common } => {
            let config = Config::read(&common.config).map_err(|error| usage(&error))?;
            let start = match sources {
                Some(folder) => folder,
                None => std::env::current_dir()?,
            };
            let built = build(&Sources::find(&start).map_err(|error| usage(&error))?, &names, &config.components)?;
            if common.json {
                return print_json(&serde_json::json!({ "built": built, "into": config.components }));
            }
            println!("{} plugins are in `{}`: {}", built.len(), config.components.display(), built.join(", "));
            Ok(())
        }
    }
}

/// Where a system may tell by itself.
fn heard(plugin: &Plugin) -> String {
    match plugin.listens() {
        Some(_) => format!("webhooks come in at `/hooks/{}`", plugin.name()),
        None => "nobody may tell; it is asked at every poll".to_owned(),
    }
}

/// Builds with a spinner that shows what the compiler does.
pub fn build(sources: &Sources, names: &[String], into: &std::path::Path) -> Result<Vec<String>, Failure> {
    let bar = ProgressBar::new_spinner();
    bar.set_message("building the plugins");
    let mut steps = 0;
    let built = sources.build(names, into, |line| {
        if !line.is_empty() {
            steps += 1;
            bar.set_message(format!("building the plugins: {line}"));
            bar.tick();
            if bar.is_hidden()
                && (line.starts_with("Compiling") && steps % 20 == 1
                    || line.starts_with("adding")
                    || line.starts_with("Finished"))
            {
                eprintln!("building the plugins: {line}");
            }
        }
    });
    bar.finish_and_clear();
    Ok(built?)
}

async fn check(config: &Config, folder: &std::path::Path) -> Result<Vec<String>, Failure> {
    // A store of its own: checking must not get in the way of a hub that runs.
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&folder.join("check.sqlite"), &config.creditor.id).await?);
    let (plugins, _) = load_plugins(config, &store).await.map_err(|error| Failure::Usage(error.to_string()))?;
    let secrets = secrets::examine(config).await;
    if !secrets.well {
        return Err(Failure::Usage(format!("{}\n\nhint: {}", secrets.says, secrets.hint.unwrap_or_default())));
    }
    Ok(plugins.iter().map(told).collect())
}

/// What runs, and what it may reach.
fn told(plugin: &Plugin) -> String {
    let (manifest, places) = (plugin.manifest(), plugin.connections());
    let roles: Vec<&str> = plugin.roles().iter().map(|role| role.as_str()).collect();
    let (name, id, version) = (plugin.name(), &manifest.id, &manifest.version);
    let mut told = format!("{name} runs {id} {version} as {}", roles.join(", "));
    for ask in &manifest.connections {
        let place = places.get(&ask.name).map_or("", String::as_str);
        if ask.kind == ConnectionKind::Webhooks {
            told += &format!("\n    {}: {}", ask.name, heard(plugin));
            continue;
        }
        told += &format!("\n    {}: {place}", ask.name);
        if !ask.methods.is_empty() {
            told += &format!(", {} below {}", ask.methods.join(" and "), ask.paths.join(", "));
        }
    }
    told
}
