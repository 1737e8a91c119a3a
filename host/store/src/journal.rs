//! The journal: every event of every account, in the account's order, for good.

use escalation::event::Event;
use escalation::{AccountId, DateTime};

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
