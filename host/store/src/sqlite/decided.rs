//! T2, second half: what decisions changed, for many lanes in few statements; each lane stands alone.

use std::collections::HashMap;

use async_trait::async_trait;

use super::bulk::Bulk;
use super::packed::{Packed, packed};
use super::writer::{Command, Tx};
use super::{journal, lanes, outbox, views};
use crate::decision::{Accepted, Changed, Held, Prepared, Refusal, judge};
use crate::journal::Line;
use crate::lane::DECISIONS_KEPT_MAX;
use crate::row::json;
use crate::{Result, StoreError};

pub(super) struct Decisions(pub Vec<Prepared>);

#[async_trait]
impl Command for Decisions {
    /// The first decision that was not written, if any; all the others were.
    type Answer = Option<StoreError>;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<Option<StoreError>> {
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
    head: "WITH v (account, head, done, due, fence, decisions, newest, times, at) AS (VALUES ",
    row: "($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    width: 9,
    tail: ") UPDATE lane SET head_seq = v.head, done_seq = v.done, next_due_at = v.due, fence = v.fence, decisions = v.decisions,
            newest = v.newest, newest_times = v.times, newest_at = v.at FROM v WHERE lane.tenant = ?1 AND lane.account = v.account",
};

/// Of a decision that was made before: when to look again, and how often it was made.
const REPEATED: Bulk = Bulk {
    head: "WITH v (account, due, fence, times, at) AS (VALUES ",
    row: "($1, $2, $3, $4, $5)",
    width: 5,
    tail: ") UPDATE lane SET next_due_at = v.due, fence = v.fence, newest_times = v.times, newest_at = v.at
            FROM v WHERE lane.tenant = ?1 AND lane.account = v.account",
};

const STATES: Bulk = Bulk {
    head: "INSERT INTO state (tenant, account, policy, snapshot, row) VALUES ",
    row: "(?1, $1, $2, $3, $4)",
    width: 4,
    tail: " ON CONFLICT (tenant, account) DO UPDATE SET policy = excluded.policy, snapshot = excluded.snapshot, row = excluded.row",
};

const DECISIONS: Bulk = Bulk {
    head: "INSERT INTO decision (tenant, account, slot, fence, at, policy, seq, look_again, because) VALUES ",
    row: "(?1, $1, $2, $3, $4, $5, $6, $7, $8)",
    width: 8,
    tail: " ON CONFLICT (tenant, account, slot) DO UPDATE SET fence = excluded.fence, at = excluded.at, policy = excluded.policy,
            seq = excluded.seq, look_again = excluded.look_again, because = excluded.because, times = 1, last_at = NULL",
};

/// How often the newest decisions of lanes were made, told to their rows.
const END_OF_A_ROW: &str = "UPDATE decision SET times = l.newest_times, last_at = l.newest_at FROM json_each(?2) j
    CROSS JOIN lane l ON l.tenant = ?1 AND l.account = j.value
    WHERE decision.tenant = ?1 AND decision.account = l.account AND decision.slot = (l.decisions - 1) % ?3";

async fn write(tx: &mut Tx<'_>, accepted: &[Accepted<'_>]) -> Result<()> {
    if accepted.is_empty() {
        return Ok(());
    }
    // Events of one moment together: `at` is the same for all decisions of a round.
    for round in accepted.chunk_by(|a, b| a.prepared.decided.at == b.prepared.decided.at) {
        let Some(at) = round.first().map(|first| first.prepared.decided.at.to_string()) else { continue };
        let lines: Vec<&Line> = round.iter().flat_map(|one| &one.prepared.lines).collect();
        journal::insert(tx, &at, &lines).await?;
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
    let (repeated, new): (Vec<_>, Vec<_>) = accepted.iter().partition(|one| one.is_repeated());
    REPEATED
        .run(tx, &[], &repeated, |values, one| {
            values
                .bind(one.prepared.account())
                .bind(one.next_due_at.as_deref())
                .bind(one.prepared.decided.fence)
                .bind(one.newest_times)
                .bind(one.prepared.decided.at.to_string())
        })
        .await?;
    LANES
        .run(tx, &[], &new, |values, one| {
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
    let ended: Vec<&str> = accepted.iter().filter(|one| one.ends_a_row).map(|one| one.prepared.account()).collect();
    if !ended.is_empty() {
        sqlx::query(END_OF_A_ROW)
            .bind(tx.tenant)
            .bind(json(&ended)?)
            .bind(DECISIONS_KEPT_MAX)
            .execute(&mut *tx.conn)
            .await?;
    }
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
    packed!("l.account", "l.head_seq", "l.done_seq", "l.next_due_at", "l.decisions", "l.newest", "l.newest_times"),
    " FROM json_each(?2) j CROSS JOIN lane l ON l.tenant = ?1 AND l.account = j.value"
);

impl Decisions {
    /// Those of the lanes that are in somebody's hands.
    async fn held(&self, tx: &mut Tx<'_>) -> Result<HashMap<String, Held>> {
        let accounts: Vec<&str> = self.0.iter().map(Prepared::account).collect();
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
            };
            if let Some(fence) = tx.hands.fence(account) {
                lane.fence = fence;
                held.insert(account.to_owned(), lane);
            }
        }
        Ok(held)
    }
}
