//! T2, second half: what decisions changed, for many lanes in few statements; each lane stands alone.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;

use super::writer::{Command, Outcome, Tx};
use super::{journal, lanes, outbox, views};
use crate::StoreError;
use crate::decision::{Accepted, Changed, Held, Prepared, Refusal, Row, judge};

pub(super) struct Decisions(pub Vec<Prepared>);

#[async_trait]
impl Command for Decisions {
    /// The first decision that was not written, if any; all the others were.
    type Answer = Option<StoreError>;

    fn is_news(_: &Self::Answer) -> bool {
        true
    }

    async fn run(&mut self, tx: &mut Tx<'_>) -> Outcome<Self::Answer> {
        let mut held = self.held(tx).await?;
        let planned: Vec<&str> = self.0.iter().flat_map(Prepared::planned).collect();
        let mut spent = outbox::known(tx, &planned).await?;
        let mut accepted = Vec::with_capacity(self.0.len());
        let mut failed = None;
        for prepared in &self.0 {
            match judge(prepared, held.remove(prepared.account()), &mut spent) {
                Ok(decision) => accepted.push(decision),
                Err(refusal) => {
                    let error = refuse(tx, prepared, refusal).await?;
                    failed.get_or_insert(error);
                }
            }
        }
        write(tx, &accepted).await?;
        Ok(failed)
    }
}

type HeldRow = (String, i64, i64, i64, Option<String>, i64, Option<String>, i64, Option<String>);

impl Decisions {
    /// The lanes that somebody holds, locked in the order of their names: events that come now wait for the decision.
    async fn held(&self, tx: &mut Tx<'_>) -> Outcome<HashMap<String, Held>> {
        let accounts: BTreeSet<&str> = self.0.iter().map(Prepared::account).collect();
        let rows: Vec<HeldRow> = sqlx::query_as(
            "SELECT account, head_seq, done_seq, fence, next_due_at, decisions, newest, newest_times, newest_at FROM lane
             WHERE tenant = $1 AND account = ANY($2) AND owner IS NOT NULL ORDER BY account FOR NO KEY UPDATE",
        )
        .bind(tx.tenant)
        .bind(accounts.into_iter().collect::<Vec<_>>())
        .fetch_all(&mut *tx.conn)
        .await?;
        let held = |row: HeldRow| {
            let (account, head_seq, done_seq, fence, next_due_at, decisions, newest, newest_times, newest_at) = row;
            (account, Held { head_seq, done_seq, fence, next_due_at, decisions, newest, newest_times, newest_at })
        };
        Ok(rows.into_iter().map(held).collect())
    }
}

async fn refuse(tx: &mut Tx<'_>, prepared: &Prepared, refusal: Refusal) -> Outcome<StoreError> {
    let (account, error) = (prepared.account(), refusal.error(prepared));
    match refusal {
        Refusal::Lost => {}
        Refusal::Overtaken => {
            sqlx::query("UPDATE lane SET owner = NULL, lease_until = NULL WHERE tenant = $1 AND account = $2")
                .bind(tx.tenant)
                .bind(account)
                .execute(&mut *tx.conn)
                .await?;
        }
        Refusal::Spent(_) => lanes::park(tx, account, &error.to_string()).await?,
    }
    Ok(error)
}

async fn write(tx: &mut Tx<'_>, accepted: &[Accepted<'_>]) -> Outcome<()> {
    if accepted.is_empty() {
        return Ok(());
    }
    let times: Vec<String> = accepted.iter().map(|one| one.prepared.decided.at.to_string()).collect();
    let timed = || accepted.iter().zip(times.iter().map(String::as_str));
    let lines: Vec<_> = timed().flat_map(|(one, at)| one.prepared.lines.iter().map(move |line| (at, line))).collect();
    let head = |one: &Accepted<'_>| one.head_seq - one.prepared.lines.len() as i64;
    let heads = accepted.iter().map(|one| (one.prepared.account(), head(one)));
    journal::insert(tx, &lines, &heads.collect()).await?;
    // Facts of one moment together: `at` is the same for all decisions of a round.
    for round in accepted.chunk_by(|a, b| a.prepared.decided.at == b.prepared.decided.at) {
        let Some(at) = round.first().map(|first| first.prepared.decided.at.to_string()) else { continue };
        let decided = round.iter().map(|one| &one.prepared.decided);
        let facts: Vec<_> =
            decided.flat_map(|one| one.events.iter().map(|event| (one.account.as_str(), event))).collect();
        outbox::follow(tx, &at, &facts).await?;
    }
    let changed: Vec<Changed<'_>> = accepted.iter().filter_map(|one| Changed::of(one.prepared)).collect();
    // Before the states: what is shown otherwise now is told by comparing with the rows that are there.
    views::write(tx, &changed).await?;
    write_states(tx, &changed).await?;
    end_rows(tx, accepted).await?;
    write_decisions(tx, accepted).await?;
    move_lanes(tx, accepted, &times).await
}

async fn write_states(tx: &mut Tx<'_>, changed: &[Changed<'_>]) -> Outcome<()> {
    if changed.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO state (tenant, account, policy, snapshot, row)
         SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[])
         ON CONFLICT (tenant, account) DO UPDATE SET policy = excluded.policy, snapshot = excluded.snapshot, row = excluded.row",
    )
    .bind(tx.tenant)
    .bind(changed.iter().map(|one| one.account).collect::<Vec<_>>())
    .bind(changed.iter().map(|one| one.policy).collect::<Vec<_>>())
    .bind(changed.iter().map(|one| one.shown.state.as_str()).collect::<Vec<_>>())
    .bind(changed.iter().map(|one| one.shown.row.as_str()).collect::<Vec<_>>())
    .execute(&mut *tx.conn)
    .await?;
    Ok(())
}

/// How often the newest decisions of lanes were made, told to their rows before others follow them.
async fn end_rows(tx: &mut Tx<'_>, accepted: &[Accepted<'_>]) -> Outcome<()> {
    let ended: Vec<(&str, &Row)> =
        accepted.iter().filter_map(|one| Some((one.prepared.account(), one.ends.as_ref()?))).collect();
    if ended.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "UPDATE decision d SET times = v.times, last_at = v.at
         FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[]) AS v (account, slot, times, at)
         WHERE d.tenant = $1 AND d.account = v.account AND d.slot = v.slot",
    )
    .bind(tx.tenant)
    .bind(ended.iter().map(|(account, _)| *account).collect::<Vec<_>>())
    .bind(ended.iter().map(|(_, row)| row.slot).collect::<Vec<_>>())
    .bind(ended.iter().map(|(_, row)| row.times).collect::<Vec<_>>())
    .bind(ended.iter().map(|(_, row)| row.last_at.as_deref()).collect::<Vec<_>>())
    .execute(&mut *tx.conn)
    .await?;
    Ok(())
}

async fn write_decisions(tx: &mut Tx<'_>, accepted: &[Accepted<'_>]) -> Outcome<()> {
    let new: Vec<&Accepted<'_>> = accepted.iter().filter(|one| !one.is_repeated()).collect();
    if new.is_empty() {
        return Ok(());
    }
    let decided = || new.iter().map(|one| &one.prepared.decided);
    sqlx::query(
        "INSERT INTO decision (tenant, account, slot, fence, at, policy, seq, look_again, because)
         SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[])
         ON CONFLICT (tenant, account, slot) DO UPDATE SET fence = excluded.fence, at = excluded.at, policy = excluded.policy,
         seq = excluded.seq, look_again = excluded.look_again, because = excluded.because, times = 1, last_at = NULL",
    )
    .bind(tx.tenant)
    .bind(new.iter().map(|one| one.prepared.account()).collect::<Vec<_>>())
    .bind(new.iter().map(|one| one.slot()).collect::<Vec<_>>())
    .bind(decided().map(|one| one.fence).collect::<Vec<_>>())
    .bind(decided().map(|one| one.at.to_string()).collect::<Vec<_>>())
    .bind(decided().map(|one| one.policy.as_str()).collect::<Vec<_>>())
    .bind(decided().map(|one| one.read_seq).collect::<Vec<_>>())
    .bind(decided().map(|one| one.look_again.map(|at| at.to_string())).collect::<Vec<_>>())
    .bind(new.iter().map(|one| one.prepared.because.as_str()).collect::<Vec<_>>())
    .execute(&mut *tx.conn)
    .await?;
    Ok(())
}

/// The lanes move on and are given back; their rows are locked.
async fn move_lanes(tx: &mut Tx<'_>, accepted: &[Accepted<'_>], times: &[String]) -> Outcome<()> {
    sqlx::query(
        "UPDATE lane l SET head_seq = v.head, done_seq = v.done, next_due_at = v.due, owner = NULL, lease_until = NULL,
                decisions = v.decisions, newest = v.newest, newest_times = v.times, newest_at = v.at
         FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::bigint[], $9::text[])
              AS v (account, head, done, due, decisions, newest, times, at)
         WHERE l.tenant = $1 AND l.account = v.account",
    )
    .bind(tx.tenant)
    .bind(accepted.iter().map(|one| one.prepared.account()).collect::<Vec<_>>())
    .bind(accepted.iter().map(|one| one.head_seq).collect::<Vec<_>>())
    .bind(accepted.iter().map(|one| one.done_seq).collect::<Vec<_>>())
    .bind(accepted.iter().map(|one| one.next_due_at.as_deref()).collect::<Vec<_>>())
    .bind(accepted.iter().map(|one| one.decisions).collect::<Vec<_>>())
    .bind(accepted.iter().map(|one| one.prepared.says.as_str()).collect::<Vec<_>>())
    .bind(accepted.iter().map(|one| one.newest_times).collect::<Vec<_>>())
    .bind(times)
    .execute(&mut *tx.conn)
    .await?;
    Ok(())
}
