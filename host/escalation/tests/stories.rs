//! Every story in tests/scenarios comes true under the policy that it names.

#![allow(clippy::unwrap_used)] // a test may

use std::path::{Path, PathBuf};

use escalation::{Packs, Policy, story};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/scenarios");
const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/policies");

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|found| found == extension)).collect();
    files.sort();
    files
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn every_story_comes_true() {
    let packs = Packs::shipped().unwrap();
    let of_stories = Path::new(FOLDER).join("policies");
    let policies: Vec<Policy> = [Path::new(CONFIG), of_stories.as_path()]
        .into_iter()
        .flat_map(|folder| files(folder, "toml"))
        .map(|file| Policy::parse(&text(&file), &file.display().to_string()).unwrap())
        .collect();
    let stories = files(Path::new(FOLDER), "story");
    let mut differences = Vec::new();
    for path in &stories {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = text(path);
        let named = story::policy_name(&text).unwrap_or_else(|| panic!("{name} names its policy"));
        let policy = policies.iter().find(|policy| policy.name == named).unwrap_or_else(|| panic!("{name}: `{named}`"));
        let report = story::run_among(&text, &name, policy, &packs, &policies);
        differences.extend(report.lines);
        if report.checked == 0 {
            differences.push(format!("{name}: expects nothing"));
        }
    }
    assert!(stories.len() >= 50, "only {} stories were found", stories.len());
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}
