//! `dunlin why`: an account on a day, and the reasons.

use clap::Args;
use engine::clock::morning;
use engine::{Clock, limits};
use escalation::{Account, AccountId, Date, Now, decide, evolve};
use store::{Content, Store};

use super::{Common, Done, Failure, print_json};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::database;
use crate::start::read_policy;

#[derive(Args)]
pub struct Why {
    /// The account
    account: String,
    /// The day to look at; today when it is not given
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    #[command(flatten)]
    common: Common,
}

pub async fn run(why: Why) -> Done {
    let usage = |error: &dyn std::error::Error| Failure::Usage(error.to_string());
    let config = Config::read(&why.common.config).map_err(|error| usage(&error))?;
    let policy = read_policy(&config.policy).map_err(|error| usage(&error))?;
    let store = database::open_read_only(&config).await?;
    let id = AccountId::new(&why.account);
    let day = why.on.unwrap_or_else(|| SystemClock::new(config.zone.clone()).now().date());
    let Some(account) = as_of(store.as_ref(), &id, day).await? else {
        let hint = "hint: the accounts are listed on the desk, and under `/api/accounts`";
        return Err(Failure::Work(format!("there is no account `{id}` on {day}\n\n{hint}")));
    };
    let now = Now { at: morning(day), cash_known_until: None, backfill: false };
    let decision = decide(&account, &policy, &now);
    let lines = escalation::explain::explain(&account, &decision);
    if why.common.json {
        let answer = serde_json::json!({
            "account": id, "on": day, "open": account.open(), "overdue": account.overdue(day),
            "because": decision.because, "look_again": decision.look_again, "lines": lines,
        });
        return print_json(&answer);
    }
    println!("{} ({id}) on {day}", account.debtor.name);
    for line in lines {
        println!("  {line}");
    }
    Ok(())
}

/// The account as its events made it up to the end of a day; none when it had none.
pub(super) async fn as_of(store: &dyn Store, id: &AccountId, day: Date) -> Result<Option<Account>, Failure> {
    let mut account = Account::new(id.clone());
    let mut seq = 0;
    loop {
        let page = store.journal(id, seq, limits::JOURNAL_PAGE).await?;
        let Some(last) = page.last().map(|entry| entry.seq) else { break };
        for entry in &page {
            match (entry.effective(), &entry.content) {
                (Some(event), _) if event.at.date() <= day => evolve(&mut account, event),
                (None, Content::Unreadable(why)) if entry.skipped.is_none() => return Err(Failure::Work(why.clone())),
                (None, Content::Erased) => {
                    return Err(Failure::Work(format!("account `{id}` was erased: nothing is known of it any more")));
                }
                // Later, or passed over by an operator: no part of the account.
                _ => {}
            }
        }
        seq = last;
    }
    Ok((seq > 0).then_some(account))
}
