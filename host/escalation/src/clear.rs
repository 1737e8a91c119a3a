//! May this effect go out, right now? Asked again at the moment of dispatch, because the world moves between plan and act.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::account::{Account, EffectState};
use crate::approval;
use crate::decide::Now;
use crate::effect::Effect;
use crate::guard::{self, Guard, Scene};
use crate::pack::Packs;
use crate::policy::Policy;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Clearance {
    Allow,
    /// Not now; it may be asked again from `until` on.
    Wait {
        guard: Guard,
        until: Option<DateTime>,
    },
    /// Never: what it was for is gone.
    Cancel {
        guard: Guard,
    },
    /// A person, or one more, has to agree first.
    NeedsApproval,
}

/// The guards of the plan, asked anew; nothing that is paid, disputed or taken back goes out.
pub fn clear(account: &Account, effect: &Effect, policy: &Policy, packs: &Packs, now: &Now) -> Clearance {
    let planned = account.effects.get(&effect.key).is_some_and(|known| known.state == EffectState::Planned);
    if !planned {
        let guard = Guard::new("superseded", "it is not planned any more", None);
        return Clearance::Cancel { guard };
    }
    match guard::of_effect(Scene { account, policy, packs, now, own: None }, effect) {
        Some(guard) if guard.is_final() => Clearance::Cancel { guard },
        Some(guard) => Clearance::Wait { until: guard.asked_again(), guard },
        None if approval::missing(account, effect, policy) > 0 => Clearance::NeedsApproval,
        None => Clearance::Allow,
    }
}
