//! Notifications to colleagues as e-mails in an outgoing folder; their answers back.

mod map;
mod wire;

use dunlin_plugin_sdk::files::{Connection, name_of_key};
use dunlin_plugin_sdk::mail::Address;
use dunlin_plugin_sdk::notifier::{Effect, Fact, Notification};
use dunlin_plugin_sdk::{Batch, Finding, Inbox, Notifier, Outcome, Page, Receipt, Request, Result};
use serde::Deserialize;

const INCOMING: &str = "incoming";
const OUTGOING: &str = "outgoing";
const FILES_PER_PULL: usize = 20;

pub struct NotifierEmail;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    from_address: Address,
    from_name: Option<String>,
    reply_to: Option<Address>,
    /// By which answers are recognised; none: the sender's domain.
    message_id_domain: Option<String>,
}

impl Notifier for NotifierEmail {
    type Config = Config;

    fn check(config: &Config) -> Result<()> {
        map::check(config)?;
        mailbox().list(INCOMING, None, 1).map(|_| ())
    }

    fn pull(config: &Config, cursor: Option<&str>) -> Result<Page<Fact>> {
        let inbox =
            Inbox { connection: mailbox(), folder: INCOMING, extensions: &["eml"], files_per_pull: FILES_PER_PULL };
        inbox.pull(cursor, |document| map::facts(document, config))
    }

    fn perform(config: &Config, batch: &Batch, requests: &[Request<Effect>]) -> Result<Vec<Outcome>> {
        let perform = |request: &Request<Effect>| match &request.effect {
            Effect::Notify(notification) => notify(config, batch, &request.key, notification),
            Effect::Other(other) => Ok(Outcome::not_supported(format!("an e-mail cannot `{}`", other.kind))),
        };
        requests.iter().map(perform).collect()
    }

    fn lookup(_: &Config, keys: &[String]) -> Result<Vec<Finding>> {
        keys.iter().map(|key| look_up(key)).collect()
    }
}

dunlin_plugin_sdk::export!(NotifierEmail: notifier);

fn mailbox() -> Connection {
    Connection::new("mailbox")
}

fn file_of(key: &str) -> String {
    format!("{}.eml", name_of_key(key))
}

fn notify(config: &Config, batch: &Batch, key: &str, notification: &Notification) -> Result<Outcome> {
    match map::email(config, batch, key, notification) {
        Ok(email) => {
            let path = format!("{OUTGOING}/{}", file_of(key));
            mailbox().write(&path, email)?;
            Ok(Outcome::done(path))
        }
        Err(rejection) => Ok(Outcome::Rejected(rejection)),
    }
}

fn look_up(key: &str) -> Result<Finding> {
    let file = file_of(key);
    Ok(match mailbox().find(OUTGOING, &file)? {
        Some(_) => Finding::Done(Receipt { reference: format!("{OUTGOING}/{file}"), notes: Vec::new() }),
        None => Finding::Unclear("not in `outgoing/`; it may have been collected".to_owned()),
    })
}

#[cfg(test)]
mod tests;
