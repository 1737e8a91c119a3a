//! Every story in tests/scenarios, told through the real core against the policy that it names.

use escalation::Packs;

use crate::program::root;

#[test]
fn the_stories_go_as_they_are_told() {
    let packs = Packs::shipped().unwrap();
    let folders = ["config/policies", "tests/scenarios/policies"].map(|folder| root().join(folder));
    let policies: Vec<_> = folders.iter().flat_map(|folder| server::start::read_policies(folder).unwrap()).collect();
    let mut stories: Vec<_> = std::fs::read_dir(root().join("tests/scenarios"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "story"))
        .collect();
    stories.sort();
    assert!(stories.len() >= 20, "only {} stories are there", stories.len());
    let mut failed = Vec::new();
    for story in stories {
        let text = std::fs::read_to_string(&story).unwrap();
        let named = escalation::story::policy_name(&text).unwrap_or("standard");
        let policy = policies.iter().find(|policy| policy.name == named).unwrap();
        let report = escalation::story::run_among(&text, &story.display().to_string(), policy, &packs, &policies);
        if !report.ok {
            failed.push(format!("{}\n{}", story.display(), report.lines.join("\n")));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

#[test]
fn a_story_that_is_wrong_fails_and_shows_the_difference() {
    let policy = server::start::read_policy(&root().join("config/policies/standard.toml")).unwrap();
    let text =
        "2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01\n  > place ACME with agency\n";
    let report = escalation::story::run(text, "wrong.story", &policy, &Packs::shipped().unwrap());
    assert!(!report.ok);
    assert!(report.lines.iter().any(|line| line.contains("place ACME with agency")), "{:?}", report.lines);
}
