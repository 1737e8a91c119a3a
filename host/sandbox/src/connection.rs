//! The connection type `files`: a folder that the operator bound. The guest names files inside it and cannot leave it.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};

use crate::bindings::files::Entry;
use crate::bindings::types::Error;
use crate::convert::{broken, refused, retry_later, with_hint};
use crate::limits::{FILE_LEN_MAX, FILE_NAME_LEN_MAX, LISTING_LEN_MAX, PATH_DEPTH_MAX, PATH_LEN_MAX};
use crate::state::Folders;

/// The folders of one call, opened when they are first used: a folder that comes and goes is noticed.
pub(crate) struct Files {
    folders: Folders,
    open: BTreeMap<String, Arc<Dir>>,
}

impl Files {
    pub(crate) fn new(folders: Folders) -> Self {
        Self { folders, open: BTreeMap::new() }
    }

    pub(crate) async fn list(
        &mut self,
        connection: &str,
        folder: String,
        after: Option<String>,
        limit: u32,
    ) -> Result<Vec<Entry>, Error> {
        if !folder.is_empty() {
            check_path(&folder)?;
        }
        let limit = LISTING_LEN_MAX.min(limit as usize);
        self.work(connection, folder.clone(), move |dir| list(dir, &folder, after.as_deref(), limit)).await
    }

    pub(crate) async fn read(&mut self, connection: &str, path: String) -> Result<Vec<u8>, Error> {
        check_path(&path)?;
        match self.work(connection, path.clone(), move |dir| read(dir, &path)).await? {
            Some(content) => Ok(content),
            None => Err(refused(format!("a file is larger than {FILE_LEN_MAX} bytes"))),
        }
    }

    pub(crate) async fn write(&mut self, connection: &str, path: String, content: Vec<u8>) -> Result<(), Error> {
        check_path(&path)?;
        if content.len() > FILE_LEN_MAX {
            return Err(refused(format!("`{path}` would be larger than {FILE_LEN_MAX} bytes")));
        }
        self.work(connection, path.clone(), move |dir| write(dir, &path, &content)).await
    }

    pub(crate) async fn rename(&mut self, connection: &str, start: String, goal: String) -> Result<(), Error> {
        check_path(&start)?;
        check_path(&goal)?;
        self.work(connection, start.clone(), move |dir| rename(dir, &start, &goal)).await
    }

    /// Disks block, so they are asked on a thread that may.
    async fn work<T: Send + 'static>(
        &mut self,
        connection: &str,
        path: String,
        work: impl FnOnce(&Dir) -> io::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let Some(folder) = self.folders.get(connection) else {
            let known: Vec<String> = self.folders.keys().map(|name| format!("`{name}`")).collect();
            let known = if known.is_empty() { "no connection".to_owned() } else { known.join(", ") };
            return Err(with_hint(
                refused(format!("connection `{connection}` was not granted; granted is {known}")),
                "the plugin may use only the connections that its manifest asks for",
            ));
        };
        let (open, folder) = (self.open.get(connection).cloned(), folder.clone());
        let done = tokio::task::spawn_blocking(move || {
            let dir = match open {
                Some(dir) => dir,
                None => Arc::new(Dir::open_ambient_dir(&folder, ambient_authority())?),
            };
            io::Result::Ok((work(&dir), dir))
        });
        let (result, dir) = match done.await {
            Ok(Ok(done)) => done,
            Ok(Err(error)) => {
                return Err(with_hint(
                    retry_later(format!("the folder of connection `{connection}` cannot be opened: {error}")),
                    "look whether the folder is there and the hub may read and write it",
                ));
            }
            Err(_) => return Err(broken(format!("the hub failed while it worked on `{connection}/{path}`"))),
        };
        self.open.insert(connection.to_owned(), dir);
        result.map_err(|error| told(connection, &path, &error))
    }
}

fn told(connection: &str, path: &str, error: &io::Error) -> Error {
    let what = format!("`{connection}/{path}`: {error}");
    match error.kind() {
        ErrorKind::NotFound => retry_later(format!("`{connection}/{path}` is not there")),
        // No code of the system: cap-std found that the path leads out.
        ErrorKind::PermissionDenied if error.raw_os_error().is_none() => {
            refused(format!("`{connection}/{path}` leads out of its connection"))
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Error {
            kind: "misconfigured".to_owned(),
            ..with_hint(broken(what), "let the hub read and write the folder")
        },
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => with_hint(retry_later(what), "make room on the disk"),
        ErrorKind::IsADirectory | ErrorKind::NotADirectory | ErrorKind::InvalidInput => refused(what),
        _ => retry_later(what),
    }
}

/// Plain names joined by `/`. What leads out by a link is found when it is opened.
fn check_path(path: &str) -> Result<(), Error> {
    let plain = |name: &str| {
        !name.is_empty()
            && name != "."
            && name != ".."
            && name.len() <= FILE_NAME_LEN_MAX
            && !name.chars().any(|c| c.is_control() || c == '\\')
    };
    match path.len() <= PATH_LEN_MAX && path.split('/').count() <= PATH_DEPTH_MAX && path.split('/').all(plain) {
        true => Ok(()),
        false => Err(refused(format!("`{}` is no path of plain names joined by `/`", crate::log::clean(path, 100)))),
    }
}

/// A missing folder is an empty one. Hidden files (`.name`: half-written, or the system's own) and links are left out.
fn list(dir: &Dir, folder: &str, after: Option<&str>, limit: usize) -> io::Result<Vec<Entry>> {
    let entries = match if folder.is_empty() { dir.entries() } else { dir.read_dir(folder) } {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound && !folder.is_empty() => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut first = BTreeMap::new();
    for entry in entries {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') || after.is_some_and(|after| *name <= *after) || !entry.file_type()?.is_file() {
            continue;
        }
        first.insert(name, entry);
        if first.len() > limit {
            first.pop_last();
        }
    }
    let mut listing = Vec::with_capacity(first.len());
    for (name, entry) in first {
        let meta = match entry.metadata() {
            Ok(meta) => meta,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        let since = meta.modified()?.into_std().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let modified = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        listing.push(Entry { name, size: meta.len(), modified });
    }
    Ok(listing)
}

/// None: too large. Only plain files are opened, because a pipe would never end.
fn read(dir: &Dir, path: &str) -> io::Result<Option<Vec<u8>>> {
    let meta = dir.metadata(path)?;
    if !meta.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "it is no plain file"));
    }
    let room = FILE_LEN_MAX as u64 + 1;
    let mut content = Vec::with_capacity(meta.len().min(room) as usize);
    dir.open(path)?.take(room).read_to_end(&mut content)?;
    Ok((content.len() <= FILE_LEN_MAX).then_some(content))
}

/// Written beside its goal, made durable, then renamed: it is there whole or not at all.
fn write(dir: &Dir, path: &str, content: &[u8]) -> io::Result<()> {
    let (parent, name) = parent_of(dir, path)?;
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
    let half = format!(".{:016x}.part", u64::from_ne_bytes(random));
    let mut file = parent.open_with(&half, OpenOptions::new().write(true).create_new(true))?;
    let written =
        file.write_all(content).and_then(|()| file.sync_all()).and_then(|()| parent.rename(&half, &parent, name));
    if written.is_err() {
        // What matters is the first error.
        let _ = parent.remove_file(&half);
    }
    written?;
    sync(&parent)
}

fn rename(dir: &Dir, start: &str, goal: &str) -> io::Result<()> {
    let (parent, name) = parent_of(dir, goal)?;
    if dir.symlink_metadata(start).is_ok_and(|meta| !meta.is_file()) {
        return Err(io::Error::new(ErrorKind::InvalidInput, "it is no plain file"));
    }
    match dir.rename(start, &parent, name) {
        Err(error) if error.kind() == ErrorKind::NotFound && parent.symlink_metadata(name).is_ok() => Ok(()),
        Err(error) => Err(error),
        Ok(()) => sync(&parent),
    }
}

/// The folder of a path, made if it is missing, and the last name.
fn parent_of<'p>(dir: &Dir, path: &'p str) -> io::Result<(Dir, &'p Path)> {
    match path.rsplit_once('/') {
        None => Ok((dir.try_clone()?, Path::new(path))),
        Some((parent, name)) => match dir.open_dir(parent) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                dir.create_dir_all(parent)?;
                Ok((dir.open_dir(parent)?, Path::new(name)))
            }
            opened => Ok((opened?, Path::new(name))),
        },
    }
}

/// A new name in a folder is durable only when the folder is.
fn sync(dir: &Dir) -> io::Result<()> {
    dir.open(".")?.sync_all()
}
