//! Real processes in trouble, each in a size that a test run can bear; `cargo sim trouble` makes them larger.

#![allow(clippy::unwrap_used)] // a test may

use std::process::Command;

/// Runs the simulator, which ends well only if no law was violated; answers what it said.
fn sim(arguments: &[&str]) -> (bool, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_sim")).args(arguments).output().unwrap();
    let said = [done.stdout, done.stderr].map(|said| String::from_utf8(said).unwrap()).concat();
    (done.status.success(), said)
}

fn holds(arguments: &[&str]) {
    let (well, said) = sim(arguments);
    assert!(well, "{arguments:?}:\n{said}");
}

fn server() -> String {
    std::env::var("DUNLIN_TEST_POSTGRES").unwrap()
}

#[test]
fn a_killed_process_loses_nothing() {
    holds(&["crashes", "--most", "8"]);
}

#[test]
#[ignore = "needs PostgreSQL"]
fn on_postgres_a_killed_process_loses_nothing() {
    holds(&["crashes", "--most", "8", "--postgres", &server()]);
}

#[test]
#[ignore = "needs PostgreSQL"]
fn on_postgres_a_frozen_host_does_nothing_twice() {
    holds(&["freezes", "--most", "8", "--postgres", &server()]);
}

#[test]
#[ignore = "needs PostgreSQL"]
fn hosts_outlive_a_crash_of_postgres() {
    holds(&["trouble", "outage", "--times", "2"]);
}

#[test]
#[ignore = "needs PostgreSQL"]
fn a_connection_to_postgres_may_be_cut_anywhere() {
    holds(&["trouble", "cuts", "--cuts", "30"]);
}

#[test]
#[ignore = "needs PostgreSQL"]
fn a_workspace_moves_to_postgres_and_goes_on() {
    holds(&["trouble", "moves", "--seeds", "2"]);
}

#[test]
#[ignore = "needs user namespaces, to mount a small disk"]
fn a_full_disk_loses_nothing_and_work_goes_on() {
    holds(&["trouble", "disk", "--times", "2"]);
}

#[test]
#[ignore = "needs `strace`, and to be allowed to trace"]
fn power_may_be_lost_at_any_moment() {
    holds(&["trouble", "power", "--things", "20", "--moments", "40"]);
    let (well, said) = sim(&["trouble", "power", "--things", "20", "--moments", "40", "--lying"]);
    assert!(!well && said.contains("was acknowledged and is lost"), "a disk that lies has to be noticed:\n{said}");
}
