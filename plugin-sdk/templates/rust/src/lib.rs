//! What Acme tells, read a page at a time behind a cursor.

mod wire;
mod map;

#[cfg(test)]
mod tests;

use dunlin_plugin_sdk::dialer::Fact;
use dunlin_plugin_sdk::http::Connection;
use dunlin_plugin_sdk::{Dialer, Error, Page, Progress, Refusal, Result, log};
use serde::Deserialize;
use serde_json::Value;

struct Acme;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Events of one request.
    #[serde(default = "hundred")]
    page: usize,
}

fn hundred() -> usize {
    100
}

impl Dialer for Acme {
    type Config = Config;

    /// Is the configuration usable? A wrong credential is noticed here and not at night.
    fn check(config: &Config) -> Result<()> {
        match config.page {
            1..=1_000 => read(config.page, 0).map(drop),
            page => Err(Error::misconfigured(format!("`page` is {page}")).hint("allowed is 1 to 1000")),
        }
    }

    fn pull(config: &Config, cursor: Option<&str>) -> Result<Page<Fact>> {
        let after: u64 = match cursor {
            Some(cursor) => cursor.parse().map_err(|_| Error::broken(format!("`{cursor}` is no cursor of ours")))?,
            None => 0,
        };
        let rows = read(config.page, after)?;
        let (mut events, mut refusals, mut last) = (Vec::new(), Vec::new(), after);
        for row in &rows {
            // Without an id nothing could be read behind it.
            let id = row["id"].as_u64().ok_or_else(|| Error::broken("an event has no `id`"))?;
            last = last.max(id);
            let read = wire::Row::deserialize(row).map_err(|error| error.to_string());
            match read.and_then(|row| map::event(&row)) {
                Ok(event) => events.push(event),
                Err(reason) => {
                    log::warn(format!("event {id}: {reason}"));
                    refusals.push(Refusal { document: "acme".to_owned(), place: format!("event {id}"), reason });
                }
            }
        }
        let more = rows.len() >= config.page && last > after;
        Ok(Page { events, progress: Progress { cursor: last.to_string(), more, refusals, totals: Vec::new() } })
    }
}

dunlin_plugin_sdk::export!(Acme: dialer);

fn read(page: usize, after: u64) -> Result<Vec<Value>> {
    Connection::new("api").get("/events").query("after", after).query("limit", page).send()?.ok()?.json()
}
