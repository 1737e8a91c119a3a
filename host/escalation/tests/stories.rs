//! Every story in tests/scenarios comes true under the standard policy.

use std::path::Path;

use escalation::{Packs, Policy, story};

const STANDARD: &str = include_str!("../../../config/policies/standard.toml");

#[test]
fn every_story_comes_true() {
    let policy = Policy::parse(STANDARD, "standard.toml").unwrap();
    let packs = Packs::shipped().unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios");
    let mut told = 0;
    let mut differences = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "story") {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(story::policy_name(&text), Some("standard"), "{name} names its policy");
        let report = story::run(&text, &name, &policy, &packs);
        differences.extend(report.lines);
        if report.checked == 0 {
            differences.push(format!("{name}: expects nothing"));
        }
        told += 1;
    }
    assert!(told >= 20, "only {told} stories were found");
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}
