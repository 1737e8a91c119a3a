//! Accounting plugin: open-item lists in, credit holds and cash applications out, as CSV files.

pub mod config;
pub mod map;
mod open_items;
pub mod outgoing;
pub mod wire;

#[cfg(test)]
mod tests;

use dunlin_plugin_sdk::accounting::{Effect, Fact};
use dunlin_plugin_sdk::files::Connection;
use dunlin_plugin_sdk::{
    Accounting, Batch, Document, Error, Inbox, Outcome, Page, Refusal, Request, Result, Taken, log,
};

use config::{Config, Layout};

/// The connection as the manifest names it, and its folders.
const BOOKING: &str = "booking";
const INCOMING: &str = "incoming";
const OUTGOING: &str = "outgoing";

struct CsvLists;

impl Accounting for CsvLists {
    type Config = Config;

    fn check(config: &Config) -> Result<()> {
        Layout::new(config)?;
        Connection::new(BOOKING).list(INCOMING, None, 1).map(drop)
    }

    fn pull(config: &Config, cursor: Option<&str>) -> Result<Page<Fact>> {
        let layout = Layout::new(config)?;
        let connection = Connection::new(BOOKING);
        let inbox = Inbox { connection, folder: INCOMING, extensions: &["csv", "txt", "asc"], files_per_pull: 10 };
        // What stops the whole pull rather than one document: the plugin's own memory.
        let mut stopped: Option<Error> = None;
        let page = inbox.pull(cursor, |document| take(&layout, document, &mut stopped))?;
        stopped.map_or(Ok(page), Err)
    }

    fn perform(config: &Config, batch: &Batch, requests: &[Request<Effect>]) -> Result<Vec<Outcome>> {
        let layout = Layout::new(config)?;
        let (files, outcomes) = outgoing::files(&layout, batch, requests)?;
        let connection = Connection::new(BOOKING);
        for file in files {
            connection.write(&format!("{OUTGOING}/{}", file.name), file.content)?;
        }
        Ok(outcomes)
    }
}

fn take(
    layout: &Layout<'_>,
    document: &Document,
    stopped: &mut Option<Error>,
) -> std::result::Result<Taken<Fact>, Refusal> {
    let list = map::list(layout, &document.name, &document.bytes)?;
    let mut events = list.events();
    if layout.config.full_list {
        if list.items.is_empty() {
            return Err(document.refusal("", "an empty list would say that everything is paid; export it again"));
        }
        if list.refusals.is_empty() {
            match open_items::compare(&list) {
                Ok(settled) => events.extend(settled),
                Err(error) => *stopped = Some(error),
            }
        } else {
            // A row that could not be read may be the item that seems to be gone.
            log::warn(format!("`{}`: rows were refused, so nothing is taken as paid from this list", document.name));
        }
    }
    Ok(Taken { events, totals: Vec::new(), refusals: list.refusals })
}

dunlin_plugin_sdk::export!(CsvLists: accounting);
