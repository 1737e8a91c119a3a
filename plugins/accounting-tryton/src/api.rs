//! Asking Tryton: its records are searched, created and acted on, and its answers are sorted by who has to act.

use dunlin_plugin_sdk::http::{Answer, Connection};
use dunlin_plugin_sdk::{Error, Outcome, Result};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::wire::Told;

const RIGHTS: &str = "give the user of the key the group `Accounting` in Tryton";

/// A search.
pub struct Search<'a> {
    pub model: &'a str,
    pub fields: &'a [&'a str],
    pub domain: Value,
    pub order: Value,
    pub limit: usize,
}

pub fn api() -> Connection {
    Connection::new("api")
}

impl Search<'_> {
    /// The search travels in a body: in an address a long condition would not fit.
    pub fn answer(&self) -> Result<Answer> {
        let asked =
            json!({"domain": self.domain, "order": self.order, "limit": self.limit, "fields_names": self.fields});
        let answer = api().post(format!("/rest/model/{}/search_read", self.model)).json(&asked).send()?;
        good(answer)
    }

    pub fn rows<T: DeserializeOwned>(&self) -> Result<Vec<T>> {
        self.answer()?.json()
    }
}

/// What became of something that Tryton was to write.
pub enum Written<T> {
    Done(T),
    /// As an outcome: refused, or nobody can say.
    Not(Outcome),
}

/// `target` is a model, with a record and its action or without. `Err`: certainly nothing was written.
pub fn write<T: DeserializeOwned>(target: &str, fields: &[&str], values: &Value) -> Result<Written<T>> {
    let call = fields.iter().fold(api().post(format!("/rest/model/{target}")), |call, field| call.query("f", field));
    let answer = match call.json(values).send() {
        Ok(answer) => answer,
        Err(failure) => return failure.outcome().map(Written::Not),
    };
    match answer.status {
        400 => Ok(Written::Not(Outcome::rejected("refused", told(&answer)))),
        // Somebody in between lost the answer; Tryton itself takes back what it could not end.
        502 | 504 => Ok(Written::Not(Outcome::Unknown(format!("the answer was lost on its way: {}", answer.status)))),
        _ => {
            let read = good(answer)?.json().map(Written::Done);
            Ok(read.unwrap_or_else(|error| Written::Not(Outcome::Unknown(error.message))))
        }
    }
}

/// The answer, if it is a good one; what is wrong in Tryton's own words, where it has some.
pub fn good(answer: Answer) -> Result<Answer> {
    match answer.status {
        400 => Err(Error::misconfigured(format!("tryton refuses the request: {}", told(&answer))).hint(RIGHTS)),
        403 => Err(Error::misconfigured(format!("tryton forbids the request: {}", told(&answer))).hint(RIGHTS)),
        401 => Err(Error::misconfigured("tryton does not know the key")
            .hint("store a validated user-application key for `rest` as the secret of the connection")),
        404 => Err(Error::misconfigured("there is no REST interface at the address of the connection")
            .hint("end the address with the name of the database, such as `https://tryton.example/ledger`")),
        _ => answer.ok(),
    }
}

fn told(answer: &Answer) -> String {
    let Ok(told) = answer.json::<Told>() else { return format!("{} without a reason", answer.status) };
    let whole = format!("{} {}", told.message, told.description);
    whole.split_whitespace().collect::<Vec<_>>().join(" ")
}
