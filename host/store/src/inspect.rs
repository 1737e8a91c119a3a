//! How the database itself is, for those who operate it.

use std::time::Duration;

use escalation::DateTime;

/// The newest events among which the latest moment is looked for; hosts write beside each other, and clocks differ.
pub(crate) const NEWEST_EVENTS: u32 = 1_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// `SQLite 3.46.0`, `PostgreSQL 15.6`.
    pub engine: String,
    /// The newest migration that was applied.
    pub schema: i64,
    /// What it takes on its disk, in bytes.
    pub bytes: u64,
    /// The database's own clock, in milliseconds of the Unix epoch; none where it is this machine's.
    pub clock_millis: Option<i64>,
    /// When the newest event was recorded, in hub time.
    pub newest_event: Option<DateTime>,
    pub leases: Vec<HeldLease>,
    /// Lanes that a host has in its hands now.
    pub lanes_held: u64,
    /// How long the oldest transaction is running that holds up those who read the journal's end.
    pub oldest_transaction: Option<Duration>,
    /// Settings under which what was acknowledged can be lost; a sentence each.
    pub risks: Vec<String>,
}

/// Work that one host at a time does, and who does it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldLease {
    pub name: String,
    pub holder: String,
    /// It has run out, and nobody has taken it since.
    pub is_over: bool,
}
