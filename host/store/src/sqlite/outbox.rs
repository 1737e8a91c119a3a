//! T3 and T4: effects leave, and end; and what the facts of a decision mean for the outbox.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use escalation::event::Event;
use escalation::{DateTime, EffectKey};

use super::bulk::Bulk;
use super::journal;
use super::writer::{Command, Tx};
use crate::Result;
use crate::dispatch::{Standing, admit, lines, planned, settle, turns};
use crate::journal::Line;
use crate::outbox::{Concluded, InFlight, Mark, Marked};
use crate::row::json;

const PLANNED: Bulk = Bulk {
    columns: "key, account, role, kind, body, weight, due_at",
    statement: "INSERT INTO effect (tenant, key, account, role, kind, body, weight, status, attempt, planned_at, due_at, note)
            SELECT ?1, v.key, v.account, v.role, v.kind, v.body, v.weight, 'planned', 0, ?2, v.due_at, '' FROM v WHERE v.key IS NOT NULL",
};

/// Keeps the outbox with the facts: effects planned, cancelled, expired, or settled by a person.
pub(super) async fn follow(tx: &mut Tx<'_>, at: &str, facts: &[(&str, &Event)]) -> Result<()> {
    let planned = planned(facts)?;
    PLANNED
        .run(tx, &[at], &planned, |values, plan| {
            values
                .bind(plan.key)
                .bind(plan.account)
                .bind(plan.role)
                .bind(plan.kind)
                .bind(plan.body.as_str())
                .bind(plan.weight)
                .bind(plan.due_at.as_str())
        })
        .await?;
    for turn in turns(facts) {
        sqlx::query(
            "UPDATE effect SET note = ?6,
                 status = CASE WHEN status = 'dispatching' THEN status ELSE ?5 END,
                 turned = CASE WHEN status = 'dispatching' THEN ?5 END,
                 ended_at = CASE WHEN status <> 'dispatching' THEN ?7 END
             WHERE tenant = ?1 AND key = ?2 AND account = ?3
             AND (status = ?4 OR (?4 = 'planned' AND status IN ('held', 'dispatching')))",
        )
        .bind(tx.tenant)
        .bind(turn.key)
        .bind(turn.account)
        .bind(turn.from.as_str())
        .bind(turn.to.as_str())
        .bind(turn.note)
        .bind(at)
        .execute(&mut *tx.conn)
        .await?;
    }
    Ok(())
}

/// Which of the keys were planned before, however long ago.
pub(super) async fn known(tx: &mut Tx<'_>, keys: &[&str]) -> Result<HashSet<String>> {
    if keys.is_empty() {
        return Ok(HashSet::new());
    }
    let rows: Vec<(String,)> = sqlx::query_as(
        "SELECT e.key FROM json_each(?2) j CROSS JOIN effect e ON e.tenant = ?1 AND e.key = j.value
         UNION ALL SELECT e.key FROM json_each(?2) j CROSS JOIN effect_history e ON e.tenant = ?1 AND e.key = j.value",
    )
    .bind(tx.tenant)
    .bind(json(&keys)?)
    .fetch_all(&mut *tx.conn)
    .await?;
    Ok(rows.into_iter().map(|(key,)| key).collect())
}

/// T3.
pub(super) struct Dispatch(pub Vec<Mark>);

#[async_trait]
impl Command for Dispatch {
    type Answer = Vec<Marked>;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<Vec<Marked>> {
        let Some(now) = self.0.iter().map(|mark| mark.at).max() else { return Ok(Vec::new()) };
        let mut effects = standing(tx, self.0.iter().map(|mark| &mark.key), now).await?;
        let (going, answers) = admit(&self.0, &mut effects);
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
    columns: "key, n",
    statement: "UPDATE effect SET status = 'dispatching', attempt = v.n FROM v WHERE effect.tenant = ?1 AND effect.key = v.key",
};

const ATTEMPTS: Bulk = Bulk {
    columns: "key, n, place, plugin, batch, request, started_at, host, deadline",
    statement: "INSERT INTO attempt (tenant, key, n, place, plugin, batch, request, started_at, host, deadline)
            SELECT ?1, v.key, v.n, v.place, v.plugin, v.batch, v.request, v.started_at, v.host, v.deadline FROM v WHERE v.key IS NOT NULL",
};

async fn standing(
    tx: &mut Tx<'_>,
    keys: impl Iterator<Item = &EffectKey>,
    now: DateTime,
) -> Result<HashMap<String, Standing>> {
    let keys: Vec<&str> = keys.map(EffectKey::as_str).collect();
    type Row = (String, String, String, i64, Option<String>, Option<String>, Option<i64>);
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT e.key, e.account, e.status, e.attempt, e.turned,
                (SELECT host FROM attempt a WHERE a.tenant = ?1 AND a.key = e.key AND a.n = e.attempt),
                (SELECT head_seq FROM lane l WHERE l.tenant = ?1 AND l.account = e.account AND l.parked IS NULL
                 AND l.done_seq = l.head_seq AND l.account NOT IN (SELECT value FROM json_each(?3)))
         FROM json_each(?2) j CROSS JOIN effect e ON e.tenant = ?1 AND e.key = j.value",
    )
    .bind(tx.tenant)
    .bind(json(&keys)?)
    .bind(tx.hands.accounts(now)?)
    .fetch_all(&mut *tx.conn)
    .await?;
    let standing = |(key, account, status, attempt, turned, host, settled_at): Row| {
        (key, Standing { account, status, attempt, turned, host, settled_at })
    };
    Ok(rows.into_iter().map(standing).collect())
}

/// Effects whose host had its time get another.
pub(super) struct TakeOver {
    pub effects: Vec<InFlight>,
    pub host: String,
    pub now: DateTime,
    pub deadline: DateTime,
}

#[async_trait]
impl Command for TakeOver {
    type Answer = Vec<EffectKey>;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<Vec<EffectKey>> {
        let keys: Vec<&str> = self.effects.iter().map(|one| one.key.as_str()).collect();
        let taken: Vec<(String,)> = sqlx::query_as(
            "UPDATE attempt SET host = ?3, deadline = ?5 FROM effect e
             WHERE e.tenant = ?1 AND e.key IN (SELECT value FROM json_each(?2)) AND e.status = 'dispatching'
             AND attempt.tenant = ?1 AND attempt.key = e.key AND attempt.n = e.attempt AND attempt.deadline <= ?4
             RETURNING attempt.key",
        )
        .bind(tx.tenant)
        .bind(json(&keys)?)
        .bind(self.host.as_str())
        .bind(self.now.to_string())
        .bind(self.deadline.to_string())
        .fetch_all(&mut *tx.conn)
        .await?;
        Ok(taken.into_iter().map(|(key,)| EffectKey::new(key)).collect())
    }
}

/// T4.
pub(super) struct Conclude {
    concluded: Vec<Concluded>,
    lines: Vec<Option<Line>>,
}

impl Conclude {
    pub fn new(concluded: Vec<Concluded>) -> Result<Self> {
        Ok(Self { lines: lines(&concluded)?, concluded })
    }
}

#[async_trait]
impl Command for Conclude {
    type Answer = ();

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let Some(now) = self.concluded.iter().map(|done| done.at).max() else { return Ok(()) };
        let mut effects = standing(tx, self.concluded.iter().map(|done| &done.key), now).await?;
        let (ended, lines) = settle(&self.concluded, &self.lines, &mut effects);
        EFFECTS_ENDED
            .run(tx, &[], &ended, |values, (done, end)| {
                values
                    .bind(done.key.as_str())
                    .bind(end.status.as_str())
                    .bind(end.note)
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
        let now = now.to_string();
        let lines: Vec<_> = lines.into_iter().map(|line| (now.as_str(), line)).collect();
        journal::append(tx, &lines).await
    }
}

const EFFECTS_ENDED: Bulk = Bulk {
    columns: "key, status, note, ended_at, due_at",
    statement: "UPDATE effect SET status = v.status, note = coalesce(v.note, effect.note), ended_at = v.ended_at, due_at = coalesce(v.due_at, effect.due_at)
            FROM v WHERE effect.tenant = ?1 AND effect.key = v.key",
};

const ATTEMPTS_ENDED: Bulk = Bulk {
    columns: "key, n, ended_at, outcome, text, performer",
    statement: "UPDATE attempt SET ended_at = v.ended_at, outcome = v.outcome, text = v.text, performer = v.performer
            FROM v WHERE attempt.tenant = ?1 AND attempt.key = v.key AND attempt.n = v.n",
};

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
