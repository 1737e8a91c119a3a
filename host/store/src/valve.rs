//! How fast a connection may be used, and whether at all: rate, circuit breaker, pause. A pure state machine; every engine
//! keeps it as one row and changes it in a transaction.

use std::time::Duration;

use escalation::DateTime;
use serde::{Deserialize, Serialize};

/// What is allowed to pass to a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Valve {
    /// Thousandths of an effect that may go out at once; refilled with time.
    pub tokens_milli: i64,
    pub filled_at: Option<DateTime>,
    /// Failures in a row.
    pub failures: u32,
    /// The breaker is open until then; afterwards one probe goes out.
    pub closed_until: Option<DateTime>,
    /// A probe is under way until then at the latest.
    pub probing_until: Option<DateTime>,
    /// Stopped by a person, or waiting for one: the sentence says why.
    pub paused: Option<String>,
    /// The last trouble, in the other side's words.
    #[serde(default)]
    pub trouble: String,
}

/// How many effects may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    pub per_minute: u32,
    pub burst: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValveChange {
    /// May so many effects go out now? `probe` is how long one of them may be under way.
    Take {
        now: DateTime,
        want: u32,
        rate: Option<Rate>,
        probe: Duration,
    },
    /// The other side answered.
    Went,
    /// It did not, or it does not want to be asked until `wait` is over.
    Failed {
        now: DateTime,
        why: String,
        wait: Option<Duration>,
    },
    /// It does not know us: a person is asked at once.
    Locked {
        why: String,
    },
    Pause {
        why: String,
    },
    Resume,
}

/// What may happen now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Passage {
    /// So many, at least one.
    Open(u32),
    /// None before then.
    Until { at: DateTime, why: String },
    /// None before a person says so.
    Paused { why: String },
}
