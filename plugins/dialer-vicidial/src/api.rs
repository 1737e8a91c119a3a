//! Asking VICIdial: every answer comes with the status 200, and its text says who has to act.

use std::cell::Cell;

use dunlin_plugin_sdk::http::{Answer, Connection, Failure};
use dunlin_plugin_sdk::{Error, Outcome, Rejection, Result};

use crate::Config;
use crate::wire::{self, Clock, Kind, Line};

/// What VICIdial's log of the API shows as the origin.
const SOURCE: &str = "dunlin";
pub const ADDRESS: &str =
    "end the address of the connection with the folder of `non_agent_api.php`, usually `/vicidial`";
/// A user that failed too often is locked out for so long.
const LOCKED_MS: u64 = 15 * 60 * 1_000;

/// The API, and how often it was asked.
pub struct Api<'c> {
    config: &'c Config,
    pub asked: Cell<usize>,
}

/// What was to be written.
pub enum Written {
    Done(Vec<Line>),
    Not(Outcome),
}

impl<'c> Api<'c> {
    pub fn new(config: &'c Config) -> Api<'c> {
        Api { config, asked: Cell::new(0) }
    }

    /// In the body, because addresses end up in the logs of web servers. The password is the host's part.
    fn send(&self, function: &str, fields: &[(&str, &str)]) -> std::result::Result<Answer, Failure> {
        self.asked.set(self.asked.get() + 1);
        let who = [("source", SOURCE), ("user", self.config.user.as_str()), ("function", function)];
        Connection::new("api").post("/non_agent_api.php").form(who.into_iter().chain(fields.iter().copied())).send()
    }

    /// For reading: the text; an empty one if it says `nothing`, which is an error in some releases and a notice in others.
    pub fn read(&self, function: &str, fields: &[(&str, &str)], nothing: &str) -> Result<String> {
        let text = self.send(function, fields)?.ok()?.text();
        let lines = wire::lines(&text);
        if lines.iter().any(|line| line.reason.contains(nothing)) {
            return Ok(String::new());
        }
        if text.trim().is_empty() {
            return Err(Error::broken(format!("vicidial answered nothing to `{function}`"))
                .hint("let the user group of `user` have all campaigns; look at VICIdial's API log"));
        }
        match lines.iter().find(|line| line.kind == Kind::Error) {
            Some(line) => Err(match trouble(line) {
                Trouble::Error(error) => error,
                Trouble::Rejection(_) => Error::refused(format!("vicidial says `{}`", line.reason)),
            }),
            None => Ok(text),
        }
    }

    pub fn clock(&self) -> Result<Clock> {
        let text = self.read("version", &[], "NOTHING")?;
        wire::clock(&text).ok_or_else(|| Error::broken("the answer to `version` has no time").hint(ADDRESS))
    }

    /// For writing. `Err`: certainly nothing was written.
    pub fn write(&self, function: &str, fields: &[(&str, &str)]) -> Result<Written> {
        let answer = match self.send(function, fields) {
            Ok(answer) => answer,
            Err(failure) => return failure.outcome().map(Written::Not),
        };
        if matches!(answer.status, 500 | 502 | 504) {
            let text = format!("the web server answered {} in the place of vicidial", answer.status);
            return Ok(Written::Not(Outcome::Unknown(text)));
        }
        let lines = wire::lines(&answer.ok()?.text());
        let error = lines.iter().find(|line| line.kind == Kind::Error);
        match error.map(trouble) {
            Some(Trouble::Error(error)) => Err(error),
            Some(Trouble::Rejection(rejection)) => Ok(Written::Not(Outcome::Rejected(rejection))),
            None if lines.is_empty() => {
                Ok(Written::Not(Outcome::Unknown("the answer is none of vicidial's".to_owned())))
            }
            None => Ok(Written::Done(lines)),
        }
    }
}

enum Trouble {
    Error(Error),
    Rejection(Rejection),
}

fn trouble(line: &Line) -> Trouble {
    let reason = line.reason.as_str();
    let told = format!("vicidial says `{reason}`");
    let has = |words: &[&str]| words.iter().any(|word| reason.contains(word));
    let rejection = |code: &str| Trouble::Rejection(Rejection { code: code.to_owned(), reason: told.clone() });
    let misconfigured = |hint: &str| Trouble::Error(Error::misconfigured(told.clone()).hint(hint));
    if has(&["Too many login attempts"]) {
        Trouble::Error(Error::retry_later(told).retry_after_ms(LOCKED_MS))
    } else if has(&["Login incorrect"]) {
        misconfigured("look at `user` and at the secret of the connection; the parameter is `pass`")
    } else if has(&["IP Address is not allowed"]) {
        misconfigured("allow the hub's address in VICIdial's IP lists")
    } else if has(&["PERMISSION", "DOES NOT EXIST"]) {
        misconfigured("give the user the rights that the README of this plugin lists")
    } else if has(&["NOT AN ALLOWED LIST ID", "NOT A DEFINED LIST ID"]) {
        misconfigured("correct `list_id`, or let the user's group have the campaign of the list")
    } else if has(&["NO FUNCTION", "Invalid Source", "NO VALID SEARCH METHOD", "INVALID SEARCH PARAMETERS"]) {
        Trouble::Error(Error::broken(told))
    } else if has(&["INVALID PHONE NUMBER"]) {
        rejection("invalid-address")
    } else if has(&["IN DNC", "IN CAMPAIGN DNC"]) {
        rejection("do-not-call")
    } else if has(&["DUPLICATE"]) {
        rejection("duplicate")
    } else {
        rejection("refused")
    }
}
