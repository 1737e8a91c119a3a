//! Compares what a story expects of a day with what happened, and tells the difference.

use super::deed::Deed;
use super::expect::{Expectation, What};
use super::parse::Entry;
use super::work;
use super::world::{Happened, Happening, World};
use crate::account::Account;
use crate::money::Money;

/// One text for each difference, beginning with the line's number.
pub(super) fn judge(world: &World<'_>, entry: &Entry, complete: bool) -> Vec<String> {
    let today: Vec<&Happening> = world.happened.iter().filter(|seen| seen.on == entry.on).collect();
    let mut differences = Vec::new();
    for expectation in &entry.expects {
        if let Some(found) = differs(world, expectation, &today) {
            let happened = day(&today);
            differences.push(format!(
                "{}: expected `{}`\n    {found}\n  on {} happened:\n{happened}",
                expectation.line, expectation.text, entry.on
            ));
        }
    }
    if complete {
        let told = |deed: &Deed| {
            entry.expects.iter().any(
                |expected| matches!(&expected.what, What::Effect(wanted) if !expected.never && wanted.covers(deed)),
            )
        };
        for seen in &world.happened {
            if let Happened::Did(deed) = &seen.what
                && !(seen.on == entry.on && told(deed))
            {
                differences.push(format!("{}: not told: on {} happened `{deed}`", entry.line, seen.on));
            }
        }
    }
    differences
}

/// None: as expected.
fn differs(world: &World<'_>, expectation: &Expectation, today: &[&Happening]) -> Option<String> {
    let (came, of) = match &expectation.what {
        What::Nothing(name) => {
            let about = |seen: &&&Happening| name.as_ref().is_none_or(|name| &seen.name == name);
            let did = today.iter().filter(about).any(|seen| matches!(seen.what, Happened::Did(_)));
            (!did, name.clone())
        }
        What::Effect(wanted) => find(today, |what| matches!(what, Happened::Did(deed) if wanted.covers(deed))),
        What::Cancelled(wanted) => find(today, |what| matches!(what, Happened::Cancelled(deed) if wanted.covers(deed))),
        What::Fact(wanted) => find(today, |what| matches!(what, Happened::Fact(fact) if fact == wanted)),
        What::Owes { name, amount } => return state(world, expectation, name, *amount, Account::open),
        What::Unapplied { name, amount } => return state(world, expectation, name, *amount, Account::unapplied),
        What::Credit { name, amount } => {
            let credit = |account: &Account| {
                crate::account::sum(account.credit.iter().map(|(currency, minor)| Money::new(*minor, *currency)))
            };
            return state(world, expectation, name, *amount, credit);
        }
        What::Costs { name, amount } => {
            return state(world, expectation, name, Some(*amount), |account| account.upfront.costs());
        }
        What::Charges { name, amount } => {
            let owed = |account: &Account| {
                crate::account::sum(crate::charge::standing(account).iter().map(crate::charge::Standing::open))
            };
            return state(world, expectation, name, *amount, owed);
        }
        What::Segment { name, segment } => {
            let of = |account: &Account| account.segment.as_ref().map(|known| known.segment.clone());
            return word(world, expectation, name, segment, of);
        }
        What::Under { name, policy } => {
            return word(world, expectation, name, policy, |account| account.in_flight().map(ToString::to_string));
        }
        What::Owed { name, amount } => {
            let owed = |account: &Account| {
                crate::account::sum(account.placements.iter().map(|placement| placement.statement().owed))
            };
            return state(world, expectation, name, Some(*amount), owed);
        }
        What::Stands(standing) => work::holds(world, standing),
        What::PaysInAdvance(name) => {
            let lane = world.lanes.get(name);
            (lane.is_some_and(|lane| lane.account.cash_in_advance.is_some()), Some(name.clone()))
        }
        What::Commission { name, amount } => {
            let commission = |account: &Account| {
                crate::account::sum(account.placements.iter().map(crate::placement::Placement::commission_taken))
            };
            return state(world, expectation, name, Some(*amount), commission);
        }
    };
    if expectation.never {
        return came.then(|| "it happened".to_owned());
    }
    if !came {
        return Some("it did not happen".to_owned());
    }
    let wanted = expectation.because.as_ref()?;
    let reasons = today.iter().filter(|seen| of.as_ref().is_none_or(|of| seen.name.is_empty() || &seen.name == of));
    let agrees = reasons.filter_map(|seen| match &seen.what {
        Happened::Because(reason) => Some(reason),
        _ => None,
    });
    let wanted = wanted.to_lowercase();
    let mut agrees = agrees.filter(|reason| {
        reason.text.to_lowercase().contains(&wanted) || reason.code.replace('-', " ").contains(&wanted)
    });
    if agrees.next().is_some() { None } else { Some("it did, but for another reason".to_owned()) }
}

/// Whether it happened, and to whom.
fn find(today: &[&Happening], wanted: impl Fn(&Happened) -> bool) -> (bool, Option<String>) {
    let found = today.iter().find(|seen| wanted(&seen.what));
    (found.is_some(), found.map(|seen| seen.name.clone()).filter(|name| !name.is_empty()))
}

fn state(
    world: &World<'_>,
    expectation: &Expectation,
    name: &str,
    amount: Option<Money>,
    of: impl Fn(&Account) -> Vec<Money>,
) -> Option<String> {
    let Some(lane) = world.lanes.get(name) else { return Some(format!("nobody is called `{name}`")) };
    let found = of(&lane.account);
    let agrees = found == amount.into_iter().filter(|amount| !amount.is_zero()).collect::<Vec<_>>();
    let told: Vec<String> = found.iter().map(ToString::to_string).collect();
    let told = if told.is_empty() { "nothing".to_owned() } else { told.join(" and ") };
    (agrees == expectation.never).then(|| format!("it is {told}"))
}

/// A word that describes the account.
fn word(
    world: &World<'_>,
    expectation: &Expectation,
    name: &str,
    wanted: &str,
    of: impl Fn(&Account) -> Option<String>,
) -> Option<String> {
    let Some(lane) = world.lanes.get(name) else { return Some(format!("nobody is called `{name}`")) };
    let found = of(&lane.account);
    let agrees = found.as_deref() == Some(wanted);
    (agrees == expectation.never).then(|| format!("it is {}", found.unwrap_or_else(|| "none".to_owned())))
}

/// The day in the words of a story, so that it can be copied from the difference.
fn day(today: &[&Happening]) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut add = |line: String| {
        if !lines.contains(&line) {
            lines.push(line);
        }
    };
    for seen in today {
        match &seen.what {
            Happened::Did(deed) => add(format!("    > {deed}")),
            Happened::Cancelled(deed) => add(format!("    > cancel {deed}")),
            Happened::Fact(fact) => add(format!("    > {fact}")),
            Happened::Because(_) => {}
        }
    }
    if lines.is_empty() {
        lines.push("    > nothing".to_owned());
    }
    let mut reasons: Vec<String> = Vec::new();
    for seen in today {
        if let Happened::Because(reason) = &seen.what {
            let invoice = reason.invoice.as_ref().map(|number| format!("{number} ")).unwrap_or_default();
            let until = reason.until.map(|day| format!(" (until {day})")).unwrap_or_default();
            let line = format!("    because {} {invoice}{}{until}", seen.name, reason.text);
            if !reasons.contains(&line) {
                reasons.push(line);
            }
        }
    }
    lines.extend(reasons);
    lines.join("\n")
}
