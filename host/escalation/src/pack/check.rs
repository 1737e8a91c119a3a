//! What a pack that can be read must still satisfy: no gap and no overlap in days, a source for everything, one rule for a case.

mod values;

use std::collections::BTreeSet;
use std::fmt::Debug;

use super::{ContactChannel, CountedFrom, Head, NoticePeriod, Pack, Rule};
use crate::party::PartyKind;

/// Rules of one section.
const RULES_MAX: usize = 200;

/// Something that cannot be, and where it stands.
pub(super) struct Fault {
    /// `interest`, `series.NAME`, `calendar.holiday`; empty: above all sections.
    pub section: String,
    /// From 0, where the section is a list.
    pub index: Option<usize>,
    /// A key, or words of the line.
    pub find: String,
    pub text: String,
    pub hint: String,
}

type Checked = Result<(), Fault>;

pub(super) fn check(pack: &Pack) -> Checked {
    top(pack)?;
    values::series(pack)?;
    rules("interest", &pack.interest, |_| "")?;
    rules("compensation", &pack.compensation, |_| "")?;
    rules("allocation", &pack.allocation, |_| "")?;
    rules("limitation", &pack.limitation, |_| "")?;
    rules("fee", &pack.fees, |rule| rule.notice)?;
    // Of these, all that cover a case hold together.
    heads("notice_period", &pack.notice_period)?;
    receipt(pack)?;
    heads("letter", &pack.letters)?;
    heads("contact", &pack.contact)?;
    values::interest(pack)?;
    values::costs(pack)?;
    values::letters(pack)?;
    values::contact(pack)?;
    values::calendar(pack)
}

fn top(pack: &Pack) -> Checked {
    let country = |code: &&String| code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_uppercase());
    for (key, codes) in [("country", std::slice::from_ref(&pack.country)), ("also", pack.also.as_slice())] {
        if let Some(wrong) = codes.iter().find(|code| !country(code)) {
            let hint = "allowed: two capital letters of ISO 3166-1, or `EU`";
            return fault("", None, key, format!("`{wrong}` is no country code"), hint);
        }
    }
    let language = matches!(pack.language.len(), 2 | 3) && pack.language.bytes().all(|l| l.is_ascii_lowercase());
    if !language {
        return fault("", None, "language", format!("`{}` is no language", pack.language), "allowed: such as `de`");
    }
    for (key, value) in [("name", &pack.name), ("version", &pack.version)] {
        if value.trim().is_empty() {
            return fault("", None, key, format!("`{key}` is empty"), "every pack has a name and a version");
        }
    }
    Ok(())
}

/// When a letter arrived is not known here: a period that counts from receipt says for which day it may be assumed.
fn receipt(pack: &Pack) -> Checked {
    let unknown = |rule: &NoticePeriod| {
        let assumed = rule.receipt_assumed_working_days.is_some() && pack.calendar.is_some();
        rule.counted_from == CountedFrom::Receipt && !assumed
    };
    match pack.notice_period.iter().position(unknown) {
        None => Ok(()),
        Some(n) => {
            let text = "nobody tells when a letter was received".to_owned();
            let hint = "add `receipt_assumed_working_days` and a `[calendar]`, or count from `sending`";
            fault("notice_period", Some(n), "counted_from", text, hint)
        }
    }
}

/// A section in which one rule at most may cover a case; `kind` tells cases apart beside debtor, actor and day.
fn rules<R: Rule, K: PartialEq + Debug>(section: &str, rules: &[R], kind: impl Fn(&R) -> K) -> Checked {
    heads(section, rules)?;
    for (n, rule) in rules.iter().enumerate() {
        let head = rule.head();
        let others = rules.iter().take(n).filter(|other| kind(other) == kind(rule));
        if let Some(other) = others.map(Rule::head).find(|other| overlap(other, &head)) {
            let text = format!("`{}` from {} overlaps `{}` from {}", head.id, head.from, other.id, other.from);
            let hint = "one rule at most covers a debtor and a day: end the first with `until`, or tell their `debtors` or `actors` apart";
            return fault(section, Some(n), "from", text, hint);
        }
    }
    Ok(())
}

/// Every rule by itself, and the versions of one rule after each other.
fn heads<R: Rule>(section: &str, rules: &[R]) -> Checked {
    if rules.len() > RULES_MAX {
        return fault(section, None, "", format!("{} rules in `{section}`", rules.len()), "allowed: 200");
    }
    for (n, rule) in rules.iter().enumerate() {
        let head = rule.head();
        alone(section, n, &head)?;
        let before = rules.iter().take(n).map(Rule::head).rfind(|other| same_rule(other, &head));
        let Some(before) = before else { continue };
        let follows = before.until.and_then(|until| until.tomorrow().ok());
        match follows {
            Some(day) if day == head.from => {}
            Some(day) if day < head.from => {
                let text = format!("`{}` has a gap from {day} to {}", head.id, head.from);
                return fault(section, Some(n), "from", text, &format!("allowed: `from = {day}`"));
            }
            _ => {
                let text = format!("`{}` from {} overlaps its version from {}", head.id, head.from, before.from);
                return fault(section, Some(n), "from", text, "end the version before with `until`, a day earlier");
            }
        }
    }
    Ok(())
}

fn alone(section: &str, n: usize, head: &Head<'_>) -> Checked {
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    if head.id.is_empty() || !head.id.chars().all(plain) {
        let hint = "allowed: small letters, digits and dashes";
        return fault(section, Some(n), "id", format!("`{}` is not an id", head.id), hint);
    }
    if head.title.trim().is_empty() {
        return fault(
            section,
            Some(n),
            "title",
            format!("`{}` has no title", head.id),
            "a sentence that says the rule",
        );
    }
    if head.source.trim().is_empty() {
        return fault(section, Some(n), "source", format!("`{}` has no source", head.id), SOURCE_HINT);
    }
    if head.until.is_some_and(|until| until < head.from) {
        return fault(
            section,
            Some(n),
            "until",
            format!("`{}` ends before it begins", head.id),
            "`from` is the earlier day",
        );
    }
    if head.debtors.is_empty() || head.debtors.contains(&PartyKind::Unknown) {
        let hint = "allowed: a list of `business`, `consumer`, `sole-trader`, `public-authority`; nothing holds for unknown ones";
        return fault(section, Some(n), "debtors", format!("`{}` does not say whom it covers", head.id), hint);
    }
    Ok(())
}

/// Versions of one rule have one id and cover somebody in common.
fn same_rule(one: &Head<'_>, other: &Head<'_>) -> bool {
    one.id == other.id && shares(one.debtors, other.debtors) && meets(one.actors, other.actors)
}

fn overlap(one: &Head<'_>, other: &Head<'_>) -> bool {
    let days = one.until.is_none_or(|until| other.from <= until) && other.until.is_none_or(|until| one.from <= until);
    let channels: (&[ContactChannel], &[ContactChannel]) = (one.channels, other.channels);
    days && shares(one.debtors, other.debtors) && meets(one.actors, other.actors) && meets(channels.0, channels.1)
}

fn shares<T: PartialEq>(one: &[T], other: &[T]) -> bool {
    one.iter().any(|kind| other.contains(kind))
}

/// An empty list means all.
fn meets<T: PartialEq>(one: &[T], other: &[T]) -> bool {
    one.is_empty() || other.is_empty() || shares(one, other)
}

const SOURCE_HINT: &str = "the law or the authority that says so, such as `renteloven § 9b`";

fn fault(section: &str, index: Option<usize>, find: &str, text: String, hint: &str) -> Checked {
    Err(Fault { section: section.to_owned(), index, find: find.to_owned(), text, hint: hint.to_owned() })
}

/// A list with the same element twice.
fn twice<T: Ord>(list: &[T]) -> bool {
    list.iter().collect::<BTreeSet<_>>().len() != list.len()
}

#[cfg(test)]
mod tests;
