//! A dialer that does what its configuration says, such as `{"do": "loop"}`: mostly what a plugin must not do.
#![cfg(target_arch = "wasm32")]
#![allow(unsafe_code, reason = "the generated glue of the contract")]

mod acts;
mod facts;

wit_bindgen::generate!({ path: "../../plugin-sdk/wit", world: "dunlin:plugin/dialer-plugin", generate_all });

use dunlin::plugin::types::{Batch, Error, Finding, Outcome, Progress, Receipt};
use exports::dunlin::plugin::dialer::{Guest, Page, Request};
use serde_json::Value;

struct Hostile;

export!(Hostile);

impl Guest for Hostile {
    fn check(config: String) -> Result<(), Error> {
        acts::act(&read(&config)?).map(drop)
    }

    fn pull(config: String, cursor: Option<String>) -> Result<Page, Error> {
        let config = read(&config)?;
        let told = acts::act(&config)?;
        let events = if config["do"] == "garbage" { facts::garbage() } else { vec![facts::promise(&told)] };
        let totals = if config["do"] == "garbage" { facts::totals() } else { Vec::new() };
        let cursor = cursor.unwrap_or_default() + "+";
        Ok(Page { events, progress: Progress { cursor, more: false, refusals: Vec::new(), totals } })
    }

    fn perform(config: String, _batch: Batch, requests: Vec<Request>) -> Result<Vec<Outcome>, Error> {
        let config = read(&config)?;
        let told = acts::act(&config)?;
        let mut outcomes: Vec<Outcome> = requests.iter().map(|request| done(&request.key, &told)).collect();
        if config["do"] == "miscount" {
            outcomes.pop();
        }
        Ok(outcomes)
    }

    fn lookup(config: String, keys: Vec<String>) -> Result<Vec<Finding>, Error> {
        acts::act(&read(&config)?)?;
        Ok(keys.iter().map(|_| Finding::Absent).collect())
    }
}

fn read(config: &str) -> Result<Value, Error> {
    serde_json::from_str(config).map_err(|error| acts::error("misconfigured", &error.to_string()))
}

fn done(key: &str, told: &str) -> Outcome {
    let reference = if told.is_empty() { key.to_owned() } else { told.to_owned() };
    Outcome::Done(Receipt { reference, notes: Vec::new() })
}
