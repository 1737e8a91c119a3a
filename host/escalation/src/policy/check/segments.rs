//! What ladders and segments must satisfy: every account finds one, and no ladder goes around what is mandatory.

use std::collections::BTreeSet;

use super::{DAYS_MAX, Fault, amounts, order};
use crate::id::LevelId;
use crate::policy::{Ladder, LevelAction, Policy, STANDARD, Segment, SegmentCondition};

/// Segments, and ladders, of one policy.
const SEGMENTS_MAX: usize = 50;

pub(super) fn check(policy: &Policy) -> Result<(), Fault> {
    if let Some((key, text)) = policy.calendar.fault() {
        let hint = "allowed: `weekdays` of `mon` to `sun`; `holidays` such as `12-25`, `easter+1`, `orthodox-2`, or days of all years in a row";
        return Err(Fault { level: None, section: "calendar", key, text, hint: hint.to_owned() });
    }
    if policy.segments.len() > SEGMENTS_MAX || policy.ladders.len() > SEGMENTS_MAX {
        let text = format!("a policy has at most {SEGMENTS_MAX} segments and as many ladders");
        return Err(Fault { level: None, section: "segment", key: "", text, hint: "merge some".to_owned() });
    }
    let mut names = BTreeSet::from([STANDARD]);
    for (n, ladder) in policy.ladders.iter().enumerate() {
        if !is_plain(&ladder.name) || !names.insert(&ladder.name) {
            let text = format!("`{}` is no name for a ladder, or taken", ladder.name);
            return fault(
                "ladder",
                n,
                "name",
                text,
                "small letters, digits and dashes; `standard` is the policy's own levels",
            );
        }
        made(policy, n, ladder)?;
    }
    let mut ids = BTreeSet::new();
    for (n, segment) in policy.segments.iter().enumerate() {
        if !is_plain(&segment.id) || !ids.insert(&segment.id) {
            let text = format!("`{}` is no id for a segment, or taken", segment.id);
            return fault("segment", n, "id", text, "small letters, digits and dashes");
        }
        if !names.contains(segment.ladder.as_str()) {
            let text = format!("segment `{}`: there is no ladder `{}`", segment.id, segment.ladder);
            let known: Vec<&str> = names.iter().copied().collect();
            return fault("segment", n, "ladder", text, &format!("allowed: {}", known.join(", ")));
        }
        applies(policy, n, segment)?;
    }
    Ok(())
}

/// What a ladder makes of the standard one, or by itself.
fn made(policy: &Policy, n: usize, ladder: &Ladder) -> Result<(), Fault> {
    let name = &ladder.name;
    let changes = !ladder.leave_out.is_empty() || ladder.later_days != 0 || !ladder.approval.is_empty();
    if !ladder.levels.is_empty() && changes {
        let text = format!("ladder `{name}` has levels of its own and changes to the standard ones");
        return fault(
            "ladder",
            n,
            "name",
            text,
            "either `[[ladder.level]]`, or `leave_out`, `later_days` and `approval`",
        );
    }
    if ladder.later_days.checked_abs().is_none_or(|days| days > DAYS_MAX) {
        let text = format!("ladder `{name}`: {} days are too far away", ladder.later_days);
        return fault("ladder", n, "later_days", text, "allowed: -3650 to 3650");
    }
    let standard = |id: &LevelId| policy.levels.iter().find(|level| &level.id == id);
    if let Some(id) = ladder.leave_out.iter().find(|id| standard(id).is_none_or(|level| level.mandatory)) {
        let text = format!("ladder `{name}` cannot leave out `{id}`: it is mandatory, or not there");
        return fault("ladder", n, "leave_out", text, "a level of the standard ladder that is not mandatory");
    }
    if let Some(id) = ladder.approval.keys().find(|id| standard(id).is_none()) {
        let text = format!("ladder `{name}`: there is no level `{id}` to approve");
        return fault("ladder", n, "approval", text, "the id of a level of the standard ladder");
    }
    let other = ladder.levels.iter().find(|own| standard(&own.id).is_some_and(|level| level.action != own.action));
    if let Some(own) = other {
        let text = format!("ladder `{name}`: level `{}` does something else than in the standard ladder", own.id);
        return fault("ladder", n, "name", text, "a level of the same id is the same level: give it another id");
    }
    if ladder.rungs().is_empty() {
        return fault("ladder", n, "name", format!("ladder `{name}` has no level"), "leave out fewer");
    }
    let places = ladder.rungs().iter().any(|level| level.action == LevelAction::Place);
    let has = |id: &LevelId| ladder.rungs().iter().any(|level| &level.id == id && level.mandatory);
    if let Some(level) = policy.levels.iter().find(|level| places && level.mandatory && !has(&level.id)) {
        let text = format!("ladder `{name}` goes to the agency without the mandatory `{}`", level.id);
        return fault("ladder", n, "name", text, "give it a mandatory level of that id, or leave the placement out");
    }
    order(policy, ladder.rungs()).or_else(|wrong| {
        let hint = wrong.hint.clone();
        fault("ladder", n, "name", format!("ladder `{name}`: {}", wrong.text), &hint)
    })
}

fn applies(policy: &Policy, n: usize, segment: &Segment) -> Result<(), Fault> {
    let (id, when) = (&segment.id, &segment.when);
    let is_last = n + 1 == policy.segments.len();
    let hint = "the first segment that applies counts; the last takes all others and has no `when`";
    if is_last && *when != SegmentCondition::default() {
        return fault("segment", n, "when", format!("`{id}` is the last segment and has a condition"), hint);
    }
    if !is_last && *when == SegmentCondition::default() {
        return fault("segment", n, "id", format!("`{id}` takes every account, and others stand behind it"), hint);
    }
    let wrong = |text: String| {
        fault(
            "segment",
            n,
            "when",
            format!("segment `{id}`: {text}"),
            "the keys of `when` stand in config/policies/segments.toml",
        )
    };
    for limits in [&when.owes_min, &when.owes_below] {
        if let Err(text) = amounts(limits) {
            return wrong(text);
        }
    }
    if [when.score_min, when.score_below].into_iter().flatten().any(|score| score > 100) {
        return wrong("a payer score is 0 to 100".to_owned());
    }
    let empty_score = when.score_below.is_some_and(|below| below <= when.score_min.unwrap_or(0));
    let empty_age = when.customer_days_below.is_some_and(|below| below <= when.customer_days_min.unwrap_or(0));
    if empty_score || empty_age {
        return wrong("no account can be below a limit and reach a higher one".to_owned());
    }
    let code = |country: &String| country.len() == 2 && country.bytes().all(|letter| letter.is_ascii_uppercase());
    match when.countries.iter().find(|country| !code(country)) {
        Some(country) => wrong(format!("`{country}` is no country code of two capital letters")),
        None => Ok(()),
    }
}

fn is_plain(name: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    !name.is_empty() && name.chars().all(plain)
}

fn fault(section: &'static str, nth: usize, key: &'static str, text: String, hint: &str) -> Result<(), Fault> {
    Err(Fault { level: Some(nth), section, key, text, hint: hint.to_owned() })
}

#[cfg(test)]
mod tests {
    use crate::policy::Policy;

    const SEGMENTS: &str = include_str!("../../../../../config/policies/segments.toml");

    fn refused(from: &str, to: &str) -> String {
        assert!(SEGMENTS.contains(from), "`{from}` is not in the policy");
        Policy::parse(&SEGMENTS.replacen(from, to, 1), "p.toml").unwrap_err().to_string()
    }

    #[test]
    fn the_policy_with_segments_stands_and_nothing_in_it_is_out_of_reach() {
        let policy = Policy::parse(SEGMENTS, "segments.toml").unwrap();
        assert_eq!(policy.examine(), []);
        let gentle = policy.ladder("gentle").unwrap();
        let day = |id: &str| gentle.iter().find(|level| level.id.as_str() == id).map(|level| level.days);
        // A week later than in the standard ladder, and the reminder before the due date stays where it is.
        assert_eq!((day("courtesy-reminder"), day("first-notice"), day("call")), (Some(-3), Some(8), None));
    }

    #[test]
    fn a_ladder_does_not_go_around_what_is_mandatory() {
        let error = refused("leave_out = [\"call\"", "leave_out = [\"final-demand\"");
        assert!(error.contains("cannot leave out `final-demand`"), "{error}");
        let error = refused("until_days = 0", "until_days = 0\nmandatory = true");
        assert!(error.contains("`courtesy-reminder` is mandatory, and could be passed over"), "{error}");
    }

    #[test]
    fn every_account_finds_one_segment() {
        assert!(refused("ladder = \"gentle\"", "ladder = \"soft\"").contains("there is no ladder `soft`"));
        assert!(refused("when.score_min = 80", "").contains("takes every account, and others stand behind it"));
        assert!(refused("when.score_min = 80", "when.score_min = 180").contains("a payer score is 0 to 100"));
        let text = "id = \"everyone-else\"";
        assert!(refused(text, &format!("{text}\nwhen.countries = [\"DE\"]")).contains("is the last segment"));
        assert!(refused("customer_days_below = 90", "customer_days_below = 0").contains("no account can be below"));
    }

    #[test]
    fn only_what_can_wait_for_people_waits_for_them() {
        let error = refused("id = \"call\"", "id = \"call\"\napproval = \"one\"");
        assert!(error.contains("`call` cannot wait for an approval"), "{error}");
        let error = refused("id = \"courtesy-reminder\"", "id = \"courtesy-reminder\"\napproval = \"one\"");
        assert!(error.contains("its window could close while people are asked"), "{error}");
        let error = refused("id = \"final-demand\"", "id = \"final-demand\"\napproval = \"one\"");
        assert!(error.contains("is mandatory, and people could decline it"), "{error}");
        let error = refused("holidays = [", "holidays = [\"13-01\", ");
        assert!(error.starts_with("p.toml:") && error.contains("`13-01` is no holiday"), "{error}");
    }
}
