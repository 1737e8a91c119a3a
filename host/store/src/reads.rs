//! Reads of accounts, journal, memory and what stands aside: the same statements on every engine.

use std::collections::BTreeMap;
use std::sync::Arc;

use escalation::{Account, AccountId, Currency, Date, DateTime};
use sqlx::{ColumnIndex, Database, Decode, Encode, Executor, IntoArguments, Pool, QueryBuilder, Type};

use crate::inbox::{QuarantineReason, Quarantined, Total};
use crate::lane::{DECISIONS_KEPT_MAX, DecisionRow, LaneState};
use crate::row::{count, currency, day, from_json, moment, moment_or_none, money};
use crate::valve::Valve;
use crate::view::{CallRow, Counts};
use crate::{Result, StoreError};

pub(crate) mod journal;
pub(crate) mod outbox;
mod policies;
mod webhooks;
mod seals;
mod sweeps;

/// Sees every committed write, and never waits for one.
pub(crate) struct Reader<DB: Database> {
    pub pool: Pool<DB>,
    pub tenant: Arc<str>,
}

impl<DB> Reader<DB>
where
    DB: Database,
    DB::Arguments: IntoArguments<DB>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'q> &'q str: Encode<'q, DB> + Type<DB>,
    for<'q> i64: Encode<'q, DB> + Decode<'q, DB> + Type<DB>,
    for<'q> String: Decode<'q, DB> + Type<DB>,
    for<'q> Vec<u8>: Decode<'q, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    pub async fn account(&self, account: &AccountId) -> Result<Option<(Account, LaneState)>> {
        type Row = (Option<String>, i64, i64, Option<String>, Option<String>, Option<String>);
        let row: Option<Row> = sqlx::query_as(
            "SELECT s.snapshot, l.head_seq, l.done_seq, l.next_due_at, l.parked, x.at FROM lane l
             LEFT JOIN state s ON s.tenant = l.tenant AND s.account = l.account
             LEFT JOIN erased x ON x.tenant = l.tenant AND x.account = l.account WHERE l.tenant = $1 AND l.account = $2",
        )
        .bind(&*self.tenant)
        .bind(account.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let Some((snapshot, head_seq, done_seq, next_due_at, parked, erased_at)) = row else { return Ok(None) };
        let state = match snapshot {
            Some(text) => from_json(&text, || format!("the state of account `{account}`"))?,
            None => Account::new(account.clone()),
        };
        let (next_due_at, erased_at) = (moment_or_none(next_due_at)?, moment_or_none(erased_at)?);
        Ok(Some((state, LaneState { head_seq, done_seq, next_due_at, parked, erased_at })))
    }

    pub async fn account_ids(&self, after: Option<&AccountId>, limit: u32) -> Result<Vec<AccountId>> {
        let rows: Vec<(String,)> =
            sqlx::query_as("SELECT account FROM lane WHERE tenant = $1 AND account > $2 ORDER BY account LIMIT $3")
                .bind(&*self.tenant)
                .bind(after.map_or("", AccountId::as_str))
                .bind(i64::from(limit))
                .fetch_all(&self.pool)
                .await?;
        Ok(rows.into_iter().map(|(account,)| AccountId::new(account)).collect())
    }

    pub async fn decisions(&self, account: &AccountId, limit: u32) -> Result<Vec<DecisionRow>> {
        type Row = (String, i64, Option<String>, String, i64, Option<String>, String);
        // How often the newest one was made stands with its lane.
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT d.at, CASE WHEN newest THEN times_now ELSE times END, CASE WHEN newest THEN last_now ELSE last_at END,
                    policy, seq, look_again, because
             FROM (SELECT d.*, d.slot = (l.decisions - 1) % $4 AS newest, l.newest_times AS times_now, l.newest_at AS last_now
                   FROM decision d JOIN lane l ON l.tenant = d.tenant AND l.account = d.account
                   WHERE d.tenant = $1 AND d.account = $2) d
             ORDER BY fence DESC LIMIT $3",
        )
        .bind(&*self.tenant)
        .bind(account.as_str())
        .bind(i64::from(limit))
        .bind(DECISIONS_KEPT_MAX)
        .fetch_all(&self.pool)
        .await?;
        let decision = |(at, times, last_at, policy, seq, look_again, because): Row| {
            Ok(DecisionRow {
                times: u32::try_from(times).unwrap_or(u32::MAX),
                last_at: moment(last_at.as_ref().unwrap_or(&at))?,
                at: moment(&at)?,
                policy,
                seq,
                look_again: moment_or_none(look_again)?,
                because: from_json(&because, || format!("the reasons of a decision on account `{account}`"))?,
            })
        };
        rows.into_iter().map(decision).collect()
    }

    pub async fn next_due(&self) -> Result<Option<DateTime>> {
        let (due,): (Option<String>,) = sqlx::query_as(
            "SELECT min(next_due_at) FROM lane WHERE tenant = $1 AND parked IS NULL AND next_due_at IS NOT NULL",
        )
        .bind(&*self.tenant)
        .fetch_one(&self.pool)
        .await?;
        moment_or_none(due)
    }

    pub async fn parked(&self, limit: u32) -> Result<Vec<(AccountId, String)>> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT account, parked FROM lane WHERE tenant = $1 AND parked IS NOT NULL ORDER BY account LIMIT $2",
        )
        .bind(&*self.tenant)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|(account, reason)| (AccountId::new(account), reason)).collect())
    }

    pub async fn cursor(&self, connection: &str) -> Result<Option<String>> {
        let row: Option<(String,)> = sqlx::query_as("SELECT cursor FROM cursor WHERE tenant = $1 AND connection = $2")
            .bind(&*self.tenant)
            .bind(connection)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(|(cursor,)| cursor))
    }

    pub async fn kv_get(&self, plugin: &str, key: &str) -> Result<Option<Vec<u8>>> {
        let row: Option<(Vec<u8>,)> =
            sqlx::query_as("SELECT value FROM kv WHERE tenant = $1 AND plugin = $2 AND key = $3")
                .bind(&*self.tenant)
                .bind(plugin)
                .bind(key)
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.map(|(value,)| value))
    }

    /// Bytes of keys and values.
    pub async fn kv_size(&self, plugin: &str) -> Result<u64> {
        let (size,): (i64,) = sqlx::query_as(
            "SELECT CAST(coalesce(sum(octet_length(key) + octet_length(value)), 0) AS BIGINT) FROM kv WHERE tenant = $1 AND plugin = $2",
        )
        .bind(&*self.tenant)
        .bind(plugin)
        .fetch_one(&self.pool)
        .await?;
        Ok(count(size))
    }

    pub async fn notes(&self, names: &[String]) -> Result<BTreeMap<String, String>> {
        if names.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut query = QueryBuilder::<DB>::new("SELECT name, value FROM note WHERE tenant = ");
        query.push_bind(&*self.tenant).push(" AND name IN (");
        let mut list = query.separated(", ");
        for name in names {
            list.push_bind(name.as_str());
        }
        query.push(")");
        let rows: Vec<(String, String)> = query.build_query_as().fetch_all(&self.pool).await?;
        Ok(rows.into_iter().collect())
    }

    pub async fn note_get(&self, name: &str) -> Result<Option<String>> {
        let row: Option<(String,)> = sqlx::query_as("SELECT value FROM note WHERE tenant = $1 AND name = $2")
            .bind(&*self.tenant)
            .bind(name)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(|(value,)| value))
    }

    pub async fn calls(&self, plugin: &str, limit: u32) -> Result<Vec<CallRow>> {
        type Row = (String, String, String, i64, String, String);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT version, function, at, micros, error, log FROM plugin_call WHERE tenant = $1 AND plugin = $2
             ORDER BY id DESC LIMIT $3",
        )
        .bind(&*self.tenant)
        .bind(plugin)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        let call = |(version, function, at, micros, error, log): Row| {
            Ok(CallRow {
                plugin: plugin.to_owned(),
                version,
                function,
                at: moment(&at)?,
                micros: count(micros),
                error,
                log: from_json(&log, || format!("a call of plugin `{plugin}`"))?,
            })
        };
        rows.into_iter().map(call).collect()
    }

    pub async fn quarantine(&self, limit: u32) -> Result<Vec<Quarantined>> {
        type Row = (i64, String, String, String, String, String, String, Option<String>);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, connection, document, place, reason, text, at, body FROM quarantine WHERE tenant = $1
             ORDER BY id DESC LIMIT $2",
        )
        .bind(&*self.tenant)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        let quarantined = |(id, connection, document, place, reason, text, at, body): Row| {
            let reason = QuarantineReason::ALL.into_iter().find(|known| known.as_str() == reason);
            let reason = reason.ok_or_else(|| StoreError::Corrupt(format!("quarantine {id} has no known reason")))?;
            Ok(Quarantined { id, connection, document, place, reason, text, at: moment(&at)?, body })
        };
        rows.into_iter().map(quarantined).collect()
    }

    pub async fn totals(&self, limit: u32) -> Result<Vec<Total>> {
        type Row = (String, String, String, String, i64, i64);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT connection, name, stated_on, currency, stated, counted FROM total WHERE tenant = $1
             ORDER BY stated_on DESC, connection, name, currency LIMIT $2",
        )
        .bind(&*self.tenant)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        let total = |(connection, name, on, currency, stated, counted): Row| {
            let (stated, counted) = (money(stated, &currency)?, money(counted, &currency)?);
            Ok(Total { connection, name, stated, counted, on: day(&on)? })
        };
        rows.into_iter().map(total).collect()
    }

    pub async fn counts(&self) -> Result<Counts> {
        let (events, accounts, inbox, quarantined): (i64, i64, i64, i64) = sqlx::query_as(
            "SELECT (SELECT count(*) FROM any_event WHERE tenant = $1), (SELECT count(*) FROM lane WHERE tenant = $1),
                    (SELECT count(*) FROM inbox WHERE tenant = $1), (SELECT count(*) FROM quarantine WHERE tenant = $1)",
        )
        .bind(&*self.tenant)
        .fetch_one(&self.pool)
        .await?;
        let effects: Vec<(String, String, i64)> =
            sqlx::query_as("SELECT kind, status, count(*) FROM any_effect WHERE tenant = $1 GROUP BY kind, status")
                .bind(&*self.tenant)
                .fetch_all(&self.pool)
                .await?;
        let effects: BTreeMap<_, _> = effects.into_iter().map(|(kind, status, n)| ((kind, status), count(n))).collect();
        let quarantined = count(quarantined);
        Ok(Counts { events: count(events), accounts: count(accounts), inbox: count(inbox), quarantined, effects })
    }

    /// How many there are of each, by a statement that asks for names and numbers.
    pub async fn tally(&self, statement: &'static str) -> Result<BTreeMap<String, u64>> {
        let rows: Vec<(String, i64)> = sqlx::query_as(statement).bind(&*self.tenant).fetch_all(&self.pool).await?;
        Ok(rows.into_iter().map(|(name, n)| (name, count(n))).collect())
    }

    pub async fn received(&self) -> Result<Vec<(Date, Currency, i64)>> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT booked_on, currency, minor FROM money_in WHERE tenant = $1 ORDER BY booked_on, currency",
        )
        .bind(&*self.tenant)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(|(on, code, minor)| Ok((day(&on)?, currency(&code)?, minor))).collect()
    }

    pub async fn unapplied(&self) -> Result<BTreeMap<Currency, i64>> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT currency, CAST(sum(unapplied) AS BIGINT) FROM account_view WHERE tenant = $1 AND unapplied <> 0 GROUP BY currency",
        )
        .bind(&*self.tenant)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(|(code, minor)| Ok((currency(&code)?, minor))).collect()
    }

    pub async fn valves(&self) -> Result<Vec<(String, Valve)>> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT connection, state FROM valve WHERE tenant = $1 ORDER BY connection")
                .bind(&*self.tenant)
                .fetch_all(&self.pool)
                .await?;
        let read = |(connection, state): (String, String)| valve(&connection, &state).map(|valve| (connection, valve));
        rows.into_iter().map(read).collect()
    }
}

/// The valve of a connection as its row has it.
pub(crate) fn valve(connection: &str, state: &str) -> Result<Valve> {
    from_json(state, || format!("the valve of connection `{connection}`"))
}
