//! Payments, refunds and disputes from Stripe's balance transactions.

mod cursor;
mod map;
mod wire;

use cursor::Cursor;
use dunlin_plugin_sdk::gateway::Fact;
use dunlin_plugin_sdk::http::{Answer, Connection, encoded};
use dunlin_plugin_sdk::{Date, Error, Event, Gateway, Page, Progress, Refusal, Result, log};
use map::Taken;
use serde::Deserialize;
use serde_json::Value;

/// The shape of Stripe's answers changes with their version; this is the one that `wire` describes.
const API_VERSION: &str = "2024-06-20";
/// The most that Stripe puts into one answer.
const PAGE_LEN: usize = 100;
const PAGES_PER_PULL: usize = 3;
/// Looked at again in one pull, so that a thousand of them do not use up Stripe's rate.
const WAITING_PER_PULL: usize = 10;

pub struct Stripe;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Real money, or Stripe's test mode; objects of the other one are refused.
    live: bool,
    /// What happened before this day is not read; none: all that the account ever had.
    since: Option<Date>,
    /// What the hub calls this account.
    #[serde(default = "account")]
    account: String,
    /// Metadata of a charge that names what it pays.
    #[serde(default = "reference_keys")]
    reference_keys: Vec<String>,
    /// Asks for the number of the Stripe invoice behind a charge, which needs the right to read invoices.
    #[serde(default = "yes")]
    invoice_numbers: bool,
}

dunlin_plugin_sdk::export!(Stripe: gateway);

impl Gateway for Stripe {
    type Config = Config;

    fn check(config: &Config) -> Result<()> {
        let balance: wire::Balance = ask("/v1/balance", &[])?.ok()?.json()?;
        if balance.livemode != config.live {
            let (key, wanted) = (map::mode(balance.livemode), map::mode(config.live));
            return Err(Error::misconfigured(format!(
                "the key is one of {key} mode, and `live` asks for {wanted} mode"
            ))
            .hint("set the key of the other mode with `dunlin secret set`, or change `live`"));
        }
        list(config, &Cursor::default(), 1).map(|_| ())
    }

    fn pull(config: &Config, cursor: Option<&str>) -> Result<Page<Fact>> {
        let mut found = Found { cursor: Cursor::read(cursor)?, events: Vec::new(), refusals: Vec::new() };
        found.cursor.floor = found.cursor.floor.or(config.since.and_then(map::midnight));
        // Once a round; more often only where reading has to wait for them.
        if !found.cursor.is_within_a_round() || found.cursor.is_full(PAGE_LEN) {
            found.look_again(config)?;
        }
        let more = found.read_on(config)?;
        let progress = Progress { cursor: found.cursor.write()?, more, refusals: found.refusals, totals: Vec::new() };
        Ok(Page { events: found.events, progress })
    }
}

/// What one pull gathers.
struct Found {
    cursor: Cursor,
    events: Vec<Event<Fact>>,
    refusals: Vec<Refusal>,
}

impl Found {
    /// Asks for payments that were on their way when they were read.
    fn look_again(&mut self, config: &Config) -> Result<()> {
        let query = expanded(config, &["source"], &["source.invoice"]);
        for id in self.cursor.next_waiting(WAITING_PER_PULL) {
            let answer = ask(&format!("/v1/balance_transactions/{}", encoded(&id)), &query)?;
            if answer.status == 404 {
                self.refusals.push(map::refusal(&id, "", "it was on its way, and Stripe does not know it any more"));
                continue;
            }
            self.take(config, &answer.ok()?.json()?);
        }
        Ok(())
    }

    /// Reads some pages, the newest first; whether there are more.
    fn read_on(&mut self, config: &Config) -> Result<bool> {
        for page in 0..PAGES_PER_PULL {
            if self.cursor.is_full(PAGE_LEN) {
                log::warn(format!(
                    "`{}` payments are on their way; no more are read until some have arrived",
                    self.cursor.waiting.len()
                ));
                return Ok(false);
            }
            let read = list(config, &self.cursor, PAGE_LEN).and_then(|list| {
                self.cursor.turn(&list)?;
                Ok(list)
            });
            let list = match read {
                Ok(list) => list,
                // What was read so far is kept; the next pull meets the same error and tells it.
                Err(_) if page > 0 => return Ok(true),
                Err(error) => return Err(error),
            };
            // The oldest first, as a refund follows its charge.
            list.data.iter().rev().for_each(|transaction| self.take(config, transaction));
            if !list.has_more {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn take(&mut self, config: &Config, transaction: &Value) {
        match map::taken(config, transaction) {
            Ok(Taken::Nothing) => {}
            Ok(Taken::Final(event)) => self.events.push(event),
            Ok(Taken::OnItsWay(event)) => {
                self.cursor.wait_for(&event.source.document);
                self.events.push(event);
            }
            Err(refusal) => self.refusals.push(refusal),
        }
    }
}

fn ask(target: &str, query: &[(&str, String)]) -> Result<Answer> {
    let call = Connection::new("api").get(target).header("stripe-version", API_VERSION);
    Ok(query.iter().fold(call, |call, (name, value)| call.query(name, value)).send()?)
}

/// The page that follows in the round of this cursor.
fn list(config: &Config, cursor: &Cursor, limit: usize) -> Result<wire::List> {
    let invoices = ["data.source.invoice", "data.source.charge.invoice"];
    let mut query = expanded(config, &["data.source", "data.source.charge"], &invoices);
    query.push(("limit", limit.to_string()));
    query.extend(cursor.floor.map(|floor| ("created[gte]", floor.to_string())));
    query.extend(cursor.after.clone().map(|after| ("starting_after", after)));
    ask("/v1/balance_transactions", &query)?.ok()?.json()
}

/// The objects behind a transaction, in the same answer: always, and those that need the right to read invoices.
fn expanded(config: &Config, always: &[&str], invoices: &[&str]) -> Vec<(&'static str, String)> {
    let invoices = if config.invoice_numbers { invoices } else { &[] };
    always.iter().chain(invoices).map(|path| ("expand[]", (*path).to_owned())).collect()
}

fn account() -> String {
    "stripe".to_owned()
}

fn reference_keys() -> Vec<String> {
    ["invoice", "invoice_number", "order"].map(str::to_owned).to_vec()
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests;
