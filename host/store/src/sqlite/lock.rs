//! One process at a time works on a file. The lock lies in a file of its own, because the database's own locks come and go with
//! its transactions.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::{Result, StoreError};

/// Held for as long as the file is open; the system lets go of it however the process ends.
pub(crate) fn lock(path: &Path) -> Result<File> {
    let beside = beside(path);
    let failed = |error: std::io::Error| {
        StoreError::Database(format!(
            "`{}` cannot be locked: {error}\n\nhint: the folder must exist and be writable",
            beside.display()
        ))
    };
    let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(&beside).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(StoreError::InUse { path: path.display().to_string() }),
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    // For people who look for the holder. On a full disk there is nothing to read, and the lock is ours all the same.
    if let Err(error) = file.set_len(0).and_then(|()| file.write_all(std::process::id().to_string().as_bytes())) {
        tracing::debug!(%error, "the lock does not say whose it is");
    }
    Ok(file)
}

/// The number of the process that works on the database now; empty when it did not say.
pub fn holder(path: &Path) -> Option<String> {
    let file = File::open(beside(path)).ok()?;
    // Shared, and let go at once: two who look are not in each other's way.
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
        .then(|| std::fs::read_to_string(beside(path)).unwrap_or_default())
}

fn beside(path: &Path) -> PathBuf {
    PathBuf::from(format!("{}.lock", path.display()))
}
