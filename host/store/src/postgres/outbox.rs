//! T3 and T4: effects leave, and end; and what the facts of a decision mean for the outbox.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use async_trait::async_trait;
use escalation::event::Event;
use escalation::{DateTime, EffectKey};

use super::journal;
use super::micros;
use super::writer::{Command, Outcome, Tx};
use crate::Result;
use crate::dispatch::{End, Standing, admit, lines, planned, settle, turns};
use crate::journal::Line;
use crate::outbox::{Concluded, InFlight, Mark, Marked};

/// Keeps the outbox with the facts: effects planned, cancelled, expired, or settled by a person. Their lanes are locked.
pub(super) async fn follow(tx: &mut Tx<'_>, at: &str, facts: &[(&str, &Event)]) -> Outcome<()> {
    plan(tx, at, facts).await?;
    // The first word on a key counts.
    let mut first: BTreeMap<(&str, &str), _> = BTreeMap::new();
    for turn in turns(facts) {
        first.entry((turn.key, turn.from.as_str())).or_insert(turn);
    }
    if first.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "UPDATE effect e SET note = v.note,
             status = CASE WHEN e.status = 'dispatching' THEN e.status ELSE v.status END,
             turned = CASE WHEN e.status = 'dispatching' THEN v.status END,
             ended_at = CASE WHEN e.status <> 'dispatching' THEN $2 END
         FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) AS v (key, account, was, status, note)
         WHERE e.tenant = $1 AND e.key = v.key AND e.account = v.account
         AND (e.status = v.was OR (v.was = 'planned' AND e.status IN ('held', 'dispatching')))",
    )
    .bind(tx.tenant)
    .bind(at)
    .bind(first.values().map(|turn| turn.key).collect::<Vec<_>>())
    .bind(first.values().map(|turn| turn.account).collect::<Vec<_>>())
    .bind(first.values().map(|turn| turn.from.as_str()).collect::<Vec<_>>())
    .bind(first.values().map(|turn| turn.to.as_str()).collect::<Vec<_>>())
    .bind(first.values().map(|turn| turn.note).collect::<Vec<_>>())
    .execute(&mut *tx.conn)
    .await?;
    Ok(())
}

async fn plan(tx: &mut Tx<'_>, at: &str, facts: &[(&str, &Event)]) -> Outcome<()> {
    let planned = planned(facts)?;
    if planned.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO effect (tenant, status, attempt, note, planned_at, key, account, role, kind, body, weight, due_at)
         SELECT $1, 'planned', 0, '', $2, *
         FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::text[])",
    )
    .bind(tx.tenant)
    .bind(at)
    .bind(planned.iter().map(|plan| plan.key).collect::<Vec<_>>())
    .bind(planned.iter().map(|plan| plan.account).collect::<Vec<_>>())
    .bind(planned.iter().map(|plan| plan.role).collect::<Vec<_>>())
    .bind(planned.iter().map(|plan| plan.kind).collect::<Vec<_>>())
    .bind(planned.iter().map(|plan| plan.body.as_str()).collect::<Vec<_>>())
    .bind(planned.iter().map(|plan| plan.weight).collect::<Vec<_>>())
    .bind(planned.iter().map(|plan| plan.due_at.as_str()).collect::<Vec<_>>())
    .execute(&mut *tx.conn)
    .await?;
    Ok(())
}

/// Which of the keys were planned before, however long ago.
pub(super) async fn known(tx: &mut Tx<'_>, keys: &[&str]) -> Outcome<HashSet<String>> {
    if keys.is_empty() {
        return Ok(HashSet::new());
    }
    let rows: Vec<(String,)> = sqlx::query_as("SELECT key FROM any_effect WHERE tenant = $1 AND key = ANY($2)")
        .bind(tx.tenant)
        .bind(keys)
        .fetch_all(&mut *tx.conn)
        .await?;
    Ok(rows.into_iter().map(|(key,)| key).collect())
}

/// T3.
pub(super) struct Dispatch(pub Vec<Mark>);

#[async_trait]
impl Command for Dispatch {
    type Answer = Vec<Marked>;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Outcome<Vec<Marked>> {
        let Some(now) = self.0.iter().map(|mark| mark.at).max() else { return Ok(Vec::new()) };
        lock_lanes(tx, self.0.iter().map(|mark| mark.account.as_str()).collect()).await?;
        let mut effects = standing(tx, self.0.iter().map(|mark| &mark.key), now).await?;
        let (going, answers) = admit(&self.0, &mut effects);
        if going.is_empty() {
            return Ok(answers);
        }
        let marks = || going.iter().map(|(_, mark, _)| *mark);
        let keys: Vec<&str> = marks().map(|mark| mark.key.as_str()).collect();
        let numbers: Vec<i64> = going.iter().map(|(_, _, n)| *n).collect();
        sqlx::query(
            "UPDATE effect e SET status = 'dispatching', attempt = v.n FROM unnest($2::text[], $3::bigint[]) AS v (key, n)
             WHERE e.tenant = $1 AND e.key = v.key",
        )
        .bind(tx.tenant)
        .bind(&keys)
        .bind(&numbers)
        .execute(&mut *tx.conn)
        .await?;
        // The deadline is as far away on the clock of the leases as it is on the host's.
        sqlx::query(
            "INSERT INTO attempt (tenant, deadline, key, n, place, plugin, batch, request, started_at, host)
             SELECT $1, coalesce($2::text::timestamp AT TIME ZONE 'UTC', clock_timestamp()) + v.term * interval '1 microsecond',
                    v.key, v.n, v.place, v.plugin, v.batch, v.request, v.started_at, v.host
             FROM unnest($3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::bigint[])
             AS v (key, n, place, plugin, batch, request, started_at, host, term)",
        )
        .bind(tx.tenant)
        .bind(tx.clock.given(now))
        .bind(&keys)
        .bind(&numbers)
        .bind(going.iter().map(|(place, _, _)| *place as i64).collect::<Vec<_>>())
        .bind(marks().map(|mark| mark.plugin.as_str()).collect::<Vec<_>>())
        .bind(marks().map(|mark| mark.batch.as_str()).collect::<Vec<_>>())
        .bind(marks().map(|mark| mark.request.as_str()).collect::<Vec<_>>())
        .bind(marks().map(|mark| mark.at.to_string()).collect::<Vec<_>>())
        .bind(marks().map(|mark| mark.host.as_str()).collect::<Vec<_>>())
        .bind(marks().map(|mark| micros(mark.deadline.duration_since(now).unsigned_abs())).collect::<Vec<_>>())
        .execute(&mut *tx.conn)
        .await?;
        Ok(answers)
    }
}

/// Whoever moves a lane or its effects holds the lane's row, taken in the order of the names: nothing comes in between, and
/// nobody waits in a circle.
async fn lock_lanes(tx: &mut Tx<'_>, accounts: BTreeSet<&str>) -> Outcome<()> {
    sqlx::query("SELECT FROM lane WHERE tenant = $1 AND account = ANY($2) ORDER BY account FOR NO KEY UPDATE")
        .bind(tx.tenant)
        .bind(accounts.into_iter().collect::<Vec<_>>())
        .execute(&mut *tx.conn)
        .await?;
    Ok(())
}

async fn standing(
    tx: &mut Tx<'_>,
    keys: impl Iterator<Item = &EffectKey>,
    now: DateTime,
) -> Outcome<HashMap<String, Standing>> {
    let keys: Vec<&str> = keys.map(EffectKey::as_str).collect();
    type Row = (String, String, String, i64, Option<String>, Option<String>, Option<i64>);
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT e.key, e.account, e.status, e.attempt, e.turned,
                (SELECT host FROM attempt a WHERE a.tenant = $1 AND a.key = e.key AND a.n = e.attempt),
                CASE WHEN l.parked IS NULL AND l.done_seq = l.head_seq AND (l.lease_until IS NULL
                     OR l.lease_until <= coalesce($3::text::timestamp AT TIME ZONE 'UTC', clock_timestamp())) THEN l.head_seq END
         FROM effect e JOIN lane l ON l.tenant = $1 AND l.account = e.account WHERE e.tenant = $1 AND e.key = ANY($2)",
    )
    .bind(tx.tenant)
    .bind(keys)
    .bind(tx.clock.given(now))
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

    async fn run(&mut self, tx: &mut Tx<'_>) -> Outcome<Vec<EffectKey>> {
        let keys: Vec<&str> = self.effects.iter().map(|one| one.key.as_str()).collect();
        // Nobody concludes meanwhile.
        lock_lanes(tx, self.effects.iter().map(|one| one.account.as_str()).collect()).await?;
        let taken: Vec<(String,)> = sqlx::query_as(
            "UPDATE attempt a SET host = $3,
                    deadline = coalesce($4::text::timestamp AT TIME ZONE 'UTC', clock_timestamp()) + $5 * interval '1 microsecond'
             FROM effect e WHERE e.tenant = $1 AND e.key = ANY($2) AND e.status = 'dispatching'
             AND a.tenant = $1 AND a.key = e.key AND a.n = e.attempt
             AND a.deadline <= coalesce($4::text::timestamp AT TIME ZONE 'UTC', clock_timestamp()) RETURNING a.key",
        )
        .bind(tx.tenant)
        .bind(&keys)
        .bind(self.host.as_str())
        .bind(tx.clock.given(self.now))
        .bind(micros(self.deadline.duration_since(self.now).unsigned_abs()))
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

    fn is_news(_: &()) -> bool {
        true
    }

    async fn run(&mut self, tx: &mut Tx<'_>) -> Outcome<()> {
        let Some(now) = self.concluded.iter().map(|done| done.at).max() else { return Ok(()) };
        lock_lanes(tx, self.concluded.iter().map(|done| done.account.as_str()).collect()).await?;
        let mut effects = standing(tx, self.concluded.iter().map(|done| &done.key), now).await?;
        let (ended, lines) = settle(&self.concluded, &self.lines, &mut effects);
        if ended.is_empty() {
            return Ok(());
        }
        end_effects(tx, &ended).await?;
        end_attempts(tx, &ended).await?;
        let now = now.to_string();
        let lines: Vec<_> = lines.into_iter().map(|line| (now.as_str(), line)).collect();
        journal::append(tx, &lines).await
    }
}

async fn end_effects(tx: &mut Tx<'_>, ended: &[(&Concluded, End<'_>)]) -> Outcome<()> {
    sqlx::query(
        "UPDATE effect e SET status = v.status, note = coalesce(v.note, e.note), ended_at = v.ended_at, due_at = coalesce(v.due_at, e.due_at)
         FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) AS v (key, status, note, ended_at, due_at)
         WHERE e.tenant = $1 AND e.key = v.key",
    )
    .bind(tx.tenant)
    .bind(ended.iter().map(|(done, _)| done.key.as_str()).collect::<Vec<_>>())
    .bind(ended.iter().map(|(_, end)| end.status.as_str()).collect::<Vec<_>>())
    .bind(ended.iter().map(|(_, end)| end.note).collect::<Vec<_>>())
    .bind(ended.iter().map(|(done, end)| end.due_at.is_none().then(|| done.at.to_string())).collect::<Vec<_>>())
    .bind(ended.iter().map(|(_, end)| end.due_at.map(|at| at.to_string())).collect::<Vec<_>>())
    .execute(&mut *tx.conn)
    .await?;
    Ok(())
}

async fn end_attempts(tx: &mut Tx<'_>, ended: &[(&Concluded, End<'_>)]) -> Outcome<()> {
    sqlx::query(
        "UPDATE attempt a SET ended_at = v.ended_at, outcome = v.outcome, text = v.text, performer = v.performer
         FROM unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[])
         AS v (key, n, ended_at, outcome, text, performer) WHERE a.tenant = $1 AND a.key = v.key AND a.n = v.n",
    )
    .bind(tx.tenant)
    .bind(ended.iter().map(|(done, _)| done.key.as_str()).collect::<Vec<_>>())
    .bind(ended.iter().map(|(done, _)| i64::from(done.attempt)).collect::<Vec<_>>())
    .bind(ended.iter().map(|(done, _)| done.at.to_string()).collect::<Vec<_>>())
    .bind(ended.iter().map(|(_, end)| end.outcome).collect::<Vec<_>>())
    .bind(ended.iter().map(|(_, end)| end.text).collect::<Vec<_>>())
    .bind(ended.iter().map(|(done, _)| done.by.as_str()).collect::<Vec<_>>())
    .execute(&mut *tx.conn)
    .await?;
    Ok(())
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

    async fn run(&mut self, tx: &mut Tx<'_>) -> Outcome<()> {
        sqlx::query("UPDATE effect SET due_at = $3, note = $4 WHERE tenant = $1 AND key = $2 AND status = 'planned'")
            .bind(tx.tenant)
            .bind(self.key.as_str())
            .bind(self.until.as_str())
            .bind(self.because.as_str())
            .execute(&mut *tx.conn)
            .await?;
        Ok(())
    }
}
