//! T2, first half: lanes are claimed, parked and taken up again.

use std::collections::HashMap;

use async_trait::async_trait;
use escalation::{AccountId, DateTime};

use super::writer::{Command, Tx};
use crate::claim::{Due, EventRow, bounded, by_account, read};
use crate::lane::{Claimed, LANE_EVENTS_MAX};
use crate::row::json;
use crate::{Result, StoreError};

pub(super) struct Claim {
    pub owner: String,
    pub now: DateTime,
    pub lease_until: DateTime,
    pub limit: u32,
}

pub(super) const DUE_LANES: &str =
    "SELECT account, head_seq, done_seq, fence FROM lane WHERE tenant = ?1 AND parked IS NULL
    AND next_due_at <= ?2 AND (lease_until IS NULL OR lease_until <= ?2) ORDER BY next_due_at, account LIMIT ?3";

#[async_trait]
impl Command for Claim {
    type Answer = Vec<Claimed>;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<Vec<Claimed>> {
        let (due, fences) = self.due(tx).await?;
        if due.is_empty() {
            return Ok(Vec::new());
        }
        let accounts = json(&due.iter().map(|lane| lane.account.as_str()).collect::<Vec<_>>())?;
        self.lease(tx, &accounts).await?;
        let mut snapshots = snapshots(tx, &accounts).await?;
        let news = due.iter().filter(|lane| lane.head_seq > lane.done_seq).map(|lane| lane.account.as_str());
        let mut unread = unread(tx, &news.collect::<Vec<_>>()).await?;
        let mut claimed = Vec::with_capacity(due.len());
        for lane in due {
            let snapshot = snapshots.remove(&lane.account);
            let events = unread.remove(&lane.account).unwrap_or_default();
            let fence = fences.get(&lane.account).copied().unwrap_or_default();
            match read(&lane, fence, snapshot, events) {
                Ok(lane) => claimed.push(lane),
                // A record that cannot be read would stop every later claim: its lane is set aside.
                Err(error) => park(tx, &lane.account, &error.to_string()).await?,
            }
        }
        Ok(claimed)
    }
}

impl Claim {
    /// Lanes that are due, and the fences that they get.
    async fn due(&self, tx: &mut Tx<'_>) -> Result<(Vec<Due>, HashMap<String, i64>)> {
        let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(DUE_LANES)
            .bind(tx.tenant)
            .bind(self.now.to_string())
            .bind(self.limit)
            .fetch_all(&mut *tx.conn)
            .await?;
        let fences = rows.iter().map(|(account, _, _, fence)| (account.clone(), fence + 1)).collect();
        Ok((bounded(rows.into_iter().map(|(account, head, done, _)| (account, head, done)).collect()), fences))
    }

    async fn lease(&self, tx: &mut Tx<'_>, accounts: &str) -> Result<()> {
        sqlx::query(
            "UPDATE lane SET owner = ?3, fence = fence + 1, lease_until = ?4
             WHERE tenant = ?1 AND account IN (SELECT value FROM json_each(?2))",
        )
        .bind(tx.tenant)
        .bind(accounts)
        .bind(self.owner.as_str())
        .bind(self.lease_until.to_string())
        .execute(&mut *tx.conn)
        .await?;
        Ok(())
    }
}

async fn snapshots(tx: &mut Tx<'_>, accounts: &str) -> Result<HashMap<String, (String, String)>> {
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT s.account, s.policy, s.snapshot FROM json_each(?2) j CROSS JOIN state s ON s.tenant = ?1 AND s.account = j.value",
    )
    .bind(tx.tenant)
    .bind(accounts)
    .fetch_all(&mut *tx.conn)
    .await?;
    Ok(rows.into_iter().map(|(account, policy, snapshot)| (account, (policy, snapshot))).collect())
}

async fn unread(tx: &mut Tx<'_>, accounts: &[&str]) -> Result<HashMap<String, Vec<EventRow>>> {
    if accounts.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(String, i64, String, Vec<u8>, bool)> = sqlx::query_as(
        "SELECT e.account, e.seq, e.payload, e.hash, s.seq IS NOT NULL FROM json_each(?2) j
         CROSS JOIN lane l ON l.tenant = ?1 AND l.account = j.value
         CROSS JOIN event e ON e.tenant = ?1 AND e.account = l.account AND e.seq > l.done_seq AND e.seq <= l.done_seq + ?3
         LEFT JOIN skipped s ON s.tenant = ?1 AND s.account = e.account AND s.seq = e.seq
         ORDER BY j.key, e.seq",
    )
    .bind(tx.tenant)
    .bind(json(&accounts)?)
    .bind(LANE_EVENTS_MAX)
    .fetch_all(&mut *tx.conn)
    .await?;
    Ok(by_account(rows))
}

/// Sets a lane aside and gives its lease back.
pub(super) async fn park(tx: &mut Tx<'_>, account: &str, reason: &str) -> Result<()> {
    tracing::error!(account, reason, "the lane is parked");
    sqlx::query("UPDATE lane SET parked = ?3, owner = NULL, lease_until = NULL WHERE tenant = ?1 AND account = ?2")
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

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let ours: Option<(i64,)> = sqlx::query_as(
            "SELECT 1 FROM lane WHERE tenant = ?1 AND account = ?2 AND fence = ?3 AND owner IS NOT NULL",
        )
        .bind(tx.tenant)
        .bind(self.account.as_str())
        .bind(self.fence)
        .fetch_optional(&mut *tx.conn)
        .await?;
        match ours {
            Some(_) => park(tx, self.account.as_str(), &self.reason).await,
            None => Err(StoreError::LostLane(self.account.clone())),
        }
    }
}

/// Takes a parked lane up again; it is due at once, because it was due when it was claimed.
pub(super) struct Unpark(pub String);

#[async_trait]
impl Command for Unpark {
    type Answer = bool;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<bool> {
        let done =
            sqlx::query("UPDATE lane SET parked = NULL WHERE tenant = ?1 AND account = ?2 AND parked IS NOT NULL")
                .bind(tx.tenant)
                .bind(self.0.as_str())
                .execute(&mut *tx.conn)
                .await?;
        Ok(done.rows_affected() > 0)
    }
}
