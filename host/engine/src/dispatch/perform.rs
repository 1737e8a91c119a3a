//! The call, and T4. What certainly did not happen waits for its next attempt; what may have happened is asked after, or asked
//! for again exactly as it was; and where neither is possible a person decides.

use escalation::EffectKey;
use escalation::answer::{CallError, Class, ErrorKind, Finding, Outcome};
use escalation::request::{Batch, Request};
use store::{Concluded, Ingest, KvChange, StoreError};

use super::passage::wait;
use super::recover::key_lives;
use super::verdict::Verdict;
use super::{Marked, Performer};
use crate::limits;
use crate::turn::{Engine, later};

/// Whether effects of a mark are asked for the first time. What was asked for once may have happened then: a later call that
/// fails says nothing about the first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    First,
    Again,
}

impl Engine {
    /// Lets marked effects go out. After a restored backup each of them may have gone out already, and so may one that went out
    /// before and was not known to the other side right afterwards: a request can arrive after the question for it.
    pub(super) async fn go_out(&self, by: Performer<'_>, batch: &str, marked: Vec<Marked>) -> Result<(), StoreError> {
        if marked.is_empty() {
            return Ok(());
        }
        match by.performs.class {
            Class::Lookup if self.is_in_doubt().await? || marked.iter().any(|one| one.attempt > 1) => {
                let absent = self.still_absent(by, marked).await?;
                if absent.is_empty() { Ok(()) } else { self.ask_for(by, batch, absent, Call::First).await }
            }
            Class::None if self.is_in_doubt().await? => {
                let text = "a backup was restored: it may have gone out before";
                self.conclude_all(&marked, by.plugin.name(), |_| Verdict::Unknown { text: text.to_owned() }).await
            }
            _ => self.ask_for(by, batch, marked, Call::First).await,
        }
    }

    pub(super) async fn ask_for(
        &self,
        by: Performer<'_>,
        batch: &str,
        marked: Vec<Marked>,
        call: Call,
    ) -> Result<(), StoreError> {
        let at = self.at();
        let first = marked.iter().map(|one| one.marked_at).min().unwrap_or(at);
        match by.performs.class {
            // As long as its key lives, asking late does no harm. Afterwards another host may have asked, and the other side has
            // forgotten that it did: whoever looks after it hands it to a person.
            Class::Native if !key_lives(by.performs, first, at) => return Ok(()),
            // We were away for too long: another host may be looking after these by now.
            Class::Lookup | Class::None if at >= later(first, limits::START_MAX) => {
                let because = "this host was held up before it went out";
                let again = |_: &Marked| Verdict::Again { at, because: because.to_owned() };
                return self.conclude_all(&marked, by.plugin.name(), again).await;
            }
            _ => {}
        }
        let whole = Batch { id: batch.to_owned(), at, creditor: self.creditor.clone() };
        let requests: Vec<Request> = marked.iter().map(|marked| marked.request.clone()).collect();
        let called = by.plugin.perform(&whole, by.role, &requests).await;
        self.note_call(by.plugin, "perform", &called, |_| false).await?;
        self.heard(by.plugin, called.result.as_ref().err()).await?;
        let name = format!("{} {}", by.plugin.name(), by.plugin.version());
        match called.result {
            Ok(outcomes) => {
                // What the plugin does not know the other side may: where it can be asked, it is.
                let is_asked = |outcome: &Outcome| {
                    matches!((by.performs.class, outcome), (Class::Lookup, Outcome::Unknown { .. }))
                };
                let (open, answered): (Vec<_>, Vec<_>) =
                    marked.into_iter().zip(outcomes).partition(|(_, outcome)| is_asked(outcome));
                let concluded: Vec<Concluded> = answered
                    .into_iter()
                    .map(|(one, outcome)| self.conclude(&one, one.answered(outcome), &name))
                    .collect();
                self.store.concluded(concluded).await?;
                self.remember(by, called.kv).await?;
                match open.is_empty() {
                    true => Ok(()),
                    false => self.ask_after(by, open.into_iter().map(|(one, _)| one).collect()).await,
                }
            }
            // Until the other side answers for it, or its key dies, it stays in the air.
            Err(_) if call == Call::Again => Ok(()),
            Err(error) => self.failed(by, &marked, &error, &name).await,
        }
    }

    /// The call has no answer.
    async fn failed(
        &self,
        by: Performer<'_>,
        marked: &[Marked],
        error: &CallError,
        name: &str,
    ) -> Result<(), StoreError> {
        let (at, text) = (self.at(), error.to_string());
        if error.kind == ErrorKind::Refused {
            let code = "refused".to_owned();
            let verdict = |_: &Marked| Verdict::Rejected { code: code.clone(), reason: text.clone() };
            return self.conclude_all(marked, name, verdict).await;
        }
        if did_not_happen(error.kind) {
            let again = |one: &Marked| Verdict::Again {
                at: later(at, wait(one.key.as_str(), one.attempt, error.retry_after)),
                because: text.clone(),
            };
            return self.conclude_all(marked, name, again).await;
        }
        match by.performs.class {
            // It stays in the air: the same batch is asked for again when its time is over.
            Class::Native => Ok(()),
            Class::Lookup => self.ask_after(by, marked.to_vec()).await,
            Class::None => self.conclude_all(marked, name, |_| Verdict::Unknown { text: text.clone() }).await,
        }
    }

    /// Asks the other side what became of effects. Without an answer they stay in the air and are asked after again, for a
    /// day at most.
    pub(super) async fn ask_after(&self, by: Performer<'_>, marked: Vec<Marked>) -> Result<(), StoreError> {
        let name = by.plugin.name();
        match self.look_up(by, &marked).await? {
            Some(findings) => {
                let at = self.at();
                let found = marked.iter().zip(findings);
                let concluded = found.map(|(one, finding)| self.conclude(one, one.found(finding, at), name)).collect();
                self.store.concluded(concluded).await
            }
            None => {
                let too_long = |one: &&Marked| self.at() >= later(one.marked_at, limits::ASKED_AFTER_MAX);
                let given_up: Vec<Marked> = marked.iter().filter(too_long).cloned().collect();
                let text = "it was asked after for a day, and there was no answer".to_owned();
                self.conclude_all(&given_up, name, |_| Verdict::Unknown { text: text.clone() }).await
            }
        }
    }

    /// Of effects that may have gone out before: those that the other side does not know. The others end as it says.
    async fn still_absent(&self, by: Performer<'_>, marked: Vec<Marked>) -> Result<Vec<Marked>, StoreError> {
        let Some(findings) = self.look_up(by, &marked).await? else { return Ok(Vec::new()) };
        let (mut absent, mut concluded) = (Vec::new(), Vec::new());
        for (one, finding) in marked.into_iter().zip(findings) {
            match finding {
                Finding::Absent => absent.push(one),
                known => concluded.push(self.conclude(&one, one.found(known, self.at()), by.plugin.name())),
            }
        }
        self.store.concluded(concluded).await?;
        Ok(absent)
    }

    async fn look_up(&self, by: Performer<'_>, marked: &[Marked]) -> Result<Option<Vec<Finding>>, StoreError> {
        let keys: Vec<EffectKey> = marked.iter().map(|marked| marked.key.clone()).collect();
        let called = by.plugin.lookup(by.role, &keys).await;
        self.note_call(by.plugin, "lookup", &called, |_| false).await?;
        self.heard(by.plugin, called.result.as_ref().err()).await?;
        Ok(called.result.ok())
    }

    pub(super) async fn conclude_all(
        &self,
        marked: &[Marked],
        by: &str,
        verdict: impl Fn(&Marked) -> Verdict,
    ) -> Result<(), StoreError> {
        if marked.is_empty() {
            return Ok(());
        }
        let concluded = marked.iter().map(|one| self.conclude(one, verdict(one), by)).collect();
        self.store.concluded(concluded).await
    }

    /// What a plugin wants to remember of a call.
    async fn remember(&self, by: Performer<'_>, kv: Vec<(String, Option<Vec<u8>>)>) -> Result<(), StoreError> {
        if kv.is_empty() {
            return Ok(());
        }
        let kv = kv.into_iter().map(|(key, value)| KvChange { key, value }).collect();
        self.store.ingest(Ingest { kv, ..Ingest::empty(by.plugin.name(), self.at()) }).await?;
        Ok(())
    }
}

/// The call did not reach the other side, or it said that it took nothing.
fn did_not_happen(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::RetryLater | ErrorKind::Misconfigured | ErrorKind::Busy | ErrorKind::Paused | ErrorKind::Denied
    )
}
