//! The rules of the house, as tests.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::root;

/// Every file that git knows or would add.
fn files(endings: &[&str]) -> Vec<PathBuf> {
    let listed = Command::new("git")
        .current_dir(root())
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .output()
        .expect("git lists the files");
    let text = String::from_utf8(listed.stdout).unwrap();
    let files: Vec<PathBuf> = text
        .lines()
        .map(PathBuf::from)
        .filter(|path| root().join(path).is_file())
        .filter(|path| endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)))
        .collect();
    assert!(!files.is_empty(), "no files were listed");
    files
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

fn check(found: Vec<String>) {
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn a_file_says_its_job_in_its_first_line() {
    check(
        files(&[".rs"])
            .iter()
            .filter(|path| !read(path).starts_with("//!"))
            .map(|path| format!("{}: does not begin with `//!`", path.display()))
            .collect(),
    );
}

#[test]
fn no_file_is_longer_than_400_lines() {
    check(
        files(&[".rs"])
            .iter()
            .map(|path| (path, read(path).lines().count()))
            .filter(|(_, lines)| *lines > 400)
            .map(|(path, lines)| format!("{}: {lines} lines", path.display()))
            .collect(),
    );
}

#[test]
fn no_function_is_longer_than_70_lines() {
    let mut found = Vec::new();
    for path in files(&[".rs"]) {
        let text = read(&path);
        let lines: Vec<&str> = text.lines().collect();
        for (start, line) in lines.iter().enumerate() {
            let code = line.trim_start();
            let indent = line.len() - code.len();
            let is_fn = ["fn ", "pub fn ", "pub(crate) fn ", "async fn ", "pub async fn ", "pub(crate) async fn "]
                .iter()
                .any(|prefix| code.starts_with(prefix));
            if !is_fn || code.ends_with(';') {
                continue;
            }
            let close = format!("{}}}", " ".repeat(indent));
            if let Some(length) = lines[start..].iter().position(|line| *line == close)
                && length + 1 > 70
            {
                found.push(format!("{}:{}: {} lines", path.display(), start + 1, length + 1));
            }
        }
    }
    check(found);
}

#[test]
fn rooms_are_named_by_what_is_in_them() {
    const EMPTY_WORDS: [&str; 5] = ["utils", "helpers", "common", "manager", "mod"];
    check(
        files(&[".rs"])
            .iter()
            .filter(|path| {
                path.iter().any(|part| EMPTY_WORDS.contains(&part.to_string_lossy().trim_end_matches(".rs")))
            })
            .map(|path| format!("{}: the name says nothing", path.display()))
            .collect(),
    );
}

#[test]
fn imports_go_one_way() {
    let allowed: [(&str, &[&str]); 14] = [
        ("host/escalation", &[]),
        ("host/town", &[]),
        ("host/store", &["escalation"]),
        ("host/egress", &[]),
        ("host/hooks", &[]),
        ("host/packages", &[]),
        ("host/sandbox", &["egress", "escalation", "hooks"]),
        ("host/letters", &["escalation"]),
        ("host/engine", &["escalation", "store"]),
        ("host/server", &["egress", "engine", "escalation", "letters", "packages", "sandbox", "store", "town"]),
        ("plugin-sdk/templates", &["dunlin-plugin-sdk"]),
        ("plugin-sdk", &[]),
        ("plugins/", &["dunlin-plugin-sdk"]),
        ("tests", &["engine", "escalation", "server", "store"]),
    ];
    const OURS: [&str; 11] = [
        "egress",
        "escalation",
        "hooks",
        "packages",
        "store",
        "letters",
        "engine",
        "sandbox",
        "server",
        "town",
        "dunlin-plugin-sdk",
    ];
    let mut found = Vec::new();
    for path in files(&["Cargo.toml"]) {
        let name = path.to_string_lossy().into_owned();
        let Some((_, allowed)) = allowed.iter().find(|(place, _)| name.starts_with(place)) else { continue };
        let manifest: toml::Table = toml::from_str(&read(&path)).unwrap();
        for table in ["dependencies", "dev-dependencies"] {
            let Some(dependencies) = manifest.get(table).and_then(|table| table.as_table()) else { continue };
            for dependency in dependencies.keys().filter(|name| OURS.contains(&name.as_str())) {
                if !allowed.contains(&dependency.as_str()) {
                    found.push(format!("{name}: may not depend on `{dependency}`"));
                }
            }
        }
    }
    check(found);
}

#[test]
fn heavy_crates_are_named_in_one_place() {
    let owners = [
        ("sqlx", "host/store"),
        ("wasmtime", "host/sandbox"),
        ("cap_std", "host/sandbox"),
        ("hyper", "host/egress"),
        ("rustls", "host/egress"),
        ("typst", "host/letters"),
        ("axum", "host/server"),
    ];
    let mut found = Vec::new();
    for path in files(&[".rs"]) {
        let name = path.to_string_lossy().into_owned();
        if name.starts_with("tests/") {
            continue;
        }
        for (krate, owner) in owners {
            if !name.starts_with(owner) && read(&path).contains(&format!("{krate}::")) {
                found.push(format!("{name}: names `{krate}`, which belongs to {owner}"));
            }
        }
    }
    check(found);
}

#[test]
fn the_core_is_pure() {
    const IMPURE: [&str; 9] = [
        "std::fs",
        "std::net",
        "std::time",
        "std::env",
        "std::thread",
        "async fn",
        "rand::",
        "println!",
        "Timestamp::now",
    ];
    let mut found = Vec::new();
    for path in files(&[".rs"]).iter().filter(|path| path.starts_with("host/escalation/src")) {
        if path.to_string_lossy().contains("tests") {
            continue;
        }
        let text = read(path);
        let code = text.split("#[cfg(test)]").next().unwrap_or("");
        found.extend(
            IMPURE.iter().filter(|word| code.contains(**word)).map(|word| format!("{}: `{word}`", path.display())),
        );
    }
    check(found);
}

#[test]
fn nothing_is_left_for_later_and_no_test_waits() {
    let marks =
        [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["to", "do!("].concat(), ["unimpl", "emented!("].concat()];
    let waits = [["thread::", "sleep("].concat()];
    let mut found = Vec::new();
    for path in files(&[".rs", ".toml", ".md"]) {
        let text = read(&path);
        for mark in marks.iter().chain(&waits) {
            let hostile = path.starts_with("tests/hostile") || path.ends_with(".clippy.toml");
            if text.contains(mark.as_str()) && !hostile {
                found.push(format!("{}: `{mark}`", path.display()));
            }
        }
    }
    check(found);
}

#[test]
fn every_ignored_test_says_what_it_needs() {
    let mut found = Vec::new();
    for path in files(&[".rs"]) {
        let ignores = read(&path)
            .lines()
            .enumerate()
            .filter(|(_, line)| line.trim_start().starts_with("#[ignore"))
            .filter(|(_, line)| !line.contains("#[ignore = \"needs "))
            .map(|(line, _)| format!("{}:{}: say `#[ignore = \"needs ...\"]`", path.display(), line + 1))
            .collect::<Vec<_>>();
        found.extend(ignores);
    }
    check(found);
}

#[test]
fn every_plugin_has_its_rooms_and_a_running_example() {
    let mut found = Vec::new();
    for folder in std::fs::read_dir(root().join("plugins")).unwrap().map(|entry| entry.unwrap().path()) {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let rooms = ["Cargo.toml", "plugin.toml", "src/lib.rs", "src/map.rs", "src/wire.rs", "fixtures"];
        found.extend(
            rooms.iter().filter(|room| !folder.join(room).exists()).map(|room| format!("plugins/{name} has no {room}")),
        );
        if !root().join("config/plugins").join(format!("{name}.toml")).is_file() {
            found.push(format!("config/plugins/{name}.toml is missing"));
        }
    }
    check(found);
}

#[test]
fn the_visible_root_stays_short() {
    const KNOWN: [&str; 13] = [
        "Cargo.lock",
        "Cargo.toml",
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "config",
        "deny.toml",
        "host",
        "plugin-sdk",
        "plugins",
        "rust-toolchain.toml",
        "tests",
        "target",
    ];
    let mut found = Vec::new();
    for path in files(&[""]) {
        let first = path.iter().next().unwrap().to_string_lossy().into_owned();
        if !first.starts_with('.') && !KNOWN.contains(&first.as_str()) && !found.contains(&first) {
            found.push(first);
        }
    }
    check(found);
}

#[test]
fn no_file_is_large() {
    const LEN_MAX: u64 = 512 << 10;
    let length = |path: &PathBuf| std::fs::metadata(root().join(path)).unwrap().len();
    let large = files(&[""]).into_iter().filter(|path| length(path) > LEN_MAX);
    check(large.map(|path| format!("{}: more than {LEN_MAX} bytes", path.display())).collect());
}
