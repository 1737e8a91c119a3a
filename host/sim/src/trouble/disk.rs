//! A full disk: a small file system of the host's own, into which we lay a file that takes the rest of it.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use store::sqlite::SqliteStore;

use super::crowd::{Crowd, Place};
use super::{check, text};
use crate::run::TENANT;

/// The disk, in KiB. The database grows up to its log, so there is some room to begin with.
const DISK: u32 = 96 << 10;
/// Things that are acknowledged between two full disks.
const THINGS: usize = 25;

pub fn run(times: u32) -> Result<bool, String> {
    let folder = tempfile::tempdir().map_err(text)?;
    let (world, disk) = (folder.path().join("world"), folder.path().join("disk"));
    std::fs::create_dir(&disk).map_err(text)?;
    let mut crowd = Crowd::start(1, &Place::SmallDisk(&disk, DISK), &world)?;
    crowd.wait_for_more(THINGS)?;
    // The same folder as the host sees it.
    let inside = PathBuf::from(format!("/proc/{}/root", crowd.id(0))).join(disk.strip_prefix("/").map_err(text)?);
    for _ in 0..times {
        fill(&inside.join("ballast"))?;
        crowd.wait_for_refusal("the disk is full: nothing was written")?;
        std::fs::remove_file(inside.join("ballast")).map_err(text)?;
        crowd.wait_for_more(THINGS)?;
    }
    crowd.calm_down()?;
    let (acknowledged, copy) = (crowd.acknowledged(), folder.path().join("dunlin.sqlite"));
    println!("full {times} times; the host said so {} times", crowd.refused.len());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(text)?;
    runtime.block_on(async {
        // It is at rest: its files stand still, and they go with it.
        for name in ["dunlin.sqlite", "dunlin.sqlite-wal"] {
            std::fs::copy(inside.join(name), folder.path().join(name)).map_err(text)?;
        }
        crowd.end()?;
        let store = SqliteStore::open(&copy, TENANT).await.map_err(text)?;
        check::all_is_well(&store, &acknowledged, &world).await
    })
}

/// Writes until nothing more fits.
fn fill(file: &Path) -> Result<(), String> {
    let mut file = File::create(file).map_err(text)?;
    let piece = vec![0; 4 << 10];
    loop {
        match file.write_all(&piece) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::StorageFull => return Ok(()),
            Err(error) => return Err(text(error)),
        }
    }
}
