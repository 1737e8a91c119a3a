//! The inbox under interruptions, clashes and strangers.

use super::*;
use crate::testing::{Folder, Laws};
use crate::{Date, Extension, Source};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {}

/// Every line is a fact; a document with `bad` in it is refused.
fn pull(_: &Config, cursor: Option<&str>) -> Result<Page<Extension>> {
    let inbox = Inbox { connection: Connection::new("box"), folder: "in", extensions: &["txt"], files_per_pull: 2 };
    inbox.pull(cursor, |document| {
        let text = String::from_utf8_lossy(&document.bytes);
        if text.contains("bad") {
            return Err(document.refusal("line 1", "it says bad"));
        }
        let event = |line: &str| Event {
            source: Source {
                key: line.to_owned(),
                version: None,
                digest: None,
                document: document.name.clone(),
                place: String::new(),
                occurred_on: Date::constant(2026, 1, 5),
            },
            fact: Extension { kind: line.to_owned(), notes: Vec::new() },
        };
        Ok(Taken::new(text.lines().map(event).collect()))
    })
}

fn keys(page: &Page<Extension>) -> Vec<&str> {
    page.events.iter().map(|event| event.source.key.as_str()).collect()
}

fn again(page: &Page<Extension>) -> Page<Extension> {
    pull(&Config {}, Some(&page.progress.cursor)).unwrap()
}

#[test]
fn the_laws_hold() {
    let files: [(&str, &[u8]); 5] =
        [("a.txt", b"1\n2"), ("b.TXT", b"3"), ("c.txt", b""), ("d.txt", b"4"), ("e.txt", b"5")];
    Laws { config: "{}", connection: "box", folder: "in", files: &files }.hold(pull);
}

#[test]
fn a_file_moves_only_when_its_cursor_comes_back() {
    let folder = Folder::new("box");
    for name in ["a", "b", "c"] {
        folder.put(&format!("in/{name}.txt"), name);
    }
    let first = pull(&Config {}, None).unwrap();
    assert_eq!((keys(&first), first.progress.more), (vec!["a", "b"], true));
    assert_eq!(folder.paths(), ["in/a.txt", "in/b.txt", "in/c.txt"]);
    let second = again(&first);
    assert_eq!((keys(&second), second.progress.more), (vec!["c"], false));
    assert_eq!(folder.paths(), ["in/c.txt", "in/processed/a.txt", "in/processed/b.txt"]);
    let last = again(&second);
    assert!(last.events.is_empty());
    assert_eq!(folder.paths(), ["in/processed/a.txt", "in/processed/b.txt", "in/processed/c.txt"]);
}

#[test]
fn a_refused_or_foreign_file_goes_to_quarantine_with_its_reason() {
    let folder = Folder::new("box");
    folder.put("in/a.txt", "bad");
    folder.put("in/b.zip", "x");
    folder.put("in/c.txt", "c");
    let first = pull(&Config {}, None).unwrap();
    assert!(first.events.is_empty());
    let refused: Vec<_> = first.progress.refusals.iter().map(|refusal| refusal.document.as_str()).collect();
    assert_eq!(refused, ["a.txt", "b.zip"]);
    let second = again(&first);
    assert_eq!(keys(&second), ["c"]);
    assert_eq!(folder.text("in/quarantine/a.txt.reason.txt"), "line 1: it says bad\n");
    assert_eq!(folder.text("in/quarantine/b.zip.reason.txt"), "not one of the files taken here: `.txt`\n");
    assert_eq!(folder.text("in/quarantine/a.txt"), "bad");
}

#[test]
fn what_is_too_large_is_not_read() {
    let folder = Folder::new("box");
    folder.put("in/a.txt", vec![b'x'; BYTES_PER_FILE as usize + 1]);
    let page = pull(&Config {}, None).unwrap();
    assert!(page.events.is_empty());
    assert_eq!(page.progress.refusals[0].reason, "8388609 bytes; at most 8388608 are taken");
}

#[test]
fn a_later_file_of_the_same_name_is_read_and_not_moved_unread() {
    let folder = Folder::new("box");
    folder.put("in/a.txt", "1");
    let first = pull(&Config {}, None).unwrap();
    folder.put("in/a.txt", "2");
    let second = again(&first);
    assert_eq!(keys(&second), ["2"]);
    let _ = again(&second);
    assert_eq!(folder.paths(), ["in/processed/a.txt"]);
    folder.put("in/a.txt", "3");
    let third = pull(&Config {}, None).unwrap();
    let _ = again(&third);
    assert_eq!(folder.text("in/processed/a.2.txt"), "3");
    assert_eq!(folder.text("in/processed/a.txt"), "2");
}

#[test]
fn unfinished_files_are_left_alone_however_many_they_are() {
    let folder = Folder::new("box");
    for number in 0..450 {
        folder.put(&format!("in/a{number}.txt.part"), "x");
    }
    folder.put("in/.hidden.txt", "x");
    folder.put("in/b.tmp", "x");
    folder.put("in/z.txt", "z");
    let page = pull(&Config {}, None).unwrap();
    assert_eq!((keys(&page), page.progress.more), (vec!["z"], false));
    let _ = again(&page);
    assert_eq!(folder.paths().len(), 453);
}

#[test]
fn a_long_document_ends_the_pull_early() {
    let folder = Folder::new("box");
    let lines: String = (0..EVENTS_PER_PULL).map(|number| format!("{number}\n")).collect();
    folder.put("in/a.txt", lines);
    folder.put("in/b.txt", "b");
    let first = pull(&Config {}, None).unwrap();
    assert_eq!((first.events.len(), first.progress.more), (EVENTS_PER_PULL, true));
    assert_eq!(keys(&again(&first)), ["b"]);
}

#[test]
fn a_page_never_holds_more_than_the_host_takes() {
    let folder = Folder::new("box");
    let lines = |from: usize, count: usize| (from..from + count).map(|n| format!("{n}\n")).collect::<String>();
    folder.put("in/a.txt", lines(0, EVENTS_PER_PULL - 1));
    folder.put("in/b.txt", lines(50_000, EVENTS_PER_PAGE));
    folder.put("in/c.txt", lines(0, EVENTS_PER_PAGE + 1));
    let first = pull(&Config {}, None).unwrap();
    assert_eq!((first.events.len(), first.progress.more), (EVENTS_PER_PULL - 1, true));
    let second = again(&first);
    assert_eq!((second.events.len(), second.progress.more), (EVENTS_PER_PAGE, true));
    let third = again(&second);
    assert_eq!(third.progress.refusals[0].reason, "10001 facts; a document may have 10000: split it");
}

#[test]
fn a_name_that_the_host_cannot_take_does_not_stop_the_others() {
    let folder = Folder::new("box");
    folder.put("in/a\\b.txt", "1");
    folder.put("in/b\n.txt", "2");
    folder.put("in/c.txt", "3");
    assert_eq!(keys(&pull(&Config {}, None).unwrap()), ["3"]);
    assert_eq!(crate::testing::logged().len(), 2);
}

#[test]
fn a_foreign_cursor_reads_everything_again() {
    let folder = Folder::new("box");
    folder.put("in/a.txt", "1");
    let page = pull(&Config {}, Some("42")).unwrap();
    assert_eq!(keys(&page), ["1"]);
    assert_eq!(crate::testing::logged().len(), 1);
}
