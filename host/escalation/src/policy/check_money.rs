//! What a policy says of money must be possible: amounts that are amounts, shares that are shares.

use super::check::{Fault, amounts};
use super::{LevelAction, Policy, STANDARD};
use crate::pack::NoticeKind;

pub(super) const AMOUNT_HINT: &str = "allowed: a plain decimal in quotes, such as EUR = \"10.00\"";

pub(super) fn check(policy: &Policy) -> Result<(), Fault> {
    let top =
        |section, key, text: String, hint: &str| Err(Fault { level: None, section, key, text, hint: hint.to_owned() });
    let amounts_of = [
        ("tolerance.underpaid", &policy.tolerance.underpaid),
        ("tolerance.overpaid", &policy.tolerance.overpaid),
        ("settlement.waive_max", &policy.settlement.waive_max),
    ];
    for (section, given) in amounts_of {
        amounts(given).or_else(|text| top(section, "", format!("`{section}`: {text}"), AMOUNT_HINT))?;
    }
    let shares = [
        ("tolerance", "underpaid_percent_max", policy.tolerance.underpaid_percent_max),
        ("settlement", "waive_percent_max", policy.settlement.waive_percent_max),
    ];
    for (section, key, percent) in shares {
        if percent > 100 {
            return top(section, key, format!("`{key}` is a share in percent"), "allowed: 0 to 100");
        }
    }
    if policy.plan.instalments_max < 2 {
        let hint = "allowed: 2 and more; one instalment is a promise";
        return top("plan", "instalments_max", "`instalments_max` would let no plan be a plan".to_owned(), hint);
    }
    if policy.plan.days_max == 0 {
        return top("plan", "days_max", "`days_max = 0` would let no plan be agreed".to_owned(), "allowed: 1 and more");
    }
    charges(policy)
}

/// The level from which charges are claimed is a notice of every ladder, and none before it claims a fee.
fn charges(policy: &Policy) -> Result<(), Fault> {
    let fault =
        |key, text, hint: &str| Err(Fault { level: None, section: "charges", key, text, hint: hint.to_owned() });
    let rules = &policy.charges;
    let ladders = std::iter::once((STANDARD, policy.levels.as_slice()))
        .chain(policy.ladders.iter().map(|ladder| (ladder.name.as_str(), ladder.rungs())));
    for (name, levels) in ladders {
        let first = rules.from.as_ref().map(|from| levels.iter().find(|level| &level.id == from));
        if first.is_some_and(|first| first.is_none_or(|level| level.action != LevelAction::Notice || level.days < 1)) {
            let text = format!("`from` is no notice after the due date on the ladder `{name}`");
            return fault("from", text, "the id of a level that every ladder has, such as `second-notice`");
        }
        let early = levels.iter().find(|level| level.fee.is_some() && !policy.claims_at(levels, level));
        if let Some(level) = early {
            let text = format!("level `{}` claims a fee before `charges.from`", level.id);
            return fault("from", text, "name the level with the first fee, or remove `fee` from it");
        }
        let wrong = levels.iter().find(|level| match level.fee {
            None => false,
            Some(kind) => {
                level.action != LevelAction::Notice
                    || !matches!(kind, NoticeKind::Reminder | NoticeKind::CollectionDemand)
            }
        });
        if let Some(level) = wrong {
            let text = format!("level `{}` cannot claim this fee", level.id);
            return fault("from", text, "allowed: `reminder` and `collection-demand`, at notices");
        }
    }
    if rules.from.is_none() && (rules.interest || rules.compensation) {
        return fault("from", "it is not said from which level on".to_owned(), "add `from`, the id of a level");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::policy::Policy;

    const STANDARD: &str = include_str!("../../../../config/policies/standard.toml");

    /// The standard policy with one text replaced, which must be there.
    fn refused(from: &str, to: &str) -> String {
        assert!(STANDARD.contains(from), "`{from}` is not in the standard policy");
        let text = STANDARD.replacen(from, to, 1);
        match Policy::parse(&text, "p.toml") {
            Ok(_) => panic!("accepted:\n{text}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_cannot_be_is_refused_where_it_stands() {
        let error = refused("waive_percent_max = 10", "waive_percent_max = 101");
        assert!(error.contains("`waive_percent_max` is a share in percent"), "{error}");
        let error = refused("instalments_max = 12", "instalments_max = 1");
        assert!(error.contains("one instalment is a promise"), "{error}");
        let error = refused("EUR = \"200.00\"", "EUR = \"lots\"");
        assert!(error.contains("`settlement.waive_max`: `lots` is not an amount"), "{error}");
    }
}
