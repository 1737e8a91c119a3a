//! What a policy that can be read must still satisfy: orders that can be, words that are filled, amounts that are amounts.

mod segments;

use std::collections::{BTreeMap, BTreeSet};

use super::{Anchor, Condition, Level, LevelAction, Policy, upfront};
use crate::money::{Currency, Money};

/// Levels of one policy.
const LEVELS_MAX: usize = 50;
/// The furthest day of a level, before or after its anchor.
const DAYS_MAX: i16 = 3_650;
const MAIL_DAYS_MAX: u16 = 30;

/// Something that cannot be, and the key that says it.
pub(super) struct Fault {
    /// The number of the table, from 0; none: outside of such.
    pub level: Option<usize>,
    /// The section, or which tables are meant; empty: the levels.
    pub section: &'static str,
    pub key: &'static str,
    pub text: String,
    pub hint: String,
}

pub(super) fn check(policy: &Policy) -> Result<(), Fault> {
    let top =
        |section, key, text: String, hint: &str| Err(Fault { level: None, section, key, text, hint: hint.to_owned() });
    for (key, value) in [("name", &policy.name), ("version", &policy.version)] {
        if value.trim().is_empty() {
            return top("", key, format!("`{key}` is empty"), "every policy has a name and a version");
        }
    }
    if policy.levels.is_empty() || policy.levels.len() > LEVELS_MAX {
        return top(
            "",
            "level",
            format!("a policy has 1 to {LEVELS_MAX} levels, not {}", policy.levels.len()),
            "add a `[[level]]`",
        );
    }
    if !(1..=100).contains(&policy.promise.tolerance_percent) {
        return top(
            "promise",
            "tolerance_percent",
            "`tolerance_percent` is a share in percent".to_owned(),
            "allowed: 1 to 100",
        );
    }
    if policy.contact.calls_per_week_max == 0 {
        let hint = "allowed: 1 and more; for no calls at all leave out levels with `action = \"call\"`";
        return top(
            "contact",
            "calls_per_week_max",
            "`calls_per_week_max = 0` would let no call ever be made".to_owned(),
            hint,
        );
    }
    if policy.contact.mail_days > MAIL_DAYS_MAX {
        let text = format!("`mail_days = {}`: no letter is in the post for so long", policy.contact.mail_days);
        return top("contact", "mail_days", text, &format!("allowed: 0 to {MAIL_DAYS_MAX}"));
    }
    amounts(&policy.contact.balance_min).or_else(|text| {
        top("contact.balance_min", "", text, "allowed: a plain decimal in quotes, such as EUR = \"10.00\"")
    })?;
    upfront::check(policy)?;
    super::check_agency::check(policy)?;
    super::check_money::check(policy)?;
    super::check_people::check(policy)?;
    order(policy, &policy.levels)?;
    segments::check(policy)
}

/// A ladder, from its first level to its last.
fn order(policy: &Policy, levels: &[Level]) -> Result<(), Fault> {
    let mut known = BTreeSet::new();
    let mut loudest: Option<&Level> = None;
    for (n, level) in levels.iter().enumerate() {
        alone(n, level)?;
        if !known.insert(&level.id) {
            return fault(n, "id", format!("level `{}` stands there twice", level.id), "every level has its own id");
        }
        if let Some(before) = n.checked_sub(1).and_then(|before| levels.get(before)) {
            follows(policy, n, before, level)?;
        }
        if level.action == LevelAction::Notice {
            if let Some(louder) = loudest.filter(|louder| level.tone < louder.tone) {
                let text = format!("notice `{}` would be friendlier than `{}` before it", level.id, louder.id);
                return fault(n, "tone", text, "the tone rises or stays: friendly, neutral, firm, final");
            }
            loudest = Some(level);
        }
    }
    Ok(())
}

/// A level by itself.
fn alone(n: usize, level: &Level) -> Result<(), Fault> {
    let id = &level.id;
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    if id.as_str().is_empty() || !id.as_str().chars().all(plain) {
        return fault(
            n,
            "id",
            format!("`{id}` is not an id"),
            "allowed: small letters, digits and dashes, such as `first-notice`",
        );
    }
    if level.title.trim().is_empty() {
        return fault(
            n,
            "title",
            format!("level `{id}` has no title"),
            "a few words for people, such as `second e-mail`",
        );
    }
    if level.days.abs() > DAYS_MAX {
        return fault(
            n,
            "days",
            format!("level `{id}`: {} days are too far away", level.days),
            "allowed: -3650 to 3650",
        );
    }
    if level.until_days.is_some_and(|until| until < level.days) {
        let text = format!("level `{id}`: its window closes before it opens");
        return fault(n, "until_days", text, &format!("allowed: {} and later", level.days));
    }
    let notice = level.action == LevelAction::Notice;
    if notice && level.channels.is_empty() {
        let hint = "allowed: a list of `email`, `letter`, `sms`, `registered-letter`; the first that reaches the debtor is used";
        return fault(n, "channels", format!("notice `{id}` has no channels"), hint);
    }
    if !notice && !level.channels.is_empty() {
        return fault(n, "channels", format!("level `{id}` is no notice and uses no channels"), "remove `channels`");
    }
    if !notice && level.deadline_days.is_some() {
        return fault(
            n,
            "deadline_days",
            format!("level `{id}` is no notice and states no deadline"),
            "remove `deadline_days`",
        );
    }
    let written = notice || level.action == LevelAction::TellColleague;
    if written && level.template.trim().is_empty() {
        return fault(n, "template", format!("level `{id}` has no template"), "the name of a letter in config/letters");
    }
    if level.action == LevelAction::TellColleague && level.to.trim().is_empty() {
        return fault(n, "to", format!("level `{id}` does not say whom to tell"), "such as `sales-rep`");
    }
    super::check_people::level(n, level)?;
    promises_kept(n, level)?;
    amounts(&level.when.open_min).or_else(|text| {
        fault(n, "when", format!("level `{id}`: {text}"), "allowed: a plain decimal in quotes, such as EUR = \"50.00\"")
    })
}

/// What is mandatory can always be taken, and what waits for people does not run out meanwhile.
fn promises_kept(n: usize, level: &Level) -> Result<(), Fault> {
    let id = &level.id;
    if level.mandatory {
        let conditional = level.when != Condition::default() || level.until_days.is_some();
        if level.action != LevelAction::Notice || level.after != Anchor::Due || level.days < 1 || conditional {
            let text = format!("level `{id}` is mandatory, and could be passed over");
            let hint = "a mandatory level is a notice after the due date, without `until_days` and `when`";
            return fault(n, "mandatory", text, hint);
        }
    }
    if level.approval.is_none() {
        return Ok(());
    }
    if matches!(level.action, LevelAction::Call | LevelAction::TellColleague) {
        let text = format!("level `{id}` cannot wait for an approval");
        return fault(n, "approval", text, "allowed with `action` notice, task, hold-credit and place");
    }
    if level.mandatory {
        let text = format!("level `{id}` is mandatory, and people could decline it");
        return fault(n, "approval", text, "remove `approval` or `mandatory`");
    }
    if level.until_days.is_some() {
        let text = format!("level `{id}`: its window could close while people are asked");
        return fault(n, "approval", text, "remove `approval` or `until_days`");
    }
    Ok(())
}

/// A level after the one before it.
fn follows(policy: &Policy, n: usize, before: &Level, level: &Level) -> Result<(), Fault> {
    let id = &level.id;
    if before.action == LevelAction::Place && level.action != LevelAction::Place {
        let text = format!("level `{id}` comes after `{}`, which gives the account away", before.id);
        return fault(n, "action", text, "only another level with `action = \"place\"` follows one: the next agency");
    }
    if before.after == level.after && level.days < before.days {
        let text = format!("level `{id}` is on day {}, before `{}` on day {}", level.days, before.id, before.days);
        return fault(n, "days", text, &format!("allowed: {} and later, or another place in the order", before.days));
    }
    if before.after == Anchor::Due && level.after == Anchor::Issue {
        let least = i32::from(before.days) + i32::from(policy.terms.default_days);
        if i32::from(level.days) < least {
            let text = format!("level `{id}` counts from the issue date and cannot follow `{}`", before.id);
            return fault(
                n,
                "days",
                text,
                &format!(
                    "allowed: {least} and later with terms of {} days, or `after = \"due\"`",
                    policy.terms.default_days
                ),
            );
        }
    }
    Ok(())
}

pub(super) fn amounts(amounts: &BTreeMap<Currency, String>) -> Result<(), String> {
    for (currency, amount) in amounts {
        let money = Money::parse(amount, *currency).map_err(|wrong| wrong.to_string())?;
        if money.minor < 0 {
            return Err(format!("`{amount}` is negative"));
        }
    }
    Ok(())
}

pub(super) fn fault<T>(level: usize, key: &'static str, text: String, hint: &str) -> Result<T, Fault> {
    Err(Fault { level: Some(level), section: "", key, text, hint: hint.to_owned() })
}

#[cfg(test)]
mod tests {
    use crate::policy::Policy;

    const STANDARD: &str = include_str!("../../../../config/policies/standard.toml");

    fn refused(text: &str) -> String {
        match Policy::parse(text, "p.toml") {
            Ok(_) => panic!("accepted:\n{text}"),
            Err(error) => error.to_string(),
        }
    }

    /// The standard policy with one text replaced, which must be there.
    fn with(from: &str, to: &str) -> String {
        assert!(STANDARD.contains(from), "`{from}` is not in the standard policy");
        STANDARD.replacen(from, to, 1)
    }

    fn line_of(text: &str, part: &str) -> usize {
        text.lines().position(|line| line.contains(part)).map(|at| at + 1).unwrap()
    }

    #[test]
    fn the_standard_policy_stands() {
        let policy = Policy::parse(STANDARD, "standard.toml").unwrap();
        assert_eq!(policy.levels.len(), 11);
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line_and_the_allowed_ones() {
        let text = with("grace_days", "grace_dayz");
        let error = refused(&text);
        assert!(error.starts_with(&format!("p.toml:{}:", line_of(&text, "grace_dayz"))), "{error}");
        assert!(error.contains("`grace_dayz`") && error.contains("`grace_days`"), "{error}");
    }

    #[test]
    fn a_wrong_word_or_type_is_refused_with_what_is_allowed() {
        let error = refused(&with("action = \"notice\"", "action = \"shout\""));
        assert!(error.contains("`shout`") && error.contains("`tell-colleague`"), "{error}");
        let error = refused(&with("\ndays = 3\n# Past", "\ndays = \"three\"\n# Past"));
        assert!(error.contains("string") && error.contains("i16"), "{error}");
    }

    #[test]
    fn no_letter_is_in_the_post_for_ever() {
        let error = refused(&with("mail_days = 3", "mail_days = 31"));
        assert!(error.contains("`mail_days = 31`") && error.contains("allowed: 0 to 30"), "{error}");
    }

    #[test]
    fn an_order_that_cannot_be_is_refused_where_it_stands() {
        let text = with("days = 21", "days = 2");
        let error = refused(&text);
        assert!(error.contains("is on day 2, before `firm-notice` on day 14"), "{error}");
        let error = refused(&with("id = \"second-notice\"", "id = \"first-notice\""));
        assert!(error.contains("level `first-notice` stands there twice"), "{error}");
        let error = refused(&with("until_days = 0", "until_days = -9"));
        assert!(error.contains("window closes before it opens"), "{error}");
    }

    #[test]
    fn the_agency_comes_last_and_issue_dates_do_not_follow_due_dates() {
        let level = "\n[[level]]\nid = \"more\"\ntitle = \"more\"\naction = \"hold-credit\"\ndays = 90\n";
        let text = format!("{STANDARD}{level}");
        let error = refused(&text);
        assert!(error.contains("`more` comes after `agency`"), "{error}");
        let issue = "name = \"a\"\nversion = \"1\"\n[[level]]\nid = \"a\"\ntitle = \"a\"\naction = \"hold-credit\"\ndays = 5\n\
                     [[level]]\nid = \"b\"\ntitle = \"b\"\naction = \"call\"\nafter = \"issue\"\ndays = 7\n";
        assert_eq!(
            refused(issue),
            "p.toml:13: level `b` counts from the issue date and cannot follow `a`\n\n\
             hint: allowed: 35 and later with terms of 30 days, or `after = \"due\"`"
        );
    }

    #[test]
    fn what_a_level_needs_is_asked_for() {
        let level = |rest: &str| {
            format!("name = \"a\"\nversion = \"1\"\n[[level]]\nid = \"a\"\ntitle = \"a\"\ndays = 1\n{rest}")
        };
        assert!(refused(&level("action = \"notice\"\ntemplate = \"t\"")).contains("has no channels"));
        assert!(refused(&level("action = \"notice\"\nchannels = [\"email\"]")).contains("has no template"));
        assert!(refused(&level("action = \"tell-colleague\"\ntemplate = \"t\"")).contains("whom to tell"));
        assert!(refused(&level("action = \"call\"\ndeadline_days = 3")).contains("states no deadline"));
        assert!(
            refused(&level("action = \"call\"\nwhen.open_min = { EUR = \"1,00\" }"))
                .contains("`1,00` is not an amount")
        );
        let share = "name = \"a\"\nversion = \"1\"\n[agency]\ncommission = \"0.3\"\n[[level]]\nid = \"a\"\ntitle = \"a\"\ndays = 1\naction = \"call\"\n";
        assert!(refused(share).starts_with("p.toml:4: `commission = \"0.3\"` is not a share"), "{}", refused(share));
    }
}
