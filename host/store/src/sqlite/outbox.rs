//! T3 and T4: effects leave, and end; and what the facts of a decision mean for the outbox.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use escalation::event::Event;
use escalation::{Action, DateTime, EffectKey, Fact};

use super::bulk::Bulk;
use super::journal::{self, Line};
use super::row::json;
use super::writer::{Command, Tx};
use crate::Result;
use crate::outbox::{Concluded, EffectStatus, Mark, Marked, Outcome};

const PLANNED: Bulk = Bulk {
    head: "INSERT INTO effect (tenant, key, account, role, kind, body, weight, status, attempt, planned_at, due_at, note) VALUES ",
    row: "(?1, $1, $2, $3, $4, $5, $6, 'planned', 0, ?2, $7, '')",
    width: 7,
    tail: "",
};

/// Keeps the outbox with the facts: effects planned, cancelled, expired, or settled by a person.
pub(super) async fn follow(tx: &mut Tx<'_>, at: &str, facts: &[(&str, &Event)]) -> Result<()> {
    let mut planned = Vec::new();
    for (account, event) in facts {
        if let Fact::EffectPlanned { effect } = &event.fact {
            planned.push((*account, effect, json(effect)?));
        }
    }
    PLANNED
        .run(tx, &[at], &planned, |values, (account, effect, body)| {
            let (role, kind) = effect.action.performed_by();
            let weight = if let Action::QueueCall(call) = &effect.action { call.weight } else { 0 };
            values
                .bind(effect.key.as_str())
                .bind(*account)
                .bind(role.as_str())
                .bind(kind)
                .bind(body.as_str())
                .bind(weight)
                .bind(effect.due_on.at(0, 0, 0, 0).to_string())
        })
        .await?;
    for (account, event) in facts {
        let (key, from, to, note) = match &event.fact {
            Fact::EffectCancelled { key, because } => {
                (key, EffectStatus::Planned, EffectStatus::Cancelled, because.as_str())
            }
            Fact::EffectExpired { key } => (key, EffectStatus::Planned, EffectStatus::Expired, ""),
            Fact::EffectSettled { key, happened: true, text } => {
                (key, EffectStatus::Unknown, EffectStatus::Succeeded, text.as_str())
            }
            Fact::EffectSettled { key, happened: false, text } => {
                (key, EffectStatus::Unknown, EffectStatus::Rejected, text.as_str())
            }
            _ => continue,
        };
        sqlx::query(
            "UPDATE effect SET status = ?5, note = ?6, ended_at = ?7 WHERE tenant = ?1 AND key = ?2 AND account = ?3
             AND (status = ?4 OR (?4 = 'planned' AND status = 'held'))",
        )
        .bind(tx.tenant)
        .bind(key.as_str())
        .bind(*account)
        .bind(from.as_str())
        .bind(to.as_str())
        .bind(note)
        .bind(at)
        .execute(&mut *tx.conn)
        .await?;
    }
    Ok(())
}

/// Which of the keys are in the outbox already.
pub(super) async fn known(tx: &mut Tx<'_>, keys: &[&str]) -> Result<HashSet<String>> {
    if keys.is_empty() {
        return Ok(HashSet::new());
    }
    let rows: Vec<(String,)> =
        sqlx::query_as("SELECT e.key FROM json_each(?2) j CROSS JOIN effect e ON e.tenant = ?1 AND e.key = j.value")
            .bind(tx.tenant)
            .bind(json(&keys)?)
            .fetch_all(&mut *tx.conn)
            .await?;
    Ok(rows.into_iter().map(|(key,)| key).collect())
}

/// T3.
pub(super) struct Dispatch(pub Vec<Mark>);

/// An effect as T3 and T4 find it.
struct Standing {
    account: String,
    status: String,
    attempt: i64,
    /// The lane's head, if everything is read, nobody has it in hand, and it is not parked.
    settled_at: Option<i64>,
}

#[async_trait]
impl Command for Dispatch {
    type Answer = Vec<Marked>;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<Vec<Marked>> {
        let Some(now) = self.0.iter().map(|mark| mark.at).max() else { return Ok(Vec::new()) };
        let mut effects = standing(tx, self.0.iter().map(|mark| &mark.key), now).await?;
        let mut answers = Vec::with_capacity(self.0.len());
        let mut going: Vec<(usize, &Mark, i64)> = Vec::new();
        for (place, mark) in self.0.iter().enumerate() {
            let ready = effects.get_mut(mark.key.as_str()).filter(|effect| {
                effect.account == mark.account.as_str()
                    && effect.status == EffectStatus::Planned.as_str()
                    && effect.settled_at == Some(mark.seen_seq)
            });
            let attempt = ready.map(|effect| {
                effect.status = EffectStatus::Dispatching.as_str().to_owned();
                effect.attempt + 1
            });
            going.extend(attempt.map(|n| (place, mark, n)));
            answers.push(Marked { attempt: attempt.and_then(|n| u32::try_from(n).ok()) });
        }
        DISPATCHING.run(tx, &[], &going, |values, (_, mark, n)| values.bind(mark.key.as_str()).bind(*n)).await?;
        ATTEMPTS
            .run(tx, &[], &going, |values, (place, mark, n)| {
                values
                    .bind(mark.key.as_str())
                    .bind(*n)
                    .bind(*place as i64)
                    .bind(mark.plugin.as_str())
                    .bind(mark.batch.as_str())
                    .bind(mark.request.as_str())
                    .bind(mark.at.to_string())
                    .bind(mark.host.as_str())
                    .bind(mark.deadline.to_string())
            })
            .await?;
        Ok(answers)
    }
}

const DISPATCHING: Bulk = Bulk {
    head: "WITH v (key, n) AS (VALUES ",
    row: "($1, $2)",
    width: 2,
    tail: ") UPDATE effect SET status = 'dispatching', attempt = v.n FROM v WHERE effect.tenant = ?1 AND effect.key = v.key",
};

const ATTEMPTS: Bulk = Bulk {
    head: "INSERT INTO attempt (tenant, key, n, place, plugin, batch, request, started_at, host, deadline) VALUES ",
    row: "(?1, $1, $2, $3, $4, $5, $6, $7, $8, $9)",
    width: 9,
    tail: "",
};

async fn standing(
    tx: &mut Tx<'_>,
    keys: impl Iterator<Item = &EffectKey>,
    now: DateTime,
) -> Result<HashMap<String, Standing>> {
    let keys: Vec<&str> = keys.map(EffectKey::as_str).collect();
    let rows: Vec<(String, String, String, i64, Option<i64>)> = sqlx::query_as(
        "SELECT e.key, e.account, e.status, e.attempt,
                (SELECT head_seq FROM lane l WHERE l.tenant = ?1 AND l.account = e.account AND l.parked IS NULL
                 AND l.done_seq = l.head_seq AND (l.lease_until IS NULL OR l.lease_until <= ?3))
         FROM json_each(?2) j CROSS JOIN effect e ON e.tenant = ?1 AND e.key = j.value",
    )
    .bind(tx.tenant)
    .bind(json(&keys)?)
    .bind(now.to_string())
    .fetch_all(&mut *tx.conn)
    .await?;
    let standing =
        |(key, account, status, attempt, settled_at)| (key, Standing { account, status, attempt, settled_at });
    Ok(rows.into_iter().map(standing).collect())
}

/// T4.
pub(super) struct Conclude {
    concluded: Vec<Concluded>,
    lines: Vec<Option<Line>>,
}

impl Conclude {
    pub fn new(concluded: Vec<Concluded>) -> Result<Self> {
        let line =
            |done: &Concluded| done.event.as_ref().map(|event| Line::new(done.account.as_str(), event)).transpose();
        let lines = concluded.iter().map(line).collect::<Result<_>>()?;
        Ok(Self { concluded, lines })
    }
}

#[async_trait]
impl Command for Conclude {
    type Answer = ();

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let Some(now) = self.concluded.iter().map(|done| done.at).max() else { return Ok(()) };
        let mut effects = standing(tx, self.concluded.iter().map(|done| &done.key), now).await?;
        let mut ended: Vec<(&Concluded, End<'_>)> = Vec::new();
        let mut lines: Vec<&Line> = Vec::new();
        for (done, line) in self.concluded.iter().zip(&self.lines) {
            let current = effects.get_mut(done.key.as_str()).filter(|effect| {
                effect.account == done.account.as_str()
                    && effect.attempt == i64::from(done.attempt)
                    && (effect.status == EffectStatus::Dispatching.as_str()
                        || effect.status == EffectStatus::Unknown.as_str() && done.outcome.is_known())
            });
            let Some(effect) = current else { continue };
            let end = End::of(done);
            effect.status = end.status.as_str().to_owned();
            ended.push((done, end));
            lines.extend(line);
        }
        EFFECTS_ENDED
            .run(tx, &[], &ended, |values, (done, end)| {
                values
                    .bind(done.key.as_str())
                    .bind(end.status.as_str())
                    .bind(end.text)
                    .bind(end.due_at.is_none().then(|| done.at.to_string()))
                    .bind(end.due_at.map(|at| at.to_string()))
            })
            .await?;
        ATTEMPTS_ENDED
            .run(tx, &[], &ended, |values, (done, end)| {
                values
                    .bind(done.key.as_str())
                    .bind(i64::from(done.attempt))
                    .bind(done.at.to_string())
                    .bind(end.outcome)
                    .bind(end.text)
                    .bind(done.by.as_str())
            })
            .await?;
        journal::append(tx, &now.to_string(), &lines).await
    }
}

const EFFECTS_ENDED: Bulk = Bulk {
    head: "WITH v (key, status, note, ended_at, due_at) AS (VALUES ",
    row: "($1, $2, $3, $4, $5)",
    width: 5,
    tail: ") UPDATE effect SET status = v.status, note = v.note, ended_at = v.ended_at, due_at = coalesce(v.due_at, effect.due_at)
            FROM v WHERE effect.tenant = ?1 AND effect.key = v.key",
};

const ATTEMPTS_ENDED: Bulk = Bulk {
    head: "WITH v (key, n, ended_at, outcome, text, performer) AS (VALUES ",
    row: "($1, $2, $3, $4, $5, $6)",
    width: 6,
    tail: ") UPDATE attempt SET ended_at = v.ended_at, outcome = v.outcome, text = v.text, performer = v.performer
            FROM v WHERE attempt.tenant = ?1 AND attempt.key = v.key AND attempt.n = v.n",
};

/// How an effect stands after an attempt.
struct End<'a> {
    status: EffectStatus,
    outcome: &'static str,
    text: &'a str,
    /// Not at its end: tried again then.
    due_at: Option<DateTime>,
}

impl<'a> End<'a> {
    fn of(done: &'a Concluded) -> Self {
        let (status, outcome, text, due_at) = match &done.outcome {
            Outcome::Succeeded { reference } => (EffectStatus::Succeeded, "succeeded", reference, None),
            Outcome::Rejected { reason } => (EffectStatus::Rejected, "rejected", reason, None),
            Outcome::Unknown { text } => (EffectStatus::Unknown, "unknown", text, None),
            Outcome::Cancelled { because } => (EffectStatus::Cancelled, "cancelled", because, None),
            Outcome::Again { at, because } => (EffectStatus::Planned, "again", because, Some(*at)),
        };
        Self { status, outcome, text, due_at }
    }
}

/// A planned effect is put off.
pub(super) struct Postpone {
    pub key: String,
    pub until: String,
    pub because: String,
}

#[async_trait]
impl Command for Postpone {
    type Answer = ();

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        sqlx::query("UPDATE effect SET due_at = ?3, note = ?4 WHERE tenant = ?1 AND key = ?2 AND status = 'planned'")
            .bind(tx.tenant)
            .bind(self.key.as_str())
            .bind(self.until.as_str())
            .bind(self.because.as_str())
            .execute(&mut *tx.conn)
            .await?;
        Ok(())
    }
}
