//! The codes of all guards.

/// Every code there is; host/GUARDS.md has a section for each.
pub const CODES: &[&str] = &[
    "nothing-owed",
    "attorney",
    "insolvency",
    "deceased",
    "moratorium",
    "stopped",
    "dunning-block",
    "placed",
    "dispute",
    "missing-at-source",
    "payment-pending",
    "payment-claimed",
    "promise",
    "plan",
    "settlement",
    "goods-return",
    "small-balance",
    "stale-feed",
    "mail-in-transit",
    "approval",
    "no-mandate",
    "unknown-country",
    "no-pack",
    "claim-unknown",
    "no-agency",
    "unknown-zone",
    "no-calendar",
    "too-early",
    "contact-budget",
    "after-conversation",
    "holiday",
    "quiet-hours",
    "weekday",
    "calendar",
    "call-budget",
    "contact-gap",
    "unreachable",
    "unknown-outcome",
    "tasks-full",
    "backfill",
    "superseded",
    "expired",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_section() {
        let told = include_str!("../../../GUARDS.md");
        let sections: Vec<&str> = told.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(sections, CODES);
    }
}
