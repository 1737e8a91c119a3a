//! Reads of the outbox that name their index.

use escalation::{DateTime, Role};
use sqlx::Sqlite;

use crate::Result;
use crate::outbox::{EffectRow, InFlight};
use crate::reads::Reader;
use crate::reads::outbox::{EffectColumns, FlightColumns, effect_row, in_flight};

/// A bare `LIMIT ?` would make SQLite prepare the statement again for every value. The due ones come from their index in order; a lane with unread events, in a decider's hands or parked holds its own back.
pub(super) const DUE_EFFECTS: &str =
    "SELECT e.key, e.account, e.role, e.kind, e.body, e.status, e.attempt, e.planned_at,
    e.due_at, e.ended_at, e.note FROM effect e INDEXED BY effect_due
    CROSS JOIN lane l ON l.tenant = ?1 AND l.account = e.account
    WHERE e.tenant = ?1 AND e.status = 'planned' AND e.role = ?4 AND substr(e.due_at, 1, 10) <= substr(?2, 1, 10) AND e.due_at <= ?2
    AND l.parked IS NULL AND l.done_seq = l.head_seq AND l.account NOT IN (SELECT value FROM json_each(?5))
    ORDER BY substr(e.due_at, 1, 10), e.weight DESC, e.key LIMIT ?3 + 0";

impl Reader<Sqlite> {
    pub async fn due_effects(&self, role: Role, now: DateTime, limit: u32, held: &str) -> Result<Vec<EffectRow>> {
        let rows: Vec<EffectColumns> = sqlx::query_as(DUE_EFFECTS)
            .bind(&*self.tenant)
            .bind(now.to_string())
            .bind(limit)
            .bind(role.as_str())
            .bind(held)
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(effect_row).collect()
    }

    pub async fn in_flight(&self, now: DateTime) -> Result<Vec<InFlight>> {
        let rows: Vec<FlightColumns> = sqlx::query_as(
            "SELECT e.key, e.account, e.attempt, a.plugin, e.kind, a.batch, a.request, a.started_at, a.host
             FROM effect e CROSS JOIN attempt a ON a.tenant = ?1 AND a.key = e.key AND a.n = e.attempt
             WHERE e.tenant = ?1 AND e.status = 'dispatching' AND a.deadline <= ?2 ORDER BY a.started_at, a.plugin, a.batch, a.place, e.key",
        )
        .bind(&*self.tenant)
        .bind(now.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(in_flight).collect()
    }
}
