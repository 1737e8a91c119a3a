//! `dunlin why`: an account on a day, and the reasons that were recorded then.

use clap::Args;
use engine::Clock;
use escalation::{AccountId, Date};

use super::{Common, Done, Failure, print_json};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::{database, record};

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
    let config = Config::read(&why.common.config).map_err(|error| Failure::Usage(error.to_string()))?;
    let store = database::open_read_only(&config).await?;
    let id = AccountId::new(&why.account);
    let day = why.on.unwrap_or_else(|| SystemClock::new(config.zone.clone()).now().date());
    let record = record::of(store.as_ref(), &id, day).await?;
    if why.common.json {
        return print_json(&record);
    }
    println!("{} ({id}) on {day}", record.name);
    for line in record.lines {
        println!("  {line}");
    }
    Ok(())
}
