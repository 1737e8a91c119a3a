//! The journal: every event of every account, in the account's order, for good.

use std::collections::HashMap;

use escalation::event::Event;
use escalation::{AccountId, DateTime};

use crate::Result;
use crate::row::{json, sha256};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// 1, 2, 3, ... within the account.
    pub seq: i64,
    pub event: Event,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    pub account: AccountId,
    pub seq: i64,
    pub recorded_at: DateTime,
    pub event: Event,
    /// SHA-256 of the stored event, lower-case hex.
    pub hash: String,
    /// An operator passed it over: who, and why.
    pub skipped: Option<String>,
}

/// An operator's decision about an event that cannot be read into its account.
#[derive(Clone, Debug)]
pub struct Skip {
    pub at: DateTime,
    pub who: String,
    pub reason: String,
    /// Takes its place, at the end of the lane.
    pub instead: Option<Event>,
}

/// An event as it will stand in the journal.
pub(crate) struct Line {
    pub account: String,
    pub payload: String,
    pub hash: Vec<u8>,
}

impl Line {
    pub fn new(account: &str, event: &Event) -> Result<Self> {
        let payload = json(event)?;
        let hash = sha256(payload.as_bytes());
        Ok(Self { account: account.to_owned(), payload, hash })
    }
}

/// Each line with its place behind its lane's head, and by how much each lane grows.
pub(crate) fn numbered<'l>(lines: &[&'l Line]) -> (Vec<(&'l Line, i64)>, HashMap<&'l str, i64>) {
    let mut grown: HashMap<&str, i64> = HashMap::new();
    let mut rows = Vec::with_capacity(lines.len());
    for line in lines {
        let n = grown.entry(line.account.as_str()).or_default();
        *n += 1;
        rows.push((*line, *n));
    }
    (rows, grown)
}
