//! What is durable. One interface, [`Store`]; the embedded engine is [`sqlite`].
//!
//! Four transactions carry everything: **T1** [`Store::ingest`] takes reports and the cursor together, **T2**
//! [`Store::decided`] writes what a decision changed, **T3** [`Store::mark_dispatching`] says that an effect is about to
//! go out, **T4** [`Store::concluded`] says how it ended. A call returns when its transaction is on the disk, not before.
//!
//! The only crate that names sqlx.

pub mod inbox;
pub mod journal;
pub mod lane;
pub mod outbox;
pub mod view;
pub mod sqlite;
pub mod bench;
#[cfg(test)]
mod conformance;

use async_trait::async_trait;
use escalation::{Account, AccountId, DateTime, EffectKey};
use thiserror::Error;

pub use inbox::{Entry, Ingest, Ingested, KvChange, QuarantineReason, Quarantined, Refused, Total};
pub use journal::{JournalEntry, Stored};
pub use lane::{Claimed, Decided, LaneState};
pub use outbox::{Attempt, Concluded, EffectRow, EffectStatus, InFlight, Mark, Marked, Outcome};
pub use view::{AccountFilter, AccountPage, AccountRow, Lookup, Overview, WorkRow};

#[derive(Clone, Debug, Error)]
pub enum StoreError {
    #[error(
        "the database `{path}` is in use by another process\n\nhint: stop the other `dunlin`, or give this one another folder"
    )]
    InUse { path: String },
    #[error(
        "the disk is full: nothing was written\n\nhint: free space on the disk of `{path}`; work goes on by itself"
    )]
    DiskFull { path: String },
    #[error(
        "the database `{path}` was made by a newer dunlin ({found}); this one knows schemas up to {known}\n\nhint: run the newer program, or restore a backup from before the upgrade"
    )]
    Schema { path: String, found: i64, known: i64 },
    /// Another host took the lane over; what was computed is void.
    #[error("the lane of account `{0}` is no longer ours")]
    LostLane(AccountId),
    #[error("a record in the database cannot be read: {0}")]
    Corrupt(String),
    #[error("the database failed: {0}")]
    Database(String),
}

pub type Result<T> = std::result::Result<T, StoreError>;

/// Everything durable, for one creditor (tenant). Times are hub time (the creditor's civil time) and come from the caller.
#[async_trait]
pub trait Store: Send + Sync {
    // ---- T1
    /// Takes a page of reports with its cursor, refusals and memory, all or nothing. Known keys change nothing; a known key
    /// with other content is quarantined, unless it carries a later version.
    async fn ingest(&self, page: Ingest) -> Result<Ingested>;

    // ---- T2
    /// Claims up to `limit` lanes that have new events or are due, for `owner` until `lease_until`, oldest due first.
    async fn claim(&self, owner: &str, now: DateTime, lease_until: DateTime, limit: u32) -> Result<Vec<Claimed>>;
    /// Writes what decisions changed. Each lane stands alone: the others are written when one cannot be, and the error is
    /// that of the first that was not. `LostLane` if the fence has moved on, or if new events made the decision void: claim
    /// again. `Corrupt` if an effect is planned whose key exists: the lane is parked with that sentence.
    async fn decided(&self, decided: Vec<Decided>) -> Result<()>;
    /// Sets a poisoned lane aside; the others go on.
    async fn park(&self, account: &AccountId, fence: i64, reason: &str) -> Result<()>;
    async fn unpark(&self, account: &AccountId) -> Result<bool>;
    /// The earliest moment at which a lane becomes due; none when nothing is planned.
    async fn next_due(&self) -> Result<Option<DateTime>>;

    // ---- T3 and T4
    /// Planned effects that are due, of lanes without unread events, in the order of their due day, role, weight and key.
    async fn due_effects(&self, now: DateTime, limit: u32) -> Result<Vec<EffectRow>>;
    /// Marks effects as going out, with the exact request; answers which marks were made. A mark is refused when the effect
    /// is no longer planned, or its lane has moved past `seen_seq`, is in a decider's hands, or is parked.
    async fn mark_dispatching(&self, marks: Vec<Mark>) -> Result<Vec<Marked>>;
    /// Effects that were marked and not concluded: what a crash left in the air, by batch.
    async fn in_flight(&self) -> Result<Vec<InFlight>>;
    /// How effects ended, each with its event on the lane. Ignored when the attempt is not the current one.
    async fn concluded(&self, concluded: Vec<Concluded>) -> Result<()>;
    /// Put a planned effect off until `until`.
    async fn postpone(&self, key: &EffectKey, until: DateTime, because: &str) -> Result<()>;

    // ---- plugins' memory and cursors
    async fn cursor(&self, connection: &str) -> Result<Option<String>>;
    async fn kv_get(&self, plugin: &str, key: &str) -> Result<Option<Vec<u8>>>;
    async fn kv_size(&self, plugin: &str) -> Result<u64>;
    async fn record_call(&self, call: view::CallRow) -> Result<()>;
    /// Small facts of the hub itself (the demo's day, the workspace's identity).
    async fn note_get(&self, name: &str) -> Result<Option<String>>;
    async fn note_set(&self, name: &str, value: &str) -> Result<()>;

    // ---- reads; never in the way of a write
    async fn account(&self, account: &AccountId) -> Result<Option<(Account, LaneState)>>;
    async fn journal(&self, account: &AccountId, after_seq: i64, limit: u32) -> Result<Vec<JournalEntry>>;
    /// All accounts, in the order of their names.
    async fn account_ids(&self, after: Option<&AccountId>, limit: u32) -> Result<Vec<AccountId>>;
    async fn decisions(&self, account: &AccountId, limit: u32) -> Result<Vec<lane::DecisionRow>>;
    async fn effects_of(&self, account: &AccountId, limit: u32) -> Result<Vec<EffectRow>>;
    async fn effects_by_status(&self, status: EffectStatus, limit: u32) -> Result<Vec<EffectRow>>;
    async fn effect(&self, key: &EffectKey) -> Result<Option<EffectRow>>;
    async fn attempts(&self, key: &EffectKey) -> Result<Vec<Attempt>>;
    /// Open items that one of the tokens, or the exact amount, points to.
    async fn candidates(&self, lookup: &Lookup) -> Result<Vec<escalation::cash::Candidate>>;
    async fn accounts(&self, filter: &AccountFilter) -> Result<AccountPage>;
    async fn worklist(&self, today: escalation::Date, limit: u32) -> Result<Vec<WorkRow>>;
    async fn overview(&self, today: escalation::Date) -> Result<Overview>;
    async fn quarantine(&self, limit: u32) -> Result<Vec<Quarantined>>;
    async fn calls(&self, plugin: &str, limit: u32) -> Result<Vec<view::CallRow>>;
    async fn parked(&self, limit: u32) -> Result<Vec<(AccountId, String)>>;
    /// Counts for `verify` and the summaries, straight from the tables.
    async fn counts(&self) -> Result<view::Counts>;
    /// Bank statements and other control totals, newest first.
    async fn totals(&self, limit: u32) -> Result<Vec<Total>>;
}
