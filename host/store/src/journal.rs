//! The journal: every event of every account, in the account's order, for good.

use std::collections::BTreeMap;

use escalation::event::Event;
use escalation::{AccountId, DateTime};
use serde::Deserialize;

use crate::Result;
use crate::row::{from_json, json};

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
    pub content: Content,
    /// That of [`TailEntry`](crate::TailEntry), lower-case hex.
    pub hash: String,
    /// An operator passed it over: who, and why.
    pub skipped: Option<String>,
}

/// What the journal can still tell of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Event(Event),
    /// The account was erased: its key is gone, and with it who, what and how much.
    Erased,
    /// It is not what was written, or cannot be understood; the sentence says which.
    Unreadable(String),
}

impl JournalEntry {
    /// The event, where it can be read and was not passed over: what makes the account.
    pub fn effective(&self) -> Option<&Event> {
        match &self.content {
            Content::Event(event) if self.skipped.is_none() => Some(event),
            _ => None,
        }
    }
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

/// A line and when it was recorded.
pub(crate) type Recorded<'l> = (&'l str, &'l Line);

/// A lane that gets events: by how many it grows, and when it is due for the first of them.
pub(crate) struct Grown<'l> {
    pub by: i64,
    pub due_at: &'l str,
}

/// The lanes that lines are for, in the order of their names.
pub(crate) fn grown<'l>(lines: &[Recorded<'l>]) -> BTreeMap<&'l str, Grown<'l>> {
    let mut grown: BTreeMap<&str, Grown<'l>> = BTreeMap::new();
    for (at, line) in lines {
        let lane = grown.entry(&line.account).or_insert(Grown { by: 0, due_at: at });
        lane.by += 1;
        lane.due_at = lane.due_at.min(at);
    }
    grown
}

/// An event as it will stand in the journal, but for its number: until then it cannot be sealed.
pub(crate) struct Line {
    pub account: String,
    pub kind: String,
    pub happened_on: String,
    pub origin: Option<Origin>,
    pub payload: String,
}

/// The row of the inbox that an event came by.
#[derive(Clone)]
pub(crate) struct Origin {
    pub connection: String,
    pub key: String,
}

/// What of an event is named beside its payload.
#[derive(Deserialize)]
struct Named {
    fact: Tag,
}

#[derive(Deserialize)]
struct Tag {
    r#type: String,
}

impl Line {
    pub fn new(account: &str, event: &Event) -> Result<Self> {
        let payload = json(event)?;
        let named: Named = from_json(&payload, || format!("an event of account `{account}`"))?;
        Ok(Self {
            account: account.to_owned(),
            kind: named.fact.r#type,
            happened_on: event.on.to_string(),
            origin: None,
            payload,
        })
    }

    pub fn by(self, origin: &Origin) -> Self {
        Self { origin: Some(origin.clone()), ..self }
    }
}
