//! What stands in the way of effects that come before a debt exists.

use super::{Guard, Scene, dunning_block, protected, stopped_all};
use crate::effect::Action;
use crate::upfront::prepayments;

/// Why nobody is asked to pay before the day; the ways to reach them are looked at apart.
pub fn of_prepayment(scene: Scene<'_>) -> Option<Guard> {
    protected(scene).or_else(|| stopped_all(scene.account)).or_else(|| dunning_block(scene))
}

/// Its reason is gone, or the customer must be left alone.
pub(super) fn of_action(scene: Scene<'_>, action: &Action) -> Option<Guard> {
    let upfront = &scene.account.upfront;
    let gone = match action {
        Action::OrderCreditReport { application, .. } => {
            let open = upfront.applications.get(application).is_some_and(|file| file.is_open());
            (!open).then_some("the application is decided")
        }
        Action::EnquireCover { engagement, on, .. } => {
            let same = upfront.waiting.get(engagement).is_some_and(|known| known.engagement.on == *on);
            (!same).then_some("it is over, or on another day")
        }
        Action::AskPrepayment { engagement, amount, .. } => {
            let open = prepayments(scene.account, scene.policy, scene.now.today());
            let same = open.iter().any(|known| &known.engagement.id == engagement && known.lacking == *amount);
            (!same).then_some("it is over, or what is to be paid before has changed")
        }
        _ => return None,
    };
    let guard = gone.map(|text| Guard::new("superseded", text, None));
    guard.or_else(|| matches!(action, Action::AskPrepayment { .. }).then(|| of_prepayment(scene)).flatten())
}
