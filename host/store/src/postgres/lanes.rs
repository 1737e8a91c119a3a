//! T2, first half: lanes are claimed, parked and taken up again.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use escalation::{AccountId, DateTime};

use super::micros;
use super::writer::{Command, Outcome, Tx, Writer};
use crate::claim::{CLAIM_EVENTS_MAX, Due, Unread, by_account, read};
use crate::lane::{Claimed, LANE_EVENTS_MAX};
use crate::subject::Kept;
use crate::{Result, StoreError};

/// Free and due lanes, locked; those that another host claims at this moment are passed over.
macro_rules! due_lanes {
    () => {
        "SELECT account, head_seq, done_seq, next_due_at FROM lane WHERE tenant = $1 AND parked IS NULL
         AND next_due_at <= $2 AND (lease_until IS NULL
             OR lease_until <= (SELECT coalesce($4::text::timestamp AT TIME ZONE 'UTC', clock_timestamp())))
         ORDER BY next_due_at, account LIMIT $3 FOR UPDATE SKIP LOCKED"
    };
}

#[cfg(test)]
pub(super) const DUE_LANES: &str = due_lanes!();

/// The same, leased, as far as their unread events are not too many for one claim.
const CLAIM: &str = concat!(
    "WITH due AS MATERIALIZED (",
    due_lanes!(),
    "), counted AS (SELECT account, row_number() OVER oldest_first AS place,
         sum(least(head_seq - done_seq, $7)) OVER oldest_first AS events FROM due
         WINDOW oldest_first AS (ORDER BY next_due_at, account))
     UPDATE lane l SET owner = $5, fence = fence + 1, lease_until = $6 * interval '1 microsecond'
         + coalesce($4::text::timestamp AT TIME ZONE 'UTC', clock_timestamp())
     FROM counted c WHERE l.tenant = $1 AND l.account = c.account AND (c.place = 1 OR c.events <= $8)
     RETURNING c.place, l.account, l.head_seq, l.done_seq, l.fence"
);

pub(super) struct Claim {
    pub owner: String,
    pub now: DateTime,
    pub lease: Duration,
    pub limit: u32,
}

impl Claim {
    /// The lanes and their fences, oldest first. What they contain is read afterwards: they are ours by then, and nobody waits for
    /// the reading. One statement, which is its own transaction.
    async fn run(&self, writer: &Writer) -> Result<Vec<(Due, i64)>> {
        let mut rows: Vec<(i64, String, i64, i64, i64)> = sqlx::query_as(CLAIM)
            .bind(writer.tenant.as_str())
            .bind(self.now.to_string())
            .bind(i64::from(self.limit))
            .bind(writer.clock.given(self.now))
            .bind(self.owner.as_str())
            .bind(micros(self.lease))
            .bind(LANE_EVENTS_MAX)
            .bind(CLAIM_EVENTS_MAX)
            .fetch_all(&writer.pool)
            .await
            .map_err(|error| writer.located(error.into()))?;
        rows.sort_unstable_by_key(|(place, ..)| *place);
        let leased = |(_, account, head_seq, done_seq, fence)| (Due { account, head_seq, done_seq }, fence);
        Ok(rows.into_iter().map(leased).collect())
    }
}

/// Claims lanes and reads what they contain.
pub(super) async fn claim(writer: &Writer, claim: Claim) -> Result<Vec<Claimed>> {
    let lanes = claim.run(writer).await?;
    if lanes.is_empty() {
        return Ok(Vec::new());
    }
    let accounts: Vec<&str> = lanes.iter().map(|(lane, _)| lane.account.as_str()).collect();
    let snapshots: Vec<(String, String, String)> =
        sqlx::query_as("SELECT account, policy, snapshot FROM state WHERE tenant = $1 AND account = ANY($2)")
            .bind(writer.tenant.as_str())
            .bind(&accounts)
            .fetch_all(&writer.pool)
            .await?;
    let mut snapshots: HashMap<String, (String, String)> =
        snapshots.into_iter().map(|(account, policy, snapshot)| (account, (policy, snapshot))).collect();
    let mut unread = unread(writer, &lanes).await?;
    let mut claimed = Vec::with_capacity(lanes.len());
    for (lane, fence) in lanes {
        let (snapshot, events) = (snapshots.remove(&lane.account), unread.remove(&lane.account).unwrap_or_default());
        match read(&writer.tenant, &lane, fence, snapshot, events) {
            Ok(lane) => claimed.push(lane),
            // A record that cannot be read would stop every later claim: its lane is set aside, if it still is ours.
            Err(error) => {
                let park = Park { account: AccountId::new(&lane.account), fence, reason: error.to_string() };
                match writer.write(park).await {
                    Ok(()) | Err(StoreError::LostLane(_)) => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }
    Ok(claimed)
}

async fn unread(writer: &Writer, lanes: &[(Due, i64)]) -> Result<HashMap<String, Vec<Unread>>> {
    type Row = (String, i64, i64, Option<Vec<u8>>, Vec<u8>, Option<Vec<u8>>, bool);
    let news: Vec<&Due> = lanes.iter().map(|(lane, _)| lane).filter(|lane| lane.head_seq > lane.done_seq).collect();
    if news.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT e.account, e.seq, e.sealed, e.payload, e.digest, k.key, s.seq IS NOT NULL
         FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS v (account, done, head)
         JOIN event e ON e.tenant = $1 AND e.account = v.account AND e.seq > v.done AND e.seq <= v.head
         LEFT JOIN subject_key k ON k.tenant = $1 AND k.account = e.account
         LEFT JOIN skipped s ON s.tenant = $1 AND s.account = e.account AND s.seq = e.seq ORDER BY e.account, e.seq",
    )
    .bind(writer.tenant.as_str())
    .bind(news.iter().map(|lane| lane.account.as_str()).collect::<Vec<_>>())
    .bind(news.iter().map(|lane| lane.done_seq).collect::<Vec<_>>())
    .bind(news.iter().map(|lane| lane.head_seq.min(lane.done_seq + LANE_EVENTS_MAX)).collect::<Vec<_>>())
    .fetch_all(&writer.pool)
    .await?;
    let unread = |(account, seq, sealed, payload, digest, key, skipped): Row| {
        let kept = Kept { sealed: sealed != 0, payload, digest, key, erased: false };
        Unread { account, seq, kept, skipped }
    };
    Ok(by_account(rows.into_iter().map(unread).collect()))
}

/// Sets a lane aside and gives its lease back.
pub(super) async fn park(tx: &mut Tx<'_>, account: &str, reason: &str) -> Outcome<()> {
    tracing::error!(account, reason, "the lane is parked");
    sqlx::query("UPDATE lane SET parked = $3, owner = NULL, lease_until = NULL WHERE tenant = $1 AND account = $2")
        .bind(tx.tenant)
        .bind(account)
        .bind(reason)
        .execute(&mut *tx.conn)
        .await?;
    Ok(())
}

pub(super) struct Park {
    pub account: AccountId,
    pub fence: i64,
    pub reason: String,
}

#[async_trait]
impl Command for Park {
    type Answer = ();

    async fn run(&mut self, tx: &mut Tx<'_>) -> Outcome<()> {
        let ours: Option<(i64,)> = sqlx::query_as(
            "SELECT fence FROM lane WHERE tenant = $1 AND account = $2 AND fence = $3 AND owner IS NOT NULL FOR UPDATE",
        )
        .bind(tx.tenant)
        .bind(self.account.as_str())
        .bind(self.fence)
        .fetch_optional(&mut *tx.conn)
        .await?;
        match ours {
            Some(_) => park(tx, self.account.as_str(), &self.reason).await,
            None => Err(StoreError::LostLane(self.account.clone()).into()),
        }
    }
}

/// Takes a parked lane up again; it is due at once, because it was due when it was claimed.
pub(super) struct Unpark(pub String);

#[async_trait]
impl Command for Unpark {
    type Answer = bool;

    fn is_news(answer: &bool) -> bool {
        *answer
    }

    async fn run(&mut self, tx: &mut Tx<'_>) -> Outcome<bool> {
        let done =
            sqlx::query("UPDATE lane SET parked = NULL WHERE tenant = $1 AND account = $2 AND parked IS NOT NULL")
                .bind(tx.tenant)
                .bind(self.0.as_str())
                .execute(&mut *tx.conn)
                .await?;
        Ok(done.rows_affected() > 0)
    }
}
