//! Reads a policy from its file, or says what is wrong in it: file, line, key, and what would be allowed.

use std::fmt;

use super::Policy;
use super::check::{self, Fault};

/// What is wrong with a policy, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    pub file: String,
    /// From 1; none where the file as a whole is meant.
    pub line: Option<usize>,
    pub text: String,
    /// What would be right.
    pub hint: String,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.text)?;
        if self.hint.is_empty() { Ok(()) } else { write!(f, "\n\nhint: {}", self.hint) }
    }
}

impl std::error::Error for PolicyError {}

/// A policy larger than this is a mistake.
const POLICY_BYTES_MAX: usize = 1 << 20;

impl Policy {
    /// Reads and checks a policy; `file` is only named in errors.
    pub fn parse(text: &str, file: &str) -> Result<Self, PolicyError> {
        let error =
            |line, text: String, hint: &str| PolicyError { file: file.to_owned(), line, text, hint: hint.to_owned() };
        if text.len() > POLICY_BYTES_MAX {
            return Err(error(None, format!("a policy of more than {POLICY_BYTES_MAX} bytes is not read"), "split it"));
        }
        let mut policy: Policy = toml::from_str(text).map_err(|wrong| {
            let line = wrong.span().map(|span| line_at(text, span.start));
            error(
                line,
                wrong.message().trim().to_owned(),
                "the keys of a policy stand in config/policies/standard.toml",
            )
        })?;
        let standard = policy.levels.clone();
        policy.ladders.iter_mut().for_each(|ladder| ladder.make(&standard));
        match check::check(&policy) {
            Ok(()) => Ok(policy),
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

/// Where a fault stands: the key inside its table, else the table's head, else the key in its section.
fn line_of(text: &str, fault: &Fault) -> Option<usize> {
    let key_of = |line: &str| line.split('=').next().map(str::trim).unwrap_or_default().to_owned();
    let table = if fault.level.is_some() && fault.section.is_empty() { "level" } else { fault.section };
    let inner = format!("{table}.");
    let mut nth = 0usize;
    let mut section = String::new();
    let mut head = None;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            section = line.split('#').next().unwrap_or_default().trim().trim_matches(['[', ']']).to_owned();
            if line.starts_with("[[") && section == table {
                nth += 1;
                if fault.level.is_some_and(|wanted| wanted + 1 == nth) {
                    head = Some(at + 1);
                }
            }
        }
        let inside = match fault.level {
            Some(wanted) => nth == wanted + 1 && (section == table || section.starts_with(&inner)),
            None => section == table,
        };
        if inside && !line.starts_with('#') && key_of(line) == fault.key {
            return Some(at + 1);
        }
    }
    head
}
