//! `dunlin doubt`: whether a backup was restored of which nobody has said yet that the world agrees with it.

use clap::{Args, Subcommand};
use store::sqlite::SqliteStore;
use store::{EffectStatus, IN_DOUBT_SINCE, Store};

use super::{Common, Done, Failure, print_json};
use crate::config::Config;

/// Effects that are counted one by one.
const COUNTED_MAX: u32 = 10_000;

#[derive(Args)]
pub struct Doubt {
    #[command(subcommand)]
    end: Option<End>,
    #[command(flatten)]
    common: Common,
}

#[derive(Subcommand)]
enum End {
    /// Effects go out as usual again; refused while one is `unknown`
    End,
}

pub async fn run(doubt: Doubt) -> Done {
    let config = Config::read(&doubt.common.config).map_err(|error| Failure::Usage(error.to_string()))?;
    let (file, creditor) = (&config.database, &config.creditor.id);
    let store = match doubt.end {
        None => SqliteStore::open_read_only(file, creditor).await?,
        Some(End::End) => SqliteStore::open(file, creditor).await?,
    };
    let since = store.note_get(IN_DOUBT_SINCE).await?.filter(|since| !since.is_empty());
    let unknown = store.effects_by_status(EffectStatus::Unknown, COUNTED_MAX).await?.len();
    let ends = doubt.end.is_some() && since.is_some();
    if ends && unknown > 0 {
        return Err(Failure::Work(format!(
            "{unknown} effects are unknown: the doubt is not over\n\nhint: settle them at the desk, then say so again"
        )));
    }
    if ends {
        store.note_set(IN_DOUBT_SINCE, "").await?;
    }
    store.close().await;
    let since = since.filter(|_| !ends);
    if doubt.common.json {
        return print_json(&serde_json::json!({ "in_doubt_since": since, "unknown": unknown }));
    }
    match since {
        _ if ends => println!("the doubt is over: effects go out as usual from the next start on"),
        Some(since) => println!("in doubt since {since}; {unknown} effects are unknown and wait for a person"),
        None => println!("nothing is in doubt"),
    }
    Ok(())
}
