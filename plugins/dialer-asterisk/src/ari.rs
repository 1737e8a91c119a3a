//! Asking the Asterisk: channels, and results that lie as stored recordings.

use dunlin_plugin_sdk::http::{Answer, Connection, Failure};
use dunlin_plugin_sdk::{Error, Outcome, Result};
use serde::de::DeserializeOwned;

use crate::wire::{self, Channel, Ended, Recording, Told, Variable};

/// Where a result lies until the hub has it, and afterwards.
pub const NEW: &str = "dunlin-new-";
const TOLD: &str = "dunlin-told-";

/// An answer, or what there is instead.
pub type Answered<E> = std::result::Result<Answer, E>;

pub fn api() -> Connection {
    Connection::new("api")
}

/// The half of a call that dials; it lasts until its result is written.
pub fn dialling(token: &str) -> String {
    format!("{token}-dials")
}

pub fn channel(id: &str) -> Result<Option<Channel>> {
    found(api().get(format!("/channels/{id}")).send()?)
}

pub fn channels() -> Result<Vec<Channel>> {
    good(api().get("/channels").send()?)?.json()
}

pub fn variable(name: &str) -> Result<String> {
    let answer = found::<Variable>(api().get("/asterisk/variable").query("variable", name).send()?)?;
    Ok(answer.map(|variable| variable.value).unwrap_or_default())
}

/// Names of results that were not told yet, in their order.
pub fn new_results() -> Result<Vec<String>> {
    let recordings: Vec<Recording> = good(api().get("/recordings/stored").send()?)?.json()?;
    let mut names: Vec<String> =
        recordings.into_iter().map(|recording| recording.name).filter(|name| name.starts_with(NEW)).collect();
    names.sort();
    Ok(names)
}

/// The text of a stored recording; None: there is none.
pub fn text(name: &str) -> Result<Option<String>> {
    let answer = api().get(format!("/recordings/stored/{name}/file")).send()?;
    match answer.status {
        404 => Ok(None),
        _ => Ok(Some(good(answer)?.text())),
    }
}

/// Whether a call left a result, told or not. To be asked after its channel, which goes when the result is there.
pub fn has_result(token: &str) -> Result<bool> {
    for start in [NEW, TOLD] {
        if found::<Recording>(api().get(format!("/recordings/stored/{start}{token}")).send()?)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The result of a call, told or not.
pub fn result(token: &str) -> Result<Option<Ended>> {
    for start in [NEW, TOLD] {
        if let Some(text) = text(&format!("{start}{token}"))? {
            return Ok(wire::ended(&text).and_then(|read| read.ok()));
        }
    }
    Ok(None)
}

/// Puts a result aside that the hub has; doing so twice is doing so once.
pub fn put_aside(token: &str) -> Result<()> {
    let name = format!("/recordings/stored/{NEW}{token}");
    let copy = api().post(format!("{name}/copy")).query("destinationRecordingName", format!("{TOLD}{token}"));
    let copied = copy.send()?;
    if copied.status == 404 {
        return Ok(());
    }
    if copied.status != 409 {
        good(copied)?;
    }
    let deleted = api().delete(name).send()?;
    if deleted.status == 404 { Ok(()) } else { good(deleted).map(drop) }
}

/// What became of something that was to be done. `Err`: certainly nothing.
pub fn done(answer: Answered<Failure>) -> Result<Answered<Outcome>> {
    let answer = match answer {
        Ok(answer) => answer,
        Err(failure) => return failure.outcome().map(Err),
    };
    match answer.status {
        400 => Ok(Err(Outcome::rejected("refused", told(&answer)))),
        500 | 502 | 504 => Ok(Err(Outcome::Unknown(format!("{} was answered: {}", answer.status, told(&answer))))),
        // For the caller: it is there already, or it is gone.
        404 | 409 => Ok(Ok(answer)),
        _ => good(answer).map(Ok),
    }
}

fn found<T: DeserializeOwned>(answer: Answer) -> Result<Option<T>> {
    match answer.status {
        404 => Ok(None),
        _ => good(answer)?.json().map(Some),
    }
}

fn good(answer: Answer) -> Result<Answer> {
    match answer.status {
        401 => Err(Error::misconfigured("asterisk does not know the user or the password")
            .hint("look at ari.conf, at `user` and at the secret of the connection")),
        403 => Err(Error::misconfigured("the user of asterisk may only read").hint("set `read_only = no` in ari.conf")),
        404 => Err(Error::misconfigured("there is no REST interface at the address of the connection")
            .hint("end the address with `/ari`; load res_ari_channels and res_ari_recordings")),
        _ => answer.ok(),
    }
}

fn told(answer: &Answer) -> String {
    answer.json::<Told>().map_or_else(|_| format!("{} without a reason", answer.status), |told| told.message)
}
