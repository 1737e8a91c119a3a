//! Asking Twilio: one account's messages.

use dunlin_plugin_sdk::http::{Answer, Connection};
use dunlin_plugin_sdk::{Error, Outcome, Result};

use crate::Config;
use crate::wire::{Message, Page, Problem};

/// Messages of a page; Twilio gives up to a thousand.
pub const PAGE_LEN: usize = 100;
/// Messages to one number that are looked through for one that got lost.
const LOOKED_THROUGH: usize = 50;

fn account(config: &Config) -> String {
    format!("/2010-04-01/Accounts/{}", config.account_sid)
}

fn api() -> Connection {
    Connection::new("api")
}

/// The newest messages, out and in, or the page that follows.
pub fn page(config: &Config, next: Option<&str>, length: usize) -> Result<Page> {
    let call = match next {
        Some(next) if next.starts_with(&format!("{}/Messages.json?", account(config))) => api().get(next),
        Some(next) => return Err(Error::broken(format!("twilio's next page is at `{next}`, outside of the account"))),
        None => api().get(format!("{}/Messages.json", account(config))).query("PageSize", length),
    };
    good(call.send()?)?.json()
}

/// The last messages to a number.
pub fn messages_to(config: &Config, to: &str) -> Result<Page> {
    let list = api().get(format!("{}/Messages.json", account(config)));
    good(list.query("To", to).query("PageSize", LOOKED_THROUGH).send()?)?.json()
}

/// None: Twilio does not know it any more.
pub fn message(config: &Config, sid: &str) -> Result<Option<Answer>> {
    let answer = api().get(format!("{}/Messages/{sid}.json", account(config))).send()?;
    if answer.status == 404 { Ok(None) } else { good(answer).map(Some) }
}

/// What became of something that Twilio was to do.
pub enum Written {
    Done(Message),
    /// It said no.
    Problem(Problem),
    Not(Outcome),
}

/// `sid`: of the message to change; none: a new one. `Err`: certainly nothing happened.
pub fn write(config: &Config, sid: Option<&str>, fields: &[(&str, &str)]) -> Result<Written> {
    let path = sid.map_or_else(|| "Messages.json".to_owned(), |sid| format!("Messages/{sid}.json"));
    let sent = api().post(format!("{}/{path}", account(config))).form(fields.iter().copied()).send();
    let answer = match sent {
        Ok(answer) => answer,
        Err(failure) => return failure.outcome().map(Written::Not),
    };
    Ok(match answer.status {
        400 => Written::Problem(answer.json().unwrap_or(Problem { code: None, message: "no reason".to_owned() })),
        // Whether a server that fails had sent the message before, nobody knows.
        500..=599 => Written::Not(Outcome::Unknown(format!("twilio answered {}", answer.status))),
        404 if sid.is_some() => {
            Written::Not(Outcome::rejected("unknown-message", "twilio does not know this message any more"))
        }
        _ => match good(answer)?.json() {
            Ok(message) => Written::Done(message),
            Err(error) => Written::Not(Outcome::Unknown(error.message)),
        },
    })
}

fn good(answer: Answer) -> Result<Answer> {
    match answer.status {
        401 => Err(Error::misconfigured("twilio does not know the user or the secret of the connection")
            .hint("`user` is the account's SID with its auth token, or an API key's SID with its secret")),
        404 => Err(Error::misconfigured("twilio has no such account")
            .hint("correct `account_sid`; the address of the connection is `https://api.twilio.com`")),
        _ => answer.ok(),
    }
}
