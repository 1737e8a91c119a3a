//! Reads of the outbox.

use escalation::{AccountId, DateTime, Effect, EffectKey, Role};
use sqlx::FromRow;
use sqlx::sqlite::SqliteRow;

use super::reads::Reader;
use super::row::{from_json, moment, moment_or_none};
use crate::outbox::{Attempt, EffectRow, EffectStatus, InFlight};
use crate::{Result, StoreError};

/// The due ones come from their index in order; a lane with unread events, in a decider's hands or parked holds its own back.
pub(super) const DUE_EFFECTS: &str =
    "SELECT e.key, e.account, e.role, e.kind, e.body, e.status, e.attempt, e.planned_at,
    e.due_at, e.ended_at, e.note FROM effect e INDEXED BY effect_due
    CROSS JOIN lane l ON l.tenant = ?1 AND l.account = e.account
    WHERE e.tenant = ?1 AND e.status = 'planned' AND e.role = ?4 AND substr(e.due_at, 1, 10) <= substr(?2, 1, 10) AND e.due_at <= ?2
    AND l.parked IS NULL AND l.done_seq = l.head_seq AND (l.lease_until IS NULL OR l.lease_until <= ?2)
    ORDER BY substr(e.due_at, 1, 10), e.weight DESC, e.key LIMIT ?3";

impl Reader {
    pub async fn due_effects(&self, role: Role, now: DateTime, limit: u32) -> Result<Vec<EffectRow>> {
        let rows: Vec<StoredEffect> = sqlx::query_as(DUE_EFFECTS)
            .bind(&*self.tenant)
            .bind(now.to_string())
            .bind(limit)
            .bind(role.as_str())
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(StoredEffect::read).collect()
    }

    pub async fn in_flight(&self, now: DateTime) -> Result<Vec<InFlight>> {
        type Row = (String, String, u32, String, String, String, String, String, String);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT e.key, e.account, e.attempt, a.plugin, e.kind, a.batch, a.request, a.started_at, a.host
             FROM effect e CROSS JOIN attempt a ON a.tenant = ?1 AND a.key = e.key AND a.n = e.attempt
             WHERE e.tenant = ?1 AND e.status = 'dispatching' AND a.deadline <= ?2 ORDER BY a.started_at, a.plugin, a.batch, a.place, e.key",
        )
        .bind(&*self.tenant)
        .bind(now.to_string())
        .fetch_all(&self.pool)
        .await?;
        let in_flight = |(key, account, attempt, plugin, kind, batch, request, marked_at, host): Row| {
            let (key, account, marked_at) = (EffectKey::new(key), AccountId::new(account), moment(&marked_at)?);
            Ok(InFlight { key, account, attempt, plugin, kind, batch, request, marked_at, host })
        };
        rows.into_iter().map(in_flight).collect()
    }

    pub async fn effects_of(&self, account: &AccountId, limit: u32) -> Result<Vec<EffectRow>> {
        let rows: Vec<StoredEffect> = sqlx::query_as(
            "SELECT key, account, role, kind, body, status, attempt, planned_at, due_at, ended_at, note
             FROM effect WHERE tenant = ?1 AND account = ?2 ORDER BY planned_at DESC, key LIMIT ?3",
        )
        .bind(&*self.tenant)
        .bind(account.as_str())
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(StoredEffect::read).collect()
    }

    pub async fn effects_by_status(&self, status: EffectStatus, limit: u32) -> Result<Vec<EffectRow>> {
        let rows: Vec<StoredEffect> = sqlx::query_as(
            "SELECT key, account, role, kind, body, status, attempt, planned_at, due_at, ended_at, note
             FROM effect INDEXED BY effect_by_status WHERE tenant = ?1 AND status = ?2 ORDER BY planned_at DESC, key LIMIT ?3",
        )
        .bind(&*self.tenant)
        .bind(status.as_str())
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(StoredEffect::read).collect()
    }

    pub async fn effect(&self, key: &EffectKey) -> Result<Option<EffectRow>> {
        let row: Option<StoredEffect> = sqlx::query_as(
            "SELECT key, account, role, kind, body, status, attempt, planned_at, due_at, ended_at, note
             FROM effect WHERE tenant = ?1 AND key = ?2",
        )
        .bind(&*self.tenant)
        .bind(key.as_str())
        .fetch_optional(&self.pool)
        .await?;
        row.map(StoredEffect::read).transpose()
    }

    /// Oldest first.
    pub async fn attempts(&self, key: &EffectKey) -> Result<Vec<Attempt>> {
        type Row = (u32, String, String, String, Option<String>, String, String);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT n, plugin, batch, started_at, ended_at, outcome, text FROM attempt WHERE tenant = ?1 AND key = ?2 ORDER BY n",
        )
        .bind(&*self.tenant)
        .bind(key.as_str())
        .fetch_all(&self.pool)
        .await?;
        let attempt = |(n, plugin, batch, started_at, ended_at, outcome, text): Row| {
            let (started_at, ended_at) = (moment(&started_at)?, moment_or_none(ended_at)?);
            Ok(Attempt { n, plugin, batch, started_at, ended_at, outcome, text })
        };
        rows.into_iter().map(attempt).collect()
    }
}

/// An effect as its row has it; every effect query selects these columns in this order.
struct StoredEffect {
    key: String,
    account: String,
    role: String,
    kind: String,
    body: String,
    status: String,
    attempt: u32,
    planned_at: String,
    due_at: String,
    ended_at: Option<String>,
    note: String,
}

impl<'r> FromRow<'r, SqliteRow> for StoredEffect {
    fn from_row(row: &'r SqliteRow) -> sqlx::Result<Self> {
        let (key, account, role, kind, body, status, attempt, planned_at, due_at, ended_at, note) =
            FromRow::from_row(row)?;
        Ok(Self { key, account, role, kind, body, status, attempt, planned_at, due_at, ended_at, note })
    }
}

impl StoredEffect {
    fn read(self) -> Result<EffectRow> {
        let wrong = |what: &str| StoreError::Corrupt(format!("effect `{}` has no known {what}", self.key));
        let role = Role::ALL.into_iter().find(|role| role.as_str() == self.role).ok_or_else(|| wrong("role"))?;
        let status = EffectStatus::ALL.into_iter().find(|status| status.as_str() == self.status);
        let status = status.ok_or_else(|| wrong("status"))?;
        let effect: Effect = from_json(&self.body, || format!("effect `{}`", self.key))?;
        Ok(EffectRow {
            key: EffectKey::new(self.key),
            account: AccountId::new(self.account),
            role,
            kind: self.kind,
            effect,
            status,
            attempt: self.attempt,
            planned_at: moment(&self.planned_at)?,
            due_at: moment(&self.due_at)?,
            ended_at: moment_or_none(self.ended_at)?,
            note: self.note,
        })
    }
}
