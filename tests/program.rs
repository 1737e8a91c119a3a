//! The program `dunlin`, built once for all tests that need a real process.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// The root of the checkout.
pub fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned())
}

/// The built program.
pub fn dunlin() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let output = Command::new(env!("CARGO"))
            .current_dir(root())
            .args(["build", "--package", "server", "--bin", "dunlin", "--message-format=json-render-diagnostics"])
            .output()
            .expect("cargo starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let made = text
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
            .next_back();
        made.expect("cargo names the program that it built")
    })
}

/// Runs the program in the checkout and waits for it.
pub fn run(arguments: &[&str]) -> Output {
    Command::new(dunlin()).current_dir(root()).args(arguments).output().expect("dunlin starts")
}

/// The same for what should end by itself with a word on stderr: a program that has something to say on stdout serves, and is
/// ended.
pub fn run_until_it_speaks(arguments: &[&str]) -> Output {
    let mut program = Command::new(dunlin())
        .current_dir(root())
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("dunlin starts");
    let mut said = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut said).unwrap();
    if !said.is_empty() {
        program.kill().unwrap();
    }
    let ended = program.wait_with_output().unwrap();
    Output { stdout: said.into_bytes(), ..ended }
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}
