//! T3 and T4: effects go out once. Clearance is asked again, the mark is made durable, then the plugin is called, then what
//! it answered is kept.

use std::collections::BTreeMap;
use std::time::Duration;

use escalation::answer::{self, Class, ErrorKind, Finding};
use escalation::event::Event;
use escalation::request::{Batch, Request};
use escalation::{AccountId, Clearance, DateTime, EffectKey, Fact, Role, clear};
use sha2::{Digest, Sha256};
use store::{Concluded, EffectRow, InFlight, Ingest, KvChange, Mark, Outcome, StoreError};

use crate::connector::Connector;
use crate::limits;
use crate::turn::Engine;

/// The name under which the hub itself performs what no plugin is there for.
const HUB: &str = "(hub)";

/// An effect that was marked, ready to be asked for.
struct Marked {
    key: EffectKey,
    account: AccountId,
    attempt: u32,
    request: Request,
}

impl Engine {
    /// Sends out everything that is due, and returns how many effects were touched.
    pub async fn dispatch_due(&self) -> Result<u32, StoreError> {
        let mut touched = 0;
        loop {
            let due = self.store.due_effects(self.at(), limits::EFFECTS_PER_LOOK).await?;
            if due.is_empty() {
                return Ok(touched);
            }
            touched += due.len() as u32;
            let mut by_kind: BTreeMap<(Role, String), Vec<EffectRow>> = BTreeMap::new();
            for row in due {
                by_kind.entry((row.role, row.kind.clone())).or_default().push(row);
            }
            for ((role, kind), rows) in by_kind {
                self.dispatch_kind(role, &kind, rows).await?;
            }
        }
    }

    async fn dispatch_kind(&self, role: Role, kind: &str, rows: Vec<EffectRow>) -> Result<(), StoreError> {
        let Some(plugin) = self.performer(role, kind) else {
            return self.without_plugin(role, kind, rows).await;
        };
        if let Some(why) = plugin.paused() {
            let until = later(self.at(), limits::RETRY_FIRST);
            for row in rows {
                self.store.postpone(&row.key, until, &why).await?;
            }
            return Ok(());
        }
        let performs = plugin.performs(kind);
        let (class, batch_max) =
            performs.map_or((Class::None, 1), |performs| (performs.class, performs.batch_max.max(1)));
        for rows in rows.chunks(batch_max as usize) {
            let batch = batch_id(self.at(), rows);
            let marked = self.mark(plugin.name(), &batch, rows).await?;
            if !marked.is_empty() {
                self.perform(plugin, role, class, &batch, marked).await?;
            }
        }
        Ok(())
    }

    /// T3. Effects that may not go out now are put off or taken back; the others are marked.
    async fn mark(&self, plugin: &str, batch: &str, rows: &[EffectRow]) -> Result<Vec<Marked>, StoreError> {
        let now = self.now().await?;
        let mut marks = Vec::new();
        let mut ready = Vec::new();
        for row in rows {
            let Some((account, lane)) = self.store.account(&row.account).await? else { continue };
            match clear(&account, &row.effect, &self.policy, &now) {
                Clearance::Allow => {}
                Clearance::Wait { guard, until } => {
                    let until = until.unwrap_or_else(|| now.today().tomorrow().unwrap_or(now.today()));
                    self.store
                        .postpone(&row.key, until.at(6, 0, 0, 0).max(later(now.at, limits::RETRY_FIRST)), &guard.text)
                        .await?;
                    continue;
                }
                Clearance::Cancel { guard } => {
                    self.cancel(row, lane.done_seq, &guard.text).await?;
                    continue;
                }
                Clearance::NeedsApproval => {
                    let tomorrow = now.today().tomorrow().unwrap_or(now.today());
                    self.store
                        .postpone(&row.key, tomorrow.at(6, 0, 0, 0), "a person has to approve it at the desk")
                        .await?;
                    continue;
                }
            }
            let request = match self.scribe.request(&account, &row.effect, marks.len() as u32 + 1, now.today()) {
                Ok(request) => request,
                Err(why) => {
                    self.end_here(
                        row,
                        lane.done_seq,
                        Outcome::Rejected { reason: why.clone() },
                        rejected(row, "not-possible", &why),
                    )
                    .await?;
                    continue;
                }
            };
            let text = serde_json::to_string(&request).map_err(|error| StoreError::Corrupt(error.to_string()))?;
            marks.push(Mark {
                key: row.key.clone(),
                account: row.account.clone(),
                seen_seq: lane.done_seq,
                at: now.at,
                plugin: plugin.to_owned(),
                batch: batch.to_owned(),
                request: text,
                host: self.owner.clone(),
                deadline: later(now.at, limits::LEASE),
            });
            ready.push((row, request));
        }
        let made = self.store.mark_dispatching(marks).await?;
        Ok(ready
            .into_iter()
            .zip(made)
            .filter_map(|((row, request), made)| {
                let attempt = made.attempt?;
                Some(Marked { key: row.key.clone(), account: row.account.clone(), attempt, request })
            })
            .collect())
    }

    /// The call, and T4.
    async fn perform(
        &self,
        plugin: &dyn Connector,
        role: Role,
        class: Class,
        batch: &str,
        marked: Vec<Marked>,
    ) -> Result<(), StoreError> {
        let at = self.at();
        let whole = Batch { id: batch.to_owned(), at, creditor: self.creditor.clone() };
        let requests: Vec<Request> = marked.iter().map(|marked| marked.request.clone()).collect();
        let called = plugin.perform(&whole, role, &requests).await;
        self.note_call(plugin, "perform", &called, |_| false).await?;
        let by = format!("{} {}", plugin.name(), plugin.version());
        let concluded = match called.result {
            Ok(outcomes) => marked
                .iter()
                .zip(outcomes)
                .map(|(marked, outcome)| self.conclude(marked, plain(outcome), &by))
                .collect(),
            Err(error) => {
                let text = error.to_string();
                let harmless = class == Class::Native
                    || matches!(error.kind, ErrorKind::Busy | ErrorKind::Paused | ErrorKind::Denied);
                let looked =
                    if class == Class::Lookup && !harmless { self.look_up(plugin, role, &marked).await? } else { None };
                marked
                    .iter()
                    .enumerate()
                    .map(|(place, one)| {
                        let outcome = match looked.as_ref().and_then(|findings| findings.get(place)) {
                            Some(finding) => found(finding, at, one.attempt),
                            None if error.kind == ErrorKind::Refused => Outcome::Rejected { reason: text.clone() },
                            None if !harmless => Outcome::Unknown { text: text.clone() },
                            None if one.attempt >= limits::ATTEMPTS_MAX => {
                                Outcome::Rejected { reason: format!("given up after {} attempts: {text}", one.attempt) }
                            }
                            None => Outcome::Again {
                                at: later(at, error.retry_after.unwrap_or_else(|| wait(one.attempt))),
                                because: text.clone(),
                            },
                        };
                        self.conclude(one, outcome, &by)
                    })
                    .collect()
            }
        };
        self.store.concluded(concluded).await?;
        self.remember(plugin, called.kv).await
    }

    /// What a plugin wants to remember of a call.
    async fn remember(&self, plugin: &dyn Connector, kv: Vec<(String, Option<Vec<u8>>)>) -> Result<(), StoreError> {
        if kv.is_empty() {
            return Ok(());
        }
        let kv = kv.into_iter().map(|(key, value)| KvChange { key, value }).collect();
        self.store.ingest(Ingest { kv, ..Ingest::empty(plugin.name(), self.at()) }).await?;
        Ok(())
    }

    /// After a start: what a crash left in the air is asked after, or asked for again where that is harmless.
    pub async fn recover(&self) -> Result<u32, StoreError> {
        let mut batches: BTreeMap<(String, String), Vec<InFlight>> = BTreeMap::new();
        let in_flight = self.store.in_flight(self.at()).await?;
        let count = in_flight.len() as u32;
        for effect in in_flight {
            batches.entry((effect.plugin.clone(), effect.batch.clone())).or_default().push(effect);
        }
        for ((name, batch), effects) in batches {
            self.recover_batch(&name, &batch, effects).await?;
        }
        Ok(count)
    }

    async fn recover_batch(&self, name: &str, batch: &str, effects: Vec<InFlight>) -> Result<(), StoreError> {
        let kind = effects.first().map(|effect| effect.kind.clone()).unwrap_or_default();
        let mut marked = Vec::with_capacity(effects.len());
        for effect in effects {
            let request: Request = serde_json::from_str(&effect.request)
                .map_err(|error| StoreError::Corrupt(format!("the request of effect `{}`: {error}", effect.key)))?;
            marked.push(Marked { key: effect.key, account: effect.account, attempt: effect.attempt, request });
        }
        let plugin = self.plugins.iter().map(AsRef::as_ref).find(|plugin| plugin.name() == name);
        let role = marked.first().map(|marked| marked.request.ask.performed_by().0);
        let (Some(plugin), Some(role)) = (plugin, role) else {
            let text = format!("the hub stopped while `{name}` had it, and that plugin does not run any more");
            return self.conclude_all(&marked, name, |_| Outcome::Unknown { text: text.clone() }).await;
        };
        let class = plugin.performs(&kind).map_or(Class::None, |performs| performs.class);
        match class {
            Class::Native => self.perform(plugin, role, class, batch, marked).await,
            Class::Lookup => {
                let at = self.at();
                let findings = self.look_up(plugin, role, &marked).await?.unwrap_or_default();
                let unclear = Finding::Unclear {
                    text: "the hub stopped while it went out, and asking gave no answer".to_owned(),
                };
                let mut place = 0;
                self.conclude_all(&marked, name, |one| {
                    let outcome = found(findings.get(place).unwrap_or(&unclear), at, one.attempt);
                    place += 1;
                    outcome
                })
                .await
            }
            Class::None => {
                let text = "the hub stopped while it went out, and the other side cannot be asked".to_owned();
                self.conclude_all(&marked, name, |_| Outcome::Unknown { text: text.clone() }).await
            }
        }
    }

    async fn look_up(
        &self,
        plugin: &dyn Connector,
        role: Role,
        marked: &[Marked],
    ) -> Result<Option<Vec<Finding>>, StoreError> {
        let keys: Vec<EffectKey> = marked.iter().map(|marked| marked.key.clone()).collect();
        let called = plugin.lookup(role, &keys).await;
        self.note_call(plugin, "lookup", &called, |_| false).await?;
        Ok(called.result.ok())
    }

    async fn conclude_all(
        &self,
        marked: &[Marked],
        by: &str,
        mut outcome: impl FnMut(&Marked) -> Outcome,
    ) -> Result<(), StoreError> {
        let concluded = marked.iter().map(|one| self.conclude(one, outcome(one), by)).collect();
        self.store.concluded(concluded).await
    }

    /// Effects that nobody performs. What only tells the accounting package is kept here, where the desk shows it; what
    /// should have reached somebody is refused, and the ladder knows.
    async fn without_plugin(&self, role: Role, kind: &str, rows: Vec<EffectRow>) -> Result<(), StoreError> {
        for row in rows {
            let Some((_, lane)) = self.store.account(&row.account).await? else { continue };
            let (outcome, fact) = if role == Role::Accounting {
                let reference = "kept by the hub".to_owned();
                (
                    Outcome::Succeeded { reference: reference.clone() },
                    Fact::EffectDone { key: row.key.clone(), reference },
                )
            } else {
                let reason = format!("no running plugin performs `{kind}`");
                (Outcome::Rejected { reason: reason.clone() }, rejected(&row, "no-plugin", &reason))
            };
            self.end_here(&row, lane.done_seq, outcome, fact).await?;
        }
        Ok(())
    }

    async fn cancel(&self, row: &EffectRow, seen_seq: i64, because: &str) -> Result<(), StoreError> {
        let fact = Fact::EffectCancelled { key: row.key.clone(), because: because.to_owned() };
        self.end_here(row, seen_seq, Outcome::Cancelled { because: because.to_owned() }, fact).await
    }

    /// Ends an effect without any plugin.
    async fn end_here(&self, row: &EffectRow, seen_seq: i64, outcome: Outcome, fact: Fact) -> Result<(), StoreError> {
        let at = self.at();
        let mark = Mark {
            key: row.key.clone(),
            account: row.account.clone(),
            seen_seq,
            at,
            plugin: HUB.to_owned(),
            batch: row.key.as_str().to_owned(),
            request: "null".to_owned(),
            host: self.owner.clone(),
            deadline: later(at, limits::LEASE),
        };
        let made = self.store.mark_dispatching(vec![mark]).await?;
        let Some(attempt) = made.first().and_then(|made| made.attempt) else { return Ok(()) };
        let event = Some(self.event(fact));
        let concluded = Concluded {
            key: row.key.clone(),
            account: row.account.clone(),
            attempt,
            at,
            outcome,
            event,
            by: HUB.to_owned(),
        };
        self.store.concluded(vec![concluded]).await
    }

    fn conclude(&self, marked: &Marked, outcome: Outcome, by: &str) -> Concluded {
        let key = marked.key.clone();
        let fact = match &outcome {
            Outcome::Succeeded { reference } => Some(Fact::EffectDone { key, reference: reference.clone() }),
            Outcome::Rejected { reason } => {
                Some(Fact::EffectRejected { key, code: "rejected".to_owned(), reason: reason.clone() })
            }
            Outcome::Unknown { text } => Some(Fact::EffectUnknown { key, text: text.clone() }),
            Outcome::Cancelled { because } => Some(Fact::EffectCancelled { key, because: because.clone() }),
            Outcome::Again { .. } => None,
        };
        Concluded {
            key: marked.key.clone(),
            account: marked.account.clone(),
            attempt: marked.attempt,
            at: self.at(),
            event: fact.map(|fact| self.event(fact)),
            outcome,
            by: by.to_owned(),
        }
    }

    fn event(&self, fact: Fact) -> Event {
        let at = self.at();
        Event { at, on: at.date(), origin: "dispatch".to_owned(), fact }
    }
}

fn rejected(row: &EffectRow, code: &str, reason: &str) -> Fact {
    Fact::EffectRejected { key: row.key.clone(), code: code.to_owned(), reason: reason.to_owned() }
}

fn plain(outcome: answer::Outcome) -> Outcome {
    match outcome {
        answer::Outcome::Done { reference } => Outcome::Succeeded { reference },
        answer::Outcome::Rejected { code, reason } => Outcome::Rejected { reason: format!("{code}: {reason}") },
        answer::Outcome::Unknown { text } => Outcome::Unknown { text },
    }
}

fn found(finding: &Finding, at: DateTime, attempt: u32) -> Outcome {
    match finding {
        Finding::Done { reference } => Outcome::Succeeded { reference: reference.clone() },
        Finding::Rejected { code, reason } => Outcome::Rejected { reason: format!("{code}: {reason}") },
        Finding::Absent => Outcome::Again {
            at: later(at, wait(attempt)),
            because: "the other side does not know it; it goes out again".to_owned(),
        },
        Finding::Unclear { text } => Outcome::Unknown { text: text.clone() },
    }
}

/// The same effects on the same day make the same batch: a repetition is recognised by its name.
fn batch_id(at: DateTime, rows: &[EffectRow]) -> String {
    let mut hash = Sha256::new();
    for row in rows {
        hash.update(row.key.as_str().as_bytes());
        hash.update([0]);
    }
    let digest = hash.finalize();
    let short: String = digest.iter().take(5).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{short}", at.date())
}

fn wait(attempt: u32) -> Duration {
    limits::RETRY_FIRST.saturating_mul(1 << attempt.saturating_sub(1).min(10)).min(limits::RETRY_MAX)
}

fn later(at: DateTime, wait: Duration) -> DateTime {
    at.saturating_add(jiff::SignedDuration::try_from(wait).unwrap_or_default())
}
