//! The real program, killed without warning, goes on where it was.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::demo::nothing_went_out_twice;
use crate::program::{dunlin, root, run, stderr, stdout};
use crate::workspace;

fn demo(folder: &std::path::Path) -> Child {
    Command::new(dunlin())
        .current_dir(root())
        .args(["demo", "--exit", "--speed", "max", "--days", "60", "--json", "--listen", "127.0.0.1:0", "--dir"])
        .arg(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits until the exchange shows that so many files went out, without looking at a clock.
fn until_files_went_out(child: &mut Child, folder: &std::path::Path, files: usize) {
    loop {
        if workspace::files(&folder.join("exchange"))
            .iter()
            .filter(|file| file.to_string_lossy().contains("outgoing"))
            .count()
            >= files
        {
            return;
        }
        assert!(child.try_wait().unwrap().is_none(), "the demo ended before it could be killed");
        std::thread::yield_now();
    }
}

#[test]
fn killed_three_times_it_loses_nothing_and_sends_nothing_twice() {
    let folder = workspace::fresh();
    for files in [3, 40, 150] {
        let mut child = demo(folder.path());
        until_files_went_out(&mut child, folder.path(), files);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let output = demo(folder.path()).wait_with_output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let killed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(killed["verify"], "ok");
    nothing_went_out_twice(folder.path());

    let config = folder.path().join("dunlin.toml");
    let verified = run(&["verify", "--config", config.to_str().unwrap()]);
    assert!(verified.status.success(), "{}", stderr(&verified));

    // The same town without the kills ends with the same figures.
    let calm = workspace::fresh();
    let output = demo(calm.path()).wait_with_output().unwrap();
    let calm: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    for figure in ["invoices_read", "emails", "letters", "calls_queued", "placements", "received_minor", "posted_minor"]
    {
        assert_eq!(killed[figure], calm[figure], "{figure}");
    }
}

#[test]
fn a_second_process_on_the_same_workspace_is_told_so() {
    let folder = workspace::fresh();
    let config = folder.path().join("dunlin.toml");
    let config = config.to_str().unwrap();
    let mut first = Command::new(dunlin())
        .args(["serve", "--config", config, "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    // Open until the end: who writes to a closed pipe ends.
    let mut said = BufReader::new(first.stdout.take().unwrap());
    said.read_line(&mut line).unwrap();
    assert!(line.contains("the desk is at http://127.0.0.1:"), "{line}");
    let second = run(&["serve", "--config", config, "--listen", "127.0.0.1:0"]);
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(second.status.code(), Some(2));
    assert!(stderr(&second).contains("in use by another process"), "{}", stderr(&second));
    assert!(stderr(&second).contains("hint:"), "{}", stderr(&second));
    assert!(stdout(&second).is_empty());
}
