//! The ladder: each open item's next level, and whether its day has come.

use std::borrow::Cow;

use jiff::civil::Date;

use super::{Work, notice_period, plan, segments, tasks};
use crate::account::Account;
use crate::event::Fact;
use crate::guard::{self, Guard};
use crate::id::InvoiceNumber;
use crate::invoice::{OpenItem, days_between, plus_days};
use crate::money::Money;
use crate::policy::{Anchor, Level, LevelAction, Policy};
use crate::promise::PromiseState;
use crate::task::Datum;

/// An item whose next level is due today.
#[derive(Clone)]
pub(super) struct Due<'a> {
    pub invoice: InvoiceNumber,
    /// The level's place on the ladder, from 0.
    pub rank: usize,
    pub level: &'a Level,
    pub due_on: Date,
}

/// No stage is skipped without a rule: a level is taken, or passed over with a sentence.
pub(super) fn climb(work: &mut Work<'_>) {
    let open: Vec<InvoiceNumber> = work.account.open_items().iter().map(|item| item.invoice.number.clone()).collect();
    if open.is_empty() {
        work.says("nothing-owed", "nothing is owed");
    }
    let due: Vec<Due<'_>> = open.into_iter().filter_map(|number| next_due(work, number)).collect();
    plan::plan(work, due);
}

fn next_due<'a>(work: &mut Work<'a>, number: InvoiceNumber) -> Option<Due<'a>> {
    let policy = work.policy;
    loop {
        let item = item(work, &number)?;
        let levels = policy.levels_of(&work.account);
        let rank = next_rank(levels, &item);
        let level = levels.get(rank);
        if let Some(guard) = guard::of_item(work.scene(), &item) {
            work.is_silent(guard, &number, level.map(|level| &level.id));
            return None;
        }
        let Some(level) = level else {
            let text = "the ladder has ended: a person decides";
            work.says("ladder-ended", text).invoice = Some(number);
            return None;
        };
        let day = match due_day(work, &item, level) {
            Ok(day) => day,
            Err(guard) => {
                work.is_silent(guard, &number, Some(&level.id));
                return None;
            }
        };
        let today = work.today();
        if let Some(because) = passed_over(work, &item, levels, rank, day) {
            segments::begin(work);
            if level.action == LevelAction::Call && !Datum::Phone.is_known(&work.account) {
                tasks::seek(work, Datum::Phone);
            }
            let reason = work.says("level-passed", format!("`{}` is passed over: {because}", level.id));
            (reason.invoice, reason.level) = (Some(number.clone()), Some(level.id.clone()));
            work.happens(Fact::LevelPassed { invoice: number.clone(), level: level.id.clone(), because });
            continue;
        }
        if day > today {
            work.wakes(day);
            let reason = work.says("not-yet", format!("next is `{}` ({}) on {day}", level.id, level.title));
            (reason.invoice, reason.level, reason.until) = (Some(number), Some(level.id.clone()), Some(day));
            return None;
        }
        // Something else may keep it waiting until its window closes.
        if let Some(last) = last_day(&item, level) {
            work.wakes(plus_days(last, 1));
        }
        return Some(Due { invoice: number, rank, level, due_on: item.invoice.due_on });
    }
}

/// Copied only where the account is a copy already.
fn item<'a>(work: &Work<'a>, number: &InvoiceNumber) -> Option<Cow<'a, OpenItem>> {
    match &work.account {
        Cow::Borrowed(account) => account.items.get(number).map(Cow::Borrowed),
        Cow::Owned(account) => account.items.get(number).cloned().map(Cow::Owned),
    }
}

/// The level after the last step, by the levels' ids; before it comes a mandatory one that was not taken. Levels that this
/// ladder does not have do not count.
pub(crate) fn next_rank(levels: &[Level], item: &OpenItem) -> usize {
    let rank = |id| levels.iter().position(|level| &level.id == id);
    let next = item.steps.iter().filter_map(|step| rank(&step.level)).max().map_or(0, |highest| highest + 1);
    let taken = |level: &Level| item.steps.iter().any(|step| step.level == level.id && step.passed.is_none());
    levels.iter().take(next).position(|level| level.mandatory && !taken(level)).unwrap_or(next)
}

/// The day that the policy names for a level, whatever came before it.
fn planned_day(item: &OpenItem, level: &Level) -> Date {
    let anchor = match level.after {
        Anchor::Issue => item.invoice.issued_on,
        Anchor::Due => item.invoice.due_on,
    };
    plus_days(anchor, i32::from(level.days))
}

/// The last day of its window; past it the level is passed over.
fn last_day(item: &OpenItem, level: &Level) -> Option<Date> {
    let until = level.until_days?;
    Some(plus_days(planned_day(item, level), i32::from(until) - i32::from(level.days)))
}

/// The first day on which the level may be taken: its own, and far enough from the step before and from the deadline that
/// was set there, by the policy or by law. One level a day at most.
fn due_day(work: &Work<'_>, item: &OpenItem, level: &Level) -> Result<Date, Guard> {
    let planned = planned_day(item, level);
    let Some(last) = item.last_taken() else { return Ok(planned) };
    let before = work.policy.level(&last.level);
    let planned = work.account.not_before.map_or(planned, |day| planned.max(day));
    let deadline = match before {
        Some(before) => notice_period::deadline(work, before, last.on)?,
        None => None,
    };
    let after = deadline.map_or(planned, |deadline| plus_days(deadline, 1));
    Ok(planned.max(after).max(plus_days(last.on, i32::from(level.gap_days).max(1))))
}

/// The day of the level that comes next; none: the ladder has ended.
pub(super) fn next_day(work: &Work<'_>, number: &InvoiceNumber) -> Option<Date> {
    let item = work.account.items.get(number)?;
    let levels = work.policy.levels_of(&work.account);
    let level = levels.get(next_rank(levels, item))?;
    due_day(work, item, level).ok()
}

/// The rule by which a level does not apply, as a sentence.
fn passed_over(work: &Work<'_>, item: &OpenItem, levels: &[Level], rank: usize, day: Date) -> Option<String> {
    let level = levels.get(rank).filter(|level| !level.mandatory)?;
    let planned = planned_day(item, level);
    if let Some(because) = friendlier(work.policy, item, level) {
        return Some(because);
    }
    let later = levels.iter().skip(rank + 1).find(|later| planned_day(item, later) <= planned);
    if level.after == Anchor::Issue
        && let Some(later) = later.filter(|later| later.after == Anchor::Due)
    {
        return Some(format!("its day would be {planned}, and `{}` comes on {}", later.id, planned_day(item, later)));
    }
    let today = work.today();
    if day > today {
        return None;
    }
    if let Some(last) = last_day(item, level).filter(|last| today > *last) {
        return Some(format!("its last day was {last}"));
    }
    if level.action == LevelAction::Call
        && let Some(because) = guard::call_impossible(&work.account)
    {
        return Some(because);
    }
    unmet(&work.account, item, level)
}

/// A notice that another ladder has, friendlier than what this item was told already.
fn friendlier(policy: &Policy, item: &OpenItem, level: &Level) -> Option<String> {
    // On one ladder alone the tone never falls: that is checked when the policy is read.
    if level.action != LevelAction::Notice || policy.ladders.is_empty() {
        return None;
    }
    let taken = item.steps.iter().filter(|step| step.passed.is_none());
    let notices = taken.filter_map(|step| policy.level(&step.level)).filter(|one| one.action == LevelAction::Notice);
    let louder = notices.max_by_key(|one| one.tone).filter(|one| one.tone > level.tone)?;
    Some(format!("`{}` was sent already, and this would be friendlier", louder.id))
}

/// The condition that does not hold.
fn unmet(account: &Account, item: &OpenItem, level: &Level) -> Option<String> {
    let when = &level.when;
    let least = when.open_min.get(&item.open.currency).and_then(|least| Money::parse(least, item.open.currency).ok());
    if let Some(least) = least.filter(|least| item.open.minor < least.minor) {
        return Some(format!("{} is less than {least}", item.open));
    }
    if !when.debtor_kinds.is_empty() && !when.debtor_kinds.contains(&account.debtor.kind) {
        return Some(format!("not for debtors of kind `{}`", account.debtor.kind.as_str()));
    }
    if !when.countries.is_empty() && !when.countries.contains(&account.debtor.country) {
        return Some(format!("not for the country `{}`", account.debtor.country));
    }
    let broke =
        account.promises.iter().any(|promise| matches!(promise.state, PromiseState::Broken | PromiseState::PartlyKept));
    match when.broke_promise {
        Some(true) if !broke => Some("no promise was broken".to_owned()),
        Some(false) if broke => Some("a promise was broken".to_owned()),
        _ => None,
    }
}

/// `8 days past due`, `due today`, `due in 3 days`.
pub(crate) fn how_late(due_on: Date, today: Date) -> String {
    match days_between(due_on, today) {
        0 => "due today".to_owned(),
        1 => "1 day past due".to_owned(),
        -1 => "due in 1 day".to_owned(),
        days if days > 0 => format!("{days} days past due"),
        days => format!("due in {} days", -days),
    }
}
