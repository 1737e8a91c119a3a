//! Folders that the operator bound to this plugin, each under the name of a connection in its manifest.

use crate::{Instant, Result};

/// Names that are looked at together to find one of them: few files share all but their last letter.
const NAMES_PER_FIND: u32 = 8;
/// Bytes of a file name made from a key, without an extension that the caller adds.
const NAME_BYTES: usize = 120;

/// A bound folder. A path is one or more plain names joined by `/`; it cannot leave the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    name: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    pub size: u64,
    pub modified: Instant,
}

impl Connection {
    pub fn new(name: impl Into<String>) -> Connection {
        Connection { name: name.into() }
    }

    /// Plain files directly inside `folder` (empty: the top), ordered by name, those after `after`, at most `limit`.
    pub fn list(&self, folder: &str, after: Option<&str>, limit: u32) -> Result<Vec<Entry>> {
        host::list(&self.name, folder, after, limit)
    }

    pub fn read(&self, path: &str) -> Result<Vec<u8>> {
        host::read(&self.name, path)
    }

    /// The file appears whole or not at all; an existing one is replaced. Missing folders are made.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) -> Result<()> {
        host::write(&self.name, path, content.as_ref())
    }

    /// Missing folders are made. Moving what is already at its goal, and no longer at its start, succeeds.
    pub fn move_to(&self, start: &str, goal: &str) -> Result<()> {
        host::move_to(&self.name, start, goal)
    }

    /// The file of this name directly inside `folder`, if it is there.
    pub fn find(&self, folder: &str, name: &str) -> Result<Option<Entry>> {
        // All names between the name without its last letter and the name itself start alike: they are few.
        let mut after = name.char_indices().next_back().map(|(last, _)| name[..last].to_owned());
        loop {
            let before = after.as_deref().filter(|start| !start.is_empty());
            let page = self.list(folder, before, NAMES_PER_FIND)?;
            let Some(last) = page.last() else { return Ok(None) };
            let last = last.name.clone();
            if let Some(entry) = page.into_iter().find(|entry| entry.name == name) {
                return Ok(Some(entry));
            }
            if last.as_str() > name {
                return Ok(None);
            }
            after = Some(last);
        }
    }
}

/// A file name for a business key: readable, without signs that a file system minds, and as good as unique.
///
/// Letters, digits, `.`, `_` and `-` stay. If anything had to be changed, a hash of the whole key is added.
pub fn name_of_key(key: &str) -> String {
    let keep = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '.' | '_' | '-');
    let mut name: String = key.chars().map(|sign| if keep(sign) { sign } else { '-' }).collect();
    // A file that begins with a point is hidden.
    match name.strip_prefix('.') {
        Some(rest) => name = format!("-{rest}"),
        None if name.is_empty() => name.push('-'),
        None => {}
    }
    name.truncate(NAME_BYTES);
    if name == key {
        return name;
    }
    // What is cut off makes room for the hash, so that a long name stays within the bound.
    name.truncate(NAME_BYTES - 17);
    format!("{name}.{:016x}", fnv1a(key.as_bytes()))
}

/// FNV-1a with 64 bits: small, the same everywhere, and nobody gains from forging it here.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(target_arch = "wasm32")]
mod host {
    use super::Entry;
    use crate::{Error, Result, guest::wire::files, mirror::Mirror};

    fn told<T>(answer: std::result::Result<T, files::Error>) -> Result<T> {
        answer.map_err(|wire| Error::from_wire(wire).unwrap_or_else(|error| error))
    }

    pub(super) fn list(connection: &str, folder: &str, after: Option<&str>, limit: u32) -> Result<Vec<Entry>> {
        let entries = told(files::list(connection, folder, after, limit))?;
        let entry = |entry: files::Entry| Entry { name: entry.name, size: entry.size, modified: entry.modified };
        Ok(entries.into_iter().map(entry).collect())
    }

    pub(super) fn read(connection: &str, path: &str) -> Result<Vec<u8>> {
        told(files::read(connection, path))
    }

    pub(super) fn write(connection: &str, path: &str, content: &[u8]) -> Result<()> {
        told(files::write(connection, path, content))
    }

    pub(super) fn move_to(connection: &str, start: &str, goal: &str) -> Result<()> {
        told(files::move_(connection, start, goal))
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod host {
    pub(super) use crate::testing::{list, move_to, read, write};
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Folder;

    #[test]
    fn a_plain_key_is_its_own_name() {
        assert_eq!(name_of_key("INV-2026_01.a"), "INV-2026_01.a");
    }

    #[test]
    fn a_changed_key_carries_its_hash() {
        let name = name_of_key("notice:call-day-7:INV/1:cycle-1");
        assert!(name.starts_with("notice-call-day-7-INV-1-cycle-1."), "{name}");
        let keys = ["", "a:b", "a/b", "a-b", "a b", "..", ".", "-.", "ä", "ö", &"x".repeat(120), &"x".repeat(121)];
        let names: std::collections::BTreeSet<_> = keys.iter().map(|key| name_of_key(key)).collect();
        assert_eq!(names.len(), keys.len());
        for name in names {
            assert!(name.len() <= NAME_BYTES && !name.starts_with('.') && !name.is_empty(), "{name}");
            assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)), "{name}");
        }
    }

    #[test]
    fn a_file_is_found_among_many_that_start_alike() {
        let folder = Folder::new("box");
        for number in 0..450 {
            folder.put(&format!("in/a{number:03}"), b"");
        }
        folder.put("in/b", b"");
        let connection = Connection::new("box");
        for name in ["a000", "a449", "b"] {
            assert_eq!(connection.find("in", name).unwrap().map(|entry| entry.name).as_deref(), Some(name));
        }
        for name in ["a", "a450", "a0000", "c", ""] {
            assert_eq!(connection.find("in", name).unwrap(), None);
        }
    }
}
