//! Reads every file of the public example sets of EN 16931, which are not part of this repository.
//!
//! `DUNLIN_EINVOICES=<folder> cargo test -p accounting-einvoice --test public_examples -- --ignored --nocapture`

use std::path::{Path, PathBuf};

use accounting_einvoice::{map, wire};

const FILES: usize = 10_000;
/// Why a file of the sets may be refused: it is no invoice, or it is made to be wrong.
const EXPECTED: &str = "expected-refusals.txt";

fn documents(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let entries = std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut entries = entries.collect::<std::io::Result<Vec<_>>>()?;
    entries.sort();
    for path in entries {
        let is_xml = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xml"));
        if path.is_dir() {
            documents(&path, found)?;
        } else if is_xml && found.len() < FILES {
            found.push(path);
        }
    }
    Ok(())
}

#[test]
#[ignore = "needs the public example sets in the folder that DUNLIN_EINVOICES names"]
fn every_valid_example_is_read() {
    let folder = PathBuf::from(std::env::var("DUNLIN_EINVOICES").expect("DUNLIN_EINVOICES names a folder"));
    let expected = std::fs::read_to_string(folder.join(EXPECTED)).unwrap_or_default();
    let mut files = Vec::new();
    documents(&folder, &mut files).unwrap();
    assert!(!files.is_empty(), "no XML file in `{}`", folder.display());
    let mut refused = Vec::new();
    for path in &files {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        let bytes = std::fs::read(path).unwrap();
        match wire::read(&bytes).and_then(|document| map::event(&document, &name)) {
            Ok(event) => println!("read {name}: {}", event.source.key),
            Err(flaw) => refused.push((name, flaw.to_string())),
        }
    }
    refused.iter().for_each(|(name, reason)| println!("refused {name}: {reason}"));
    println!("{} read, {} refused", files.len() - refused.len(), refused.len());
    refused.retain(|(name, _)| !expected.lines().any(|line| line == name));
    assert_eq!(refused, [], "each is to be read, or to be listed in `{EXPECTED}` with a look at why");
}
