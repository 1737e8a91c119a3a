//! Which of Twilio's messages are ours, and who is behind a number: it keeps nothing of ours with a message, so the plugin remembers.
//!
//! What is written here is kept only together with the result of the same call of the plugin: a message that is told is forgotten in
//! the same breath.

use dunlin_plugin_sdk::files::name_of_key;
use dunlin_plugin_sdk::{Date, Error, Instant, Result, kv};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Accounts behind one number: those that were written to last.
const ACCOUNTS_MAX: usize = 50;
const LISTED_MAX: usize = 200;
const FOUND: &str = "found";
const REFUSED: &str = "refused";

/// A message that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub key: String,
    pub account: String,
    pub to: String,
    pub text_hash: u64,
    /// The hub's clock when it was asked for.
    pub at: Instant,
    /// Twilio's id; none where the answer was lost.
    pub sid: Option<String>,
}

/// The last message to an account at a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    pub account: String,
    pub key: String,
}

/// Somebody to whom Twilio sends nothing any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    pub number: u64,
    pub account: String,
    pub key: String,
    pub on: Date,
    pub text: String,
}

pub fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

pub fn by_key(key: &str) -> Result<Option<Asked>> {
    read(&format!("key/{}", name_of_key(key)))
}

/// The message behind one of Twilio's ids; none: it is not ours, or it was told.
pub fn by_sid(sid: &str) -> Result<Option<Asked>> {
    match read::<String>(&format!("sid/{sid}"))? {
        Some(key) => by_key(&key),
        None => Ok(None),
    }
}

/// Who was written to at this number, the last one last.
pub fn behind(phone: &str) -> Result<Vec<Written>> {
    Ok(read(&format!("phone/{phone}"))?.unwrap_or_default())
}

pub fn keep(asked: &Asked) -> Result<()> {
    if let Some(sid) = &asked.sid {
        write(&format!("sid/{sid}"), &asked.key)?;
    }
    write(&format!("key/{}", name_of_key(&asked.key)), asked)?;
    let mut all = behind(&asked.to)?;
    all.retain(|written| written.account != asked.account);
    all.push(Written { account: asked.account.clone(), key: asked.key.clone() });
    write(&format!("phone/{}", asked.to), &last(all, ACCOUNTS_MAX))
}

pub fn forget(asked: &Asked) -> Result<()> {
    if let Some(sid) = &asked.sid {
        kv::delete(&format!("sid/{sid}"))?;
    }
    kv::delete(&format!("key/{}", name_of_key(&asked.key)))
}

/// Messages whose answer was lost and that were found, perhaps long after the list was read over them.
pub fn found() -> Result<Vec<String>> {
    Ok(read(FOUND)?.unwrap_or_default())
}

pub fn keep_found(asked: &Asked) -> Result<()> {
    let mut sids = found()?;
    sids.extend(asked.sid.clone());
    write(FOUND, &last(sids, LISTED_MAX))?;
    keep(asked)
}

pub fn refused() -> Result<Vec<Refused>> {
    Ok(read(REFUSED)?.unwrap_or_default())
}

pub fn keep_refused(account: &str, key: &str, on: Date, text: &str) -> Result<()> {
    let mut all = refused()?;
    let number = all.last().map_or(1, |refused| refused.number + 1);
    let [account, key, text] = [account, key, text].map(str::to_owned);
    all.push(Refused { number, account, key, on, text });
    write(REFUSED, &last(all, LISTED_MAX))
}

fn last<T>(mut list: Vec<T>, most: usize) -> Vec<T> {
    let excess = list.len().saturating_sub(most);
    list.drain(..excess);
    list
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
