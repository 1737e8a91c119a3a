//! `dunlin secret`: the hub's own vault, which connections sign with.

use std::io::{IsTerminal, Read};

use clap::{Args, Subcommand};
use egress::Vault;
use engine::Clock;

use super::{Common, Done, Failure, print_json};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::limits;

#[derive(Args)]
pub struct SecretCommand {
    #[command(subcommand)]
    act: Secret,
}

#[derive(Subcommand)]
enum Secret {
    /// Put a secret in, or a new value of one; the value is read from standard input
    Set(Named),
    /// List their names, never their values
    List {
        #[command(flatten)]
        common: Common,
    },
    /// Take a secret out
    Remove(Named),
    /// Seal all of them under a new key, and forget the old ones
    Rotate {
        #[command(flatten)]
        common: Common,
    },
}

#[derive(Args)]
struct Named {
    /// As a connection names it: small letters, digits and dashes
    name: String,
    #[command(flatten)]
    common: Common,
}

/// A running hub looks at the vault before each request: nothing has to be started anew.
pub fn run(command: SecretCommand) -> Done {
    match command.act {
        Secret::Set(Named { name, common }) => {
            let (vault, at) = open(&common)?;
            vault.set(&name, value()?, &at)?;
            told(&common, serde_json::json!({ "set": name }), &format!("`{name}` is set"))
        }
        Secret::Remove(Named { name, common }) => {
            let vault = open(&common)?.0;
            if vault.list()?.iter().all(|known| known.name != name) {
                let hint = "hint: `dunlin secret list` says which there are";
                return Err(Failure::Usage(format!("there is no secret `{name}`\n\n{hint}")));
            }
            vault.remove(&name)?;
            told(&common, serde_json::json!({ "removed": name }), &format!("`{name}` is removed"))
        }
        Secret::Rotate { common } => {
            let version = open(&common)?.0.rotate()?;
            let text = format!("every secret is sealed under key {version}; the keys before it are gone");
            told(&common, serde_json::json!({ "key": version }), &text)
        }
        Secret::List { common } => list(&common),
    }
}

fn open(common: &Common) -> Result<(Vault, String), Failure> {
    let config = Config::read(&common.config).map_err(|error| Failure::Usage(error.to_string()))?;
    let at = SystemClock::new(config.zone.clone()).now().strftime("%Y-%m-%dT%H:%M:%S").to_string();
    Ok((Vault::open(&config.folder)?, at))
}

/// Never an argument: those stand in the list of processes and in the shell's history.
fn value() -> Result<String, Failure> {
    let input = std::io::stdin();
    if input.is_terminal() {
        eprintln!("Enter the secret, then Return and Ctrl-D (it will be seen on the screen):");
    }
    let mut text = String::new();
    input.take(limits::FILE_LEN_MAX).read_to_string(&mut text)?;
    let value = text.trim_end_matches(['\r', '\n']).to_owned();
    match value.is_empty() {
        true => Err(Failure::Usage("no secret came\n\nhint: `printf %s \"$KEY\" | dunlin secret set NAME`".to_owned())),
        false => Ok(value),
    }
}

fn list(common: &Common) -> Done {
    let shown = open(common)?.0.list()?;
    if common.json {
        let row =
            |one: &egress::vault::Shown| serde_json::json!({ "name": one.name, "key": one.key, "set_at": one.set_at });
        return print_json(&serde_json::json!({ "secrets": shown.iter().map(row).collect::<Vec<_>>() }));
    }
    for one in shown {
        println!("{}: set {}, under key {}", one.name, one.set_at.replace('T', " "), one.key);
    }
    Ok(())
}

fn told(common: &Common, json: serde_json::Value, text: &str) -> Done {
    if common.json {
        return print_json(&json);
    }
    println!("{text}");
    Ok(())
}
