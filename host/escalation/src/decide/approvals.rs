//! What waits for people, and what follows when they have agreed.

use super::Work;
use crate::account::{EffectState, PlannedEffect};
use crate::approval;
use crate::effect::{Action, Effect};
use crate::event::Fact;

/// Credit is held from the moment on which the last person agreed, not from the proposal.
pub(super) fn follow(work: &mut Work<'_>) {
    let policy = work.policy;
    let waiting = |known: &&PlannedEffect| {
        known.state == EffectState::Planned && !approval::needed(&known.effect, policy).is_none()
    };
    let waiting: Vec<Effect> =
        work.account.effects.values().filter(waiting).map(|known| known.effect.clone()).collect();
    for effect in waiting {
        if let Some(text) = approval::awaited(&work.account, &effect, policy) {
            work.says("approval", format!("`{}` {text}", effect.key));
            continue;
        }
        if let Action::HoldCredit { reason } = &effect.action
            && work.account.hold.is_none()
        {
            let people: Vec<&str> = work.account.approvers(&effect.key).iter().map(|one| one.by.as_str()).collect();
            let reason = format!("{reason}; approved by {}", people.join(" and "));
            work.says("credit-held", reason.clone());
            work.happens(Fact::CreditHeld { reason });
        }
    }
}
