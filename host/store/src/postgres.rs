//! The engine that users grow into: PostgreSQL, any number of hosts on one database.
//!
//! Transactions run at READ COMMITTED and take what they change by its row, always in the same order: cursors, inbox, lanes
//! by name, then what belongs to a lane. Whoever holds a lane's row decides alone what happens to it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use escalation::cash::Candidate;
use escalation::{Account, AccountId, Date, DateTime, EffectKey, Role};
use sqlx::{Connection, Postgres};
use tokio::sync::Notify;
use tokio::task::JoinSet;

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
use crate::{Result, Store, StoreError, transfer};
use clock::micros;
use link::Link;
use news::News;
use writer::Writer;

mod clock;
mod decided;
mod desk;
mod effects;
mod erase;
mod ingest;
mod inspect;
mod journal;
mod lanes;
mod lease;
pub(crate) mod link;
mod news;
mod notes;
mod outbox;
mod policy;
mod webhook;
mod retention;
mod seal;
mod skip;
mod sweep;
mod tail;
mod valve;
mod views;
mod writer;

pub use clock::LeaseClock;

/// Where a URL leads to, without its password; how the database is called in errors.
pub fn place(url: &str) -> Result<String> {
    Ok(Link::new(url)?.place)
}

#[derive(Clone, Copy, Debug)]
pub struct PgOptions {
    /// Connections that this host uses at most; two more than writers and readers need leave room for news.
    pub connections: u32,
    pub clock: LeaseClock,
}

impl Default for PgOptions {
    fn default() -> Self {
        Self { connections: 12, clock: LeaseClock::Database }
    }
}

pub struct PgStore {
    reader: Reader<Postgres>,
    clock: LeaseClock,
    /// None: opened for reading only.
    side: Option<Side>,
}

/// What writes, and the tasks that end with it.
struct Side {
    writer: Writer,
    intake: Intake,
    bell: Arc<Notify>,
    _tasks: JoinSet<()>,
}

impl PgStore {
    /// Opens the database of a creditor beside other hosts, and brings its schema up to date.
    pub async fn open(url: &str, tenant: &str, options: PgOptions) -> Result<Self> {
        let link = Link::new(url)?;
        let mut conn = link.connect().await?;
        link.migrate(&mut conn).await?;
        transfer::has_arrived(&mut conn, tenant, &link.place).await?;
        conn.close().await?;
        let pool = link.pool(options.connections).await?;
        let news = News::default();
        let writer = Writer {
            pool: pool.clone(),
            tenant: tenant.to_owned(),
            clock: options.clock,
            place: link.place,
            news: news.clone(),
        };
        let (bell, mut tasks) = (Arc::new(Notify::new()), JoinSet::new());
        tasks.spawn(news.send(pool.clone(), tenant.to_owned()));
        tasks.spawn(news::listen(pool.clone(), tenant.to_owned(), Arc::clone(&bell)));
        let side = Side { intake: Intake::start(&writer), writer, bell, _tasks: tasks };
        Ok(Self { reader: Reader { pool, tenant: Arc::from(tenant) }, clock: options.clock, side: Some(side) })
    }

    /// Opens the database beside running servers, to look at it.
    pub async fn open_read_only(url: &str, tenant: &str, options: PgOptions) -> Result<Self> {
        let link = Link::new(url)?;
        let mut conn = link.connect().await?;
        link.check(&mut conn).await?;
        transfer::has_arrived(&mut conn, tenant, &link.place).await?;
        conn.close().await?;
        let pool = link.pool(options.connections).await?;
        Ok(Self { reader: Reader { pool, tenant: Arc::from(tenant) }, clock: options.clock, side: None })
    }

    /// Lets go of the connections, after what is under way. Afterwards every call fails.
    pub async fn close(&self) {
        self.reader.pool.close().await;
    }

    fn side(&self) -> Result<&Side> {
        self.side.as_ref().ok_or_else(|| StoreError::Database("it was opened for reading only".to_owned()))
    }

    fn writer(&self) -> Result<&Writer> {
        Ok(&self.side()?.writer)
    }
}

#[cfg(test)]
pub(crate) mod tests;

#[async_trait]
impl Store for PgStore {
    async fn ingest(&self, page: Ingest) -> Result<Ingested> {
        self.side()?.intake.take(Page::new(page)?).await
    }

    async fn claim(&self, owner: &str, now: DateTime, lease: Duration, limit: u32) -> Result<Vec<Claimed>> {
        let owner = owner.to_owned();
        lanes::claim(self.writer()?, lanes::Claim { owner, now, lease, limit }).await
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
        self.reader.due_effects(self.clock, role, now, limit).await
    }

    async fn mark_dispatching(&self, marks: Vec<Mark>) -> Result<Vec<Marked>> {
        self.writer()?.write(outbox::Dispatch(marks)).await
    }

    async fn in_flight(&self, now: DateTime) -> Result<Vec<InFlight>> {
        self.reader.in_flight(self.clock, now).await
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
        self.writer()?.write(lease::Take { name, holder, now, term }).await
    }

    async fn give_back(&self, name: &str, holder: &str) -> Result<()> {
        self.writer()?.write(lease::GiveBack { name: name.to_owned(), holder: holder.to_owned() }).await
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

    async fn turn_valve(&self, connection: &str, change: ValveChange) -> Result<Passage> {
        self.writer()?.write(valve::Turn { connection: connection.to_owned(), change }).await
    }

    async fn valves(&self) -> Result<Vec<(String, Valve)>> {
        self.reader.valves().await
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
        self.writer()?.write(erase::Erase { account: account.as_str().to_owned(), at }).await
    }

    async fn retain(&self, retention: &Retention, now: DateTime) -> Result<Retained> {
        retention::retain(self.writer()?, retention, now).await
    }

    fn news(&self) -> Option<Arc<Notify>> {
        self.side.as_ref().map(|side| Arc::clone(&side.bell))
    }

    async fn backup(&self, _: &Path) -> Result<()> {
        Err(StoreError::Database(
            "a PostgreSQL database is backed up by its own tools

hint: `pg_basebackup` with continuous archiving keeps every acknowledged input; a nightly `pg_dump` loses a day"
                .to_owned(),
        ))
    }

    async fn inspect(&self, now: DateTime) -> Result<Inspection> {
        self.reader.inspect(self.clock, now).await
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
