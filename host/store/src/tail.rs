//! The journal over all accounts, in the order in which it was written: for whoever follows it.

use escalation::AccountId;

/// A place in the order of the journal over all accounts. The default is before the first event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TailPosition {
    /// The transaction that wrote it, where several write at once; else 0.
    pub transaction: u64,
    pub number: i64,
}

/// An event by its place and its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TailEntry {
    pub position: TailPosition,
    pub account: AccountId,
    pub seq: i64,
    /// SHA-256 of the whole event: whose and which one, when it was recorded, its kind, its day, what it came by, and the digest
    /// of its payload as it was stored.
    pub hash: Vec<u8>,
    /// The payload still has that digest, or an erasure blanked it.
    pub intact: bool,
}
