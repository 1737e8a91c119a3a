//! Between a host and its database: gates before and after every write, cut connections, full disks, and the watchers.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use escalation::cash::Candidate;
use escalation::{Account, AccountId, Date, DateTime, EffectKey, Role};
use store::lane::DecisionRow;
use store::view::{CallRow, Counts};
use store::*;

use crate::fate::{Fate, WriteFault};
use crate::gate::{Gate, Point};
use crate::watch::Watch;

/// A host's way to the store.
pub struct Wire {
    pub store: Arc<dyn Store>,
    pub gate: Gate,
    pub fate: Fate,
    pub watch: Watch,
    /// The host's name, for the story.
    pub host: String,
}

impl Wire {
    /// A write: it may fail before or after it happened, and its host may never learn.
    async fn write<T>(&self, name: &'static str, work: impl Future<Output = Result<T>> + Send) -> Result<T> {
        let fault = self.begin(name).await?;
        let answer = self.told(name, work.await)?;
        self.end(name, fault).await?;
        Ok(answer)
    }

    async fn begin(&self, name: &'static str) -> Result<WriteFault> {
        self.gate.pass(Point::BeforeWrite(name)).await;
        let fault = self.fate.write_fault();
        self.told(name, fault.before())?;
        Ok(fault)
    }

    async fn end(&self, name: &'static str, fault: WriteFault) -> Result<()> {
        self.gate.pass(Point::AfterWrite(name)).await;
        self.told(name, fault.after())
    }

    async fn read<T>(&self, name: &'static str, work: impl Future<Output = Result<T>> + Send) -> Result<T> {
        self.gate.pass(Point::BeforeRead(name)).await;
        work.await
    }

    fn told<T>(&self, name: &str, answer: Result<T>) -> Result<T> {
        if let Err(error) = &answer {
            let text = error.to_string();
            self.fate.tell(format!("{}: {name} failed: {}", self.host, text.lines().next().unwrap_or_default()));
        }
        answer
    }
}

#[async_trait]
impl Store for Wire {
    async fn ingest(&self, page: Ingest) -> Result<Ingested> {
        let fault = self.begin("T1 ingest").await?;
        let done = self.told("T1 ingest", self.store.ingest(page.clone()).await)?;
        if done != Ingested::default() {
            self.fate.tell(format!("{}: T1 {} {done:?}", self.host, page.connection));
        }
        self.watch.taken(&page);
        self.end("T1 ingest", fault).await?;
        Ok(done)
    }

    async fn claim(&self, owner: &str, now: DateTime, lease: Duration, limit: u32) -> Result<Vec<Claimed>> {
        self.write("T2 claim", self.store.claim(owner, now, lease, limit)).await
    }

    async fn decided(&self, decided: Vec<Decided>) -> Result<()> {
        let lanes: Vec<String> = decided
            .iter()
            .filter(|one| !one.events.is_empty())
            .map(|one| format!("{} +{}", one.account, one.events.len()))
            .collect();
        let fault = self.begin("T2 decided").await?;
        self.told("T2 decided", self.store.decided(decided).await)?;
        if !lanes.is_empty() {
            self.fate.tell(format!("{}: T2 {}", self.host, lanes.join(", ")));
        }
        self.end("T2 decided", fault).await
    }

    async fn park(&self, account: &AccountId, fence: i64, reason: &str) -> Result<()> {
        self.fate.violates(format!("lane {account} was parked: {reason}"));
        self.write("park", self.store.park(account, fence, reason)).await
    }

    async fn unpark(&self, account: &AccountId) -> Result<bool> {
        self.store.unpark(account).await
    }

    async fn skip(&self, account: &AccountId, seq: i64, skip: Skip) -> Result<bool> {
        self.store.skip(account, seq, skip).await
    }

    async fn next_due(&self) -> Result<Option<DateTime>> {
        self.store.next_due().await
    }

    async fn due_roles(&self, now: DateTime) -> Result<Vec<Role>> {
        self.read("due roles", self.store.due_roles(now)).await
    }

    async fn due_effects(&self, role: Role, now: DateTime, limit: u32) -> Result<Vec<EffectRow>> {
        self.read("due effects", self.store.due_effects(role, now, limit)).await
    }

    async fn mark_dispatching(&self, marks: Vec<Mark>) -> Result<Vec<Marked>> {
        let fault = self.begin("T3 mark").await?;
        let made = self.told("T3 mark", self.store.mark_dispatching(marks.clone()).await)?;
        self.watch.marked(&*self.store, &marks, &made).await?;
        self.end("T3 mark", fault).await?;
        Ok(made)
    }

    async fn in_flight(&self, now: DateTime) -> Result<Vec<InFlight>> {
        self.read("in flight", self.store.in_flight(now)).await
    }

    async fn take_over(
        &self,
        effects: &[InFlight],
        host: &str,
        now: DateTime,
        deadline: DateTime,
    ) -> Result<Vec<EffectKey>> {
        self.write("take over", self.store.take_over(effects, host, now, deadline)).await
    }

    async fn concluded(&self, concluded: Vec<Concluded>) -> Result<()> {
        let ends: Vec<String> = concluded.iter().map(|one| format!("{} {:?}", one.key, one.outcome)).collect();
        let fault = self.begin("T4 concluded").await?;
        self.told("T4 concluded", self.store.concluded(concluded).await)?;
        self.fate.tell(format!("{}: T4 {}", self.host, ends.join(", ")));
        self.end("T4 concluded", fault).await
    }

    async fn postpone(&self, key: &EffectKey, until: DateTime, because: &str) -> Result<()> {
        self.write("postpone", self.store.postpone(key, until, because)).await
    }

    async fn lease(&self, name: &str, holder: &str, now: DateTime, term: Duration) -> Result<Option<Lease>> {
        self.write("lease", self.store.lease(name, holder, now, term)).await
    }

    async fn give_back(&self, name: &str, holder: &str) -> Result<()> {
        self.write("give back", self.store.give_back(name, holder)).await
    }

    async fn turn_valve(&self, connection: &str, change: ValveChange) -> Result<Passage> {
        self.write("valve", self.store.turn_valve(connection, change)).await
    }

    async fn valves(&self) -> Result<Vec<(String, Valve)>> {
        self.store.valves().await
    }

    async fn begin_sweep(&self, connection: &str, at: DateTime, due: SweepDue) -> Result<Option<i64>> {
        self.write("begin sweep", self.store.begin_sweep(connection, at, due)).await
    }

    async fn sweep_page(&self, connection: &str, generation: i64, listed: Vec<Listed>) -> Result<()> {
        self.write("sweep page", self.store.sweep_page(connection, generation, listed)).await
    }

    async fn end_sweep(&self, connection: &str, generation: i64, at: DateTime, end: SweepEnd) -> Result<()> {
        self.write("end sweep", self.store.end_sweep(connection, generation, at, end)).await
    }

    async fn sweeps(&self, limit: u32) -> Result<Vec<Sweep>> {
        self.store.sweeps(limit).await
    }

    async fn tail(&self, after: TailPosition, limit: u32) -> Result<Vec<TailEntry>> {
        self.store.tail(after, limit).await
    }

    async fn seal(&self, seal: Seal) -> Result<bool> {
        self.write("seal", self.store.seal(seal)).await
    }

    async fn seals(&self, after_no: i64, limit: u32) -> Result<Vec<Seal>> {
        self.store.seals(after_no, limit).await
    }

    async fn last_seal(&self) -> Result<Option<Seal>> {
        self.store.last_seal().await
    }

    async fn erase(&self, account: &AccountId, at: DateTime) -> Result<bool> {
        self.write("erase", self.store.erase(account, at)).await
    }

    async fn retain(&self, retention: &Retention, now: DateTime) -> Result<Retained> {
        self.write("retain", self.store.retain(retention, now)).await
    }

    async fn backup(&self, into: &Path) -> Result<()> {
        self.store.backup(into).await
    }

    async fn inspect(&self, now: DateTime) -> Result<Inspection> {
        self.store.inspect(now).await
    }

    async fn close(&self) {
        self.store.close().await;
    }

    async fn cursor(&self, connection: &str) -> Result<Option<String>> {
        self.read("cursor", self.store.cursor(connection)).await
    }

    async fn kv_get(&self, plugin: &str, key: &str) -> Result<Option<Vec<u8>>> {
        self.store.kv_get(plugin, key).await
    }

    async fn kv_size(&self, plugin: &str) -> Result<u64> {
        self.store.kv_size(plugin).await
    }

    /// What is kept for people only: it may get lost, and no gate is worth it.
    async fn record_call(&self, _: CallRow) -> Result<()> {
        Ok(())
    }

    async fn notes(&self, names: &[String]) -> Result<BTreeMap<String, String>> {
        self.store.notes(names).await
    }

    async fn note_get(&self, name: &str) -> Result<Option<String>> {
        self.store.note_get(name).await
    }

    async fn note_set(&self, name: &str, value: &str) -> Result<()> {
        self.write("note", self.store.note_set(name, value)).await
    }

    async fn account(&self, account: &AccountId) -> Result<Option<(Account, LaneState)>> {
        self.read("account", self.store.account(account)).await
    }

    async fn journal(&self, account: &AccountId, after_seq: i64, limit: u32) -> Result<Vec<JournalEntry>> {
        self.store.journal(account, after_seq, limit).await
    }

    async fn account_ids(&self, after: Option<&AccountId>, limit: u32) -> Result<Vec<AccountId>> {
        self.store.account_ids(after, limit).await
    }

    async fn decisions(&self, account: &AccountId, limit: u32) -> Result<Vec<DecisionRow>> {
        self.store.decisions(account, limit).await
    }

    async fn effects_of(&self, account: &AccountId, limit: u32) -> Result<Vec<EffectRow>> {
        self.store.effects_of(account, limit).await
    }

    async fn effects_by_status(&self, status: EffectStatus, limit: u32) -> Result<Vec<EffectRow>> {
        self.store.effects_by_status(status, limit).await
    }

    async fn effect(&self, key: &EffectKey) -> Result<Option<EffectRow>> {
        self.store.effect(key).await
    }

    async fn attempts(&self, key: &EffectKey) -> Result<Vec<Attempt>> {
        self.store.attempts(key).await
    }

    async fn candidates(&self, lookup: &Lookup) -> Result<Vec<Candidate>> {
        self.store.candidates(lookup).await
    }

    async fn accounts(&self, filter: &AccountFilter) -> Result<AccountPage> {
        self.store.accounts(filter).await
    }

    async fn worklist(&self, today: Date, flags: &[String], limit: u32) -> Result<Vec<WorkRow>> {
        self.store.worklist(today, flags, limit).await
    }

    async fn overview(&self, today: Date) -> Result<Overview> {
        self.store.overview(today).await
    }

    async fn quarantine(&self, limit: u32) -> Result<Vec<Quarantined>> {
        self.store.quarantine(limit).await
    }

    async fn calls(&self, plugin: &str, limit: u32) -> Result<Vec<CallRow>> {
        self.store.calls(plugin, limit).await
    }

    async fn parked(&self, limit: u32) -> Result<Vec<(AccountId, String)>> {
        self.store.parked(limit).await
    }

    async fn counts(&self) -> Result<Counts> {
        self.store.counts().await
    }

    async fn totals(&self, limit: u32) -> Result<Vec<Total>> {
        self.store.totals(limit).await
    }
}

#[async_trait]
impl Policies for Wire {
    async fn publish(&self, published: Published) -> Result<Publishing> {
        self.write("publish", self.store.publish(published)).await
    }

    async fn policies(&self) -> Result<Vec<Published>> {
        self.store.policies().await
    }

    async fn policies_until(&self) -> Result<i64> {
        self.store.policies_until().await
    }
}

#[async_trait]
impl Webhooks for Wire {
    async fn hear(&self, webhook: Webhook) -> Result<bool> {
        self.write("hear", self.store.hear(webhook)).await
    }

    async fn heard(&self, connection: &str, after: i64, limit: u32) -> Result<Vec<Heard>> {
        self.store.heard(connection, after, limit).await
    }

    async fn heard_until(&self, connection: &str) -> Result<i64> {
        self.store.heard_until(connection).await
    }
}
