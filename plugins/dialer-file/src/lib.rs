//! Call lists out, call results back, as CSV files.

mod map;
mod wire;

use std::collections::BTreeMap;

use dunlin_plugin_sdk::dialer::{Effect, Fact};
use dunlin_plugin_sdk::files::{Connection, name_of_key};
use dunlin_plugin_sdk::{Batch, Dialer, Finding, Inbox, Outcome, Page, Request, Result};
use serde::Deserialize;

use crate::wire::Delimiter;

const OUTGOING: &str = "outgoing";
const RESULTS: &str = "results";
const FILES_PER_PULL: usize = 4;
/// Files of `outgoing/` that a look-up reads at most.
const FILES_PER_LOOKUP: u32 = 200;

pub struct DialerFile;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The dialer's own codes, each with the contract's code that it means.
    dispositions: BTreeMap<String, map::Disposition>,
    /// For dialers that hold several lists: the value of a last column `list_id`.
    list_id: Option<String>,
    delimiter: Delimiter,
}

impl Dialer for DialerFile {
    type Config = Config;

    fn check(_: &Config) -> Result<()> {
        lists().list(RESULTS, None, 1).map(|_| ())
    }

    fn pull(config: &Config, cursor: Option<&str>) -> Result<Page<Fact>> {
        let inbox =
            Inbox { connection: lists(), folder: RESULTS, extensions: &["csv"], files_per_pull: FILES_PER_PULL };
        inbox.pull(cursor, |document| map::facts_of_document(document, config.delimiter, &config.dispositions))
    }

    fn perform(config: &Config, batch: &Batch, requests: &[Request<Effect>]) -> Result<Vec<Outcome>> {
        let name = name_of_key(&batch.id);
        let calls_path = format!("{OUTGOING}/calls-{name}.csv");
        let withdrawals_path = format!("{OUTGOING}/withdraw-{name}.csv");
        let (mut calls, mut withdrawals) = (Vec::new(), Vec::new());
        let mut outcomes = Vec::with_capacity(requests.len());
        for request in requests {
            outcomes.push(match &request.effect {
                Effect::QueueCall(call) => match map::objection(call, batch.today) {
                    Some(rejected) => rejected,
                    None => {
                        calls.push((request.key.as_str(), call));
                        Outcome::done(&calls_path)
                    }
                },
                Effect::WithdrawCall(withdrawal) => {
                    withdrawals.push(withdrawal);
                    Outcome::done(&withdrawals_path)
                }
                Effect::Other(other) => Outcome::not_supported(format!("a call list cannot carry `{}`", other.kind)),
            });
        }
        if !calls.is_empty() {
            lists().write(&calls_path, map::call_list(calls, config.list_id.as_deref(), config.delimiter)?)?;
        }
        if !withdrawals.is_empty() {
            lists().write(&withdrawals_path, map::withdrawal_list(&withdrawals, config.delimiter)?)?;
        }
        Ok(outcomes)
    }

    fn lookup(config: &Config, keys: &[String]) -> Result<Vec<Finding>> {
        let mut found = BTreeMap::new();
        for entry in lists().list(OUTGOING, None, FILES_PER_LOOKUP)? {
            if entry.name.starts_with("calls-") {
                let path = format!("{OUTGOING}/{}", entry.name);
                for key in wire::lead_ids(&lists().read(&path)?, config.delimiter) {
                    found.insert(key, path.clone());
                }
            }
        }
        Ok(keys.iter().map(|key| map::finding(found.get(key))).collect())
    }
}

dunlin_plugin_sdk::export!(DialerFile: dialer);

fn lists() -> Connection {
    Connection::new("lists")
}

#[cfg(test)]
mod tests;
