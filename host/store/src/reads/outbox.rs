//! Reads of the outbox that are the same on every engine: what is at hand and what moved to history, as one. What an erasure
//! left of an effect (a row without a body) is counted and not shown.

use escalation::{AccountId, DateTime, Effect, EffectKey, Role};
use sqlx::{ColumnIndex, Database, Decode, Encode, Executor, IntoArguments, Type};

use super::Reader;
use crate::outbox::{Attempt, EffectRow, EffectStatus, InFlight};
use crate::row::{from_json, moment, moment_or_none};
use crate::{Result, StoreError};

pub(crate) const EFFECTS_OF: &str =
    "SELECT key, account, role, kind, body, status, attempt, planned_at, due_at, ended_at, note
    FROM any_effect WHERE tenant = $1 AND account = $2 AND body <> '' ORDER BY planned_at DESC, key LIMIT $3";

pub(crate) const EFFECTS_BY_STATUS: &str =
    "SELECT key, account, role, kind, body, status, attempt, planned_at, due_at, ended_at, note
    FROM any_effect WHERE tenant = $1 AND status = $2 AND body <> '' ORDER BY planned_at DESC, key LIMIT $3";

/// One seek for each role; see [`Role::ALL`].
const DUE_ROLES: &str =
    "SELECT r.column1 FROM (VALUES ('accounting'), ('gateway'), ('dialer'), ('agency'), ('messenger'), ('bureau'), ('coverage'), ('notifier')) r
    WHERE EXISTS (SELECT 1 FROM effect e WHERE e.tenant = $1 AND e.status = 'planned' AND e.role = r.column1
        AND substr(e.due_at, 1, 10) <= substr($2, 1, 10) AND e.due_at <= $2)";

impl<DB> Reader<DB>
where
    DB: Database,
    DB::Arguments: IntoArguments<DB>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'q> &'q str: Encode<'q, DB> + Type<DB>,
    for<'q> i64: Encode<'q, DB> + Decode<'q, DB> + Type<DB>,
    for<'q> String: Decode<'q, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    pub async fn due_roles(&self, now: DateTime) -> Result<Vec<Role>> {
        let rows: Vec<(String,)> =
            sqlx::query_as(DUE_ROLES).bind(&*self.tenant).bind(&*now.to_string()).fetch_all(&self.pool).await?;
        Ok(Role::ALL.into_iter().filter(|role| rows.iter().any(|(due,)| due == role.as_str())).collect())
    }

    pub async fn effects_of(&self, account: &AccountId, limit: u32) -> Result<Vec<EffectRow>> {
        self.effects(EFFECTS_OF, account.as_str(), limit).await
    }

    pub async fn effects_by_status(&self, status: EffectStatus, limit: u32) -> Result<Vec<EffectRow>> {
        self.effects(EFFECTS_BY_STATUS, status.as_str(), limit).await
    }

    async fn effects(&self, statement: &'static str, by: &str, limit: u32) -> Result<Vec<EffectRow>> {
        let rows: Vec<EffectColumns> =
            sqlx::query_as(statement).bind(&*self.tenant).bind(by).bind(i64::from(limit)).fetch_all(&self.pool).await?;
        rows.into_iter().map(effect_row).collect()
    }

    pub async fn effect(&self, key: &EffectKey) -> Result<Option<EffectRow>> {
        let row: Option<EffectColumns> = sqlx::query_as(
            "SELECT key, account, role, kind, body, status, attempt, planned_at, due_at, ended_at, note
             FROM any_effect WHERE tenant = $1 AND key = $2 AND body <> ''",
        )
        .bind(&*self.tenant)
        .bind(key.as_str())
        .fetch_optional(&self.pool)
        .await?;
        row.map(effect_row).transpose()
    }

    /// Oldest first.
    pub async fn attempts(&self, key: &EffectKey) -> Result<Vec<Attempt>> {
        type Row = (i64, String, String, String, Option<String>, String, String);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT n, plugin, batch, started_at, ended_at, outcome, text FROM any_attempt WHERE tenant = $1 AND key = $2 ORDER BY n",
        )
        .bind(&*self.tenant)
        .bind(key.as_str())
        .fetch_all(&self.pool)
        .await?;
        let attempt = |(n, plugin, batch, started_at, ended_at, outcome, text): Row| {
            let (started_at, ended_at) = (moment(&started_at)?, moment_or_none(ended_at)?);
            Ok(Attempt { n: number(n), plugin, batch, started_at, ended_at, outcome, text })
        };
        rows.into_iter().map(attempt).collect()
    }
}

/// An effect: key, account, role, kind, body, status, attempt, planned, due and ended at, note. Every effect query selects these.
pub(crate) type EffectColumns =
    (String, String, String, String, String, String, i64, String, String, Option<String>, String);

pub(crate) fn effect_row(columns: EffectColumns) -> Result<EffectRow> {
    let (key, account, role, kind, body, status, attempt, planned_at, due_at, ended_at, note) = columns;
    let wrong = |what: &str| StoreError::Corrupt(format!("effect `{key}` has no known {what}"));
    let role = Role::ALL.into_iter().find(|known| known.as_str() == role).ok_or_else(|| wrong("role"))?;
    let status = EffectStatus::ALL.into_iter().find(|known| known.as_str() == status);
    let status = status.ok_or_else(|| wrong("status"))?;
    let effect: Effect = from_json(&body, || format!("effect `{key}`"))?;
    Ok(EffectRow {
        key: EffectKey::new(key),
        account: AccountId::new(account),
        role,
        kind,
        effect,
        status,
        attempt: number(attempt),
        planned_at: moment(&planned_at)?,
        due_at: moment(&due_at)?,
        ended_at: moment_or_none(ended_at)?,
        note,
    })
}

/// An effect in the air: key, account, attempt, plugin, kind, batch, request, marked at, host.
pub(crate) type FlightColumns = (String, String, i64, String, String, String, String, String, String);

pub(crate) fn in_flight(columns: FlightColumns) -> Result<InFlight> {
    let (key, account, attempt, plugin, kind, batch, request, marked_at, host) = columns;
    let (key, account, marked_at) = (EffectKey::new(key), AccountId::new(account), moment(&marked_at)?);
    Ok(InFlight { key, account, attempt: number(attempt), plugin, kind, batch, request, marked_at, host })
}

/// An attempt's number.
fn number(n: i64) -> u32 {
    u32::try_from(n).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_looked_for() {
        for role in Role::ALL {
            assert!(DUE_ROLES.contains(&format!("('{}')", role.as_str())), "{}", role.as_str());
        }
    }
}
