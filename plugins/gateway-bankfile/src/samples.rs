//! Tries the bank files of a folder that is not part of the repository, and tells what became of each.

use crate::wire::{self, Charset};
use dunlin_plugin_sdk::gateway::Fact;
use std::collections::BTreeMap;

/// `BANKFILE_SAMPLES=folder cargo test -p gateway-bankfile samples -- --ignored --nocapture`
#[test]
#[ignore = "needs a folder of bank files, named by BANKFILE_SAMPLES"]
fn every_sample_is_read_or_refused_with_a_reason() {
    let folder = std::env::var("BANKFILE_SAMPLES").expect("BANKFILE_SAMPLES names a folder");
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths.into_iter().filter(|path| path.is_file()) {
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let read = wire::read(&bytes, Charset::Utf8).or_else(|_| wire::read(&bytes, Charset::Windows1252));
        match read.and_then(|statements| crate::map::facts(&name, &statements)) {
            Ok((events, totals)) => {
                *counts.entry("files read").or_default() += 1;
                *counts.entry("control totals").or_default() += totals.len();
                for event in &events {
                    let (kind, number) = match &event.fact {
                        Fact::Received(payments) => ("payments received", payments.len()),
                        Fact::Pending(payments) => ("payments pending", payments.len()),
                        Fact::Reversed(payments) => ("payments reversed", payments.len()),
                        Fact::Statement(_) => ("statements", 1),
                        Fact::Other(_) => ("others", 1),
                    };
                    *counts.entry(kind).or_default() += number;
                }
                println!("read     {name}: {} facts", events.len());
            }
            Err(fault) => {
                assert!(!fault.reason.is_empty() && fault.place.starts_with("line "), "{name}: {fault}");
                *counts.entry("files refused").or_default() += 1;
                println!("refused  {name}: {fault}");
            }
        }
    }
    println!("{counts:#?}");
    assert!(counts.contains_key("files read"), "no file was read");
}
