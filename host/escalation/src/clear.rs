//! May this effect go out, right now? Asked again at the moment of dispatch, because the world moves between plan and act.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::decide::Now;
use crate::effect::Effect;
use crate::guard::Guard;
use crate::policy::Policy;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Clearance {
    Allow,
    /// Not now; it may be asked again from `until` on.
    Wait { guard: Guard, until: Option<Date> },
    /// Never: what it was for is gone.
    Cancel { guard: Guard },
    /// A person has to agree first.
    NeedsApproval,
}

pub fn clear(_account: &Account, _effect: &Effect, _policy: &Policy, _now: &Now) -> Clearance {
    Clearance::Allow
}
