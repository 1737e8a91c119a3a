//! What publishing a version does to an account whose ladder runs: shown before it happens, and then a fact.

use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::assignment::{Arrival, PolicyRef};
use crate::decide::{Now, decide};
use crate::event::{Event, Fact};
use crate::evolve::evolve;
use crate::id::{AccountId, LevelId};
use crate::invoice::{OpenItem, plus_days};
use crate::pack::Packs;
use crate::policy::Policy;

/// What becomes of accounts in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InFlight {
    /// They end their ladder with the version it began with.
    Keep,
    /// They go on with the new version. Levels are matched by their ids.
    Migrate,
    /// Every open invoice begins a new walk with the new version.
    Restart,
}

/// One account, and what happens to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    pub account: AccountId,
    pub from: PolicyRef,
    pub how: InFlight,
    /// A sentence for each open invoice: where it stands, and what comes next by which rule.
    pub lines: Vec<String>,
    /// What is recorded on the account; none: it keeps its version, and nothing is.
    pub fact: Option<Fact>,
}

impl InFlight {
    pub fn read(word: &str) -> Option<Self> {
        [Self::Keep, Self::Migrate, Self::Restart].into_iter().find(|how| how.as_str() == word)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Migrate => "migrate",
            Self::Restart => "restart",
        }
    }
}

/// None: no ladder of the account runs, or it has the new version already.
pub fn plan(
    account: &Account,
    (kept, new): (&Policy, &Policy),
    packs: &Packs,
    how: InFlight,
    now: &Now,
    why: &str,
) -> Option<Move> {
    let from = account.in_flight()?.clone();
    let to = new.reference();
    if from == to {
        return None;
    }
    let arrival = match how {
        InFlight::Keep => {
            let lines = vec![format!("ends its ladder with `{from}`")];
            return Some(Move { account: account.id.clone(), from, how, lines, fact: None });
        }
        InFlight::Migrate => Arrival::Migrate,
        InFlight::Restart => Arrival::Restart,
    };
    let not_before = deadline_over(account, kept).filter(|day| *day > now.today());
    let fact = Fact::PolicyAssigned { policy: to, how: arrival, because: why.to_owned(), not_before };
    let mut after = account.clone();
    evolve(&mut after, &Event { at: now.at, on: now.today(), origin: String::new(), fact: fact.clone() });
    let decision = decide(&after, new, packs, now);
    let begun = account.items.values().filter(|item| item.is_open() && !item.steps.is_empty());
    let lines = begun.map(|item| {
        let number = &item.invoice.number;
        let reason = decision.because.iter().rev().find(|reason| reason.invoice.as_ref() == Some(number));
        let next = reason.map_or_else(|| "nothing is due".to_owned(), |reason| reason.text.clone());
        format!("{number}: {}; {next}", stands(item, new, how))
    });
    let lines = lines.collect();
    Some(Move { account: account.id.clone(), from, how, lines, fact: Some(fact) })
}

/// Where an invoice stands, and by which rule that is so in the new version.
fn stands(item: &OpenItem, new: &Policy, how: InFlight) -> String {
    let Some(last) = item.steps.last().map(|step| &step.level) else { return "begins".to_owned() };
    let known = |id: &LevelId| new.level(id).is_some();
    if how == InFlight::Restart {
        return format!("after `{last}`, begins anew");
    }
    if known(last) {
        return format!("after `{last}`, matched by its id");
    }
    match item.steps.iter().rev().map(|step| &step.level).find(|id| known(id)) {
        Some(before) => format!("`{last}` is no level any more, so after `{before}`, matched by its id"),
        None => format!("none of its levels is one any more (`{last}` was the last), so from the first"),
    }
}

/// The day after the last deadline that a notice about an open invoice has set.
fn deadline_over(account: &Account, kept: &Policy) -> Option<jiff::civil::Date> {
    let open = account.items.values().filter(|item| item.is_open());
    let days = open.filter_map(|item| {
        let last = item.last_taken()?;
        let days = kept.level(&last.level)?.deadline_days?;
        Some(plus_days(last.on, i32::from(days) + 1))
    });
    days.max()
}
