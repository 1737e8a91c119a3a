//! Workspaces for tests: the bundled plugins are built and compiled once, then copied.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use server::guests::Sources;
use tempfile::TempDir;

use crate::program::root;

/// A folder of the target directory that outlives a test run.
fn shared() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("workspace")
}

/// The bundled plugins, built.
pub fn components() -> &'static Path {
    static COMPONENTS: OnceLock<PathBuf> = OnceLock::new();
    COMPONENTS.get_or_init(|| {
        let into = shared().join("components");
        let sources = Sources::find(root()).expect("the sources of the plugins are here");
        sources
            .build(&[], &into, |line| {
                if line.starts_with("adding") {
                    eprintln!("{line}");
                }
            })
            .expect("the plugins build");
        into
    })
}

/// A fresh workspace as `dunlin init` makes it, with the plugins installed and compiled.
pub fn fresh() -> TempDir {
    let folder = TempDir::new().unwrap();
    fill(folder.path());
    folder
}

pub fn fill(folder: &Path) {
    static COMPILED: OnceLock<()> = OnceLock::new();
    let components = components();
    // Compiling guests is slow in a build that is not optimised: it is done once and kept in the target directory.
    COMPILED.get_or_init(|| {
        let first = TempDir::new().unwrap();
        server::workspace::write(first.path()).unwrap();
        copy(components, &first.path().join("components"));
        copy(&shared().join("cache"), &first.path().join("cache"));
        let config = server::config::Config::read(&first.path().join("dunlin.toml")).unwrap();
        // A thread of its own: the caller may be inside a runtime already.
        let compile = std::thread::spawn(move || {
            tokio::runtime::Runtime::new().unwrap().block_on(async {
                let store = server::database::open(&config).await.unwrap();
                server::start::load_plugins(&config, &store).await.unwrap();
            });
        });
        compile.join().unwrap();
        copy(&first.path().join("cache"), &shared().join("cache"));
    });
    server::workspace::write(folder).unwrap();
    copy(components, &folder.join("components"));
    copy(&shared().join("cache"), &folder.join("cache"));
}

/// Copies a folder, if it is there.
pub fn copy(from: &Path, to: &Path) {
    let Ok(entries) = std::fs::read_dir(from) else { return };
    std::fs::create_dir_all(to).unwrap();
    for entry in entries {
        let path = entry.unwrap().path();
        let goal = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &goal);
        } else {
            std::fs::copy(&path, &goal).unwrap();
        }
    }
}

/// Every file below a folder, with its path relative to it, in order.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&next) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { found.push(path.strip_prefix(folder).unwrap().to_owned()) }
        }
    }
    found.sort();
    found
}
