//! E-mails and letters as files in an outgoing folder; delivery reports and replies back.

mod map;
mod wire;

use dunlin_plugin_sdk::files::{Connection, name_of_key};
use dunlin_plugin_sdk::mail::Address;
use dunlin_plugin_sdk::messenger::{Effect, Fact, Message};
use dunlin_plugin_sdk::{Batch, Finding, Inbox, Messenger, Outcome, Page, Receipt, Request, Result};
use serde::Deserialize;

use crate::map::Identity;

const INCOMING: &str = "incoming";
const FILES_PER_PULL: usize = 20;

pub struct Mailbox;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    from_address: Address,
    from_name: Option<String>,
    reply_to: Option<Address>,
    message_id_domain: Option<String>,
    unsubscribe_url: Option<String>,
    #[serde(default = "map::usual_stop_words")]
    stop_words: Vec<String>,
}

impl Messenger for Mailbox {
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
            Effect::Send(message) => send(config, batch, &request.key, message),
            Effect::Withdraw(withdrawal) => withdraw(&withdrawal.message),
            Effect::Other(other) => Ok(Outcome::not_supported(format!("a mailbox cannot `{}`", other.kind))),
        };
        requests.iter().map(perform).collect()
    }

    fn lookup(_: &Config, keys: &[String]) -> Result<Vec<Finding>> {
        keys.iter().map(|key| look_up(key)).collect()
    }
}

dunlin_plugin_sdk::export!(Mailbox: messenger);

/// How a channel lies in the folder.
#[derive(Clone, Copy)]
struct Shelf {
    folder: &'static str,
    withdrawn: &'static str,
    extension: &'static str,
}

const EMAIL: Shelf = Shelf { folder: "outgoing/email", withdrawn: "outgoing/email/withdrawn", extension: "eml" };
const LETTERS: Shelf = Shelf { folder: "outgoing/letters", withdrawn: "outgoing/letters/withdrawn", extension: "html" };

impl Shelf {
    fn file(self, key: &str) -> String {
        format!("{}.{}", name_of_key(key), self.extension)
    }
}

fn mailbox() -> Connection {
    Connection::new("mailbox")
}

fn send(config: &Config, batch: &Batch, key: &str, message: &Message) -> Result<Outcome> {
    let identity = Identity { key: key.to_owned(), account: message.account.clone() };
    let (shelf, document) = match message.channel.as_str() {
        "email" => (EMAIL, map::email(config, batch, &identity, message)),
        "letter" => (LETTERS, map::letter(batch, message)),
        other => {
            return Ok(Outcome::not_supported(format!("a mailbox takes `email` and `letter`, not `{other}`")));
        }
    };
    match document {
        Ok(document) => {
            let path = format!("{}/{}", shelf.folder, shelf.file(key));
            mailbox().write(&path, document)?;
            Ok(Outcome::done(path))
        }
        Err(rejection) => Ok(Outcome::Rejected(rejection)),
    }
}

/// Moves a message aside that nobody has collected yet.
fn withdraw(message: &str) -> Result<Outcome> {
    for shelf in [EMAIL, LETTERS] {
        let file = shelf.file(message);
        let goal = format!("{}/{file}", shelf.withdrawn);
        if mailbox().find(shelf.folder, &file)?.is_some() {
            mailbox().move_to(&format!("{}/{file}", shelf.folder), &goal)?;
            return Ok(Outcome::done(goal));
        }
        if mailbox().find(shelf.withdrawn, &file)?.is_some() {
            return Ok(Outcome::done(goal));
        }
    }
    Ok(Outcome::rejected("too-late", "it is no longer in `outgoing/`: it was collected"))
}

fn look_up(key: &str) -> Result<Finding> {
    for shelf in [EMAIL, LETTERS] {
        let file = shelf.file(key);
        for folder in [shelf.folder, shelf.withdrawn] {
            if mailbox().find(folder, &file)?.is_some() {
                return Ok(Finding::Done(Receipt { reference: format!("{folder}/{file}"), notes: Vec::new() }));
            }
        }
    }
    Ok(Finding::Unclear("not in `outgoing/`; it may have been collected".to_owned()))
}

#[cfg(test)]
mod tests;
