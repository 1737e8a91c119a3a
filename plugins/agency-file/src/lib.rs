//! Placements to a collection agency as CSV files, and its answers back.

mod map;
mod wire;

use dunlin_plugin_sdk::agency::{Effect, Fact};
use dunlin_plugin_sdk::files::Connection;
use dunlin_plugin_sdk::{Agency, Batch, Document, Error, Inbox, Outcome, Page, Refusal, Request, Result, Taken};
use serde::Deserialize;

/// The folder that the operator binds.
const CONNECTION: &str = "agency";
const INCOMING: &str = "incoming";
const OUTGOING: &str = "outgoing";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Who gets the files; stands in the receipt of each effect.
    agency_name: String,
    /// Between cells, in both directions.
    #[serde(default)]
    delimiter: wire::Delimiter,
}

pub struct AgencyFile;

dunlin_plugin_sdk::export!(AgencyFile: agency);

impl Agency for AgencyFile {
    type Config = Config;

    fn check(config: &Config) -> Result<()> {
        if config.agency_name.trim().is_empty() {
            return Err(Error::misconfigured("`agency_name` is empty").hint("name the agency that gets the files"));
        }
        Connection::new(CONNECTION).list(INCOMING, None, 1).map(|_| ())
    }

    fn pull(config: &Config, cursor: Option<&str>) -> Result<Page<Fact>> {
        let connection = Connection::new(CONNECTION);
        let inbox = Inbox { connection, folder: INCOMING, extensions: &["csv"], files_per_pull: 8 };
        inbox.pull(cursor, |document| config.take(document))
    }

    fn perform(config: &Config, batch: &Batch, requests: &[Request<Effect>]) -> Result<Vec<Outcome>> {
        let (parcels, outcomes) = map::parcels(batch, config.delimiter, &config.agency_name, requests)?;
        let connection = Connection::new(CONNECTION);
        for parcel in parcels {
            connection.write(&format!("{OUTGOING}/{}", parcel.name), parcel.content)?;
        }
        Ok(outcomes)
    }
}

impl Config {
    fn take(&self, document: &Document) -> std::result::Result<Taken<Fact>, Refusal> {
        let file = wire::incoming::read(&document.bytes, self.delimiter)
            .map_err(|fault| document.refusal(format!("line {}", fault.line), fault.reason))?;
        let (events, totals) = map::facts(&document.name, file);
        Ok(Taken { totals, ..Taken::new(events) })
    }
}
