//! `dunlin policy publish`: what happens to accounts in flight is shown, then it is done and recorded.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use engine::Clock;
use engine::publish::{self, Plan};
use engine::repair::Act;
use escalation::{InFlight, Now, Packs, Policy};
use letters::Letters;
use store::Published;

use super::super::{Common, Done, Failure, print_json};
use crate::clock::SystemClock;
use crate::config::{Config, read_text};
use crate::database;
use crate::packs;
use crate::policies::{check_agencies, check_templates};

#[derive(Args)]
pub struct Publish {
    /// The policy
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What becomes of accounts whose ladder runs
    #[arg(long, value_enum)]
    in_flight: How,
    /// Who publishes it
    #[arg(long)]
    who: String,
    /// Why; kept on every account that is moved
    #[arg(long)]
    reason: String,
    /// Only show what would happen
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Clone, Copy, ValueEnum)]
enum How {
    /// They end their ladder with the version it began with
    Keep,
    /// They go on with the new version, levels matched by their ids
    Migrate,
    /// Every open invoice begins a new walk
    Restart,
}

/// Accounts that are shown one by one; the others are counted.
const SHOWN_MAX: usize = 200;

pub async fn run(command: Publish) -> Done {
    let usage = |error: &dyn std::error::Error| Failure::Usage(error.to_string());
    let config = Config::read(&command.common.config).map_err(|error| usage(&error))?;
    let text = read_text(&command.file, "give the path of a policy").map_err(|error| usage(&error))?;
    let new = Policy::parse(&text, &command.file.display().to_string()).map_err(|error| usage(&error))?;
    let packs = packs::of(&config).map_err(|error| usage(&error))?;
    let letters = Letters::load(&config.letters, packs.clone()).map_err(|error| usage(&error))?;
    check_templates(&new, &letters).map_err(|error| usage(&error))?;
    check_agencies(&new, &config.plugins).map_err(|error| usage(&error))?;
    if command.who.trim().is_empty() || command.reason.trim().is_empty() {
        return Err(Failure::Usage("`--who` and `--reason` must not be empty".to_owned()));
    }
    let store = match command.dry_run {
        true => database::open_read_only(&config).await?,
        false => database::open(&config).await?,
    };
    let at = SystemClock::new(config.zone.clone()).now();
    let done = publish(&command, store.as_ref(), (&new, text), &packs, at).await;
    store.close().await;
    done
}

async fn publish(
    command: &Publish,
    store: &dyn store::Store,
    (new, text): (&Policy, String),
    packs: &Packs,
    at: escalation::DateTime,
) -> Done {
    let how = match command.in_flight {
        How::Keep => InFlight::Keep,
        How::Migrate => InFlight::Migrate,
        How::Restart => InFlight::Restart,
    };
    let act = Act { at, who: command.who.trim(), reason: command.reason.trim() };
    let published = store.policies().await?;
    let version = new.reference();
    if published.iter().any(|one| one.policy == version && one.text != text) {
        return Err(publish::PublishError::Differs(version).into());
    }
    let catalogue = engine::policies::catalogue(published)?;
    let now = Now { at, cash_known_until: None, backfill: false, offset_minutes: 0 };
    let plan = publish::plan(store, catalogue.as_ref(), new, packs, how, &now, act.reason).await?;
    if !command.common.json {
        show(&plan, &version.to_string());
    }
    if !command.dry_run {
        let (who, because) = (act.who.to_owned(), act.reason.to_owned());
        publish::carry_out(store, Published { policy: version.clone(), text, at, who, because }, &plan, act).await?;
    }
    if command.common.json {
        let answer = serde_json::json!({
            "policy": version, "published": !command.dry_run, "in_flight": plan.moves, "others": plan.others,
        });
        return print_json(&answer);
    }
    match command.dry_run {
        true => println!("nothing was changed (--dry-run)"),
        false => println!("`{version}` is the current policy; accounts follow with the next turn"),
    }
    Ok(())
}

fn show(plan: &Plan, version: &str) {
    let count = plan.moves.len();
    match plan.moves.first().map(|moved| moved.how) {
        None => println!("no account is in flight under another version"),
        Some(InFlight::Keep) => println!("{count} accounts in flight keep the version that their ladder began with"),
        Some(InFlight::Migrate) => println!("{count} accounts in flight go on with `{version}`"),
        Some(InFlight::Restart) => println!("{count} accounts in flight begin anew with `{version}`"),
    }
    for moved in plan.moves.iter().take(SHOWN_MAX) {
        println!("  {} (`{}`)", moved.account, moved.from);
        for line in &moved.lines {
            println!("    {line}");
        }
    }
    if count > SHOWN_MAX {
        println!("  and {} more; `--json` lists all", count - SHOWN_MAX);
    }
    println!("{} other accounts begin their next ladder with `{version}`", plan.others);
}
