//! How long things stay in the hot tables, and what becomes of them then.

/// Ages in days; older and finished moves to history, or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Ended effects with their attempts: to history.
    pub effects_days: u16,
    /// Events that were read by their accounts, from when they were sealed: to history.
    pub events_days: u16,
    /// The bodies of what came in, by pull, report or webhook; keys and digests stay, so that it is still known when it comes again.
    pub inbox_days: u16,
    /// What was put aside and what plugins were called for.
    pub notes_days: u16,
    /// Rows that one call moves at most, of each kind.
    pub at_once: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { effects_days: 90, events_days: 365, inbox_days: 90, notes_days: 90, at_once: 500 }
    }
}

/// What one call moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retained {
    pub effects: u64,
    pub events: u64,
    pub bodies: u64,
    pub notes: u64,
    pub more: bool,
}
