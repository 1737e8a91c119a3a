//! `dunlin lane`: parked accounts, and what an operator does about them.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use engine::Clock;
use engine::repair::{self, Act, Repair};
use escalation::AccountId;

use super::{Common, Done, Failure, print_json};
use crate::api::narrate;
use crate::clock::SystemClock;
use crate::config::{Config, read_text};
use crate::database;

/// Lanes that are listed.
const LISTED_MAX: u32 = 1_000;

#[derive(Args)]
pub struct LaneCommand {
    #[command(subcommand)]
    act: Lane,
}

#[derive(Subcommand)]
enum Lane {
    /// List parked accounts with their reasons and unread events
    List {
        #[command(flatten)]
        common: Common,
    },
    /// Take a parked account up again, because its cause is mended
    Retry(On),
    /// Pass over an unread event for good; the journal keeps it
    Skip {
        #[command(flatten)]
        on: On,
        /// The event's place in the account's journal
        #[arg(long)]
        seq: i64,
    },
    /// Pass over an unread event, and read another fact in its place
    Edit {
        #[command(flatten)]
        on: On,
        /// The event's place in the account's journal
        #[arg(long)]
        seq: i64,
        /// A file with the fact as JSON
        #[arg(long, value_name = "FILE")]
        fact: PathBuf,
    },
}

#[derive(Args)]
struct On {
    /// The account
    account: String,
    /// Who does it
    #[arg(long)]
    who: String,
    /// Why; kept in the account's timeline
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    common: Common,
}

pub async fn run(command: LaneCommand) -> Done {
    match command.act {
        Lane::List { common } => list(&common).await,
        Lane::Retry(on) => mend(on, Repair::Retry).await,
        Lane::Skip { on, seq } => mend(on, Repair::Skip { seq }).await,
        Lane::Edit { on, seq, fact } => {
            let text = read_text(&fact, "`--fact` names a file with one fact as JSON")
                .map_err(|error| Failure::Usage(error.to_string()))?;
            let fact = repair::fact(&text).map_err(|error| Failure::Usage(error.to_string()))?;
            mend(on, Repair::Edit { seq, fact: Box::new(fact) }).await
        }
    }
}

async fn list(common: &Common) -> Done {
    let config = Config::read(&common.config).map_err(|error| Failure::Usage(error.to_string()))?;
    let store = database::open_read_only(&config).await?;
    let lanes = repair::parked(store.as_ref(), LISTED_MAX).await?;
    if common.json {
        let lanes: Vec<_> = lanes
            .iter()
            .map(|lane| {
                let unread = lane.unread.iter();
                let unread: Vec<_> =
                    unread.map(|stored| serde_json::json!({ "seq": stored.seq, "event": stored.event })).collect();
                serde_json::json!({ "account": lane.account, "reason": lane.reason, "unread": unread })
            })
            .collect();
        return print_json(&serde_json::json!({ "parked": lanes }));
    }
    if lanes.is_empty() {
        println!("no account is parked");
    }
    for lane in lanes {
        println!("{}: {}", lane.account, lane.reason);
        for stored in lane.unread {
            println!("  {} {}", stored.seq, narrate::fact(&stored.event.fact).text);
        }
    }
    Ok(())
}

async fn mend(on: On, repair: Repair) -> Done {
    let config = Config::read(&on.common.config).map_err(|error| Failure::Usage(error.to_string()))?;
    let store = database::open(&config).await?;
    let account = AccountId::new(&on.account);
    let act = Act { at: SystemClock::new(config.zone.clone()).now(), who: &on.who, reason: &on.reason };
    let done = repair::repair(store.as_ref(), &account, act, repair).await;
    store.close().await;
    done?;
    if on.common.json {
        return print_json(&serde_json::json!({ "account": account, "taken_up": true }));
    }
    println!("account `{account}` is taken up again with the next turn");
    Ok(())
}
