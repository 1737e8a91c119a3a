//! The embedded engine: one SQLite file, one writer with group commit, readers that never wait.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use escalation::cash::Candidate;
use escalation::{Account, AccountId, Date, DateTime, EffectKey, Role};
use sqlx::{ConnectOptions, Connection, Sqlite};

use crate::decision::Prepared;
use crate::inbox::{Ingest, Ingested, Quarantined, Total};
use crate::inspect::Inspection;
use crate::intake::Intake;
use crate::journal::{JournalEntry, Skip};
use crate::lane::{Claimed, Decided, DecisionRow, LaneState};
use crate::lease::Lease;
use crate::outbox::{Attempt, Concluded, EffectRow, EffectStatus, InFlight, Mark, Marked};
use crate::page::Page;
use crate::reads::Reader;
use crate::retention::{Retained, Retention};
use crate::seal::Seal;
use crate::sweep::{Listed, Sweep, SweepDue, SweepEnd};
use crate::tail::{TailEntry, TailPosition};
use crate::valve::{Passage, Valve, ValveChange};
use crate::view::{AccountFilter, AccountPage, CallRow, Counts, Lookup, Overview, WorkRow};
use crate::{Result, Store, StoreError, after, backup, transfer};
use hands::Hands;
use writer::Writer;

use file::reader;
pub(crate) use file::{open_to_write, options};
pub use lock::holder;
pub(crate) use lock::lock;
pub(crate) use schema::{known_schema, schema};

pub(crate) mod bulk;
mod checkpoint;
mod decided;
mod desk;
mod effects;
mod erase;
mod file;
pub(crate) mod hands;
mod ingest;
mod inspect;
mod journal;
mod lanes;
mod lease;
mod lock;
mod notes;
mod outbox;
mod policy;
mod webhook;
pub(crate) mod packed;
mod retention;
mod schema;
mod seal;
mod skip;
mod sweep;
mod tail;
mod valve;
mod views;
pub(crate) mod writer;

pub struct SqliteStore {
    reader: Reader<Sqlite>,
    /// None: opened for reading only.
    side: Option<Side>,
    /// Held for as long as the store lives; the system lets go of it however the process ends.
    _lock: Option<File>,
}

/// What writes.
struct Side {
    writer: Writer,
    intake: Intake,
}

impl SqliteStore {
    /// Opens the database of a creditor for this process alone, and brings its schema up to date. Leases of an earlier
    /// process end here: it is gone, or this one would not have got the lock. Nothing here looks at every account.
    pub async fn open(path: &Path, tenant: &str) -> Result<Self> {
        let lock = lock(path)?;
        backup::finish(path)?;
        let mut conn = open_to_write(path).await?;
        transfer::is_here(&mut conn, tenant, path).await?;
        lease::end_all(&mut conn, tenant).await?;
        let hands = Hands::of(lease::count_processes(&mut conn, tenant).await?);
        // An effect that a former process went out with is nobody's now.
        sqlx::query(
            "UPDATE attempt SET deadline = '' FROM effect e WHERE e.tenant = ?1 AND e.status = 'dispatching'
             AND attempt.tenant = ?1 AND attempt.key = e.key AND attempt.n = e.attempt",
        )
        .bind(tenant)
        .execute(&mut conn)
        .await?;
        let writer = Writer::start(conn, tenant, hands, path);
        let side = Side { intake: Intake::start(&writer), writer };
        Ok(Self { reader: reader(path, tenant).await?, side: Some(side), _lock: Some(lock) })
    }

    /// Opens the database beside a running server, to look at it.
    pub async fn open_read_only(path: &Path, tenant: &str) -> Result<Self> {
        let mut conn = options(path).read_only(true).connect().await?;
        let (found, known) = (schema(&mut conn).await?, known_schema());
        conn.close().await?;
        if found > known {
            return Err(StoreError::Schema { path: path.display().to_string(), found, known });
        }
        if found < known {
            let path = path.display();
            return Err(StoreError::Database(format!(
                "`{path}` has schema {found}, this program reads {known}\n\nhint: start the server once, it upgrades the database"
            )));
        }
        Ok(Self { reader: reader(path, tenant).await?, side: None, _lock: None })
    }

    /// Writes what waits and moves the write-ahead log into the database. Afterwards every call fails.
    pub async fn close(&self) {
        self.reader.pool.close().await;
        if let Some(side) = &self.side {
            side.writer.close().await;
        }
    }

    /// Empty when opened for reading only: another process has the lanes, and knows which.
    fn hands(&self) -> Hands {
        self.side.as_ref().map(|side| side.writer.hands.clone()).unwrap_or_default()
    }

    fn side(&self) -> Result<&Side> {
        self.side.as_ref().ok_or_else(|| StoreError::Database("it was opened for reading only".to_owned()))
    }

    fn writer(&self) -> Result<&Writer> {
        Ok(&self.side()?.writer)
    }
}

#[cfg(test)]
mod tests;

#[async_trait]
impl Store for SqliteStore {
    async fn ingest(&self, page: Ingest) -> Result<Ingested> {
        self.side()?.intake.take(Page::new(page)?).await
    }

    async fn claim(&self, _: &str, now: DateTime, lease: Duration, limit: u32) -> Result<Vec<Claimed>> {
        let claim = lanes::Claim { now, lease_until: after(now, lease), limit };
        lanes::claim(self.writer()?, &self.reader.tenant, claim).await
    }

    async fn decided(&self, decided: Vec<Decided>) -> Result<()> {
        let (prepared, unwritable) = Prepared::all(decided);
        let mut failed = self.writer()?.write(decided::Decisions(prepared)).await?;
        for (account, fence, error) in unwritable {
            self.park(&account, fence, &error.to_string()).await?;
            failed = Some(error);
        }
        failed.map_or(Ok(()), Err)
    }

    async fn park(&self, account: &AccountId, fence: i64, reason: &str) -> Result<()> {
        self.writer()?.write(lanes::Park { account: account.clone(), fence, reason: reason.to_owned() }).await
    }

    async fn unpark(&self, account: &AccountId) -> Result<bool> {
        self.writer()?.write(lanes::Unpark(account.as_str().to_owned())).await
    }

    async fn next_due(&self) -> Result<Option<DateTime>> {
        self.reader.next_due().await
    }

    async fn due_roles(&self, now: DateTime) -> Result<Vec<Role>> {
        self.reader.due_roles(now).await
    }

    async fn due_effects(&self, role: Role, now: DateTime, limit: u32) -> Result<Vec<EffectRow>> {
        let held = self.hands().accounts(now)?;
        self.reader.due_effects(role, now, limit, &held).await
    }

    async fn mark_dispatching(&self, marks: Vec<Mark>) -> Result<Vec<Marked>> {
        self.writer()?.write(outbox::Dispatch(marks)).await
    }

    async fn in_flight(&self, now: DateTime) -> Result<Vec<InFlight>> {
        self.reader.in_flight(now).await
    }

    async fn take_over(
        &self,
        effects: &[InFlight],
        host: &str,
        now: DateTime,
        deadline: DateTime,
    ) -> Result<Vec<EffectKey>> {
        let (effects, host) = (effects.to_vec(), host.to_owned());
        self.writer()?.write(outbox::TakeOver { effects, host, now, deadline }).await
    }

    async fn concluded(&self, concluded: Vec<Concluded>) -> Result<()> {
        self.writer()?.write(outbox::Conclude::new(concluded)?).await
    }

    async fn postpone(&self, key: &EffectKey, until: DateTime, because: &str) -> Result<()> {
        let (key, until, because) = (key.as_str().to_owned(), until.to_string(), because.to_owned());
        self.writer()?.write(outbox::Postpone { key, until, because }).await
    }

    async fn skip(&self, account: &AccountId, seq: i64, skip: Skip) -> Result<bool> {
        self.writer()?.write(skip::PassOver::new(account, seq, skip)?).await
    }

    async fn lease(&self, name: &str, holder: &str, now: DateTime, term: Duration) -> Result<Option<Lease>> {
        let (name, holder) = (name.to_owned(), holder.to_owned());
        self.writer()?.write(lease::Take { name, holder, now, until: after(now, term) }).await
    }

    async fn give_back(&self, name: &str, holder: &str) -> Result<()> {
        self.writer()?.write(lease::GiveBack { name: name.to_owned(), holder: holder.to_owned() }).await
    }

    async fn turn_valve(&self, connection: &str, change: ValveChange) -> Result<Passage> {
        self.writer()?.write(valve::Turn { connection: connection.to_owned(), change }).await
    }

    async fn valves(&self) -> Result<Vec<(String, Valve)>> {
        self.reader.valves().await
    }

    async fn begin_sweep(&self, connection: &str, at: DateTime, due: SweepDue) -> Result<Option<i64>> {
        self.writer()?.write(sweep::Begin { connection: connection.to_owned(), at, due }).await
    }

    async fn sweep_page(&self, connection: &str, generation: i64, listed: Vec<Listed>) -> Result<()> {
        self.writer()?.write(sweep::Page { connection: connection.to_owned(), generation, listed }).await
    }

    async fn end_sweep(&self, connection: &str, generation: i64, at: DateTime, end: SweepEnd) -> Result<()> {
        self.writer()?.write(sweep::End { connection: connection.to_owned(), generation, at, end }).await
    }

    async fn sweeps(&self, limit: u32) -> Result<Vec<Sweep>> {
        self.reader.sweeps(limit).await
    }

    async fn tail(&self, after: TailPosition, limit: u32) -> Result<Vec<TailEntry>> {
        self.reader.tail(after, limit).await
    }

    async fn seal(&self, seal: Seal) -> Result<bool> {
        self.writer()?.write(seal::AddSeal(seal)).await
    }

    async fn seals(&self, after_no: i64, limit: u32) -> Result<Vec<Seal>> {
        self.reader.seals(after_no, limit).await
    }

    async fn last_seal(&self) -> Result<Option<Seal>> {
        self.reader.last_seal().await
    }

    async fn erase(&self, account: &AccountId, at: DateTime) -> Result<bool> {
        let erased = self.writer()?.write(erase::Erase { account: account.as_str().to_owned(), at }).await?;
        if erased {
            // What was overwritten still stands in the write-ahead log.
            self.writer()?.flush().await;
        }
        Ok(erased)
    }

    async fn retain(&self, retention: &Retention, now: DateTime) -> Result<Retained> {
        retention::retain(&self.reader, self.writer()?, retention, now).await
    }

    async fn backup(&self, into: &Path) -> Result<()> {
        let mut conn = self.reader.pool.acquire().await?;
        backup::copy(&mut conn, into).await
    }

    async fn inspect(&self, now: DateTime) -> Result<Inspection> {
        let found = self.reader.inspect(now).await?;
        Ok(Inspection { lanes_held: self.hands().count(now), ..found })
    }

    async fn close(&self) {
        Self::close(self).await;
    }

    async fn cursor(&self, connection: &str) -> Result<Option<String>> {
        self.reader.cursor(connection).await
    }

    async fn kv_get(&self, plugin: &str, key: &str) -> Result<Option<Vec<u8>>> {
        self.reader.kv_get(plugin, key).await
    }

    async fn kv_size(&self, plugin: &str) -> Result<u64> {
        self.reader.kv_size(plugin).await
    }

    async fn record_call(&self, call: CallRow) -> Result<()> {
        self.writer()?.write(notes::RecordCall(call)).await
    }

    async fn notes(&self, names: &[String]) -> Result<BTreeMap<String, String>> {
        self.reader.notes(names).await
    }

    async fn note_get(&self, name: &str) -> Result<Option<String>> {
        self.reader.note_get(name).await
    }

    async fn note_set(&self, name: &str, value: &str) -> Result<()> {
        self.writer()?.write(notes::SetNote { name: name.to_owned(), value: value.to_owned() }).await
    }

    async fn account(&self, account: &AccountId) -> Result<Option<(Account, LaneState)>> {
        self.reader.account(account).await
    }

    async fn journal(&self, account: &AccountId, after_seq: i64, limit: u32) -> Result<Vec<JournalEntry>> {
        self.reader.journal(account, after_seq, limit).await
    }

    async fn account_ids(&self, after: Option<&AccountId>, limit: u32) -> Result<Vec<AccountId>> {
        self.reader.account_ids(after, limit).await
    }

    async fn decisions(&self, account: &AccountId, limit: u32) -> Result<Vec<DecisionRow>> {
        self.reader.decisions(account, limit).await
    }

    async fn effects_of(&self, account: &AccountId, limit: u32) -> Result<Vec<EffectRow>> {
        self.reader.effects_of(account, limit).await
    }

    async fn effects_by_status(&self, status: EffectStatus, limit: u32) -> Result<Vec<EffectRow>> {
        self.reader.effects_by_status(status, limit).await
    }

    async fn effect(&self, key: &EffectKey) -> Result<Option<EffectRow>> {
        self.reader.effect(key).await
    }

    async fn attempts(&self, key: &EffectKey) -> Result<Vec<Attempt>> {
        self.reader.attempts(key).await
    }

    async fn candidates(&self, lookup: &Lookup) -> Result<Vec<Candidate>> {
        self.reader.candidates(lookup).await
    }

    async fn accounts(&self, filter: &AccountFilter) -> Result<AccountPage> {
        self.reader.accounts(filter).await
    }

    async fn worklist(&self, today: Date, flags: &[String], limit: u32) -> Result<Vec<WorkRow>> {
        self.reader.worklist(today, flags, limit).await
    }

    async fn overview(&self, today: Date) -> Result<Overview> {
        self.reader.overview(today).await
    }

    async fn quarantine(&self, limit: u32) -> Result<Vec<Quarantined>> {
        self.reader.quarantine(limit).await
    }

    async fn calls(&self, plugin: &str, limit: u32) -> Result<Vec<CallRow>> {
        self.reader.calls(plugin, limit).await
    }

    async fn parked(&self, limit: u32) -> Result<Vec<(AccountId, String)>> {
        self.reader.parked(limit).await
    }

    async fn counts(&self) -> Result<Counts> {
        self.reader.counts().await
    }

    async fn totals(&self, limit: u32) -> Result<Vec<Total>> {
        self.reader.totals(limit).await
    }
}
