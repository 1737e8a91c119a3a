//! `dunlin erase`: everything that tells who an account is goes; the chain of the journal stays.

use clap::Args;
use engine::Clock;
use escalation::{Account, AccountId, DateTime};
use store::Store;

use super::{Common, Done, Failure, print_json};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::database;
use crate::seal::{note_erased, read_anchors};

#[derive(Args)]
pub struct Erase {
    /// The account
    #[arg(required_unless_present = "again", conflicts_with = "again")]
    account: Option<String>,
    /// Those that were erased before, and that a restored backup brought back
    #[arg(long)]
    again: bool,
    /// It cannot be taken back: say that it is meant
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    common: Common,
}

pub async fn run(erase: Erase) -> Done {
    let config = Config::read(&erase.common.config).map_err(|error| Failure::Usage(error.to_string()))?;
    let accounts: Vec<AccountId> = match &erase.account {
        Some(account) => vec![AccountId::new(account)],
        None => read_anchors(&config.anchors)?.erased.into_keys().collect(),
    };
    let store = database::open(&config).await?;
    let now = SystemClock::new(config.zone.clone()).now();
    let erased = all(&config, store.as_ref(), &erase, accounts, now).await;
    store.close().await;
    let erased = erased?;
    if erase.common.json {
        return print_json(&serde_json::json!({ "erased": erased, "at": now.to_string() }));
    }
    for account in &erased {
        println!("account `{account}` is erased; the journal keeps its events, and nobody can read them");
    }
    println!("backups from before, anything exported and the other systems still know what they knew");
    Ok(())
}

/// Erases them one after the other; with `--again` those that are erased, or not there, are passed over.
async fn all(
    config: &Config,
    store: &dyn Store,
    erase: &Erase,
    accounts: Vec<AccountId>,
    now: DateTime,
) -> Result<Vec<AccountId>, Failure> {
    let mut erased = Vec::new();
    for id in accounts {
        let found = store.account(&id).await?;
        let is_back = found.as_ref().is_some_and(|(_, lane)| lane.erased_at.is_none());
        if erase.again && !is_back {
            continue;
        }
        let Some((account, lane)) = found else {
            let hint = "hint: the accounts are listed on the desk, and under `/api/accounts`";
            return Err(Failure::Work(format!("there is no account `{id}`\n\n{hint}")));
        };
        if let Some(at) = lane.erased_at {
            note_erased(config, &id, at)?;
            return Err(Failure::Work(format!("account `{id}` was erased on {} already", at.date())));
        }
        may_go(&account, &id, erase.yes)?;
        if !store.erase(&id, now).await? {
            let hint = "hint: let `dunlin serve` come to rest, settle unknown effects at the desk, and try again";
            let why = format!("account `{id}` has unread events, or effects that have not ended");
            return Err(Failure::Work(format!("{why}\n\n{hint}")));
        }
        note_erased(config, &id, now)?;
        erased.push(id);
    }
    Ok(erased)
}

fn may_go(account: &Account, id: &AccountId, yes: bool) -> Done {
    let open = unsettled(account);
    if !open.is_empty() {
        let list = open.join("\n- ");
        return Err(Failure::Work(format!("account `{id}` is not settled:\n- {list}\n\nhint: close this first")));
    }
    if !yes {
        let what = format!("nothing was changed: account `{id}` ({}) can be erased", account.debtor.name);
        return Err(Failure::Usage(format!("{what}\n\nhint: it cannot be taken back; say `--yes` to do it")));
    }
    Ok(())
}

/// Why it must not be forgotten yet: a sentence for each thing.
fn unsettled(account: &Account) -> Vec<String> {
    let mut open: Vec<String> = account.open().iter().map(|sum| format!("{sum} is open")).collect();
    open.extend(account.unapplied().iter().map(|sum| format!("{sum} is paid and not applied")));
    open.extend(
        account.credit.iter().filter(|(_, minor)| **minor != 0).map(|(code, _)| format!("there is credit in {code}")),
    );
    open.extend(account.pending.keys().map(|payment| format!("payment `{payment}` is announced")));
    open.extend(account.stray_reversals.iter().map(|payment| format!("reversal `{}` belongs nowhere", payment.id)));
    open.extend(account.running_promises().map(|promise| format!("a promise runs until {}", promise.due_on)));
    open.extend(account.open_disputes().map(|dispute| format!("dispute `{}` is open", dispute.id)));
    open.extend(account.live_placement().map(|_| "it is placed with an agency".to_owned()));
    open.extend(account.hold.iter().map(|hold| format!("credit is held since {}", hold.since)));
    open.extend(account.effects.keys().map(|key| format!("effect `{key}` has not ended")));
    open
}
