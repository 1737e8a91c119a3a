//! T2, second half: what decisions changed, for many lanes in few statements; each lane stands alone.

use std::collections::HashMap;

use async_trait::async_trait;

use super::bulk::Bulk;
use super::packed::{Packed, packed};
use super::writer::{Command, Tx};
use super::{journal, lanes, outbox, views};
use crate::decision::{Accepted, Changed, Held, Prepared, Refusal, Row, judge};
use crate::row::json;
use crate::{Result, StoreError};

pub(super) struct Decisions(pub Vec<Prepared>);

#[async_trait]
impl Command for Decisions {
    /// The first decision that was not written, if any; all the others were.
    type Answer = Option<StoreError>;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<Option<StoreError>> {
        let (again, new): (Vec<_>, Vec<_>) = self.0.iter().partition(|prepared| is_made_again(tx, prepared));
        count(tx, &again).await?;
        let mut held = held(tx, &new).await?;
        let planned: Vec<&str> = new.iter().flat_map(|prepared| prepared.planned()).collect();
        let mut spent = outbox::known(tx, &planned).await?;
        let mut accepted = Vec::with_capacity(new.len());
        let mut failed = None;
        for prepared in new {
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

/// Does the decision say what the newest one of its lane says? That is known since the claim.
fn is_made_again(tx: &Tx<'_>, prepared: &Prepared) -> bool {
    prepared.changes_nothing() && tx.hands.said(prepared.account(), prepared.decided.fence, &prepared.says)
}

/// Decisions that were made before are not looked at again, only counted: most of a night's are such.
async fn count(tx: &mut Tx<'_>, again: &[&Prepared]) -> Result<()> {
    for round in again.chunk_by(|a, b| a.decided.at == b.decided.at) {
        let Some(at) = round.first().map(|first| first.decided.at.to_string()) else { continue };
        AGAIN
            .run(tx, &[&at], round, |values, prepared| {
                values
                    .bind(prepared.account())
                    .bind(prepared.decided.read_seq)
                    .bind(prepared.decided.look_again.map(|at| at.to_string()))
                    .bind(prepared.decided.fence)
            })
            .await?;
    }
    tx.hands.let_go(again.iter().map(|prepared| prepared.account()));
    Ok(())
}

async fn refuse(tx: &mut Tx<'_>, prepared: &Prepared, refusal: Refusal) -> Result<StoreError> {
    let (account, error) = (prepared.account(), refusal.error(prepared));
    match refusal {
        Refusal::Lost => {}
        Refusal::Overtaken => tx.hands.let_go([account]),
        Refusal::Spent(_) => lanes::park(tx, account, &error.to_string()).await?,
    }
    Ok(error)
}

const LANES: Bulk = Bulk {
    columns: "account, head, done, due, fence, decisions, newest, times, at",
    statement: "UPDATE lane SET head_seq = v.head, done_seq = v.done, next_due_at = v.due, fence = v.fence, decisions = v.decisions,
            newest = v.newest, newest_times = v.times, newest_at = v.at FROM v WHERE lane.tenant = ?1 AND lane.account = v.account",
};

/// Of a decision that was made before: when to look again, unless events came meanwhile, and how often it was made.
const AGAIN: Bulk = Bulk {
    columns: "account, seq, due, fence",
    statement: "UPDATE lane SET next_due_at = CASE WHEN lane.head_seq = v.seq THEN v.due ELSE lane.next_due_at END, fence = v.fence,
            newest_times = newest_times + 1, newest_at = ?2 FROM v WHERE lane.tenant = ?1 AND lane.account = v.account",
};

const STATES: Bulk = Bulk {
    columns: "account, policy, snapshot, row",
    statement: "INSERT INTO state (tenant, account, policy, snapshot, row)
            SELECT ?1, v.account, v.policy, v.snapshot, v.row FROM v WHERE v.account IS NOT NULL
            ON CONFLICT (tenant, account) DO UPDATE SET policy = excluded.policy, snapshot = excluded.snapshot, row = excluded.row",
};

const DECISIONS: Bulk = Bulk {
    columns: "account, slot, fence, at, policy, seq, look_again, because",
    statement: "INSERT INTO decision (tenant, account, slot, fence, at, policy, seq, look_again, because)
            SELECT ?1, v.account, v.slot, v.fence, v.at, v.policy, v.seq, v.look_again, v.because FROM v WHERE v.account IS NOT NULL
            ON CONFLICT (tenant, account, slot) DO UPDATE SET fence = excluded.fence, at = excluded.at, policy = excluded.policy,
            seq = excluded.seq, look_again = excluded.look_again, because = excluded.because, times = 1, last_at = NULL",
};

/// How often the newest decisions of lanes were made, told to their rows.
const ENDED: Bulk = Bulk {
    columns: "account, slot, times, at",
    statement: "UPDATE decision SET times = v.times, last_at = v.at FROM v
            WHERE decision.tenant = ?1 AND decision.account = v.account AND decision.slot = v.slot",
};

async fn write(tx: &mut Tx<'_>, accepted: &[Accepted<'_>]) -> Result<()> {
    if accepted.is_empty() {
        return Ok(());
    }
    // Events of one moment together: `at` is the same for all decisions of a round.
    for round in accepted.chunk_by(|a, b| a.prepared.decided.at == b.prepared.decided.at) {
        let Some(at) = round.first().map(|first| first.prepared.decided.at.to_string()) else { continue };
        let lines: Vec<_> = round.iter().flat_map(|one| &one.prepared.lines).map(|line| (at.as_str(), line)).collect();
        journal::insert(tx, &lines).await?;
        let decided = round.iter().map(|one| &one.prepared.decided);
        let facts: Vec<_> =
            decided.flat_map(|one| one.events.iter().map(|event| (one.account.as_str(), event))).collect();
        outbox::follow(tx, &at, &facts).await?;
    }
    let changed: Vec<Changed<'_>> = accepted.iter().filter_map(|one| Changed::of(one.prepared)).collect();
    // Before the states: what is shown otherwise now is told by comparing with the rows that are there.
    views::write(tx, &changed).await?;
    STATES
        .run(tx, &[], &changed, |values, Changed { account, policy, shown, .. }| {
            values.bind(*account).bind(*policy).bind(shown.state.as_str()).bind(shown.row.as_str())
        })
        .await?;
    write_decisions(tx, accepted).await?;
    write_lanes(tx, accepted).await?;
    tx.hands.let_go(accepted.iter().map(|one| one.prepared.account()));
    Ok(())
}

async fn write_lanes(tx: &mut Tx<'_>, accepted: &[Accepted<'_>]) -> Result<()> {
    LANES
        .run(tx, &[], accepted, |values, one| {
            values
                .bind(one.prepared.account())
                .bind(one.head_seq)
                .bind(one.done_seq)
                .bind(one.next_due_at.as_deref())
                .bind(one.prepared.decided.fence)
                .bind(one.decisions)
                .bind(one.prepared.says.as_str())
                .bind(one.newest_times)
                .bind(one.prepared.decided.at.to_string())
        })
        .await
}

async fn write_decisions(tx: &mut Tx<'_>, accepted: &[Accepted<'_>]) -> Result<()> {
    let ended: Vec<(&str, &Row)> =
        accepted.iter().filter_map(|one| Some((one.prepared.account(), one.ends.as_ref()?))).collect();
    ENDED
        .run(tx, &[], &ended, |values, (account, row)| {
            values.bind(*account).bind(row.slot).bind(row.times).bind(row.last_at.as_deref())
        })
        .await?;
    let new: Vec<&Accepted<'_>> = accepted.iter().filter(|one| !one.is_repeated()).collect();
    DECISIONS
        .run(tx, &[], &new, |values, one| {
            let decided = &one.prepared.decided;
            values
                .bind(one.prepared.account())
                .bind(one.slot())
                .bind(decided.fence)
                .bind(decided.at.to_string())
                .bind(decided.policy.as_str())
                .bind(decided.read_seq)
                .bind(decided.look_again.map(|at| at.to_string()))
                .bind(one.prepared.because.as_str())
        })
        .await
}

const HELD: &str = concat!(
    "SELECT ",
    packed!(
        "l.account",
        "l.head_seq",
        "l.done_seq",
        "l.next_due_at",
        "l.decisions",
        "l.newest",
        "l.newest_times",
        "l.newest_at"
    ),
    " FROM json_each(?2) j CROSS JOIN lane l ON l.tenant = ?1 AND l.account = j.value"
);

/// The lanes of decisions, as far as they are in somebody's hands.
async fn held(tx: &mut Tx<'_>, decisions: &[&Prepared]) -> Result<HashMap<String, Held>> {
    if decisions.is_empty() {
        return Ok(HashMap::new());
    }
    let accounts: Vec<&str> = decisions.iter().map(|prepared| prepared.account()).collect();
    let (text,): (String,) =
        sqlx::query_as(HELD).bind(tx.tenant).bind(json(&accounts)?).fetch_one(&mut *tx.conn).await?;
    let mut held = HashMap::with_capacity(accounts.len());
    let mut packed = Packed(&text);
    while !packed.is_empty() {
        let account = packed.text()?;
        let mut lane = Held {
            fence: 0,
            head_seq: packed.number()?,
            done_seq: packed.number()?,
            next_due_at: packed.optional()?.map(str::to_owned),
            decisions: packed.number()?,
            newest: packed.optional()?.map(str::to_owned),
            newest_times: packed.number()?,
            newest_at: packed.optional()?.map(str::to_owned),
        };
        if let Some(fence) = tx.hands.fence(account) {
            lane.fence = fence;
            held.insert(account.to_owned(), lane);
        }
    }
    Ok(held)
}
