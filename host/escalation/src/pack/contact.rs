//! When and how often a person may be contacted.

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use super::read;
use super::rule::{ActorRole, Certainty, ContactChannel};
use crate::party::PartyKind;

/// A rule about contacting. Its days are days of contact, where the debtor is; every rule that covers a contact must be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactRule {
    pub id: String,
    pub title: String,
    #[serde(deserialize_with = "read::day")]
    pub from: Date,
    #[serde(default, deserialize_with = "read::day_or_none")]
    pub until: Option<Date>,
    pub debtors: Vec<PartyKind>,
    /// Empty: all.
    #[serde(default)]
    pub actors: Vec<ActorRole>,
    /// Empty: all.
    #[serde(default)]
    pub channels: Vec<ContactChannel>,
    /// Only inside these hours, in every zone where the debtor may be.
    #[serde(default)]
    pub hours: Option<Window>,
    #[serde(default)]
    pub working_days_only: bool,
    /// At most so many contacts in so many days in a row.
    #[serde(default)]
    pub at_most: Option<Budget>,
    /// After a conversation: none for so many days. The day of the conversation is the first of them.
    #[serde(default)]
    pub quiet_days_after_conversation: Option<u16>,
    /// Days from one contact to the next; 2 is every second day.
    #[serde(default)]
    pub gap_days: Option<u16>,
    /// Not before the debt is so many days overdue.
    #[serde(default)]
    pub overdue_days_min: Option<u16>,
    /// The workplace's number only where it was given as the only one.
    #[serde(default)]
    pub workplace_only_if_sole_number: bool,
    /// Only with a consent on record.
    #[serde(default)]
    pub needs_consent: bool,
    /// The most calls that nobody takes over when they are answered, in whole percent of those answered.
    #[serde(default)]
    pub abandoned_percent_max: Option<u8>,
    pub source: String,
    pub certainty: Certainty,
}

/// Local hours: from the first to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    pub from: Time,
    pub until: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    pub contacts: u16,
    pub days: u16,
    pub per: Per,
}

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Per {
    Person,
    PersonAndDebt,
    /// All that one caller does, whatever the debt.
    PersonAndCaller,
}

/// The time zones of a country: a debtor of whom no more is known may be in any of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zones {
    /// Names of the IANA database.
    pub names: Vec<String>,
    pub source: String,
    pub certainty: Certainty,
}

impl Window {
    /// Whether a time lies inside; the last moment still does.
    pub fn holds(&self, time: Time) -> bool {
        self.from <= time && time <= self.until
    }
}
