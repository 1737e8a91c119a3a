//! Anchors: the seals once more, a line each, in a file that the database's owner should not be able to change. What a restored
//! backup does not remember stands there too: that it was restored, and which accounts were erased.
//!
//! ```text
//! key <public key>
//! 1 <root> <signature>
//! 2 <root> <signature>
//! restored <when> 1
//! erased <when> <account, as JSON text>
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use escalation::{AccountId, DateTime};

use super::{PublicKey, Seal, unhex};
use crate::row::hex;
use crate::{RESTORED, Result, Store};

/// What was anchored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anchors {
    /// That of the key which signed; none while nothing is anchored.
    pub key: Option<PublicKey>,
    pub(super) seals: BTreeMap<i64, Anchored>,
    pub(super) restores: Vec<(Restore, usize)>,
    /// Accounts that were erased, and when.
    pub erased: BTreeMap<AccountId, DateTime>,
    pub(super) problems: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Anchored {
    root: Vec<u8>,
    signature: Vec<u8>,
}

impl Anchored {
    pub fn is(&self, seal: &Seal) -> bool {
        self.root == seal.root && self.signature == seal.signature
    }
}

/// A backup took the place of the database: its seals go on from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restore {
    pub at: DateTime,
    /// Its last seal; 0 for none.
    pub until: i64,
}

impl fmt::Display for Restore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.at, self.until)
    }
}

impl Restore {
    fn parse(text: &str) -> Option<Self> {
        let (at, until) = text.split_once(' ')?;
        Some(Self { at: at.parse().ok()?, until: until.parse().ok()? })
    }
}

/// A line of the file.
pub enum Line<'a> {
    Seal(&'a Seal),
    Restored(Restore),
    Erased(&'a AccountId, DateTime),
}

impl Line<'_> {
    fn text(&self) -> String {
        match self {
            Self::Seal(seal) => format!("{} {} {}\n", seal.no, hex(&seal.root), hex(&seal.signature)),
            Self::Restored(restore) => format!("restored {restore}\n"),
            Self::Erased(account, at) => {
                format!("erased {at} {}\n", serde_json::Value::from(account.as_str()))
            }
        }
    }
}

impl Anchors {
    /// Reads the lines of the file. One that cannot be read is a problem, unless the next one is the same made whole: a crash
    /// had cut it off.
    pub fn parse(text: &str) -> Self {
        let mut anchors = Self::default();
        let mut lines = text.lines().enumerate().peekable();
        while let Some((at, line)) = lines.next() {
            let made_whole = match lines.peek() {
                Some((_, next)) => next.starts_with(line),
                None => !text.ends_with('\n'),
            };
            if anchors.take(line).is_none() && !made_whole {
                anchors.problems.push(format!("line {} of the anchors cannot be read", at + 1));
            }
        }
        anchors
    }

    /// None: it cannot be read.
    fn take(&mut self, line: &str) -> Option<()> {
        if let Some(restore) = line.strip_prefix("restored ") {
            self.restored(Restore::parse(restore)?);
            return Some(());
        }
        let parts: Vec<&str> = line.splitn(3, ' ').collect();
        match parts.as_slice() {
            ["key", key] => {
                let key = key.parse().ok()?;
                if self.key.is_some_and(|known| known != key) {
                    self.problems.push("the anchors name more than one key".to_owned());
                }
                self.key.get_or_insert(key);
            }
            ["erased", at, account] => {
                let account: String = serde_json::from_str(account).ok()?;
                self.erased.insert(AccountId::new(account), at.parse().ok()?);
            }
            [no, root, signature] => {
                let (no, root, signature) = (no.parse().ok()?, unhex(root)?, unhex(signature)?);
                let anchored = (root.len() == 32 && signature.len() == 64).then_some(Anchored { root, signature })?;
                // Anchored twice is no harm (a crash between), two seals under one number are.
                if self.seals.get(&no).is_some_and(|known| *known != anchored) {
                    self.problems.push(format!("the anchors have two different seals {no}"));
                }
                self.seals.entry(no).or_insert(anchored);
            }
            _ => return line.is_empty().then_some(()),
        }
        Some(())
    }

    /// What was sealed after the backup is not known to it.
    pub fn restored(&mut self, restore: Restore) {
        if self.restores.iter().all(|(known, _)| *known != restore) {
            let lost = self.seals.split_off(&(restore.until + 1));
            self.restores.push((restore, lost.len()));
        }
    }

    /// A restore that the database remembers and the anchors do not know yet.
    pub async fn unknown_restore(&self, store: &dyn Store) -> Result<Option<Restore>> {
        let restore = store.note_get(RESTORED).await?.and_then(|text| Restore::parse(&text));
        Ok(restore.filter(|restore| self.restores.iter().all(|(known, _)| known != restore)))
    }

    /// The highest number that was anchored; 0 for none.
    pub fn until(&self) -> i64 {
        self.seals.last_key_value().map_or(0, |(no, _)| *no)
    }
}

/// Adds lines to the file and answers when they are on the disk. The file is made, with the public key, when it is missing.
pub fn anchor(path: &Path, key: &PublicKey, lines: &[Line<'_>]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).read(true).open(path)?;
    let length = file.seek(SeekFrom::End(0))?;
    let mut text = String::new();
    if length == 0 {
        text.push_str(&format!("key {key}\n"));
    } else if !ends_with_a_line(&mut file)? {
        text.push('\n');
    }
    text.extend(lines.iter().map(Line::text));
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    if length == 0
        && let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty())
    {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn ends_with_a_line(file: &mut File) -> std::io::Result<bool> {
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}
