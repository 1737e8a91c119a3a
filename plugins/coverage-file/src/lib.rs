//! Enquiries about cover out, answers back, as CSV files.

mod map;
mod wire;

use std::collections::BTreeMap;

use dunlin_plugin_sdk::coverage::{Effect, Fact};
use dunlin_plugin_sdk::files::{Connection, name_of_key};
use dunlin_plugin_sdk::{Batch, Coverage, Finding, Inbox, Outcome, Page, Receipt, Request, Result};
use serde::Deserialize;

const OUTGOING: &str = "outgoing";
const ANSWERS: &str = "answers";
const FILES_PER_PULL: usize = 20;
/// Files of `outgoing/` that a look-up reads at most.
const FILES_PER_LOOKUP: u32 = 200;

pub struct CoverageFile;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The payer's own words, each with `active` or `lapsed`.
    statuses: BTreeMap<String, map::Status>,
}

impl Coverage for CoverageFile {
    type Config = Config;

    fn check(_: &Config) -> Result<()> {
        payers().list(ANSWERS, None, 1).map(|_| ())
    }

    fn pull(config: &Config, cursor: Option<&str>) -> Result<Page<Fact>> {
        let inbox =
            Inbox { connection: payers(), folder: ANSWERS, extensions: &["csv"], files_per_pull: FILES_PER_PULL };
        inbox.pull(cursor, |document| map::facts(document, config))
    }

    fn perform(_: &Config, batch: &Batch, requests: &[Request<Effect>]) -> Result<Vec<Outcome>> {
        let path = format!("{OUTGOING}/enquiries-{}.csv", name_of_key(&batch.id));
        let mut rows = Vec::new();
        let mut outcomes = Vec::with_capacity(requests.len());
        for request in requests {
            outcomes.push(match &request.effect {
                Effect::EnquireCover(enquiry) if enquiry.on < batch.today => {
                    Outcome::rejected("expired", format!("the appointment was on {}", enquiry.on))
                }
                Effect::EnquireCover(enquiry) => {
                    rows.push(map::row(&request.key, enquiry));
                    Outcome::done(&path)
                }
                Effect::Other(other) => Outcome::not_supported(format!("an enquiry cannot be `{}`", other.kind)),
            });
        }
        if !rows.is_empty() {
            payers().write(&path, wire::write(&rows)?)?;
        }
        Ok(outcomes)
    }

    fn lookup(_: &Config, keys: &[String]) -> Result<Vec<Finding>> {
        let mut found = BTreeMap::new();
        for entry in payers().list(OUTGOING, None, FILES_PER_LOOKUP)? {
            let path = format!("{OUTGOING}/{}", entry.name);
            for key in wire::enquiry_ids(&payers().read(&path)?) {
                found.insert(key, path.clone());
            }
        }
        let finding = |key: &String| match found.get(key) {
            Some(path) => Finding::Done(Receipt { reference: path.clone(), notes: Vec::new() }),
            None => Finding::Unclear("in no file of `outgoing/`; the payer may have collected it".to_owned()),
        };
        Ok(keys.iter().map(finding).collect())
    }
}

dunlin_plugin_sdk::export!(CoverageFile: coverage);

fn payers() -> Connection {
    Connection::new("payers")
}

#[cfg(test)]
mod tests;
