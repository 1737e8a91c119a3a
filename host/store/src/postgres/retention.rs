//! What is finished and old leaves the hot tables, a piece at a time, each kind by one statement; what another host moves at this
//! moment is passed over.

use std::time::Duration;

use async_trait::async_trait;
use escalation::DateTime;

use super::writer::{Command, Outcome, Tx, Writer};
use crate::Result;
use crate::retention::{Retained, Retention};

const DAY: Duration = Duration::from_secs(86_400);

/// An effect that was planned later did not end earlier: the index by status leads to the old ones.
const EFFECTS: &str = "WITH old AS (SELECT key FROM effect WHERE tenant = $1
        AND status IN ('succeeded', 'rejected', 'expired', 'cancelled') AND planned_at < $2 AND ended_at < $2
        LIMIT $3 FOR UPDATE SKIP LOCKED),
    a AS (DELETE FROM attempt USING old WHERE tenant = $1 AND attempt.key = old.key RETURNING attempt.*),
    moved AS (INSERT INTO attempt_history (tenant, key, n, place, plugin, batch, request, started_at, ended_at, outcome, text,
                                           performer, host, deadline)
        SELECT tenant, key, n, place, plugin, batch, request, started_at, ended_at, outcome, text, performer, host, deadline FROM a),
    e AS (DELETE FROM effect USING old WHERE tenant = $1 AND effect.key = old.key RETURNING effect.*)
    INSERT INTO effect_history (tenant, key, account, role, kind, body, weight, status, attempt, planned_at, due_at, ended_at, note)
    SELECT tenant, key, account, role, kind, body, weight, status, attempt, planned_at, due_at, ended_at, note FROM e";

/// Read by their accounts, and under a seal that is old.
const EVENTS: &str = "WITH sealed AS (SELECT until_transaction, until_number FROM seal WHERE tenant = $1 AND at < $2
        ORDER BY at DESC, no DESC LIMIT 1),
    old AS (SELECT e.account, e.seq FROM event e JOIN lane l ON l.tenant = $1 AND l.account = e.account
        WHERE e.tenant = $1 AND e.seq <= l.done_seq
        AND (e.xid, e.ord) <= ((SELECT until_transaction::text::xid8 FROM sealed), (SELECT until_number FROM sealed))
        ORDER BY e.xid, e.ord LIMIT $3 FOR UPDATE OF e SKIP LOCKED),
    gone AS (DELETE FROM event e USING old WHERE e.tenant = $1 AND e.account = old.account AND e.seq = old.seq RETURNING e.*)
    INSERT INTO event_history (tenant, account, seq, recorded_at, type, happened_on, connection, report, sealed, payload, digest, xid, ord)
    SELECT tenant, account, seq, recorded_at, type, happened_on, connection, report, sealed, payload, digest, xid, ord FROM gone";

const BODIES: &str = "UPDATE inbox i SET body = '' FROM (SELECT connection, key FROM inbox WHERE tenant = $1
        AND received_at < $2 AND body <> '' LIMIT $3 FOR UPDATE SKIP LOCKED) old
    WHERE i.tenant = $1 AND i.connection = old.connection AND i.key = old.key";

const WEBHOOKS: &str = "UPDATE webhook w SET content = '' FROM (SELECT connection, key FROM webhook WHERE tenant = $1
        AND received_at < $2 AND content <> '' LIMIT $3 FOR UPDATE SKIP LOCKED) old
    WHERE w.tenant = $1 AND w.connection = old.connection AND w.key = old.key";

const CALLS: &str = "DELETE FROM plugin_call WHERE id IN (SELECT id FROM plugin_call WHERE tenant = $1 AND at < $2
    LIMIT $3 FOR UPDATE SKIP LOCKED)";

const QUARANTINED: &str = "DELETE FROM quarantine WHERE id IN (SELECT id FROM quarantine WHERE tenant = $1 AND at < $2
    LIMIT $3 FOR UPDATE SKIP LOCKED)";

pub(super) async fn retain(writer: &Writer, retention: &Retention, now: DateTime) -> Result<Retained> {
    let at_once = u64::from(retention.at_once.max(1));
    let sweep = async |statement, days: u16| {
        let before = now.checked_sub(DAY * u32::from(days)).unwrap_or(DateTime::MIN).to_string();
        writer.write(Sweep { statement, before, at_once }).await
    };
    let effects = sweep(EFFECTS, retention.effects_days).await?;
    let events = sweep(EVENTS, retention.events_days).await?;
    let (reports, webhooks) =
        (sweep(BODIES, retention.inbox_days).await?, sweep(WEBHOOKS, retention.inbox_days).await?);
    let (calls, quarantined) =
        (sweep(CALLS, retention.notes_days).await?, sweep(QUARANTINED, retention.notes_days).await?);
    let more = [effects, events, reports, webhooks, calls, quarantined].into_iter().any(|gone| gone >= at_once);
    Ok(Retained { effects, events, bodies: reports + webhooks, notes: calls + quarantined, more })
}

struct Sweep {
    /// `$1` tenant, `$2` the moment before which it is old, `$3` how many.
    statement: &'static str,
    before: String,
    at_once: u64,
}

#[async_trait]
impl Command for Sweep {
    type Answer = u64;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Outcome<u64> {
        let at_once = i64::try_from(self.at_once).unwrap_or(i64::MAX);
        let swept = sqlx::query(self.statement).bind(tx.tenant).bind(self.before.as_str()).bind(at_once);
        Ok(swept.execute(&mut *tx.conn).await?.rows_affected())
    }
}
