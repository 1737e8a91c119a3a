//! `dunlin letter`: a letter to an account as a file, as it would be written today. Nothing is sent and nothing recorded.

use std::path::PathBuf;

use clap::Args;
use engine::Clock;
use engine::history::{Told, tell};
use escalation::{Account, AccountId, Date, evolve};
use letters::Letters;
use store::Store;

use super::{Common, Done, Failure, print_json};
use crate::asks::Clerk;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::database;
use crate::packs;

#[derive(Args)]
pub struct Letter {
    /// The account
    account: String,
    /// The letter, such as `statement-of-account`
    #[arg(long, value_name = "TEMPLATE")]
    template: String,
    /// Another language than the debtor's
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<String>,
    /// The day of the letter; today when it is not given
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// The day to pay by, for letters that name one
    #[arg(long, value_name = "DATE")]
    deadline: Option<Date>,
    /// Where to write it; its ending says how: pdf, html or txt
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    common: Common,
}

pub async fn run(letter: Letter) -> Done {
    let usage = |error: &dyn std::error::Error| Failure::Usage(error.to_string());
    let config = Config::read(&letter.common.config).map_err(|error| usage(&error))?;
    let packs = packs::of(&config).map_err(|error| usage(&error))?;
    let letters = Letters::load(&config.letters, packs).map_err(|error| usage(&error))?;
    let store = database::open_read_only(&config).await?;
    let id = AccountId::new(&letter.account);
    let day = letter.on.unwrap_or_else(|| SystemClock::new(config.zone.clone()).now().date());
    let Some(account) = as_of(store.as_ref(), &id, day).await? else {
        let hint = "hint: the accounts are listed on the desk, and under `/api/accounts`";
        return Err(Failure::Work(format!("there is no account `{id}` on {day}\n\n{hint}")));
    };
    let clerk = Clerk::of(&config, letters);
    let written = clerk.about(&account, &letter.template, letter.language, letter.deadline, day)?;
    let content = match letter.out.extension().and_then(|ending| ending.to_str()) {
        Some("pdf") => clerk.letters.print(&written)?,
        Some("html") => written.html().into_bytes(),
        Some("txt") => format!("{}\n\n{}", written.subject, written.text()).into_bytes(),
        _ => {
            let file = letter.out.display();
            return Err(Failure::Usage(format!("`{file}`: the ending must be `pdf`, `html` or `txt`")));
        }
    };
    std::fs::write(&letter.out, &content)
        .map_err(|why| Failure::Work(format!("`{}` cannot be written: {why}", letter.out.display())))?;
    if letter.common.json {
        let answer = serde_json::json!({
            "account": id, "template": written.template, "language": written.language, "subject": written.subject,
            "file": letter.out, "bytes": content.len(),
        });
        return print_json(&answer);
    }
    println!("{}: {} ({} bytes)", letter.out.display(), written.subject, content.len());
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
