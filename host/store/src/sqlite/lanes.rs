//! T2, first half: lanes are claimed, parked and taken up again.

use std::collections::HashMap;

use async_trait::async_trait;
use escalation::{AccountId, DateTime};

use super::packed::{Packed, packed};
use super::writer::{Command, Tx, Writer};
use crate::claim::{Due, Unread, bounded, by_account, read};
use crate::lane::{Claimed, LANE_EVENTS_MAX};
use crate::row::json;
use crate::subject::Kept;
use crate::{Result, StoreError};

pub(super) struct Claim {
    pub now: DateTime,
    pub lease_until: DateTime,
    pub limit: u32,
}

/// Lanes that are due and in nobody's hands, oldest first, as one text. A bare `LIMIT ?` would make SQLite prepare the statement
/// again for every value.
pub(super) const DUE_LANES: &str = concat!(
    "SELECT ",
    packed!("account", "head_seq", "done_seq", "fence", "newest"),
    " FROM (SELECT account, head_seq, done_seq, fence, newest FROM lane WHERE tenant = ?1 AND parked IS NULL AND next_due_at <= ?2
    AND account NOT IN (SELECT value FROM json_each(?4)) ORDER BY next_due_at, account LIMIT ?3 + 0)"
);

const STATES: &str = concat!(
    "SELECT ",
    packed!("s.account", "s.policy", "s.snapshot"),
    " FROM json_each(?2) j CROSS JOIN state s ON s.tenant = ?1 AND s.account = j.value"
);

/// Lanes whose states are read at once; after each such piece it is asked whether this is enough.
const STATES_AT_ONCE: usize = 128;
/// States that one claim hands out, in bytes; more only with the last piece.
const CLAIM_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A lane as it stands in the tables, to be read by whoever claimed it: others wait for the writer.
pub(super) struct Unopened {
    lane: Due,
    fence: i64,
    state: Option<(String, String)>,
    events: Vec<Unread>,
}

/// Of a lane's last writer: its fence, and what the newest decision says.
struct Last {
    fence: i64,
    newest: Option<String>,
}

#[async_trait]
impl Command for Claim {
    type Answer = Vec<Unopened>;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<Vec<Unopened>> {
        let mut due = self.due(tx).await?;
        let mut states = HashMap::with_capacity(due.len());
        let mut read = (0, 0);
        for piece in due.chunks(STATES_AT_ONCE) {
            if read.1 > CLAIM_BYTES_MAX {
                break;
            }
            let accounts: Vec<&str> = piece.iter().map(|(lane, _)| lane.account.as_str()).collect();
            read = (read.0 + piece.len(), read.1 + states_of(tx, &accounts, &mut states).await?);
        }
        due.truncate(read.0);
        let news = due.iter().filter(|(lane, _)| lane.head_seq > lane.done_seq).map(|(lane, _)| lane.account.as_str());
        let mut unread = unread(tx, &news.collect::<Vec<_>>()).await?;
        let opened = due.into_iter().map(|(lane, last)| Unopened {
            fence: tx.hands.take(&lane.account, last.fence, last.newest, self.lease_until),
            state: states.remove(&lane.account),
            events: unread.remove(&lane.account).unwrap_or_default(),
            lane,
        });
        Ok(opened.collect())
    }
}

/// Claims lanes and opens what they contain.
pub(super) async fn claim(writer: &Writer, tenant: &str, claim: Claim) -> Result<Vec<Claimed>> {
    let unopened = writer.write(claim).await?;
    let mut claimed = Vec::with_capacity(unopened.len());
    for Unopened { lane, fence, state, events } in unopened {
        match read(tenant, &lane, fence, state, events) {
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

impl Claim {
    /// Lanes that are due, and what the last writer left.
    async fn due(&self, tx: &mut Tx<'_>) -> Result<Vec<(Due, Last)>> {
        let (text,): (String,) = sqlx::query_as(DUE_LANES)
            .bind(tx.tenant)
            .bind(self.now.to_string())
            .bind(self.limit)
            .bind(tx.hands.accounts(self.now)?)
            .fetch_one(&mut *tx.conn)
            .await?;
        let (mut rows, mut last) = (Vec::new(), Vec::new());
        let mut packed = Packed(&text);
        while !packed.is_empty() {
            rows.push((packed.text()?.to_owned(), packed.number()?, packed.number()?));
            last.push(Last { fence: packed.number()?, newest: packed.optional()?.map(str::to_owned) });
        }
        Ok(bounded(rows).into_iter().zip(last).collect())
    }
}

/// Reads the states of accounts, and answers how many bytes they are.
async fn states_of(
    tx: &mut Tx<'_>,
    accounts: &[&str],
    states: &mut HashMap<String, (String, String)>,
) -> Result<usize> {
    let (text,): (String,) =
        sqlx::query_as(STATES).bind(tx.tenant).bind(json(&accounts)?).fetch_one(&mut *tx.conn).await?;
    let mut packed = Packed(&text);
    while !packed.is_empty() {
        let (account, policy, snapshot) = (packed.text()?, packed.text()?, packed.text()?);
        states.insert(account.to_owned(), (policy.to_owned(), snapshot.to_owned()));
    }
    Ok(text.len())
}

async fn unread(tx: &mut Tx<'_>, accounts: &[&str]) -> Result<HashMap<String, Vec<Unread>>> {
    if accounts.is_empty() {
        return Ok(HashMap::new());
    }
    type Row = (String, i64, bool, Option<Vec<u8>>, Vec<u8>, Option<Vec<u8>>, bool);
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT e.account, e.seq, e.sealed, e.payload, e.digest, k.key, s.seq IS NOT NULL FROM json_each(?2) j
         CROSS JOIN lane l ON l.tenant = ?1 AND l.account = j.value
         CROSS JOIN event e ON e.tenant = ?1 AND e.account = l.account AND e.seq > l.done_seq AND e.seq <= l.done_seq + ?3
         LEFT JOIN subject_key k ON k.tenant = ?1 AND k.account = e.account
         LEFT JOIN skipped s ON s.tenant = ?1 AND s.account = e.account AND s.seq = e.seq
         ORDER BY j.key, e.seq",
    )
    .bind(tx.tenant)
    .bind(json(&accounts)?)
    .bind(LANE_EVENTS_MAX)
    .fetch_all(&mut *tx.conn)
    .await?;
    let unread = |(account, seq, sealed, payload, digest, key, skipped): Row| {
        let kept = Kept { sealed, payload, digest, key, erased: false };
        Unread { account, seq, kept, skipped }
    };
    Ok(by_account(rows.into_iter().map(unread).collect()))
}

/// Sets a lane aside and gives it back.
pub(super) async fn park(tx: &mut Tx<'_>, account: &str, reason: &str) -> Result<()> {
    tracing::error!(account, reason, "the lane is parked");
    sqlx::query("UPDATE lane SET parked = ?3 WHERE tenant = ?1 AND account = ?2")
        .bind(tx.tenant)
        .bind(account)
        .bind(reason)
        .execute(&mut *tx.conn)
        .await?;
    tx.hands.let_go([account]);
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
        if tx.hands.fence(self.account.as_str()) != Some(self.fence) {
            return Err(StoreError::LostLane(self.account.clone()));
        }
        park(tx, self.account.as_str(), &self.reason).await
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
