//! Placements to a law firm or agency as YGC records, and its answers back.

mod codes;
mod layout;
mod map;
mod memory;
mod outgoing;
mod wire;

use codes::Codes;
use dunlin_plugin_sdk::agency::{Effect, Fact};
use dunlin_plugin_sdk::files::Connection;
use dunlin_plugin_sdk::{
    Agency, Batch, Document, Error, Inbox, Outcome, Page, Refusal, Request, Result, Taken, decimals,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The connection as the manifest names it, and its folders.
const CONNECTION: &str = "agency";
const INCOMING: &str = "incoming";
const OUTGOING: &str = "outgoing";
const TOTALS: &str = "totals";

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Who gets the files; stands in the receipt of each effect.
    agency_name: String,
    /// The creditor's identity in the exchange.
    sender_id: String,
    /// The agency's identity in the exchange.
    firm_id: String,
    /// Of all amounts, as the records name none.
    #[serde(default = "currency")]
    currency: String,
    /// The status that recalls an account.
    #[serde(default = "recall_code")]
    recall_code: String,
    /// What a status code means, beside those that are known.
    #[serde(default)]
    codes: BTreeMap<String, String>,
}

pub struct AgencyYgc;

dunlin_plugin_sdk::export!(AgencyYgc: agency);

impl Agency for AgencyYgc {
    type Config = Config;

    fn check(config: &Config) -> Result<()> {
        config.check()?;
        Codes::new(&config.codes)?;
        Connection::new(CONNECTION).list(INCOMING, None, 1).map(|_| ())
    }

    fn pull(config: &Config, cursor: Option<&str>) -> Result<Page<Fact>> {
        let codes = Codes::new(&config.codes)?;
        let connection = Connection::new(CONNECTION);
        // One file at a time: the host keeps a bounded number of changed accounts from one call.
        let inbox = Inbox { connection, folder: INCOMING, extensions: &["ygc", "txt", "dat"], files_per_pull: 1 };
        let mut stopped: Option<Error> = None;
        let page = inbox.pull(cursor, |document| take(config, &codes, document, &mut stopped));
        // A memory that does not answer is no fault of the file: nothing was taken, and the file is read again.
        match stopped {
            Some(error) => Err(error),
            None => page,
        }
    }

    fn perform(config: &Config, batch: &Batch, requests: &[Request<Effect>]) -> Result<Vec<Outcome>> {
        let (parcels, outcomes) = outgoing::parcels(config, batch, requests)?;
        let connection = Connection::new(CONNECTION);
        for parcel in parcels {
            connection.write(&format!("{TOTALS}/{}.csv", parcel.name), parcel.totals)?;
            connection.write(&format!("{OUTGOING}/{}.ygc", parcel.name), parcel.content)?;
        }
        Ok(outcomes)
    }
}

fn take(
    config: &Config,
    codes: &Codes,
    document: &Document,
    stopped: &mut Option<Error>,
) -> std::result::Result<Taken<Fact>, Refusal> {
    match map::take(config, codes, document) {
        Ok(taken) => taken.map_err(|fault| document.refusal(fault.place, fault.reason)),
        Err(error) => {
            let refusal = document.refusal("", error.message.clone());
            *stopped = Some(error);
            Err(refusal)
        }
    }
}

impl Config {
    fn check(&self) -> Result<()> {
        if self.agency_name.trim().is_empty() {
            return Err(Error::misconfigured("`agency_name` is empty").hint("name the agency that gets the files"));
        }
        for (name, id) in [("sender_id", &self.sender_id), ("firm_id", &self.firm_id)] {
            let width = layout::start::WRITER_ID.width();
            if id.is_empty() || id.len() > width || !id.bytes().all(|sign| sign.is_ascii_graphic()) {
                return Err(Error::misconfigured(format!("`{name}` is `{id}`"))
                    .hint(format!("an identity of the exchange has 1 to {width} letters and digits")));
            }
        }
        let code = self.currency.len() == 3 && self.currency.bytes().all(|letter| letter.is_ascii_uppercase());
        if !code || decimals(&self.currency) != 2 {
            return Err(Error::misconfigured(format!("`currency` is `{}`", self.currency))
                .hint("the records have amounts with two decimals: name a currency that has them"));
        }
        if self.recall_code.is_empty() || self.recall_code.len() > layout::note::PCODE.width() {
            return Err(Error::misconfigured(format!("`recall_code` is `{}`", self.recall_code))
                .hint("a status code has 1 to 8 signs, as `*CC:C111`"));
        }
        Ok(())
    }
}

fn currency() -> String {
    "USD".to_owned()
}

fn recall_code() -> String {
    "*CC:C111".to_owned()
}

#[cfg(test)]
mod tests;
