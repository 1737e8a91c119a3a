//! What a policy asks of people must be possible: every task has somebody who does it, and every complaint one owner.

use std::collections::BTreeSet;

use super::check::{Fault, fault};
use super::{Level, LevelAction, Policy};
use crate::dispute::REASONS;

/// Days in which something is asked for, at most.
const DAYS_MAX: u16 = 365;

pub(super) fn check(policy: &Policy) -> Result<(), Fault> {
    let top =
        |section, key, text: String, hint: &str| Err(Fault { level: None, section, key, text, hint: hint.to_owned() });
    for (key, days) in [("days", policy.tasks.days), ("lead_days", policy.tasks.lead_days)] {
        if days > DAYS_MAX {
            return top("tasks", key, format!("`{key} = {days}` is too long"), "allowed: 0 to 365");
        }
    }
    let mut known = BTreeSet::new();
    for (n, row) in policy.complaints.iter().enumerate() {
        let at = |key, text, hint: &str| {
            Err(Fault { level: Some(n), section: "complaint", key, text, hint: hint.to_owned() })
        };
        if !REASONS.contains(&row.reason.as_str()) || !known.insert(&row.reason) {
            let text = format!("`{}` is no reason of a dispute, or stands there twice", row.reason);
            return at("reason", text, &format!("allowed, each once: {}", REASONS.join(", ")));
        }
        if row.owner.trim().is_empty() {
            return at("owner", format!("nobody settles `{}`", row.reason), "a role such as `shipping`, or a name");
        }
        if row.days > DAYS_MAX {
            return at("days", format!("{} days are too long", row.days), "allowed: 0 to 365");
        }
    }
    let repeat = &policy.repeat;
    if repeat.disputes == 1 || (repeat.disputes > 0 && (repeat.days == 0 || repeat.days > DAYS_MAX)) {
        let text = format!("{} disputes in {} days are no repetition", repeat.disputes, repeat.days);
        return top(
            "repeat",
            "disputes",
            text,
            "allowed: 2 disputes and more in 1 to 365 days; 0 disputes: nobody is told",
        );
    }
    if repeat.disputes > 0 && repeat.owner.trim().is_empty() {
        let text = "nobody is told of complaints that come again".to_owned();
        return top("repeat", "owner", text, "a role such as `sales-rep`, or a name");
    }
    let unnamed = |collector: &Option<String>| collector.as_ref().is_some_and(|name| name.trim().is_empty());
    if let Some(n) = policy.segments.iter().position(|segment| unnamed(&segment.collector)) {
        let (section, hint) = ("segment", "a name; or leave `collector` out".to_owned());
        let text = "`collector` is empty".to_owned();
        return Err(Fault { level: Some(n), section, key: "collector", text, hint });
    }
    Ok(())
}

/// What a level asks of people.
pub(super) fn level(n: usize, level: &Level) -> Result<(), Fault> {
    let id = &level.id;
    let is_task = level.action == LevelAction::Task;
    if is_task && level.task.trim().is_empty() {
        return fault(
            n,
            "task",
            format!("level `{id}` does not say what is to be done"),
            "such as `call the buyer you know`",
        );
    }
    if is_task && level.to.trim().is_empty() {
        return fault(
            n,
            "to",
            format!("level `{id}` does not say who does it"),
            "a role such as `sales-rep`, or a name",
        );
    }
    if !is_task && !level.task.is_empty() {
        return fault(n, "task", format!("level `{id}` is no task"), "remove `task`, or `action = \"task\"`");
    }
    if level.confirm_days.is_some() && level.action != LevelAction::Notice {
        return fault(
            n,
            "confirm_days",
            format!("level `{id}` is no notice and asks nothing"),
            "remove `confirm_days`",
        );
    }
    if level.confirm_days.is_some_and(|days| days > DAYS_MAX) {
        return fault(n, "confirm_days", format!("level `{id}` waits too long for an answer"), "allowed: 0 to 365");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::policy::Policy;

    const LEVEL: &str = "name = \"a\"\nversion = \"1\"\n[[level]]\nid = \"a\"\ntitle = \"a\"\ndays = 1\n";

    fn refused(rest: &str) -> String {
        match Policy::parse(&format!("{LEVEL}{rest}"), "p.toml") {
            Ok(_) => panic!("accepted: {rest}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_task_names_what_and_who() {
        assert!(refused("action = \"task\"\nto = \"rep\"").contains("what is to be done"));
        assert!(refused("action = \"task\"\ntask = \"go there\"").contains("who does it"));
        assert!(refused("action = \"call\"\ntask = \"go there\"").starts_with("p.toml:8: level `a` is no task"));
        assert!(refused("action = \"call\"\nconfirm_days = 3").contains("asks nothing"));
        let whole = format!("{LEVEL}action = \"task\"\nto = \"rep\"\ntask = \"go there\"");
        assert!(Policy::parse(&whole, "p.toml").unwrap().examine().is_empty());
    }

    #[test]
    fn a_complaint_has_one_owner() {
        let row = |reason: &str, owner: &str| {
            format!("[[complaint]]\nreason = \"{reason}\"\nowner = \"{owner}\"\ndays = 5\n")
        };
        let call = |rest: &str| format!("action = \"call\"\n{rest}");
        let twice = call(&format!("{}{}", row("price", "sales"), row("price", "books")));
        assert!(refused(&twice).starts_with("p.toml:13: `price` is no reason of a dispute, or stands there twice"));
        assert!(refused(&call(&row("mood", "sales"))).contains("`mood` is no reason"));
        assert!(refused(&call(&row("price", " "))).contains("nobody settles `price`"));
        assert!(refused(&call("[repeat]\ndisputes = 3\ndays = 0\nowner = \"a\"")).contains("are no repetition"));
        assert!(refused(&call("[repeat]\ndisputes = 3\ndays = 30")).contains("nobody is told"));
    }
}
