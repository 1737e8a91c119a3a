//! `dunlin doctor`: what is well, and what is to be done.

use clap::Args;

use super::{Common, Done, Failure, print_json};
use crate::config::Config;
use crate::doctor::examine;

#[derive(Args)]
pub struct Doctor {
    #[command(flatten)]
    common: Common,
}

pub async fn run(doctor: Doctor) -> Done {
    let config = Config::read(&doctor.common.config).map_err(|error| Failure::Usage(error.to_string()))?;
    let checks = examine(&config).await;
    let wrong = checks.iter().filter(|check| !check.well).count();
    if doctor.common.json {
        print_json(&serde_json::json!({ "well": wrong == 0, "checks": checks }))?;
    } else {
        for check in &checks {
            println!("{:4}  {:13}  {}", if check.well { "ok" } else { "DO" }, check.check, check.says);
            if let Some(hint) = &check.hint {
                println!("{:21}  -> {hint}", "");
            }
        }
    }
    match wrong {
        0 => Ok(()),
        1 => Err(Failure::Work("there is one thing to do".to_owned())),
        _ => Err(Failure::Work(format!("there are {wrong} things to do"))),
    }
}
