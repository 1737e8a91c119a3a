//! What the disk gives: how often a second it makes four kilobytes durable. Every other figure of a store hangs on it.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

const SYNCS: u32 = 400;

/// Syncs a second of appended blocks of 4 KB (fdatasync), and the middle time of one in microseconds.
pub fn syncs(folder: &Path) -> std::io::Result<(u64, u64)> {
    let mut file = File::create(folder.join("syncs"))?;
    let block = [7u8; 4096];
    let started = Instant::now();
    let mut times = Vec::with_capacity(SYNCS as usize);
    for _ in 0..SYNCS {
        let one = Instant::now();
        file.write_all(&block)?;
        file.sync_data()?;
        times.push(u64::try_from(one.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
    let micros = started.elapsed().as_micros().max(1);
    let rate = u64::try_from(u128::from(SYNCS) * 1_000_000 / micros).unwrap_or(u64::MAX);
    Ok((rate, super::middle(times)))
}
