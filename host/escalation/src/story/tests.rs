//! How a story is read and how a difference is told.

use super::*;

fn policy() -> Policy {
    Policy::parse(include_str!("../../../../config/policies/standard.toml"), "standard.toml").unwrap()
}

fn told(text: &str) -> StoryReport {
    run(text, "a.story", &policy(), &Packs::shipped().unwrap())
}

#[test]
fn a_story_that_comes_true_is_ok() {
    let report = told(
        "policy: standard\n# forgotten\n\
         2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-08\n\
         2026-03-09  day turns\n  > send first-notice to ACME by email   because 1 day past due\n",
    );
    assert_eq!(report, StoryReport { ok: true, checked: 1, lines: vec![] });
}

#[test]
fn a_difference_names_the_line_and_tells_the_day() {
    let report = told(
        "2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-08\n\
         2026-03-09  day turns\n  > queue call to ACME\n",
    );
    assert!(!report.ok);
    let text = report.lines.join("\n");
    assert!(text.starts_with("a.story:3: expected `queue call to ACME`\n    it did not happen"), "{text}");
    assert!(text.contains("> send first-notice to ACME by email for INV-7"), "{text}");
}

#[test]
fn a_reason_that_was_not_given_is_a_difference() {
    let report = told(
        "2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-08\n\
         2026-03-09  day turns\n  > send first-notice to ACME because promise broken\n",
    );
    assert!(report.lines[0].contains("for another reason"), "{:?}", report.lines);
}

#[test]
fn what_is_not_told_counts_in_a_complete_story_only() {
    let text = "2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-08\n2026-03-12  day turns\n";
    assert!(told(text).ok);
    let report = told(&format!("complete\n{text}"));
    assert!(report.lines[0].contains("not told: on"), "{:?}", report.lines);
}

#[test]
fn a_line_that_cannot_be_read_is_named_with_what_could_stand_there() {
    for (line, says) in [
        ("2026-03-02  bank: ACME paid", "`bank:` is nobody who reports"),
        ("2026-03-02  dialer: ACME promises 10 EUR on friday", "expected `by` before `on friday`"),
        ("2026-02-30  day turns", "is not a date"),
        ("  > nothing", "before the first date"),
        ("2026-03-02  day turns\n  > send fourth-notice to ACME", "`fourth-notice` is no level of the policy"),
        ("2026-03-02  day turns\n  > dance", "`dance` is nothing that can be expected"),
        ("2026-03-02  day turns\n2026-03-01  day turns", "earlier than the line before"),
        ("2026-03-02  gateway: ACME paid 10.001 EUR", "more decimals"),
        ("2026-03-02  dialer: ACME disputes INV-7", "nobody is called `ACME` yet"),
    ] {
        let report = told(line);
        assert!(!report.ok && report.lines[0].contains(says), "{line}: {:?}", report.lines);
        assert!(report.lines[0].starts_with("a.story:"), "{:?}", report.lines);
    }
}

#[test]
fn a_story_names_its_policy() {
    assert_eq!(policy_name("# a\npolicy: standard\n"), Some("standard"));
    assert_eq!(policy_name("2026-03-02  day turns"), None);
}
