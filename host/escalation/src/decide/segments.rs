//! Which segment the account belongs to, and with which version of the policy its ladder begins.

use super::Work;
use crate::assignment::Arrival;
use crate::event::Fact;

/// Recorded when it changes. What the account has behind it is matched by the levels' ids: nothing is taken twice, and a
/// mandatory level of the new ladder that was not taken is taken next.
pub(super) fn assign(work: &mut Work<'_>) {
    let policy = work.policy;
    if policy.segments.is_empty() || work.account.items.values().all(|item| !item.is_open()) {
        return;
    }
    let today = work.today();
    let Some(chosen) = policy.segment_of(&work.account, today) else { return };
    if let Some(day) = chosen.until {
        work.wakes(day);
    }
    let (segment, ladder) = (chosen.segment.id.clone(), chosen.segment.ladder.clone());
    work.says("segment", format!("segment `{segment}`, ladder `{ladder}`: {}", chosen.because));
    let known = work.account.segment.as_ref();
    if known.is_none_or(|known| known.segment != segment || known.ladder != ladder) {
        work.happens(Fact::SegmentAssigned { segment, ladder, because: chosen.because });
    }
}

/// The version with which a ladder begins is the account's until a person moves it.
pub(super) fn begin(work: &mut Work<'_>) {
    let policy = work.policy;
    let ours = work.account.policy.as_ref();
    if ours.is_some_and(|ours| ours.name == policy.name && ours.version == policy.version) {
        return;
    }
    let because = "the ladder begins".to_owned();
    work.happens(Fact::PolicyAssigned { policy: policy.reference(), how: Arrival::Start, because, not_before: None });
}
