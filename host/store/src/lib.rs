//! What is durable. One interface, [`Store`]; the embedded engine is [`sqlite`], the one that users grow into is [`postgres`].
//!
//! Four transactions carry everything: **T1** [`Store::ingest`] takes reports and the cursor together, **T2**
//! [`Store::decided`] writes what a decision changed, **T3** [`Store::mark_dispatching`] says that an effect is about to
//! go out, **T4** [`Store::concluded`] says how it ended. A call returns when its transaction is on the disk, not before.
//!
//! The only crate that names sqlx.

pub mod inbox;
pub mod journal;
pub mod lane;
pub mod policy;
pub mod webhook;
pub mod outbox;
pub mod lease;
pub mod valve;
pub mod sweep;
pub mod mutation;
pub mod tail;
pub mod retention;
pub mod backup;
pub mod transfer;
pub mod view;
pub mod inspect;
pub mod seal;
mod subject;
mod subjects;
mod page;
mod intake;
mod claim;
mod decision;
mod dispatch;
mod row;
mod failure;
mod show;
mod reads;

pub mod sqlite;
pub mod postgres;
pub mod bench;
#[cfg(test)]
mod conformance;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use escalation::{Account, AccountId, DateTime, EffectKey, Role};
use thiserror::Error;
use tokio::sync::Notify;

pub use inbox::{CursorMove, Entry, Ingest, Ingested, KvChange, QuarantineReason, Quarantined, Refused, Total};
pub use inspect::{HeldLease, Inspection};
pub use journal::{Content, JournalEntry, Skip, Stored};
pub use lane::{After, Claimed, Decided, LaneState};
pub use lease::Lease;
pub use outbox::{Attempt, Concluded, EffectRow, EffectStatus, InFlight, Mark, Marked, Outcome};
pub use policy::{Policies, Published, Publishing};
pub use retention::{Retained, Retention};
pub use seal::Seal;
pub use sweep::{Listed, Sweep, SweepDue, SweepEnd, SweepTotal};
pub use tail::{TailEntry, TailPosition};
pub use valve::{Passage, Valve, ValveChange};
pub use view::{AccountFilter, AccountPage, AccountRow, Lookup, Overview, WorkRow};
pub use webhook::{Heard, Webhook, Webhooks};

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
    /// Another host moved the cursor on; the page was read from a place that is no longer ours.
    #[error("the cursor of `{connection}` was moved by another host")]
    LostCursor { connection: String },
    /// The database does not answer now. Nothing was written, or whether it was is found out by asking again.
    #[error(
        "the database is away: {why}\n\nhint: it is tried again by itself; see that the server runs and can be reached"
    )]
    Away { why: String },
    #[error("a record in the database cannot be read: {0}")]
    Corrupt(String),
    /// A backup could not be made, or not be restored; the database is as it was.
    #[error("{0}")]
    Backup(String),
    /// The database was moved, or is still on its way, or cannot be moved; both sides are as they were.
    #[error("{0}")]
    Transfer(String),
    #[error("the database failed: {0}")]
    Database(String),
}

impl StoreError {
    /// It is tried again by itself: the database does not answer, or its disk is full.
    pub fn passes(&self) -> bool {
        matches!(self, Self::Away { .. } | Self::DiskFull { .. })
    }
}

/// The note that says when a backup was last put in the place of the database, and with which seal it ended.
pub const RESTORED: &str = "restored";

/// The note that says since when what went out is in doubt: a backup was restored. Empty or missing: it is not.
pub const IN_DOUBT_SINCE: &str = "in-doubt-since";

pub type Result<T> = std::result::Result<T, StoreError>;

/// A moment later, or the last one there is.
pub(crate) fn after(now: DateTime, term: Duration) -> DateTime {
    now.checked_add(term).unwrap_or(DateTime::MAX)
}

/// Everything durable, for one creditor (tenant). Times are hub time (the creditor's civil time) and come from the caller.
#[async_trait]
pub trait Store: Policies + Webhooks {
    // ---- T1
    /// Takes a page of reports with its cursor, refusals and memory, all or nothing. Known keys change nothing; a known key
    /// with other content is quarantined, unless it carries a later version.
    async fn ingest(&self, page: Ingest) -> Result<Ingested>;

    // ---- T2
    /// Claims up to `limit` lanes that have new events or are due, for `owner` and the time of a lease, oldest due first.
    async fn claim(&self, owner: &str, now: DateTime, lease: Duration, limit: u32) -> Result<Vec<Claimed>>;
    /// Writes what decisions changed. Each lane stands alone: the others are written when one cannot be, and the error is
    /// that of the first that was not. `LostLane` if the fence has moved on, or if new events made the decision void: claim
    /// again. `Corrupt` if it cannot be written, or an effect is planned whose key exists: the lane is parked with that sentence.
    async fn decided(&self, decided: Vec<Decided>) -> Result<()>;
    /// Sets a poisoned lane aside; the others go on.
    async fn park(&self, account: &AccountId, fence: i64, reason: &str) -> Result<()>;
    async fn unpark(&self, account: &AccountId) -> Result<bool>;
    /// An operator's answer to a poisoned lane: the event stays in the journal and is passed over from now on (by claims, by
    /// `verify`), another may take its place at the end, and the lane is taken up again. False when the lane is not parked, or
    /// the event was read already.
    async fn skip(&self, account: &AccountId, seq: i64, skip: Skip) -> Result<bool>;
    /// The earliest moment at which a lane becomes due; none when nothing is planned.
    async fn next_due(&self) -> Result<Option<DateTime>>;

    // ---- T3 and T4
    /// Roles that may have an effect to send: a cheap first look, which counts lanes that are not ready too.
    async fn due_roles(&self, now: DateTime) -> Result<Vec<Role>>;
    /// Planned effects of a role that are due, of lanes without unread events, in the order of their due day, weight and key.
    async fn due_effects(&self, role: Role, now: DateTime, limit: u32) -> Result<Vec<EffectRow>>;
    /// Marks effects as going out, with the exact request; answers which marks were made. A mark is refused when the effect
    /// is no longer planned, or its lane has moved past `seen_seq`, is in a decider's hands, or is parked.
    async fn mark_dispatching(&self, marks: Vec<Mark>) -> Result<Vec<Marked>>;
    /// Effects that were marked and not concluded although their host's time to do so is over: what a crash, or a freeze, left
    /// in the air, by batch.
    async fn in_flight(&self, now: DateTime) -> Result<Vec<InFlight>>;
    /// Takes effects over whose host had its time, until a deadline of one's own; answers which. From then on only `host` may
    /// say of them that they did not happen.
    async fn take_over(
        &self,
        effects: &[InFlight],
        host: &str,
        now: DateTime,
        deadline: DateTime,
    ) -> Result<Vec<EffectKey>>;
    /// How effects ended, each with its event on the lane. Ignored when the attempt is not the current one. An attempt that was
    /// given up as unknown is still settled by its own late answer.
    async fn concluded(&self, concluded: Vec<Concluded>) -> Result<()>;
    /// Put a planned effect off until `until`.
    async fn postpone(&self, key: &EffectKey, until: DateTime, because: &str) -> Result<()>;

    // ---- many hosts
    /// Takes or renews work that one host at a time does; none while another has it. The fence grows with every new holder.
    async fn lease(&self, name: &str, holder: &str, now: DateTime, term: Duration) -> Result<Option<Lease>>;
    /// Lets go of a lease before its end; nothing happens when another holds it.
    async fn give_back(&self, name: &str, holder: &str) -> Result<()>;
    /// Changes how a connection may be used, and answers with what may happen now; shared by all hosts.
    async fn turn_valve(&self, connection: &str, change: ValveChange) -> Result<Passage>;
    async fn valves(&self) -> Result<Vec<(String, Valve)>>;

    // ---- reconciling a source
    /// Begins a full reconcile of a connection, if one is due, and answers with its generation: one more than the last.
    /// Of callers at the same time one gets it.
    async fn begin_sweep(&self, connection: &str, at: DateTime, due: SweepDue) -> Result<Option<i64>>;
    /// Marks invoices as listed in a run, with what the source states to be open. The same page again changes nothing.
    async fn sweep_page(&self, connection: &str, generation: i64, listed: Vec<Listed>) -> Result<()>;
    /// Ends a run, in one transaction. A broken one is only noted, and so is one that a newer run has overtaken. A complete one
    /// keeps the totals of both sides (of items with something open), forgets that what it listed was ever missing, and counts
    /// one more for each item of this source that is open with us and was not listed. At the second in a row the item's lane
    /// gets an `InvoiceMissing`; one that was told so and is listed again an `InvoiceFound`. Ending it again changes nothing.
    async fn end_sweep(&self, connection: &str, generation: i64, at: DateTime, end: SweepEnd) -> Result<()>;
    /// Runs of all connections, newest first.
    async fn sweeps(&self, limit: u32) -> Result<Vec<Sweep>>;

    // ---- for those who follow the journal, and those who check it
    /// Events of all accounts in the order of the journal, after a position. Ends before the first event that a running
    /// transaction could still come in front of. What moved to history is among them.
    async fn tail(&self, after: TailPosition, limit: u32) -> Result<Vec<TailEntry>>;
    /// Adds a seal behind the last one; false when another host was faster.
    async fn seal(&self, seal: Seal) -> Result<bool>;
    async fn seals(&self, after_no: i64, limit: u32) -> Result<Vec<Seal>>;
    /// The one with the highest number.
    async fn last_seal(&self) -> Result<Option<Seal>>;
    /// Destroys the key of an account's events and everything else that tells who it is. The journal keeps its length, order and
    /// hashes. Reports about it are put aside from then on. False when it is unknown, erased already, or not at rest: it has
    /// unread events, is in a decider's hands, or an effect of it is planned, under way or unknown. Whether money is open is
    /// the caller's to judge. What plugins keep in their own memory and what was backed up before is not reached.
    async fn erase(&self, account: &AccountId, at: DateTime) -> Result<bool>;

    // ---- growth
    /// Moves what is finished and old out of the hot tables, in pieces; call again while it says `more`.
    async fn retain(&self, retention: &Retention, now: DateTime) -> Result<Retained>;
    /// A consistent copy into a new file, beside running work.
    async fn backup(&self, into: &Path) -> Result<()>;
    /// How the database itself is.
    async fn inspect(&self, now: DateTime) -> Result<Inspection>;
    /// Writes what waits and lets go of the database. Afterwards every call fails.
    async fn close(&self);

    /// Rings when another host may have written something to be done. Whoever waits for it also asks by itself now and then.
    fn news(&self) -> Option<Arc<Notify>> {
        None
    }

    // ---- plugins' memory and cursors
    async fn cursor(&self, connection: &str) -> Result<Option<String>>;
    async fn kv_get(&self, plugin: &str, key: &str) -> Result<Option<Vec<u8>>>;
    async fn kv_size(&self, plugin: &str) -> Result<u64>;
    async fn record_call(&self, call: view::CallRow) -> Result<()>;
    /// Small facts of the hub itself (the demo's day, the workspace's identity).
    async fn note_get(&self, name: &str) -> Result<Option<String>>;
    /// Those of these facts that are there, in one read.
    async fn notes(&self, names: &[String]) -> Result<BTreeMap<String, String>>;
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
    /// Accounts that have all of these flags, the largest weight first.
    async fn worklist(&self, today: escalation::Date, flags: &[String], limit: u32) -> Result<Vec<WorkRow>>;
    async fn overview(&self, today: escalation::Date) -> Result<Overview>;
    async fn quarantine(&self, limit: u32) -> Result<Vec<Quarantined>>;
    async fn calls(&self, plugin: &str, limit: u32) -> Result<Vec<view::CallRow>>;
    async fn parked(&self, limit: u32) -> Result<Vec<(AccountId, String)>>;
    /// Counts for `verify` and the summaries, straight from the tables.
    async fn counts(&self) -> Result<view::Counts>;
    /// Bank statements and other control totals, newest first.
    async fn totals(&self, limit: u32) -> Result<Vec<Total>>;
}
