//! `dunlin why`: an account on a day, and the reasons.

use clap::Args;
use engine::Clock;
use engine::clock::morning;
use engine::history::{Told, tell};
use escalation::{Account, AccountId, Date, Now, decide, evolve};
use store::Store;

use super::{Common, Done, Failure, print_json};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::database;
use crate::packs;
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
    let now = Now { at: morning(day), cash_known_until: None, backfill: false, offset_minutes: 0 };
    let decision = decide(&account, &policy, &packs::of(&config)?, &now);
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
async fn as_of(store: &dyn Store, id: &AccountId, day: Date) -> Result<Option<Account>, Failure> {
    let mut account = Account::new(id.clone());
    match tell(store, id, day, |event| evolve(&mut account, event)).await? {
        Told::All => Ok(Some(account)),
        Told::Nothing => Ok(None),
        Told::Erased => Err(Failure::Work(format!("account `{id}` was erased: nothing is known of it any more"))),
        Told::Unreadable(why) => Err(Failure::Work(why)),
    }
}
