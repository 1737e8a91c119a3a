//! Which of Twilio's calls are ours: it keeps nothing of ours with a call, so the plugin remembers.
//!
//! What is written here is kept only together with the result of the same call of the plugin: a call that is told is forgotten in the
//! same breath.

use dunlin_plugin_sdk::{Error, Instant, Result, kv};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

const FOUND: &str = "found";
const FOUND_MAX: usize = 100;

/// A call that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub key: String,
    pub account: String,
    pub to: String,
    /// The hub's clock when it was asked for.
    pub at: Instant,
    /// Twilio's id; none where the answer was lost.
    pub sid: Option<String>,
}

pub fn by_key(key: &str) -> Result<Option<Asked>> {
    read(&name_of_key(key))
}

/// The call behind one of Twilio's ids; none: it is not ours, or it was told.
pub fn by_sid(sid: &str) -> Result<Option<Asked>> {
    match read::<String>(&name_of_sid(sid))? {
        Some(key) => by_key(&key),
        None => Ok(None),
    }
}

pub fn keep(asked: &Asked) -> Result<()> {
    if let Some(sid) = &asked.sid {
        write(&name_of_sid(sid), &asked.key)?;
    }
    write(&name_of_key(&asked.key), asked)
}

/// Calls whose answer was lost and that were found, perhaps long after the list of calls was read over them.
pub fn found() -> Result<Vec<String>> {
    Ok(read(FOUND)?.unwrap_or_default())
}

pub fn keep_found(asked: &Asked) -> Result<()> {
    let mut sids = found()?;
    sids.extend(asked.sid.clone());
    let excess = sids.len().saturating_sub(FOUND_MAX);
    sids.drain(..excess);
    write(FOUND, &sids)?;
    keep(asked)
}

pub fn forget(asked: &Asked) -> Result<()> {
    if let Some(sid) = &asked.sid {
        kv::delete(&name_of_sid(sid))?;
    }
    kv::delete(&name_of_key(&asked.key))
}

fn name_of_key(key: &str) -> String {
    format!("key/{}", dunlin_plugin_sdk::files::name_of_key(key))
}

fn name_of_sid(sid: &str) -> String {
    format!("sid/{sid}")
}

fn read<T: DeserializeOwned>(name: &str) -> Result<Option<T>> {
    let Some(bytes) = kv::get(name)? else { return Ok(None) };
    let read = serde_json::from_slice(&bytes).map(Some);
    read.map_err(|error| Error::broken(format!("what is remembered as `{name}` cannot be read: {error}")))
}

fn write(name: &str, value: &impl Serialize) -> Result<()> {
    let bytes = serde_json::to_vec(value);
    kv::set(name, &bytes.map_err(|error| Error::broken(format!("`{name}` cannot be remembered: {error}")))?)
}
