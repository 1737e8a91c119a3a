//! A new workspace: the configuration that is built in, written out for its owner to change.

use std::path::{Path, PathBuf};

use include_dir::{Dir, DirEntry, include_dir};
use thiserror::Error;

/// The folder config/ of the source, as it was when this program was built.
static CONFIG: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../config");

#[derive(Debug, Error)]
pub enum WorkspaceError {
    #[error("`{}` is there already\n\nhint: choose an empty folder, or edit what is there", .0.display())]
    Exists(PathBuf),
    #[error("`{}` cannot be written: {why}", .file.display())]
    Unwritable { file: PathBuf, why: std::io::Error },
}

/// Writes a workspace into a folder: `dunlin.toml`, policies, packs, letters, plugins. Refuses to touch one that is there.
pub fn write(folder: &Path) -> Result<Vec<PathBuf>, WorkspaceError> {
    let main = folder.join("dunlin.toml");
    if main.exists() {
        return Err(WorkspaceError::Exists(main));
    }
    let mut written = Vec::new();
    write_entries(CONFIG.entries(), folder, &mut written)?;
    Ok(written)
}

fn write_entries(entries: &[DirEntry<'_>], folder: &Path, written: &mut Vec<PathBuf>) -> Result<(), WorkspaceError> {
    for entry in entries {
        match entry {
            DirEntry::Dir(dir) => write_entries(dir.entries(), folder, written)?,
            DirEntry::File(file) => {
                let to = folder.join(file.path());
                let unwritable = |why| WorkspaceError::Unwritable { file: to.clone(), why };
                if let Some(parent) = to.parent() {
                    std::fs::create_dir_all(parent).map_err(unwritable)?;
                }
                std::fs::write(&to, content(file.path(), file.contents())).map_err(unwritable)?;
                written.push(to);
            }
        }
    }
    Ok(())
}

/// In the source the workspace lies beside config/; in a workspace of its own it is the folder itself.
fn content(path: &Path, bytes: &[u8]) -> Vec<u8> {
    if path != Path::new("dunlin.toml") {
        return bytes.to_vec();
    }
    String::from_utf8_lossy(bytes).replace("folder = \"../workspace\"", "folder = \".\"").into_bytes()
}

/// The built-in text of a file of the configuration.
pub fn built_in(path: &str) -> Option<&'static str> {
    CONFIG.get_file(path).and_then(|file| file.contents_utf8())
}
