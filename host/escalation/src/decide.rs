//! What to do now, and why. The only place where choices are made.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::event::Fact;
use crate::id::{InvoiceNumber, LevelId};
use crate::policy::Policy;

/// What a decision knows of the world beside the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// Hub time, in the creditor's zone.
    pub at: DateTime,
    /// The last day for which all bank statements are in; none: no bank is connected.
    pub cash_known_until: Option<Date>,
}

impl Now {
    pub fn today(&self) -> Date {
        self.at.date()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// In order; [`crate::evolve`] takes them as they are. Effects are in it as `EffectPlanned`.
    pub events: Vec<Fact>,
    /// When to decide again if nothing happens before; none: only when something happens.
    pub look_again: Option<DateTime>,
    /// Every action's reason, and every silence's, with the day until which it lasts.
    pub because: Vec<Reason>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// A guard's code, `level-reached`, `level-passed`, `not-yet`, `cash-applied`, `promise-broken`, ...
    pub code: String,
    pub text: String,
    #[serde(default)]
    pub invoice: Option<InvoiceNumber>,
    #[serde(default)]
    pub level: Option<LevelId>,
    #[serde(default)]
    pub until: Option<Date>,
}

/// Decides. Calling it again after its own events were applied decides nothing new for the same `now`.
pub fn decide(_account: &Account, _policy: &Policy, _now: &Now) -> Decision {
    Decision { events: Vec::new(), look_again: None, because: Vec::new() }
}
