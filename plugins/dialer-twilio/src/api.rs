//! Asking Twilio: one account's calls.

use dunlin_plugin_sdk::http::{Answer, Connection, Failure};
use dunlin_plugin_sdk::{Error, Outcome, Result};

use crate::Config;
use crate::map;
use crate::wire::{Call, Page, Problem};

/// Calls of a page; Twilio gives up to a thousand.
pub const PAGE_LEN: usize = 100;
/// Calls to one number that are looked through for one that got lost.
const LOOKED_THROUGH: usize = 50;

fn account(config: &Config) -> String {
    format!("/2010-04-01/Accounts/{}", config.account_sid)
}

fn api() -> Connection {
    Connection::new("api")
}

/// The newest calls from our number, or the page that follows.
pub fn page(config: &Config, next: Option<&str>, length: usize) -> Result<Page> {
    let call = match next {
        Some(next) if next.starts_with(&format!("{}/Calls.json?", account(config))) => api().get(next),
        Some(next) => return Err(Error::broken(format!("twilio's next page is at `{next}`, outside of the account"))),
        None => {
            let list = api().get(format!("{}/Calls.json", account(config)));
            list.query("From", &config.from).query("PageSize", length)
        }
    };
    good(call.send()?)?.json()
}

/// The last calls to a number.
pub fn calls_to(config: &Config, to: &str) -> Result<Page> {
    let list = api().get(format!("{}/Calls.json", account(config)));
    good(list.query("To", to).query("From", &config.from).query("PageSize", LOOKED_THROUGH).send()?)?.json()
}

/// None: Twilio does not know it any more.
pub fn call(config: &Config, sid: &str) -> Result<Option<Answer>> {
    let answer = api().get(format!("{}/Calls/{sid}.json", account(config))).send()?;
    if answer.status == 404 { Ok(None) } else { good(answer).map(Some) }
}

/// A call that was made or changed, or what there is instead. `Err`: certainly nothing happened.
pub fn write(
    config: &Config,
    sid: Option<&str>,
    fields: &[(&str, &str)],
) -> Result<std::result::Result<Call, Outcome>> {
    let path = sid.map_or_else(|| "Calls.json".to_owned(), |sid| format!("Calls/{sid}.json"));
    let sent = api().post(format!("{}/{path}", account(config))).form(fields.iter().copied()).send();
    let answer = match sent {
        Ok(answer) => answer,
        Err(failure) => return failure_outcome(failure),
    };
    match answer.status {
        400 => {
            let told = answer.json::<Problem>().unwrap_or(Problem { code: None, message: "no reason".to_owned() });
            map::problem(&told).map(|rejection| Err(Outcome::Rejected(rejection)))
        }
        // Whether a server that fails had made the call before, nobody knows.
        500..=599 => Ok(Err(Outcome::Unknown(format!("twilio answered {}", answer.status)))),
        404 if sid.is_some() => Ok(Err(Outcome::rejected("unknown-call", "twilio does not know this call any more"))),
        _ => Ok(good(answer)?.json::<Call>().map_err(|error| Outcome::Unknown(error.message))),
    }
}

fn failure_outcome<T>(failure: Failure) -> Result<std::result::Result<T, Outcome>> {
    failure.outcome().map(Err)
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
