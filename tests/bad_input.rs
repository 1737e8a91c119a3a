//! Wrong configuration is refused at the start, with file, key and what is allowed.

use std::path::Path;

use crate::program::{run, run_until_it_speaks, stderr, stdout};
use crate::workspace;

/// Changes a file of a fresh workspace and returns what `dunlin serve` says about it.
fn serve_with(file: &str, change: impl Fn(String) -> String) -> String {
    let folder = workspace::fresh();
    let path = folder.path().join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, change(text)).unwrap();
    serve(folder.path())
}

fn serve(folder: &Path) -> String {
    let config = folder.join("dunlin.toml");
    let output = run_until_it_speaks(&["serve", "--config", config.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(2), "{}{}", stdout(&output), stderr(&output));
    stderr(&output)
}

fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
}

#[test]
fn an_unknown_key_is_named_with_its_file_and_the_known_ones() {
    says(
        &serve_with("dunlin.toml", |text| format!("polls = 3\n{text}")),
        &["dunlin.toml", "polls", "poll_seconds", "line 1"],
    );
    says(
        &serve_with("policies/standard.toml", |text| text.replacen("tone", "tune", 1)),
        &["standard.toml", "tune", "tone"],
    );
    says(
        &serve_with("plugins/dialer-file.toml", |text| format!("{text}\n[surprise]\nx = 1\n")),
        &["dialer-file.toml", "surprise"],
    );
    says(
        &serve_with("plugins/dialer-file.toml", |text| text.replacen("[config]", "[config]\nsurprise = 1", 1)),
        &["dialer-file.toml", "surprise"],
    );
}

#[test]
fn a_missing_plugin_is_named_with_those_that_are_there() {
    let text = serve_with("plugins/dialer-file.toml", |text| text.replacen("\"dialer-file\"", "\"dialer-flie\"", 1));
    says(&text, &["dialer-file.toml", "dialer-flie", "installed are", "accounting-einvoice", "dunlin plugin build"]);
}

#[test]
fn an_agency_that_no_plugin_runs_as_is_named() {
    let choice = "\n[[agency.choice]]\nconnection = \"nroth\"\ncommission = \"1/4\"\nexpected = [{ percent = 40 }]\n";
    let text = serve_with("policies/standard.toml", |text| {
        assert!(text.contains("\ntail_days = 30\n"), "{text}");
        text.replacen("\ntail_days = 30\n", &format!("\ntail_days = 30\n{choice}"), 1)
    });
    says(&text, &["chooses the agency `nroth`", "add `nroth.toml` to config/plugins", "`agency-file`"]);
}

#[test]
fn a_wrong_type_is_named() {
    says(
        &serve_with("dunlin.toml", |text| text.replacen("poll_seconds = 15", "poll_seconds = \"often\"", 1)),
        &["dunlin.toml", "poll_seconds", "often"],
    );
}

#[test]
fn a_taken_port_is_told_with_what_to_do() {
    let folder = workspace::fresh();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let config = folder.path().join("dunlin.toml");
    let output = run(&["serve", "--config", config.to_str().unwrap(), "--listen", &address]);
    assert_eq!(output.status.code(), Some(2));
    says(&stderr(&output), &[&address, "hint:", "--listen"]);
}

#[test]
fn a_level_order_that_cannot_be_is_refused() {
    let text = serve_with("policies/standard.toml", |text| {
        let (before, first) = text.split_once("id = \"first-notice\"").unwrap();
        format!("{before}id = \"first-notice\"{}", first.replacen("\ndays = ", "\ndays = 99 # was ", 1))
    });
    says(
        &text,
        &["standard.toml:", "`second-notice` is on day 5, before `first-notice` on day 99", "allowed: 99 and later"],
    );
}
