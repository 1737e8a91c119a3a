//! Reads a pack from its file, or says what is wrong in it: file, line, key, and what would be allowed.

use std::fmt;

use super::Pack;
use super::check::{self, Fault};

/// What is wrong with a pack, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackError {
    pub file: String,
    /// From 1; none where the file as a whole is meant.
    pub line: Option<usize>,
    pub text: String,
    /// What would be right.
    pub hint: String,
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.text)?;
        if self.hint.is_empty() { Ok(()) } else { write!(f, "\n\nhint: {}", self.hint) }
    }
}

impl std::error::Error for PackError {}

/// A pack larger than this is a mistake.
const PACK_BYTES_MAX: usize = 1 << 20;

impl Pack {
    /// Reads and checks a pack; `file` is only named in errors.
    pub fn parse(text: &str, file: &str) -> Result<Self, PackError> {
        let error =
            |line, text: String, hint: &str| PackError { file: file.to_owned(), line, text, hint: hint.to_owned() };
        if text.len() > PACK_BYTES_MAX {
            return Err(error(None, format!("a pack of more than {PACK_BYTES_MAX} bytes is not read"), "split it"));
        }
        let pack: Pack = toml::from_str(text).map_err(|wrong| {
            let line = wrong.span().map(|span| line_at(text, span.start));
            let hint =
                "the keys of a pack stand in config/packs/README.md; every value has a `source` and a `certainty`";
            error(line, wrong.message().trim().to_owned(), hint)
        })?;
        match check::check(&pack) {
            Ok(()) => Ok(pack),
            Err(fault) => {
                let line = line_of(text, &fault);
                Err(error(line, fault.text, &fault.hint))
            }
        }
    }
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// Where a fault stands: the key or the words inside its section, else the section's head.
fn line_of(text: &str, fault: &Fault) -> Option<usize> {
    let mut section = String::new();
    let mut seen = 0usize;
    let mut head = None;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') && line.ends_with(']') {
            section = line.trim_matches(['[', ']']).to_owned();
            seen += usize::from(section == fault.section);
            if section == fault.section && (fault.index.is_none() || fault.index == Some(seen - 1)) {
                head = head.or(Some(at + 1));
            }
        }
        let inside = section == fault.section && fault.index.is_none_or(|index| seen == index + 1);
        let key = line.split('=').next().map(str::trim).unwrap_or_default();
        let told = key == fault.find || (fault.find.contains(' ') && line.contains(&fault.find));
        if inside && !fault.find.is_empty() && !line.starts_with('#') && told {
            return Some(at + 1);
        }
    }
    head
}
