//! What is due becomes effects: one notice and one call an account, the highest level speaks, the others come along.

use jiff::civil::Date;

use super::ladder::{Due, how_late, next_day};
use super::place;
use super::posting::take_back_planned;
use super::proposals;
use super::segments;
use super::tasks;
use super::{Work, charges, notice_period};
use crate::account::{EffectState, PlannedEffect};
use crate::effect::{Action, Call, Notice};
use crate::event::Fact;
use crate::guard::{self, Asked, Guard};
use crate::id::{EffectKey, InvoiceNumber};
use crate::invoice::{days_between, plus_days};
use crate::money::Money;
use crate::policy::{Level, LevelAction};
use crate::task::Datum;

/// Days for which a planned notice may still go out.
const NOTICE_VALID_DAYS: i32 = 3;
/// Days for which a queued call may still be made.
const CALL_VALID_DAYS: i32 = 3;

/// What speaks together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Voice {
    Place,
    Hold,
    Tell,
    /// Something that a person does.
    Task,
    /// To the debtor, about what is overdue.
    Chase,
    Call,
    /// To the debtor, about what is not due yet: never in one letter with what is overdue.
    Remind,
}

pub(super) fn plan<'a>(work: &mut Work<'a>, due: Vec<Due<'a>>) {
    let today = work.today();
    let due = proposals::agreed(work, due);
    let mut groups: std::collections::BTreeMap<Voice, Vec<Due<'_>>> = std::collections::BTreeMap::new();
    for one in due {
        let voice = match one.level.action {
            LevelAction::Place => Voice::Place,
            LevelAction::HoldCredit => Voice::Hold,
            LevelAction::TellColleague => Voice::Tell,
            LevelAction::Task => Voice::Task,
            LevelAction::Call => Voice::Call,
            LevelAction::Notice if one.due_on < today => Voice::Chase,
            LevelAction::Notice => Voice::Remind,
        };
        groups.entry(voice).or_default().push(one);
    }
    let mut groups: Vec<(Voice, Vec<Due<'_>>)> = groups.into_iter().collect();
    // The gap between two contacts lets only the first one through: the higher level.
    let highest = |group: &[Due<'_>]| group.iter().map(|one| one.rank).max();
    groups.sort_by_key(|(voice, group)| match voice {
        Voice::Chase | Voice::Call => (1, std::cmp::Reverse(highest(group)), *voice),
        Voice::Remind => (2, std::cmp::Reverse(None), *voice),
        _ => (0, std::cmp::Reverse(None), *voice),
    });
    for (voice, group) in groups {
        let group = still_free(work, group);
        match voice {
            Voice::Place => place::place(work, group),
            Voice::Hold => hold(work, group),
            Voice::Tell => tell(work, group),
            Voice::Task => tasks::by_level(group).into_iter().for_each(|group| task(work, group)),
            Voice::Chase | Voice::Remind => notice(work, group, voice == Voice::Chase),
            Voice::Call => call(work, group),
        }
    }
}

/// What came before may have taken an item along, to the agency.
fn still_free<'a>(work: &mut Work<'_>, group: Vec<Due<'a>>) -> Vec<Due<'a>> {
    let mut free = Vec::new();
    for one in group {
        let guard = work.account.items.get(&one.invoice).and_then(|item| guard::of_item(work.scene(), item));
        match guard {
            Some(guard) => work.is_silent(guard, &one.invoice, Some(&one.level.id)),
            None => free.push(one),
        }
    }
    free
}

fn notice(work: &mut Work<'_>, group: Vec<Due<'_>>, late: bool) {
    let Some(speaker) = speaker(&group) else { return };
    let today = work.today();
    let invoices = numbers(&group);
    let channel = match guard::channel(&work.account, &speaker.channels) {
        Ok(channel) => channel,
        Err(guard) => {
            tasks::seek_address(work, &speaker.channels);
            return silent(work, &group, &guard);
        }
    };
    if !Datum::Language.is_known(&work.account) {
        tasks::seek(work, Datum::Language);
    }
    let deadline = match notice_period::deadline(work, speaker, today) {
        Ok(deadline) => deadline,
        Err(guard) => return silent(work, &group, &guard),
    };
    let action = Action::SendNotice(Notice {
        level: speaker.id.clone(),
        channel,
        tone: speaker.tone,
        template: speaker.template.clone(),
        invoices,
        deadline,
        confirm_days: speaker.confirm_days,
    });
    let (key, named) = key_of(work, "notice", speaker, &group);
    let claimed = if late { charges::of_notice(work, &group, speaker, (&key, &named)) } else { Ok(Vec::new()) };
    let claimed = match claimed {
        Ok(claimed) => claimed,
        Err(guard) => return silent(work, &group, &guard),
    };
    // A stated deadline counts from sending, and so do interest and the days between two fees: such a notice goes out today or is
    // planned anew.
    let dated = deadline.is_some() || work.policy.charges.from.is_some();
    let valid = if dated { today } else { plus_days(today, NOTICE_VALID_DAYS) };
    if contact(work, group, (key, Some(valid)), action) {
        charges::record(work, claimed);
    }
}

fn call(work: &mut Work<'_>, group: Vec<Due<'_>>) {
    let Some(speaker) = speaker(&group) else { return };
    let today = work.today();
    let items: Vec<_> = group.iter().filter_map(|one| work.account.items.get(&one.invoice)).collect();
    let days = items.iter().map(|item| item.days_past_due(today)).max().unwrap_or(0);
    let weight = items.iter().fold(0i64, |sum, item| {
        let days = i64::from(days_between(item.invoice.due_on, today).max(0));
        sum.saturating_add(item.open.minor.saturating_mul(days))
    });
    let owed: Vec<String> =
        crate::account::sum(items.iter().map(|item| item.open)).iter().map(Money::to_string).collect();
    let reason = format!("{}: {} is {days} days past due", speaker.title, owed.join(" and "));
    let action = Action::QueueCall(Call { level: speaker.id.clone(), invoices: numbers(&group), reason, weight });
    let (key, _) = key_of(work, "call", speaker, &group);
    contact(work, group, (key, Some(plus_days(today, CALL_VALID_DAYS))), action);
}

/// Plans one contact, unless a guard of contacts says no; answers whether it did.
fn contact(
    work: &mut Work<'_>,
    group: Vec<Due<'_>>,
    (key, valid_until): (EffectKey, Option<Date>),
    action: Action,
) -> bool {
    let guard = guard::of_contact(work.scene(), &action, Asked::Planning)
        .or_else(|| guard::unknown_outcome(&work.account, &action));
    if let Some(guard) = guard {
        match guard.code.as_str() {
            "unknown-country" => tasks::seek(work, Datum::Country),
            "unknown-zone" => tasks::seek(work, Datum::Zone),
            _ => {}
        }
        silent(work, &group, &guard);
        return false;
    }
    reached(work, &group);
    work.plans(key, valid_until, action);
    true
}

/// What a person does is a step like every other one.
fn task(work: &mut Work<'_>, group: Vec<Due<'_>>) {
    let Some(speaker) = speaker(&group) else { return };
    match tasks::join_in(work, speaker, numbers(&group)) {
        Ok(()) => reached(work, &group),
        Err(guard) => silent(work, &group, &guard),
    }
}

fn tell(work: &mut Work<'_>, group: Vec<Due<'_>>) {
    let Some(speaker) = speaker(&group) else { return };
    let action = Action::TellColleague {
        level: speaker.id.clone(),
        to: speaker.to.clone(),
        template: speaker.template.clone(),
        invoices: numbers(&group),
    };
    if let Some(guard) = guard::unknown_outcome(&work.account, &action) {
        return silent(work, &group, &guard);
    }
    let (key, _) = key_of(work, "tell", speaker, &group);
    reached(work, &group);
    work.plans(key, None, action);
}

/// One hold an account; an item that comes to this level while credit is held already has nothing to add.
fn hold(work: &mut Work<'_>, group: Vec<Due<'_>>) {
    let Some(speaker) = speaker(&group) else { return };
    let today = work.today();
    let oldest = group.iter().min_by_key(|one| (one.due_on, &one.invoice));
    let reason = oldest.map(|one| format!("{} is {}", one.invoice, how_late(one.due_on, today))).unwrap_or_default();
    let action = Action::HoldCredit { reason: reason.clone() };
    if let Some(guard) = guard::unknown_outcome(&work.account, &action) {
        return silent(work, &group, &guard);
    }
    let (key, _) = key_of(work, "hold", speaker, &group);
    reached(work, &group);
    let proposed = |known: &PlannedEffect| known.state == EffectState::Planned && !known.effect.approval.is_none();
    let mut holds =
        work.account.effects.values().filter(|known| matches!(known.effect.action, Action::HoldCredit { .. }));
    if work.account.hold.is_some() || holds.any(proposed) {
        return;
    }
    if !speaker.approval.is_none() {
        return work.plans_if_approved(key, None, action, speaker.approval);
    }
    work.happens(Fact::CreditHeld { reason });
    let released = |action: &Action| matches!(action, Action::ReleaseCredit { .. });
    if !take_back_planned(work, released, "credit is held again") {
        work.plans(key, None, action);
    }
}

pub(super) fn speaker<'a>(group: &[Due<'a>]) -> Option<&'a Level> {
    group.iter().max_by_key(|one| one.rank).map(|one| one.level)
}

fn numbers(group: &[Due<'_>]) -> Vec<InvoiceNumber> {
    group.iter().map(|one| one.invoice.clone()).collect()
}

/// `notice:second-notice:INV-7:cycle-1`: named after the oldest invoice that came to the speaking level.
fn key_of(work: &Work<'_>, word: &str, speaker: &Level, group: &[Due<'_>]) -> (EffectKey, InvoiceNumber) {
    let at_level = group.iter().filter(|one| one.level.id == speaker.id);
    let Some(oldest) = at_level.min_by_key(|one| (one.due_on, &one.invoice)) else {
        return (work.fresh_key(&format!("{word}:{}", speaker.id)), InvoiceNumber::new(""));
    };
    let cycle = work.account.items.get(&oldest.invoice).map_or(1, |item| item.cycle);
    let key = work.fresh_key(&format!("{word}:{}:{}:cycle-{cycle}", speaker.id, oldest.invoice));
    (key, oldest.invoice.clone())
}

pub(super) fn reached(work: &mut Work<'_>, group: &[Due<'_>]) {
    segments::begin(work);
    let today = work.today();
    for one in group {
        let text = format!("{}: {}", how_late(one.due_on, today), one.level.title);
        let reason = work.says("level-reached", text);
        (reason.invoice, reason.level) = (Some(one.invoice.clone()), Some(one.level.id.clone()));
        work.happens(Fact::LevelReached { invoice: one.invoice.clone(), level: one.level.id.clone() });
        // Where nothing is planned for it, no outcome will come and have the account looked at again.
        let next = next_day(work, &one.invoice).unwrap_or(today);
        work.wakes(next.max(plus_days(today, 1)));
    }
}

pub(super) fn silent(work: &mut Work<'_>, group: &[Due<'_>], guard: &Guard) {
    for one in group {
        work.is_silent(guard.clone(), &one.invoice, Some(&one.level.id));
    }
}
