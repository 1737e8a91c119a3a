//! What a policy says of the work of people: by when tasks are done, and who settles which complaint.

use serde::{Deserialize, Serialize};

use super::Policy;
use crate::account::Account;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TaskRules {
    /// Days in which a task is done, where nothing else says so.
    pub days: u16,
    /// A deadline of a suit becomes a task so many days before it.
    pub lead_days: u16,
}

/// A row of the table of complaints: whoever can mend the cause settles the dispute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Complaint {
    /// The dispute's reason: `price`, `quality`, ...
    pub reason: String,
    /// A role, or a person's name.
    pub owner: String,
    /// Days in which it is settled.
    pub days: u16,
}

/// When the same complaint of the same customer is no accident any more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RepeatRules {
    /// So many disputes for one reason; 0: nobody is told.
    pub disputes: u16,
    /// Within so many days.
    pub days: u16,
    /// Who looks for the cause: a role, or a person's name.
    pub owner: String,
}

impl Default for TaskRules {
    fn default() -> Self {
        Self { days: 2, lead_days: 7 }
    }
}

impl Policy {
    pub fn complaint(&self, reason: &str) -> Option<&Complaint> {
        self.complaints.iter().find(|row| row.reason == reason)
    }

    /// Who is in charge of the account: the person to whom it was given, else the one of its segment; none: nobody is named.
    pub fn collector_of<'a>(&'a self, account: &'a Account) -> Option<&'a str> {
        let given = account.collector.as_ref().map(|given| given.who.as_str());
        let segment = || {
            let ours = account.segment.as_ref()?;
            self.segments.iter().find(|known| known.id == ours.segment)?.collector.as_deref()
        };
        given.or_else(segment)
    }
}
