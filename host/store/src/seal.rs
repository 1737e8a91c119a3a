//! Seals over the journal: what was sealed and anchored outside cannot be changed or cut off without being noticed.

use escalation::AccountId;

/// A place in the order of the journal over all accounts. The default is before the first event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TailPosition {
    /// The transaction that wrote it, where several write at once; else 0.
    pub transaction: u64,
    pub number: i64,
}

/// An event as the seal sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TailEntry {
    pub position: TailPosition,
    pub account: AccountId,
    pub seq: i64,
    /// SHA-256 of what is stored.
    pub hash: Vec<u8>,
}

/// A signed root over events that follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// 1, 2, 3, ...
    pub no: i64,
    /// The last event that it covers; the first one follows the seal before.
    pub until: TailPosition,
    pub events: u32,
    pub root: Vec<u8>,
    /// The root of the seal before; empty for the first.
    pub previous: Vec<u8>,
    pub signature: Vec<u8>,
    pub at: escalation::DateTime,
}
