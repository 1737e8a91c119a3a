//! Orders for credit reports out, credit reports back, as JSON files.

mod map;
mod wire;

use std::collections::BTreeMap;

use dunlin_plugin_sdk::bureau::{Effect, Fact};
use dunlin_plugin_sdk::files::{Connection, name_of_key};
use dunlin_plugin_sdk::{Batch, Bureau, Finding, Inbox, Outcome, Page, Receipt, Request, Result};
use serde::Deserialize;

const OUTGOING: &str = "outgoing";
const REPORTS: &str = "reports";
const FILES_PER_PULL: usize = 20;
/// Files of `outgoing/` that a look-up reads at most.
const FILES_PER_LOOKUP: u32 = 200;

pub struct BureauFile;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// For reports that do not say who made them.
    bureau: Option<String>,
    /// Who the creditor is at the bureau; stands in every order file.
    customer_number: Option<String>,
    /// The bureau's own words, each with the contract's that it means.
    verdicts: BTreeMap<String, map::Verdict>,
}

impl Bureau for BureauFile {
    type Config = Config;

    fn check(_: &Config) -> Result<()> {
        folder().list(REPORTS, None, 1).map(|_| ())
    }

    fn pull(config: &Config, cursor: Option<&str>) -> Result<Page<Fact>> {
        let inbox =
            Inbox { connection: folder(), folder: REPORTS, extensions: &["json"], files_per_pull: FILES_PER_PULL };
        inbox.pull(cursor, |document| map::facts(document, config))
    }

    fn perform(config: &Config, batch: &Batch, requests: &[Request<Effect>]) -> Result<Vec<Outcome>> {
        let path = format!("{OUTGOING}/orders-{}.json", name_of_key(&batch.id));
        let mut orders = Vec::new();
        let outcomes = requests.iter().map(|request| match &request.effect {
            Effect::OrderCreditReport(order) => {
                orders.push(map::order(&request.key, order));
                Outcome::done(&path)
            }
            Effect::Other(other) => Outcome::not_supported(format!("an order file cannot carry `{}`", other.kind)),
        });
        let outcomes = outcomes.collect();
        if !orders.is_empty() {
            folder().write(&path, wire::write(&map::order_file(config, batch, orders))?)?;
        }
        Ok(outcomes)
    }

    fn lookup(_: &Config, keys: &[String]) -> Result<Vec<Finding>> {
        let mut found = BTreeMap::new();
        for entry in folder().list(OUTGOING, None, FILES_PER_LOOKUP)? {
            let path = format!("{OUTGOING}/{}", entry.name);
            for key in wire::order_keys(&folder().read(&path)?) {
                found.insert(key, path.clone());
            }
        }
        let finding = |key: &String| match found.get(key) {
            Some(path) => Finding::Done(Receipt { reference: path.clone(), notes: Vec::new() }),
            None => Finding::Unclear("in no file of `outgoing/`; the bureau may have collected it".to_owned()),
        };
        Ok(keys.iter().map(finding).collect())
    }
}

dunlin_plugin_sdk::export!(BureauFile: bureau);

fn folder() -> Connection {
    Connection::new("bureau")
}

#[cfg(test)]
mod tests;
