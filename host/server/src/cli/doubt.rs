//! `dunlin doubt`: whether the database went back in time and nobody has said yet that the world agrees with it.

use clap::{Args, Subcommand};
use engine::Clock;
use escalation::DateTime;
use store::backup::GENERATION;
use store::seal::Restore;
use store::{EffectStatus, IN_DOUBT_SINCE, RESTORED, Store};

use super::{Common, Done, Failure, print_json};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::database;

/// Effects that are counted one by one.
const COUNTED_MAX: u32 = 10_000;

#[derive(Args)]
pub struct Doubt {
    #[command(subcommand)]
    word: Option<Word>,
    #[command(flatten)]
    common: Common,
}

#[derive(Clone, Copy, PartialEq, Eq, Subcommand)]
enum Word {
    /// The database was taken back by other tools than `dunlin restore`: what went out since is in doubt. Say it before a host starts
    Begin,
    /// Effects go out as usual again; refused while one is `unknown`
    End,
}

pub async fn run(doubt: Doubt) -> Done {
    let config = Config::read(&doubt.common.config).map_err(|error| Failure::Usage(error.to_string()))?;
    let store = match doubt.word {
        None => database::open_read_only(&config).await?,
        Some(_) => database::open(&config).await?,
    };
    let now = SystemClock::new(config.zone.clone()).now();
    let said = say(store.as_ref(), doubt.word, now).await;
    store.close().await;
    let (since, unknown) = said?;
    if doubt.common.json {
        return print_json(&serde_json::json!({ "in_doubt_since": since, "unknown": unknown }));
    }
    match since {
        None if doubt.word.is_some() => println!("nothing is in doubt any more: effects go out as usual"),
        Some(since) => println!("in doubt since {since}; {unknown} effects are unknown and wait for a person"),
        None => println!("nothing is in doubt"),
    }
    Ok(())
}

/// Says it, and answers since when things are in doubt now, and how many effects are unknown.
async fn say(store: &dyn Store, word: Option<Word>, now: DateTime) -> Result<(Option<String>, usize), Failure> {
    let since = store.note_get(IN_DOUBT_SINCE).await?.filter(|since| !since.is_empty());
    let unknown = store.effects_by_status(EffectStatus::Unknown, COUNTED_MAX).await?.len();
    match (word, since) {
        (Some(Word::End), Some(_)) if unknown > 0 => Err(Failure::Work(format!(
            "{unknown} effects are unknown: the doubt is not over\n\nhint: settle them at the desk, then say so again"
        ))),
        (Some(Word::End), Some(_)) => {
            store.note_set(IN_DOUBT_SINCE, "").await?;
            Ok((None, unknown))
        }
        (Some(Word::Begin), None) => {
            let generation = store.note_get(GENERATION).await?.and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
            store.note_set(GENERATION, &(generation + 1).to_string()).await?;
            store.note_set(IN_DOUBT_SINCE, &now.to_string()).await?;
            // The seals go on from here; what the anchors know beyond it was lost with going back.
            let until = store.last_seal().await?.map_or(0, |last| last.no);
            store.note_set(RESTORED, &Restore { at: now, until }.to_string()).await?;
            Ok((Some(now.to_string()), unknown))
        }
        (_, since) => Ok((since, unknown)),
    }
}
