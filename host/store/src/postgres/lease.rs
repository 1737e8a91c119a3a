//! Leases: work that one host at a time does.

use std::time::Duration;

use async_trait::async_trait;
use escalation::DateTime;

use super::micros;
use super::writer::{Command, Outcome, Tx};
use crate::after;
use crate::lease::Lease;

/// Takes what is free, over, or ours. Who holds it without a gap keeps the fence; whose lease was over gets a new one, because
/// somebody else may have had it in between.
pub(super) struct Take {
    pub name: String,
    pub holder: String,
    pub now: DateTime,
    pub term: Duration,
}

#[async_trait]
impl Command for Take {
    type Answer = Option<Lease>;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Outcome<Option<Lease>> {
        let taken: Option<(i64,)> = sqlx::query_as(
            "WITH clock AS (SELECT coalesce($4::text::timestamp AT TIME ZONE 'UTC', clock_timestamp()) AS now)
             INSERT INTO lease AS l (tenant, name, holder, fence, until)
             SELECT $1, $2, $3, 1, clock.now + $5 * interval '1 microsecond' FROM clock
             ON CONFLICT (tenant, name) DO UPDATE SET holder = excluded.holder, until = excluded.until,
             fence = l.fence + CASE WHEN l.holder IS DISTINCT FROM excluded.holder OR l.until <= (SELECT now FROM clock) THEN 1 ELSE 0 END
             WHERE l.holder IS NULL OR l.holder = excluded.holder OR l.until <= (SELECT now FROM clock) RETURNING fence",
        )
        .bind(tx.tenant)
        .bind(self.name.as_str())
        .bind(self.holder.as_str())
        .bind(tx.clock.given(self.now))
        .bind(micros(self.term))
        .fetch_optional(&mut *tx.conn)
        .await?;
        // On the caller's clock, which it read before the database read its own: this end is never the later one.
        Ok(taken.map(|(fence,)| Lease { fence, until: after(self.now, self.term) }))
    }
}

pub(super) struct GiveBack {
    pub name: String,
    pub holder: String,
}

#[async_trait]
impl Command for GiveBack {
    type Answer = ();

    async fn run(&mut self, tx: &mut Tx<'_>) -> Outcome<()> {
        sqlx::query("UPDATE lease SET holder = NULL WHERE tenant = $1 AND name = $2 AND holder = $3")
            .bind(tx.tenant)
            .bind(self.name.as_str())
            .bind(self.holder.as_str())
            .execute(&mut *tx.conn)
            .await?;
        Ok(())
    }
}
