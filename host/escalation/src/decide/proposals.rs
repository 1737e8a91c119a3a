//! Levels that people are asked about: proposed when their day has come, taken when enough people agree.

use std::collections::BTreeMap;

use super::Work;
use super::ladder::{Due, next_rank};
use super::plan::silent;
use crate::account::Account;
use crate::effect::Action;
use crate::event::Fact;
use crate::guard::Guard;
use crate::id::{InvoiceNumber, LevelId};
use crate::policy::{Level, Policy};

/// What may be taken today; the rest waits for people, who are asked once.
pub(super) fn agreed<'a>(work: &mut Work<'a>, mut due: Vec<Due<'a>>) -> Vec<Due<'a>> {
    let asked = due.iter().filter(|one| one.level.is_proposed());
    let levels: BTreeMap<&LevelId, &Level> = asked.map(|one| (&one.level.id, one.level)).collect();
    for level in levels.into_values() {
        let (group, rest) = due.into_iter().partition(|one| one.level.id == level.id);
        due = rest;
        match awaited(work, level, &group) {
            None => due.extend(group),
            Some(text) => silent(work, &group, &Guard::new("approval", format!("`{}` {text}", level.id), None)),
        }
    }
    due
}

/// Asks, the first time; and says for whom is waited.
fn awaited(work: &mut Work<'_>, level: &Level, group: &[Due<'_>]) -> Option<String> {
    if !work.account.proposals.contains_key(&level.id) {
        let invoices = group.iter().map(|one| one.invoice.clone()).collect();
        work.happens(Fact::LevelProposed { level: level.id.clone(), invoices, approval: level.approval });
    }
    work.account.proposals.get(&level.id)?.awaited()
}

/// A proposal outlives the day on which it was agreed to, until what it was for is out: a letter that did not go out is planned
/// anew without asking again.
pub(super) fn end(work: &mut Work<'_>) {
    let asked: Vec<LevelId> = work.account.proposals.keys().cloned().collect();
    for level in asked {
        if let Some(because) = is_over(&work.account, work.policy, &level) {
            work.happens(Fact::ProposalEnded { level, because: because.to_owned() });
        }
    }
}

fn is_over(account: &Account, policy: &Policy, level: &LevelId) -> Option<&'static str> {
    let levels = policy.levels_of(account);
    let comes_next = |number: &InvoiceNumber| {
        let item = account.items.get(number).filter(|item| item.is_open());
        item.and_then(|item| levels.get(next_rank(levels, item))).is_some_and(|next| &next.id == level)
    };
    let letter = |action: &Action| matches!(action, Action::SendNotice(notice) if &notice.level == level);
    let under_way = account.effects.values().any(|known| letter(&known.effect.action));
    let taken = account.items.values().flat_map(|item| &item.steps).any(|step| &step.level == level);
    match under_way || account.items.keys().any(comes_next) {
        true => None,
        false if taken => Some("it was taken"),
        false => Some("no invoice has come to it any more"),
    }
}
