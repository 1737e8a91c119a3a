//! Which policy, and which of its segments, an account is treated by: recorded, with the reason.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::event::Fact;
use crate::invoice::OpenItem;

/// A policy by name and version: `standard 1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PolicyRef {
    pub name: String,
    pub version: String,
}

/// How an account came to its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arrival {
    /// The ladder began with it.
    Start,
    /// A person moved the account. Levels are matched by their ids: what was taken is not taken again, and a mandatory level
    /// of the new version that was not taken is taken next.
    Migrate,
    /// A person let every open invoice begin a new walk.
    Restart,
}

/// The segment of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segmented {
    pub segment: String,
    pub ladder: String,
    pub since: Date,
    pub because: String,
}

impl std::fmt::Display for PolicyRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.name, self.version)
    }
}

impl Arrival {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Migrate => "migrate",
            Self::Restart => "restart",
        }
    }
}

impl Account {
    /// The version that the account keeps: one of its open invoices has begun its ladder with it. None: the newest applies.
    pub fn in_flight(&self) -> Option<&PolicyRef> {
        let begun = |item: &OpenItem| item.is_open() && !item.steps.is_empty();
        self.policy.as_ref().filter(|_| self.items.values().any(begun))
    }
}

/// Takes what says how the account is treated; other facts say nothing of that.
pub(crate) fn assigned(account: &mut Account, fact: &Fact, on: Date) {
    match fact {
        Fact::PolicyAssigned { policy, how, not_before, .. } => {
            account.policy = Some(policy.clone());
            account.not_before = *not_before;
            if *how == Arrival::Restart {
                begin_anew(account);
            }
        }
        Fact::SegmentAssigned { segment, ladder, because } => {
            let (segment, ladder, because) = (segment.clone(), ladder.clone(), because.clone());
            account.segment = Some(Segmented { segment, ladder, since: on, because });
        }
        _ => {}
    }
}

fn begin_anew(account: &mut Account) {
    for item in account.items.values_mut().filter(|item| item.is_open() && !item.steps.is_empty()) {
        item.steps.clear();
        item.cycle = item.cycle.saturating_add(1);
    }
}
