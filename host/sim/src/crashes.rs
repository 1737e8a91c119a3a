//! Every point once: a process is killed before and after each commit and each call, another takes its place, and at the end the
//! laws hold.

use std::process::{Command, Stdio};

use crate::child::Said;

/// Enumerates the points of a seed, every `step`th of them. True: no law was violated.
pub fn enumerate(seed: u64, step: u64, jobs: usize) -> Result<bool, String> {
    let calm = process(seed, None)?;
    let points = calm.points;
    println!("seed {seed}: {points} points before and after commits and calls");
    let mut failed = calm.violations.iter().map(|one| (0, one.clone())).collect::<Vec<_>>();
    let at: Vec<u64> = (1..=points).step_by(usize::try_from(step.max(1)).unwrap_or(1)).collect();
    for part in at.chunks(jobs.max(1)) {
        let said: Vec<(u64, Result<Said, String>)> = std::thread::scope(|scope| {
            let threads: Vec<_> = part.iter().map(|at| (*at, scope.spawn(|| process(seed, Some(*at))))).collect();
            let joined = threads.into_iter().map(|(at, thread)| {
                (at, thread.join().unwrap_or_else(|_| Err("the thread that watched it failed".to_owned())))
            });
            joined.collect()
        });
        for (at, said) in said {
            let violations = match said {
                Ok(said) => said.violations,
                Err(error) => vec![error],
            };
            failed.extend(violations.into_iter().map(|one| (at, one)));
        }
    }
    for (at, violation) in failed.iter().take(20) {
        println!("killed at point {at}: {violation}");
    }
    println!("{} processes were killed, {} violations", at.len(), failed.len());
    Ok(failed.is_empty())
}

/// A process that is killed at a point, and one that goes on after it.
fn process(seed: u64, die_at: Option<u64>) -> Result<Said, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let child = |die_at: Option<u64>| {
        let mut command = Command::new(std::env::current_exe().map_err(|error| error.to_string())?);
        command.args(["child", "--seed", &seed.to_string(), "--dir"]).arg(folder.path());
        if let Some(at) = die_at {
            command.args(["--die-at", &at.to_string()]);
        }
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().map_err(|error| error.to_string())
    };
    if die_at.is_some() {
        let killed = child(die_at)?;
        if killed.status.code().is_some() {
            return Err(format!("it was to be killed and ended by itself: {}", killed.status));
        }
    }
    let output = child(None)?;
    if !output.status.success() {
        return Err(format!("it failed: {}", String::from_utf8_lossy(&output.stderr)));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
}
