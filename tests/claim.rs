//! `dunlin claim` and `dunlin pack check`, as a person or a program calls them, in a folder where there is nothing.

use std::path::Path;
use std::process::{Command, Output};

use crate::program::{dunlin, stderr, stdout};

fn run_in(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(dunlin()).current_dir(folder).args(arguments).output().expect("dunlin starts")
}

const GERMANY: [&str; 11] = [
    "claim",
    "--country",
    "DE",
    "--debtor",
    "business",
    "--amount",
    "4200.00 EUR",
    "--due",
    "2026-04-10",
    "--as-of",
    "2026-09-30",
];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    GERMANY.iter().copied().chain(more.iter().copied()).collect()
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_str(&stdout(output)).unwrap_or_else(|_| panic!("{}{}", stdout(output), stderr(output)))
}

#[test]
fn a_claim_is_answered_anywhere() {
    let folder = tempfile::tempdir().unwrap();
    let output = run_in(folder.path(), &with(&["--json"]));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let answer = json(&output);
    // 4200 * (10.27 * 81 + 10.52 * 92) / 36500 = 207.0899; lump sum 40.
    let parts =
        ["principal_open", "interest", "fees", "compensation", "total"].map(|key| answer[key].as_str().unwrap());
    assert_eq!(parts, ["4200.00", "207.09", "0.00", "40.00", "4447.09"]);
    assert_eq!(answer["segments"].as_array().unwrap().len(), 2);
    assert_eq!((&answer["segments"][0]["rate"], &answer["segments"][0]["days"]), (&"10.27".into(), &81.into()));
    assert_eq!(answer["rules"][0]["source"], "§ 288 (2), § 286 (3) BGB");
    assert_eq!(answer["refused"], serde_json::json!([]));
    let people = stdout(&run_in(folder.path(), &with(&["--paid", "1000.00@2026-06-15"])));
    for part in ["4200.00 x 10.27 % x 66 days, act-act", "costs 40.00, interest 78.00, principal 882.00", "3419.98 EUR"]
    {
        assert!(people.contains(part), "`{part}` is not in:\n{people}");
    }
}

#[test]
fn what_is_not_known_is_refused_without_a_total() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |arguments: &[&str]| {
        let output = run_in(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        let answer = json(&output);
        assert_eq!((&answer["total"], &answer["interest"]), (&serde_json::Value::Null, &serde_json::Value::Null));
        answer["refused"][0].as_str().unwrap().to_owned()
    };
    let mut late = with(&["--json"]);
    late[10] = "2027-01-01";
    assert!(refused(&late).contains("known_until is 2026-12-31"));
    let mut unknown = with(&["--json"]);
    unknown[4] = "unknown";
    assert!(refused(&unknown).contains("what kind of debtor"));
    let mut nowhere = with(&["--json"]);
    nowhere[2] = "FR";
    assert!(refused(&nowhere).contains("there is no pack for `FR`"));
}

#[test]
fn wrong_usage_says_what_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    for (at, word, part) in
        [(4, "alien", "`sole-trader`"), (6, "4200.00", "give the currency too"), (8, "10.4.2026", "--due")]
    {
        let mut arguments = with(&[]);
        arguments[at] = word;
        let output = run_in(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).contains(part), "`{part}` is not in:\n{}", stderr(&output));
    }
    let output = run_in(folder.path(), &with(&["--paid", "10.00 USD@2026-06-15"]));
    assert_eq!((output.status.code(), stderr(&output).contains("10.00 USD is not in EUR")), (Some(2), true));
}

#[test]
fn a_workspace_has_packs_of_its_own_and_they_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    assert!(run_in(folder.path(), &["init"]).status.success());
    let output = run_in(folder.path(), &["pack", "check", "packs"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains("dk-lending-rate: 6 rates, known until 2026-06-30"), "{}", stdout(&output));
    // The workspace's margin is used, and so is that of a folder that is named.
    let file = folder.path().join("packs/DE.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("margin = \"9\"", "margin = \"0\"", 1)).unwrap();
    let here = json(&run_in(folder.path(), &with(&["--json"])));
    assert_eq!(here["segments"][0]["rate"], "1.27");
    let elsewhere = tempfile::tempdir().unwrap();
    let packs = folder.path().join("packs");
    let named = json(&run_in(elsewhere.path(), &with(&["--json", "--packs", packs.to_str().unwrap()])));
    assert_eq!(named["segments"][0]["rate"], "1.27");
    // What is wrong is told with its line.
    std::fs::write(
        &file,
        text.replacen("percent = \"3.37\", source = \"Bundesbank, § 247 BGB\"", "percent = \"3.37\"", 1),
    )
    .unwrap();
    let output = run_in(folder.path(), &["pack", "check", "packs"]);
    assert_eq!(output.status.code(), Some(2));
    let line = text.lines().position(|line| line.contains("3.37")).unwrap() + 1;
    let told = stderr(&output);
    assert!(told.contains(&format!("DE.toml:{line}: missing field `source`")), "{told}");
    assert_eq!(run_in(folder.path(), &with(&[])).status.code(), Some(2));
}
