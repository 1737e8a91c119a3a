//! What comes back from a call of a plugin.

use core::time::Duration; // a length, not a clock
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::money::Money;
use crate::report::Received;

/// A call that ended, however it ended.
#[derive(Debug)]
pub struct Called<T> {
    pub result: Result<T, CallError>,
    /// What the guest wants to remember (none: forget), in key order; empty unless the call succeeded. To be committed
    /// together with the result.
    pub kv: Vec<(String, Option<Vec<u8>>)>,
    /// `level: message`, bounded and free of control characters.
    pub log: Vec<String>,
    /// Log lines beyond the budget.
    pub dropped_log: u32,
    /// Wall time of the call in microseconds, the wait for a free slot excluded.
    pub micros: u64,
    /// The most linear memory that the guest had, in bytes.
    pub memory_peak: u64,
}

/// Why a call has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallError {
    pub kind: ErrorKind,
    /// Stamped with the plugin's name and version.
    pub message: String,
    /// What a person can do about it.
    pub hint: Option<String>,
    pub retry_after: Option<Duration>,
    /// The end of what the guest printed and logged.
    pub last_words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorKind {
    /// Said by the guest: the other side is busy or away, and took nothing of this call.
    RetryLater,
    /// Said by the guest: the other side said no.
    Refused,
    /// Said by the guest: a person must change the configuration.
    Misconfigured,
    /// The guest met something that it cannot handle, or its answer breaks the contract.
    Broken,
    Trapped,
    OutOfTime,
    OutOfMemory,
    /// No slot became free in time.
    Busy,
    /// The plugin failed too often in a row.
    Paused,
    /// The host asked for what the plugin does not do.
    Denied,
}

/// What a pull brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub received: Vec<Received>,
    pub cursor: String,
    /// There is more to pull right now.
    pub more: bool,
    pub refusals: Vec<Refusal>,
    pub totals: Vec<ControlTotal>,
}

/// A document, or part of one, that could not be taken: by the guest, or by the host when it read the guest's event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub document: String,
    pub place: String,
    pub reason: String,
}

/// A sum that the other side states, beside what was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlTotal {
    pub name: String,
    pub stated: Money,
    pub counted: Money,
}

/// How one effect ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    Done {
        reference: String,
        stated: Stated,
    },
    Rejected {
        code: String,
        reason: String,
    },
    /// It may or may not have happened.
    Unknown {
        text: String,
    },
}

/// What is known of an effect that was asked for earlier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    Done {
        reference: String,
        stated: Stated,
    },
    Rejected {
        code: String,
        reason: String,
    },
    /// It certainly did not happen.
    Absent,
    /// The other side cannot say.
    Unclear {
        text: String,
    },
}

/// How an effect is performed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Performs {
    pub class: Class,
    /// The most requests in one batch.
    pub batch_max: u32,
    /// How long the other side remembers a key, in hours; none: for good.
    #[serde(default)]
    pub key_hours: Option<u32>,
}

/// What the other side says it did, where it says so; held against what was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    pub amount: Option<Money>,
    /// The account or debtor that it did it for.
    pub payee: Option<String>,
}

/// What may be done when the outcome of an effect is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// The same key or batch again is harmless.
    Native,
    /// Ask first.
    Lookup,
    /// At most once.
    None,
}

impl<T> Called<T> {
    /// Nothing but an answer; no memory, no log.
    pub fn plain(result: Result<T, CallError>) -> Self {
        Self { result, kv: Vec::new(), log: Vec::new(), dropped_log: 0, micros: 0, memory_peak: 0 }
    }
}

impl ErrorKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RetryLater => "retry later",
            Self::Refused => "refused",
            Self::Misconfigured => "misconfigured",
            Self::Broken => "broken",
            Self::Trapped => "trapped",
            Self::OutOfTime => "out of time",
            Self::OutOfMemory => "out of memory",
            Self::Busy => "busy",
            Self::Paused => "paused",
            Self::Denied => "denied",
        }
    }

    /// The plugin itself failed: counted towards its pause.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Broken | Self::Trapped | Self::OutOfTime | Self::OutOfMemory)
    }
}

/// The message, the last words and the hint, as a person reads them.
impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if !self.last_words.is_empty() {
            write!(f, "\n\nits last words:\n{}", self.last_words)?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n\nhint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for CallError {}
