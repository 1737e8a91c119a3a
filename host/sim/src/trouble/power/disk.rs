//! A disk that keeps what was synced, and of what was written since then any part of it.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::trace::Step;

/// What a disk writes at once; a longer write may be torn between two of them.
const SECTOR: usize = 512;

#[derive(Default)]
pub struct Disk {
    files: BTreeMap<String, File>,
}

/// Its content is missing while it does not exist.
#[derive(Default)]
struct File {
    synced: Option<Vec<u8>>,
    since: Vec<Change>,
}

#[derive(Clone)]
enum Change {
    Write(u64, Vec<u8>),
    Truncate(u64),
    Unlink,
}

impl Disk {
    pub fn take(&mut self, step: &Step) {
        match step {
            Step::Write { file, at, bytes } => self.change(file, Change::Write(*at, bytes.clone())),
            Step::Truncate { file, length } => self.change(file, Change::Truncate(*length)),
            Step::Unlink(file) => self.change(file, Change::Unlink),
            Step::Sync(name) if name.is_empty() => {
                // The folder: what was removed stays removed. What was written is another matter.
                for file in self.files.values_mut() {
                    if let Some(last) = file.since.iter().rposition(|change| matches!(change, Change::Unlink)) {
                        file.since.drain(..=last);
                        file.synced = None;
                    }
                }
            }
            Step::Sync(name) => {
                let file = self.files.entry(name.clone()).or_default();
                let changes = std::mem::take(&mut file.since);
                changes.iter().for_each(|change| apply(&mut file.synced, change));
            }
            Step::Said(_) => {}
        }
    }

    fn change(&mut self, file: &str, change: Change) {
        self.files.entry(file.to_owned()).or_default().since.push(change);
    }

    /// Writes into a folder what could be left; answers how many changes are lost, in whole or in part.
    pub fn after_power_loss(&self, folder: &Path, dice: &mut fastrand::Rng) -> io::Result<usize> {
        let mut lost = 0;
        for (name, file) in &self.files {
            let mut content = file.synced.clone();
            for change in &file.since {
                match (dice.u32(0..4), change) {
                    (0 | 1, change) => apply(&mut content, change),
                    (2, Change::Write(at, bytes)) if bytes.len() > SECTOR => {
                        torn(*at, bytes, dice).iter().for_each(|part| apply(&mut content, part));
                        lost += 1;
                    }
                    _ => lost += 1,
                }
            }
            if let Some(content) = content {
                std::fs::write(folder.join(name), content)?;
            }
        }
        Ok(lost)
    }
}

/// Some sectors of a write.
fn torn(at: u64, bytes: &[u8], dice: &mut fastrand::Rng) -> Vec<Change> {
    let parts = bytes.chunks(SECTOR).enumerate().filter(|_| dice.bool());
    parts.map(|(n, part)| Change::Write(at + (n * SECTOR) as u64, part.to_vec())).collect()
}

fn apply(content: &mut Option<Vec<u8>>, change: &Change) {
    match change {
        Change::Unlink => *content = None,
        Change::Truncate(length) => content.get_or_insert_default().resize(*length as usize, 0),
        Change::Write(at, bytes) => {
            let (content, from) = (content.get_or_insert_default(), *at as usize);
            content.resize(content.len().max(from + bytes.len()), 0);
            content[from..from + bytes.len()].copy_from_slice(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_synced_is_kept_and_the_rest_may_go() {
        let write = |byte: u8| Step::Write { file: "f".to_owned(), at: 0, bytes: vec![byte; 2_048] };
        let mut disk = Disk::default();
        disk.take(&write(1));
        disk.take(&Step::Sync("f".to_owned()));
        disk.take(&write(2));
        let mut dice = fastrand::Rng::with_seed(1);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..40 {
            let folder = tempfile::tempdir().unwrap();
            disk.after_power_loss(folder.path(), &mut dice).unwrap();
            let left = std::fs::read(folder.path().join("f")).unwrap();
            assert!(left.len() == 2_048 && left.iter().all(|byte| [1, 2].contains(byte)));
            seen.insert(left.chunks(SECTOR).map(|sector| sector[0]).collect::<Vec<_>>());
        }
        assert!(seen.contains(&vec![1; 4]) && seen.contains(&vec![2; 4]) && seen.len() > 4, "{seen:?}");
    }
}
