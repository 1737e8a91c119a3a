//! What a policy says of agencies must be possible: shares that are shares, and one answer to the question which agency.

use std::collections::BTreeSet;

use super::check::{Fault, amounts};
use super::check_money::AMOUNT_HINT;
use super::{AgencyChoice, LevelAction, Policy, Tier};
use crate::money::{Currency, Money};
use crate::placement::commission_of;

/// Shares by age and amount.
const TIERS_MAX: usize = 20;
const AGENCIES_MAX: usize = 20;

pub(super) fn check(policy: &Policy) -> Result<(), Fault> {
    let rules = &policy.agency;
    share("agency", &rules.commission)?;
    tiers("agency.tier", &rules.tiers)?;
    let top = |key, text: String, hint: &str| fault("agency.choice", key, text, hint);
    if rules.choices.len() > AGENCIES_MAX {
        let text = format!("{} agencies are too many", rules.choices.len());
        return top("connection", text, &format!("allowed: up to {AGENCIES_MAX}"));
    }
    if !rules.choices.is_empty() && !rules.tiers.is_empty() {
        let hint = "put each `[[agency.tier]]` under the agency whose share it is: `[[agency.choice.tier]]`";
        return fault("agency.tier", "commission", "shares of no agency, where there are several".to_owned(), hint);
    }
    let mut known = BTreeSet::new();
    for choice in &rules.choices {
        if choice.connection.trim().is_empty() || !known.insert(&choice.connection) {
            let text =
                format!("`connection = \"{}\"` names no agency, or one that stands there already", choice.connection);
            return top("connection", text, "the name of a file in config/plugins, each once");
        }
        one(choice)?;
    }
    placements(policy)
}

/// A ladder gives an account away as often as there are agencies that have not had it.
fn placements(policy: &Policy) -> Result<(), Fault> {
    let most = policy.agency.choices.len().max(1);
    let ladders = std::iter::once(policy.levels.as_slice()).chain(policy.ladders.iter().map(|ladder| ladder.rungs()));
    for levels in ladders {
        let mut places = levels.iter().filter(|level| level.action == LevelAction::Place);
        if let Some(level) = places.nth(most) {
            let text =
                format!("level `{}` places an account once more, and no agency is left that has not had it", level.id);
            return fault("agency.choice", "connection", text, "name another agency, or remove the level");
        }
    }
    Ok(())
}

fn one(choice: &AgencyChoice) -> Result<(), Fault> {
    let top = |key, text: String, hint: &str| fault("agency.choice", key, text, hint);
    let name = &choice.connection;
    share("agency.choice", &choice.commission)?;
    tiers("agency.choice.tier", &choice.tiers)?;
    let hint = "such as `expected = [{ percent = 40 }, { from_days = 180, percent = 20 }]`, percent from 0 to 100";
    if choice.expected.is_empty() || choice.expected.len() > TIERS_MAX {
        let text = format!("`{name}` has {} rows of what it is expected to collect", choice.expected.len());
        return top("expected", text, &format!("1 to {TIERS_MAX} rows, {hint}"));
    }
    if let Some(wrong) = choice.expected.iter().find(|expected| expected.percent > 100) {
        return top("expected", format!("`{name}` cannot collect {} percent", wrong.percent), hint);
    }
    if choice.expected.windows(2).any(|pair| matches!(pair, [one, next] if next.from_days <= one.from_days)) {
        let text = format!("the rows of `{name}` do not rise by `from_days`");
        return top("expected", text, "put the younger accounts first: the last row that fits counts");
    }
    let lower = |code: &&String| code.len() != 2 || !code.bytes().all(|letter| letter.is_ascii_uppercase());
    if let Some(code) = choice.countries.iter().find(lower) {
        return top("countries", format!("`{code}` is no country"), "ISO 3166-1 alpha-2 in capitals, such as `DE`");
    }
    amounts(&choice.total_min).or_else(|text| top("total_min", text, AMOUNT_HINT))
}

fn share(section: &'static str, share: &str) -> Result<(), Fault> {
    if commission_of(Money::zero(Currency::EUR), share).is_some() {
        return Ok(());
    }
    let hint = "allowed: a fraction from 0 to 1, such as `1/3` or `25/100`";
    fault(section, "commission", format!("`commission = \"{share}\"` is not a share"), hint)
}

fn tiers(section: &'static str, tiers: &[Tier]) -> Result<(), Fault> {
    if tiers.len() > TIERS_MAX {
        let text = format!("{} tiers are too many", tiers.len());
        return fault(section, "commission", text, &format!("allowed: up to {TIERS_MAX}"));
    }
    for tier in tiers {
        share(section, &tier.commission)?;
        amounts(&tier.from_amount).or_else(|text| fault(section, "from_amount", text, AMOUNT_HINT))?;
    }
    if tiers.windows(2).any(|pair| matches!(pair, [one, next] if next.from_days < one.from_days)) {
        let text = "the tiers of the agency's share do not rise by `from_days`".to_owned();
        return fault(section, "from_days", text, "put the younger accounts first: the last tier that fits counts");
    }
    Ok(())
}

fn fault<T>(section: &'static str, key: &'static str, text: String, hint: &str) -> Result<T, Fault> {
    Err(Fault { level: None, section, key, text, hint: hint.to_owned() })
}

#[cfg(test)]
mod tests {
    use crate::policy::Policy;

    const STANDARD: &str = include_str!("../../../../config/policies/standard.toml");
    const TAIL: &str = "tail_days = 30\n";
    const TIERS: &str = "[[agency.tier]]\nfrom_days = 90\ncommission = \"2/5\"\n[[agency.tier]]\nfrom_days = 30\n\
                         commission = \"1/2\"\n";
    const CHOICE: &str = "[[agency.choice]]\nconnection = \"north\"\ncommission = \"1/4\"\nexpected = [{ percent = 40 }, \
                          { from_days = 180, percent = 20 }]\ncountries = [\"DE\"]\ntotal_min = { EUR = \"50.00\" }\n";

    fn policy(agency: &str) -> Result<Policy, String> {
        assert!(STANDARD.contains(TAIL), "`{TAIL}` is not in the standard policy");
        let text = STANDARD.replacen(TAIL, &format!("{TAIL}{agency}"), 1);
        Policy::parse(&text, "p.toml").map_err(|error| error.to_string())
    }

    fn refused(agency: &str) -> String {
        policy(agency).expect_err(agency)
    }

    #[test]
    fn several_agencies_stand_in_a_policy() {
        let policy = policy(CHOICE).unwrap();
        let north = &policy.agency.choices[0];
        assert_eq!((north.expected_percent(179), north.expected_percent(180)), (40, 20));
    }

    #[test]
    fn what_cannot_be_is_refused_where_it_stands() {
        assert!(refused(TIERS).contains("do not rise by `from_days`"));
        assert!(refused(&TIERS.replace("1/2", "0.5")).contains("`commission = \"0.5\"` is not a share"));
        for (from, to, says) in [
            ("1/4", "5/4", "`commission = \"5/4\"` is not a share"),
            ("\"north\"", "\"\"", "names no agency"),
            ("[{ percent = 40 }, { from_days = 180, percent = 20 }]", "[]", "has 0 rows"),
            ("percent = 40", "percent = 101", "`north` cannot collect 101 percent"),
            ("from_days = 180", "from_days = 0", "do not rise by `from_days`"),
            ("\"DE\"", "\"Germany\"", "`Germany` is no country"),
            ("\"50.00\"", "\"lots\"", "`lots` is not an amount"),
        ] {
            assert!(CHOICE.contains(from), "{from}");
            let error = refused(&CHOICE.replacen(from, to, 1));
            assert!(error.starts_with("p.toml:") && error.contains(says), "{error}");
        }
        let again = "\n[[level]]\nid = \"again\"\ntitle = \"again\"\naction = \"place\"\ndays = 200\n";
        let twice = |text: &str| Policy::parse(&format!("{text}{again}"), "p.toml").map_err(|error| error.to_string());
        assert!(twice(STANDARD).expect_err("one agency").contains("level `again` places an account once more"));
        let two = format!("{TAIL}{CHOICE}{}", CHOICE.replace("north", "south"));
        assert!(twice(&STANDARD.replacen(TAIL, &two, 1)).is_ok());
        assert!(refused(&CHOICE.repeat(2)).contains("stands there already"));
        assert!(
            refused(&format!("{TIERS}{CHOICE}").replace("from_days = 30", "from_days = 90")).contains("of no agency")
        );
    }
}
