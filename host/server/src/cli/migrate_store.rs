//! `dunlin migrate-store`: the database moves from SQLite to PostgreSQL, or back while nothing has happened there.

use clap::Args;
use store::transfer::{Transferred, back, transfer};

use super::{Common, Done, Failure, print_json};
use crate::config::Config;

#[derive(Args)]
pub struct MigrateStore {
    /// The new place: `postgres://user@host/name`
    #[arg(long, value_name = "URL")]
    to: String,
    /// Return to the file; refused as soon as a hub has worked in the new place
    #[arg(long)]
    back: bool,
    #[command(flatten)]
    common: Common,
}

pub async fn run(command: MigrateStore) -> Done {
    let config = Config::read(&command.common.config).map_err(|error| Failure::Usage(error.to_string()))?;
    let file = config.database.file().map_err(|_| {
        Failure::Usage(format!(
            "`database` in `{}` is no file\n\nhint: run it with the configuration of the SQLite workspace; only the way from SQLite is known",
            command.common.config.display()
        ))
    })?;
    let (tenant, json) = (config.creditor.id.as_str(), command.common.json);
    if command.back {
        back(file, &command.to, tenant).await?;
        if json {
            return print_json(&serde_json::json!({ "back": file }));
        }
        println!(
            "`{}` is worked on again; give it as `database` in the configuration and start the hub",
            file.display()
        );
        return Ok(());
    }
    let tell = |table: &str, rows: u64| {
        if !json {
            eprintln!("{rows:>12} {table}");
        }
    };
    let transferred = transfer(file, &command.to, tenant, &tell).await?;
    if json {
        return print_json(&answer(&transferred));
    }
    say(&transferred);
    Ok(())
}

fn answer(transferred: &Transferred) -> serde_json::Value {
    match transferred {
        Transferred::Ahead { rows } => serde_json::json!({ "whole": false, "rows": rows }),
        Transferred::Whole { tables } => {
            let tables: serde_json::Map<String, serde_json::Value> =
                tables.iter().map(|(name, rows)| ((*name).to_owned(), (*rows).into())).collect();
            serde_json::json!({ "whole": true, "tables": tables })
        }
    }
}

fn say(transferred: &Transferred) {
    match transferred {
        Transferred::Ahead { rows } => {
            println!("{rows} rows were copied beside the running hub, which goes on as before");
            println!("next: stop the hub and run the same command again; only the rest is copied then");
        }
        Transferred::Whole { tables } => {
            for (name, rows) in tables {
                println!("{rows:>12} {name}");
            }
            println!("every row was compared and is the same on both sides; the file is kept and opens no more");
            println!("next: give the new place as `database` in the configuration, `dunlin verify`, start the hub");
        }
    }
}
