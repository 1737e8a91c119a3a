//! `dunlin connection`: may the connections be used, and a person's word on it.

use clap::{Args, Subcommand};
use engine::Clock;
use store::{StoreError, ValveChange};

use super::{Common, Done, Failure, print_json};
use crate::api::connections::{ConnectionView, read, view};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::database;
use crate::web::Turn;

#[derive(Args)]
pub struct ConnectionCommand {
    #[command(subcommand)]
    act: Connection,
}

#[derive(Subcommand)]
enum Connection {
    /// List the connections: rate, pause, and what holds them up
    List {
        #[command(flatten)]
        common: Common,
    },
    /// Ask nothing of a connection any more, on all hosts
    Pause {
        #[command(flatten)]
        on: On,
        /// Who does it
        #[arg(long)]
        who: String,
        /// Why; shown wherever the connection is
        #[arg(long)]
        reason: String,
    },
    /// Use it again, at once
    Resume(On),
}

#[derive(Args)]
struct On {
    /// The name of its file in the folder of plugins
    name: String,
    #[command(flatten)]
    common: Common,
}

pub async fn run(command: ConnectionCommand) -> Done {
    match command.act {
        Connection::List { common } => list(&common).await,
        Connection::Pause { on, who, reason } => {
            let turn = read("pause", &who, &reason).map_err(|problem| Failure::Usage(problem.detail))?;
            turn_it(on, turn).await
        }
        Connection::Resume(on) => turn_it(on, Turn::Resume).await,
    }
}

async fn list(common: &Common) -> Done {
    let config = Config::read(&common.config).map_err(|error| Failure::Usage(error.to_string()))?;
    let store = database::open_read_only(&config).await?;
    let (valves, now) = (store.valves().await?, SystemClock::new(config.zone.clone()).now());
    let stands = |name: &str| valves.iter().find(|(known, _)| known == name).map(|(_, valve)| valve);
    let views: Vec<ConnectionView> =
        config.plugins.iter().map(|file| view(&file.name, stands(&file.name), file.rate, now)).collect();
    if common.json {
        return print_json(&serde_json::json!({ "connections": views }));
    }
    for view in views {
        let mut line = format!("{}: {}", view.name, view.state);
        if let Some(until) = &view.until {
            line += &format!(" until {until}");
        }
        if let (Some(per_minute), Some(burst)) = (view.per_minute, view.burst) {
            line += &format!(", {per_minute} a minute, {burst} at once");
        }
        if let Some(why) = &view.why {
            line += &format!(": {why}");
        }
        println!("{line}");
    }
    Ok(())
}

async fn turn_it(on: On, turn: Turn) -> Done {
    let config = Config::read(&on.common.config).map_err(|error| Failure::Usage(error.to_string()))?;
    if !config.plugins.iter().any(|file| file.name == on.name) {
        let names: Vec<&str> = config.plugins.iter().map(|file| file.name.as_str()).collect();
        let hint = format!("hint: there are {}", names.join(", "));
        return Err(Failure::Usage(format!("there is no connection `{}`\n\n{hint}", on.name)));
    }
    let store = database::open(&config).await.map_err(|error| match error {
        StoreError::InUse { path } => Failure::Work(format!(
            "the hub works on `{path}`\n\nhint: do it on the desk under `Plugins`, or with `POST /api/connections/{}`",
            on.name
        )),
        error => error.into(),
    })?;
    let (change, done) = match turn {
        Turn::Pause { why } => (ValveChange::Pause { why }, "paused"),
        Turn::Resume => (ValveChange::Resume, "open"),
    };
    let turned = store.turn_valve(&on.name, change).await;
    store.close().await;
    turned?;
    if on.common.json {
        return print_json(&serde_json::json!({ "connection": on.name, "state": done }));
    }
    println!("`{}` is {done}", on.name);
    Ok(())
}
