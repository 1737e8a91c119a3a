//! What a policy says and does not do: levels that are never taken, segments in another's shadow, gaps that are not kept as
//! written. It can be used all the same; whoever wrote it should know.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Anchor, Level, LevelAction, Policy, STANDARD, SegmentCondition, Tone};
use crate::money::{Currency, Money};
use crate::pack::Packs;
use crate::party::PartyKind;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// `ladder gentle, level call`
    pub place: String,
    pub text: String,
    pub hint: String,
}

impl Policy {
    /// In the order of the policy.
    pub fn examine(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        self.examine_ladder(STANDARD, &self.levels, &mut found);
        for ladder in &self.ladders {
            if !self.segments.iter().any(|segment| segment.ladder == ladder.name) {
                let hint = "name it in a `[[segment]]`, or remove it";
                found.push(finding(format!("ladder {}", ladder.name), "no segment uses it".to_owned(), hint));
            }
            self.examine_ladder(&ladder.name, ladder.rungs(), &mut found);
        }
        for (n, segment) in self.segments.iter().enumerate() {
            let shadow = self.segments.iter().take(n).find(|before| covers(&before.when, &segment.when));
            if let Some(before) = shadow {
                let text = format!("`{}` before it takes every account that it would take", before.id);
                found.push(finding(format!("segment {}", segment.id), text, "put the narrower one first"));
            }
        }
        found
    }

    /// Last letters that give less time than the law of a debtor's country asks for: there they give the law's.
    pub fn examine_law(&self, packs: &Packs, today: Date) -> Vec<Finding> {
        let mut found = Vec::new();
        let last = self.levels.iter().chain(self.ladders.iter().flat_map(|ladder| &ladder.levels));
        for level in last.filter(|level| level.action == LevelAction::Notice && level.tone == Tone::Final) {
            for pack in packs.iter() {
                let rule = pack.last_notice_period(PartyKind::Unknown, today);
                let days = level.deadline_days.unwrap_or(0);
                if let Some(rule) = rule.filter(|rule| days < rule.days) {
                    let text =
                        format!("it gives {days} days, and {} asks for {} ({})", pack.country, rule.days, rule.source);
                    let hint = "debtors there are given the time of the law; a longer `deadline_days` makes it the same for all";
                    found.push(finding(format!("level {}", level.id), text, hint));
                }
            }
        }
        found
    }

    fn examine_ladder(&self, name: &str, levels: &[Level], found: &mut Vec<Finding>) {
        let place = |level: &Level| format!("ladder {name}, level {}", level.id);
        // The day after the due date on which a level is taken at the earliest, whoever the debtor is.
        let mut earliest: Option<(i32, &Level)> = None;
        let mut before: Option<&Level> = None;
        for level in levels {
            if let Some(text) = self.never_true(name, level) {
                found.push(finding(place(level), text, "remove the level, or widen its `when`"));
            }
            if level.after == Anchor::Due {
                let after = earliest.map_or(i32::MIN, |(day, last)| day + distance(last, level));
                let day = i32::from(level.days).max(after);
                if let Some(until) = level.until_days.filter(|until| day > i32::from(*until)) {
                    let text =
                        format!("its window closes on day {until}, and it is taken on day {day} at the earliest");
                    found.push(finding(place(level), text, "a later `until_days`, or shorter gaps before it"));
                }
                let certain = level.until_days.is_none() && level.when == super::Condition::default();
                if certain && level.action != LevelAction::Call {
                    earliest = Some((day, level));
                }
            }
            if let Some(before) = before.filter(|before| before.after == level.after)
                && let Some(text) = self.closer_than_allowed(before, level)
            {
                found.push(finding(place(level), text, "let `days` or `gap_days` say what will happen"));
            }
            before = Some(level);
        }
    }

    /// A condition that no account on this ladder can meet.
    fn never_true(&self, ladder: &str, level: &Level) -> Option<String> {
        let users: Vec<&SegmentCondition> =
            self.segments.iter().filter(|segment| segment.ladder == ladder).map(|segment| &segment.when).collect();
        if users.is_empty() {
            return None;
        }
        let apart = |ours: &[String], theirs: &[String]| {
            !ours.is_empty() && !theirs.is_empty() && ours.iter().all(|one| !theirs.contains(one))
        };
        let kinds_apart = |when: &SegmentCondition| {
            let (ours, theirs) = (&level.when.debtor_kinds, &when.debtor_kinds);
            !ours.is_empty() && !theirs.is_empty() && ours.iter().all(|kind| !theirs.contains(kind))
        };
        let never = |when: &&SegmentCondition| apart(&level.when.countries, &when.countries) || kinds_apart(when);
        users.iter().all(never).then(|| "no segment of this ladder meets its condition".to_owned())
    }

    /// Two contacts closer together than two contacts may be, or before a deadline is over: the second comes later.
    fn closer_than_allowed(&self, before: &Level, level: &Level) -> Option<String> {
        let contact = |level: &Level| matches!(level.action, LevelAction::Notice | LevelAction::Call);
        let apart = (i32::from(level.days) - i32::from(before.days)).max(i32::from(level.gap_days));
        let deadline = before.deadline_days.map_or(0, |days| i32::from(days) + 1);
        let least = if contact(before) && contact(level) { i32::from(self.contact.gap_days) } else { 0 };
        if apart < deadline {
            let text =
                format!("it comes {apart} days after `{}`, which gives time for {} days", before.id, deadline - 1);
            return Some(text);
        }
        (apart < least)
            .then(|| format!("it comes {apart} days after `{}`, and two contacts lie {least} days apart", before.id))
    }
}

fn distance(before: &Level, level: &Level) -> i32 {
    let deadline = before.deadline_days.map_or(0, |days| i32::from(days) + 1);
    i32::from(level.gap_days).max(deadline).max(1)
}

/// Everything that `narrow` takes, `wide` takes too; false where it cannot be told.
fn covers(wide: &SegmentCondition, narrow: &SegmentCondition) -> bool {
    let at_least = |wide: Option<u16>, narrow: Option<u16>| wide.is_none_or(|w| narrow.is_some_and(|n| n >= w));
    let below = |wide: Option<u16>, narrow: Option<u16>| wide.is_none_or(|w| narrow.is_some_and(|n| n <= w));
    let score = |score: Option<u8>| score.map(u16::from);
    within(&wide.countries, &narrow.countries)
        && within(&wide.debtor_kinds, &narrow.debtor_kinds)
        && within(&wide.currencies, &narrow.currencies)
        && within(&wide.products, &narrow.products)
        && at_least(wide.customer_days_min, narrow.customer_days_min)
        && below(wide.customer_days_below, narrow.customer_days_below)
        && at_least(score(wide.score_min), score(narrow.score_min))
        && below(score(wide.score_below), score(narrow.score_below))
        && amounts(&wide.owes_min, &narrow.owes_min, |wide, narrow| narrow >= wide)
        && amounts(&wide.owes_below, &narrow.owes_below, |wide, narrow| narrow <= wide)
}

fn within<T: Ord>(wide: &[T], narrow: &[T]) -> bool {
    let wide: BTreeSet<&T> = wide.iter().collect();
    wide.is_empty() || (!narrow.is_empty() && narrow.iter().all(|one| wide.contains(one)))
}

fn amounts(
    wide: &BTreeMap<Currency, String>,
    narrow: &BTreeMap<Currency, String>,
    agrees: impl Fn(i64, i64) -> bool,
) -> bool {
    let minor = |limits: &BTreeMap<Currency, String>, currency: &Currency| {
        limits.get(currency).and_then(|text| Money::parse(text, *currency).ok()).map(|money| money.minor)
    };
    let each = |currency: &Currency| {
        minor(wide, currency).zip(minor(narrow, currency)).is_some_and(|(wide, narrow)| agrees(wide, narrow))
    };
    wide.is_empty() || (!narrow.is_empty() && narrow.keys().all(each))
}

fn finding(place: String, text: String, hint: &str) -> Finding {
    Finding { place, text, hint: hint.to_owned() }
}

#[cfg(test)]
mod tests {
    use crate::policy::Policy;

    const STANDARD: &str = include_str!("../../../../config/policies/standard.toml");
    const SEGMENTS: &str = include_str!("../../../../config/policies/segments.toml");

    fn found(policy: &str, from: &str, to: &str) -> Vec<String> {
        assert!(policy.contains(from), "`{from}` is not in the policy");
        let policy = Policy::parse(&policy.replacen(from, to, 1), "p.toml").unwrap();
        policy.examine().into_iter().map(|finding| format!("{}: {}", finding.place, finding.text)).collect()
    }

    #[test]
    fn the_standard_policy_does_what_it_says() {
        assert_eq!(Policy::parse(STANDARD, "standard.toml").unwrap().examine(), []);
    }

    #[test]
    fn less_time_than_a_law_leaves_is_found_by_country() {
        let policy = |days: &str| Policy::parse(&STANDARD.replacen("deadline_days = 10", days, 1), "p.toml").unwrap();
        let packs = crate::pack::Packs::shipped().unwrap();
        let told = |policy: &Policy| -> Vec<String> {
            let found = policy.examine_law(&packs, jiff::civil::date(2026, 3, 1));
            found.into_iter().map(|finding| format!("{}: {}", finding.place, finding.text)).collect()
        };
        assert!(told(&policy("deadline_days = 10")).is_empty());
        let danish = "level final-demand: it gives 9 days, and DK asks for 10 (inkassoloven § 10)";
        assert_eq!(told(&policy("deadline_days = 9")), [danish]);
        assert_eq!(told(&policy("deadline_days = 7")).len(), 2, "Sweden asks for 8");
    }

    #[test]
    fn a_level_that_is_never_taken_is_found() {
        // The first notice on day 1, and six days lie before the second: its window is over on day 6.
        let text = "days = 5\n# Days since the level before; it keeps its distance too when it is late.\ngap_days = 4";
        let found = found(STANDARD, text, "days = 5\nuntil_days = 6\ngap_days = 6");
        let says = "ladder standard, level second-notice: its window closes on day 6, and it is taken on day 7 at the earliest";
        assert_eq!(found, [says]);
    }

    #[test]
    fn a_gap_that_is_not_kept_as_written_is_found() {
        let found = found(STANDARD, "days = 50\ngap_days = 12", "days = 40\ngap_days = 5");
        assert_eq!(
            found,
            ["ladder standard, level agency: it comes 5 days after `final-demand`, which gives time for 10 days"]
        );
    }

    #[test]
    fn a_segment_in_the_shadow_of_another_is_found() {
        let small =
            "[[segment]]\nid = \"largest\"\nladder = \"key-accounts\"\nwhen.owes_min = { EUR = \"90000.00\" }\n";
        let found = found(
            SEGMENTS,
            "[[segment]]\nid = \"new-customers\"",
            &format!("{small}\n[[segment]]\nid = \"new-customers\""),
        );
        assert_eq!(found, ["segment largest: `key-accounts` before it takes every account that it would take"]);
    }
}
