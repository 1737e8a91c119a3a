//! What a row means: text to times, money, JSON and back, in one place for all engines.

use escalation::{Currency, Date, DateTime, Money};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::{Result, StoreError};

pub(crate) fn moment(text: &str) -> Result<DateTime> {
    text.parse().map_err(|_| StoreError::Corrupt(format!("`{text}` is not a time")))
}

pub(crate) fn moment_or_none(text: Option<String>) -> Result<Option<DateTime>> {
    text.as_deref().map(moment).transpose()
}

pub(crate) fn day(text: &str) -> Result<Date> {
    text.parse().map_err(|_| StoreError::Corrupt(format!("`{text}` is not a day")))
}

pub(crate) fn currency(code: &str) -> Result<Currency> {
    code.parse().map_err(|error| StoreError::Corrupt(format!("{error}")))
}

pub(crate) fn money(minor: i64, code: &str) -> Result<Money> {
    Ok(Money { minor, currency: currency(code)? })
}

pub(crate) fn count(n: i64) -> u64 {
    n.unsigned_abs()
}

/// A value as the text that is stored. Maps are ordered and fields stand as declared, so equal values give equal text.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::Corrupt(format!("a value cannot be written as JSON: {error}")))
}

/// The reverse of [`json`]; `what` names the record.
pub(crate) fn from_json<T: DeserializeOwned>(text: &str, what: impl FnOnce() -> String) -> Result<T> {
    serde_json::from_str(text).map_err(|error| StoreError::Corrupt(format!("{}: {error}", what())))
}

pub(crate) fn sha256(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
