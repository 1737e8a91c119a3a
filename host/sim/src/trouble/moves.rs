//! A workspace moves from SQLite to PostgreSQL in the middle of its weeks. What becomes of every account is the same as if it
//! had stayed.

use std::path::Path;

use store::transfer::{Transferred, transfer};

use super::{server, text};
use crate::child::Said;
use crate::process::Process;
use crate::run::TENANT;
use crate::sweep::memory;

/// Moments before the move.
const BEFORE: usize = 6;

pub fn run(postgres: &str, seeds: u64) -> Result<bool, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(text)?;
    let (mut violations, mut events) = (0, 0);
    for seed in 1..=seeds {
        let (stays, goes) = (folder()?, folder()?);
        lives(seed, stays.path(), &["--moments", &BEFORE.to_string()])?;
        let stayed = lives(seed, stays.path(), &[])?;
        lives(seed, goes.path(), &["--moments", &BEFORE.to_string()])?;
        let url = server::another_database(postgres, &format!("moves_{seed}"))?;
        let file = goes.path().join("dunlin.sqlite");
        match runtime.block_on(transfer(&file, &url, TENANT, &|_, _| {})).map_err(text)? {
            Transferred::Whole { tables } => {
                events += tables.iter().find(|one| one.0 == "event").map_or(0, |one| one.1)
            }
            Transferred::Ahead { .. } => return Err("the file is still in use".to_owned()),
        }
        let moved = lives(seed, goes.path(), &["--postgres", &url])?;
        let mut wrong = moved.violations;
        if moved.history != stayed.history {
            wrong.push("the history is not the one that it would have had".to_owned());
        }
        wrong.iter().for_each(|one| println!("seed {seed}: {one}"));
        violations += wrong.len();
    }
    println!("{seeds} workspaces moved with {events} events and went on; {violations} violations");
    Ok(violations == 0)
}

fn folder() -> Result<tempfile::TempDir, String> {
    tempfile::tempdir_in(memory()).map_err(text)
}

fn lives(seed: u64, folder: &Path, more: &[&str]) -> Result<Said, String> {
    let (seed, dir) = (seed.to_string(), folder.display().to_string());
    let mut arguments = ["child", "--seed", &seed, "--dir", &dir].map(str::to_owned).to_vec();
    arguments.extend(more.iter().map(|one| (*one).to_owned()));
    serde_json::from_slice(&Process::start(&arguments)?.said()?).map_err(text)
}
