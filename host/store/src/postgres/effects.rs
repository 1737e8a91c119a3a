//! Reads of the outbox that go by the clock of the leases.

use escalation::{DateTime, Role};
use sqlx::Postgres;

use super::LeaseClock;
use crate::Result;
use crate::outbox::{EffectRow, InFlight};
use crate::reads::Reader;
use crate::reads::outbox::{EffectColumns, FlightColumns, effect_row, in_flight};

/// The due ones come from their index in order; a lane with unread events, in a decider's hands or parked holds its own back.
pub(super) const DUE_EFFECTS: &str =
    "SELECT e.key, e.account, e.role, e.kind, e.body, e.status, e.attempt, e.planned_at,
    e.due_at, e.ended_at, e.note FROM effect e JOIN lane l ON l.tenant = $1 AND l.account = e.account
    WHERE e.tenant = $1 AND e.status = 'planned' AND e.role = $4 AND substr(e.due_at, 1, 10) <= substr($2, 1, 10)
    AND e.due_at <= $2 AND l.parked IS NULL AND l.done_seq = l.head_seq AND (l.lease_until IS NULL
        OR l.lease_until <= (SELECT coalesce($5::text::timestamp AT TIME ZONE 'UTC', clock_timestamp())))
    ORDER BY substr(e.due_at, 1, 10), e.weight DESC, e.key LIMIT $3";

impl Reader<Postgres> {
    pub async fn due_effects(
        &self,
        clock: LeaseClock,
        role: Role,
        now: DateTime,
        limit: u32,
    ) -> Result<Vec<EffectRow>> {
        let rows: Vec<EffectColumns> = sqlx::query_as(DUE_EFFECTS)
            .bind(&*self.tenant)
            .bind(now.to_string())
            .bind(i64::from(limit))
            .bind(role.as_str())
            .bind(clock.given(now))
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(effect_row).collect()
    }

    pub async fn in_flight(&self, clock: LeaseClock, now: DateTime) -> Result<Vec<InFlight>> {
        let rows: Vec<FlightColumns> = sqlx::query_as(
            "SELECT e.key, e.account, e.attempt, a.plugin, e.kind, a.batch, a.request, a.started_at, a.host
             FROM effect e JOIN attempt a ON a.tenant = $1 AND a.key = e.key AND a.n = e.attempt
             WHERE e.tenant = $1 AND e.status = 'dispatching'
             AND a.deadline <= (SELECT coalesce($2::text::timestamp AT TIME ZONE 'UTC', clock_timestamp()))
             ORDER BY a.started_at, a.plugin, a.batch, a.place, e.key",
        )
        .bind(&*self.tenant)
        .bind(clock.given(now))
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(in_flight).collect()
    }
}
