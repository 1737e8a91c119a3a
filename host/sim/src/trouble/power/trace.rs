//! What `strace -f -y -xx` wrote: the writes and syncs of a database's files, and what was said on the standard output.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// Something that happened, in the order in which it happened.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    Write {
        file: String,
        at: u64,
        bytes: Vec<u8>,
    },
    Truncate {
        file: String,
        length: u64,
    },
    Unlink(String),
    /// A file's content is on the disk; of a folder (an empty name): that files are there, or are not.
    Sync(String),
    /// A thing was acknowledged.
    Said(String),
}

/// Reads the steps on files that begin with `name`; its lock and shared memory are not content.
pub fn read(trace: &Path, name: &str) -> Result<Vec<Step>, String> {
    let file = std::fs::File::open(trace).map_err(|error| error.to_string())?;
    let mut begun: HashMap<String, String> = HashMap::new();
    let mut steps = Vec::new();
    for line in BufReader::new(file).lines() {
        let line = line.map_err(|error| error.to_string())?;
        let Some((process, call)) = line.split_once(' ') else { continue };
        let call = call.trim_start();
        if let Some(begin) = call.strip_suffix(" <unfinished ...>") {
            begun.insert(process.to_owned(), begin.to_owned());
            continue;
        }
        // A call that another one came into: it counts from its end, and what was synced is no more than that.
        let call = match call.strip_prefix("<... ").and_then(|rest| rest.split_once("resumed>")) {
            Some((_, end)) => begun.remove(process).unwrap_or_default() + end,
            None => call.to_owned(),
        };
        if !call.contains(" = -1 ") {
            steps.extend(step(&call, name));
        }
    }
    Ok(steps)
}

fn step(call: &str, name: &str) -> Option<Step> {
    let (function, rest) = call.split_once('(')?;
    if function == "unlink" {
        let path = String::from_utf8(bytes(rest)).ok()?;
        return content(&path, name).map(Step::Unlink);
    }
    let (number, rest) = rest.split_once('<')?;
    let (path, rest) = rest.split_once('>')?;
    // The path is written with escapes too.
    let path = String::from_utf8(bytes(&format!("\"{path}\""))).ok()?;
    match function {
        "write" if number == "1" => {
            let said = String::from_utf8(bytes(rest)).ok()?;
            said.trim().strip_prefix("ack ").map(|key| Step::Said(key.to_owned()))
        }
        "pwrite64" => {
            let at = rest.rsplit_once(')')?.0.rsplit_once(", ")?.1.parse().ok()?;
            content(&path, name).map(|file| Step::Write { file, at, bytes: bytes(rest) })
        }
        "ftruncate" => {
            let length = rest.rsplit_once(')')?.0.rsplit_once(", ")?.1.parse().ok()?;
            content(&path, name).map(|file| Step::Truncate { file, length })
        }
        "fsync" | "fdatasync" => match content(&path, name) {
            None if !path.contains(name) => Some(Step::Sync(String::new())),
            file => file.map(Step::Sync),
        },
        _ => None,
    }
}

/// The file's name, if it holds what the database is made of.
fn content(path: &str, name: &str) -> Option<String> {
    let file = path.rsplit('/').next()?;
    let kept = file.starts_with(name) && !file.ends_with("-shm") && !file.ends_with(".lock");
    kept.then(|| file.to_owned())
}

/// The first quoted text, whose bytes are all written as `\x00`.
fn bytes(text: &str) -> Vec<u8> {
    let quoted = text.split('"').nth(1).unwrap_or_default();
    match quoted.contains("\\x") {
        true => quoted.split("\\x").skip(1).filter_map(|digits| u8::from_str_radix(digits, 16).ok()).collect(),
        false => quoted.as_bytes().to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read() {
        let read = |call: &str| step(call, "dunlin.sqlite");
        let file = "dunlin.sqlite-wal".to_owned();
        let write = r#"pwrite64(9</w/dunlin.sqlite-wal>, "\x01\xff", 2, 4096) = 2"#;
        assert_eq!(read(write), Some(Step::Write { file: file.clone(), at: 4096, bytes: vec![1, 255] }));
        assert_eq!(read("fdatasync(9</w/dunlin.sqlite-wal>) = 0"), Some(Step::Sync(file)));
        assert_eq!(read("fsync(9</w>) = 0"), Some(Step::Sync(String::new())));
        assert_eq!(read(r#"write(1<pipe:[7]>, "\x61\x63\x6b\x20\x41\x0a", 6) = 6"#), Some(Step::Said("A".to_owned())));
        assert_eq!(read(r#"pwrite64(9</w/dunlin.sqlite-shm>, "\x01", 1, 0) = 1"#), None);
    }
}
