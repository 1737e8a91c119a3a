//! The connection `files`: what a guest may do in its folder, and every way out of it that must not work.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use escalation::answer::{ErrorKind, Outcome};
use escalation::effect::Role;
use sandbox::Bound;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::guest::{self, Kept, manifest, requests, runtime, wasm};

/// A folder `lists` that is bound, beside a secret that is not.
struct House {
    dir: TempDir,
}

impl House {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("lists/results")).unwrap();
        fs::write(dir.path().join("secret.txt"), "secret").unwrap();
        fs::write(dir.path().join("lists/results/a.csv"), "one").unwrap();
        Self { dir }
    }

    fn path(&self, path: &str) -> std::path::PathBuf {
        self.dir.path().join(path)
    }

    /// What the guest says, or why it cannot.
    async fn does(&self, act: Value) -> Result<String, (ErrorKind, String)> {
        let mut grant = guest::grant(act);
        grant.connections = BTreeMap::from([("lists".to_owned(), Bound::Folder(self.path("lists")))]);
        let plugin = runtime().load("filer", manifest(), &wasm(""), grant, Kept::default().shared()).await.unwrap();
        let called = plugin.perform(&guest::batch(), Role::Dialer, &requests(1)).await;
        let outcomes = called.result.map_err(|error| (error.kind, error.message))?;
        match outcomes.into_iter().next().unwrap() {
            Outcome::Done { reference, .. } => Ok(reference),
            other => panic!("{other:?}"),
        }
    }

    async fn refuses(&self, act: Value, part: &str) {
        let (kind, message) = self.does(act.clone()).await.unwrap_err();
        assert_eq!(kind, ErrorKind::Refused, "{act}: {message}");
        assert!(message.contains(part), "{act}: {message}");
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_guest_reads_writes_lists_and_moves_inside_its_folder() {
    let house = House::new();
    assert_eq!(house.does(json!({"do": "read", "path": "results/a.csv"})).await.unwrap(), "one");
    house.does(json!({"do": "write", "path": "out/deep/b.csv", "content": "two"})).await.unwrap();
    house.does(json!({"do": "write", "path": "out/deep/b.csv", "content": "three"})).await.unwrap();
    assert_eq!(fs::read_to_string(house.path("lists/out/deep/b.csv")).unwrap(), "three");
    assert_eq!(names(&house.path("lists/out/deep")), ["b.csv"], "no half-written file stays");
    let moving = json!({"do": "move", "path": "results/a.csv", "goal": "results/processed/a.csv"});
    house.does(moving.clone()).await.unwrap();
    house.does(moving).await.unwrap();
    assert_eq!(names(&house.path("lists/results")), ["processed"]);
    assert_eq!(fs::read_to_string(house.path("lists/results/processed/a.csv")).unwrap(), "one");
}

#[tokio::test]
async fn a_listing_is_ordered_and_leaves_out_what_is_no_plain_file() {
    let house = House::new();
    for name in ["c.csv", "b.csv", ".half.part", "d.csv", "B.csv"] {
        fs::write(house.path("lists/results").join(name), "x").unwrap();
    }
    fs::create_dir(house.path("lists/results/sub")).unwrap();
    symlink("c.csv", house.path("lists/results/link.csv")).unwrap();
    assert_eq!(house.does(json!({"do": "list", "path": "results"})).await.unwrap(), "B.csv a.csv b.csv c.csv d.csv");
    assert_eq!(house.does(json!({"do": "list", "path": ""})).await.unwrap_or_default(), "call:0", "nothing at the top");
    assert_eq!(house.does(json!({"do": "list", "path": "nowhere"})).await.unwrap(), "call:0", "nothing there");
}

#[tokio::test]
async fn paths_that_are_not_plain_are_refused() {
    let house = House::new();
    let absolute = house.path("secret.txt").display().to_string();
    for path in [
        "../secret.txt",
        "results/../../secret.txt",
        &absolute,
        "",
        ".",
        "results//a.csv",
        "results/./a.csv",
        "results/a.csv/",
        "results\\a.csv",
        "a\u{0}b",
        "a\nb",
        &"x".repeat(256),
        &"x/".repeat(20),
    ] {
        house.refuses(json!({"do": "read", "path": path}), "no path of plain names").await;
        house.refuses(json!({"do": "write", "path": path, "content": "x"}), "no path of plain names").await;
        house.refuses(json!({"do": "move", "path": path, "goal": "a"}), "no path of plain names").await;
        house.refuses(json!({"do": "move", "path": "results/a.csv", "goal": path}), "no path of plain names").await;
        if !path.is_empty() {
            house.refuses(json!({"do": "list", "path": path}), "no path of plain names").await;
        }
    }
    assert_eq!(names(house.dir.path()), ["lists", "secret.txt"]);
    assert_eq!(names(&house.path("lists/results")), ["a.csv"]);
}

#[tokio::test]
async fn links_do_not_lead_out() {
    let house = House::new();
    symlink(house.path("secret.txt"), house.path("lists/absolute")).unwrap();
    symlink("../secret.txt", house.path("lists/relative")).unwrap();
    symlink("..", house.path("lists/up")).unwrap();
    for path in ["absolute", "relative", "up/secret.txt"] {
        house.refuses(json!({"do": "read", "path": path}), "leads out of its connection").await;
    }
    house.refuses(json!({"do": "write", "path": "up/new.txt", "content": "x"}), "leads out of its connection").await;
    house.refuses(json!({"do": "move", "path": "results/a.csv", "goal": "up/a.csv"}), "leads out").await;
    house.refuses(json!({"do": "move", "path": "up/secret.txt", "goal": "mine.txt"}), "leads out").await;
    house.refuses(json!({"do": "list", "path": "up"}), "leads out of its connection").await;
    house.refuses(json!({"do": "move", "path": "absolute", "goal": "mine.txt"}), "no plain file").await;
    // A link as the goal of a write is replaced; what it points to is not touched.
    house.does(json!({"do": "write", "path": "absolute", "content": "x"})).await.unwrap();
    assert_eq!(fs::read_to_string(house.path("secret.txt")).unwrap(), "secret");
    assert_eq!(names(house.dir.path()), ["lists", "secret.txt"]);
}

#[tokio::test]
async fn folders_and_files_that_are_too_large_are_refused() {
    let house = House::new();
    house.refuses(json!({"do": "read", "path": "results"}), "no plain file").await;
    house.refuses(json!({"do": "move", "path": "results", "goal": "mine"}), "no plain file").await;
    fs::File::create(house.path("lists/large")).unwrap().set_len((16 << 20) + 1).unwrap();
    house.refuses(json!({"do": "read", "path": "large"}), "larger than 16777216 bytes").await;
}

#[tokio::test]
async fn what_has_vanished_is_a_reason_to_try_again() {
    let house = House::new();
    for act in [
        json!({"do": "read", "path": "gone.csv"}),
        json!({"do": "move", "path": "gone.csv", "goal": "processed/gone.csv"}),
    ] {
        let (kind, message) = house.does(act).await.unwrap_err();
        assert_eq!(kind, ErrorKind::RetryLater);
        assert!(message.contains("`lists/gone.csv` is not there"), "{message}");
    }
}

#[tokio::test]
async fn a_connection_that_was_not_granted_does_not_exist() {
    let house = House::new();
    house.refuses(json!({"do": "other-connection"}), "connection `vault` was not granted; granted is `lists`").await;
}
