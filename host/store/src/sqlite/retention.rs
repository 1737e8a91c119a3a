//! What is finished and old leaves the hot tables: a reader finds it, the writer moves it, a piece at a time. A crash between
//! two pieces leaves the rest for later.

use std::time::Duration;

use async_trait::async_trait;
use escalation::DateTime;
use sqlx::Sqlite;

use super::writer::{Command, Tx, Writer};
use crate::Result;
use crate::reads::Reader;
use crate::retention::{Retained, Retention};

const DAY: Duration = Duration::from_secs(86_400);

/// One kind of what grows.
pub(super) struct Kind {
    /// `?1` tenant, `?2` the moment before which it is old, `?3` how many: what is to go, as a JSON list.
    pub find: &'static str,
    /// `?1` tenant, `?2` that list, `?3` the moment. The last one tells how many went.
    steps: &'static [&'static str],
}

/// An effect that was planned later did not end earlier: the index by status leads to the old ones.
pub(super) const EFFECTS: Kind = Kind {
    find: "SELECT json_group_array(key) FROM (SELECT key FROM effect WHERE tenant = ?1
           AND status IN ('succeeded', 'rejected', 'expired', 'cancelled') AND planned_at < ?2 AND ended_at < ?2 LIMIT ?3)",
    steps: &[
        "INSERT INTO attempt_history (tenant, key, n, place, plugin, batch, request, started_at, ended_at, outcome, text,
                                      performer, host, deadline)
         SELECT tenant, key, n, place, plugin, batch, request, started_at, ended_at, outcome, text, performer, host, deadline
         FROM attempt WHERE tenant = ?1 AND key IN (SELECT value FROM json_each(?2))",
        "DELETE FROM attempt WHERE tenant = ?1 AND key IN (SELECT value FROM json_each(?2))",
        "INSERT INTO effect_history (tenant, key, account, role, kind, body, weight, status, attempt, planned_at, due_at,
                                     ended_at, note)
         SELECT tenant, key, account, role, kind, body, weight, status, attempt, planned_at, due_at, ended_at, note
         FROM effect WHERE tenant = ?1 AND key IN (SELECT value FROM json_each(?2))",
        "DELETE FROM effect WHERE tenant = ?1 AND key IN (SELECT value FROM json_each(?2))",
    ],
};

/// Read by their accounts, and under a seal that is old.
pub(super) const EVENTS: Kind = Kind {
    find: "SELECT json_group_array(ord) FROM (SELECT e.ord FROM event e
           CROSS JOIN lane l ON l.tenant = e.tenant AND l.account = e.account
           WHERE +e.tenant = ?1 AND e.seq <= l.done_seq AND e.ord <= (SELECT until_number FROM seal
             WHERE tenant = ?1 AND at < ?2 ORDER BY at DESC, no DESC LIMIT 1) ORDER BY e.ord LIMIT ?3)",
    steps: &[
        "INSERT INTO event_history (ord, tenant, account, seq, recorded_at, type, happened_on, connection, report, sealed,
                                    payload, digest)
         SELECT ord, tenant, account, seq, recorded_at, type, happened_on, connection, report, sealed, payload, digest
         FROM event WHERE ord IN (SELECT value FROM json_each(?2))",
        "DELETE FROM event WHERE ord IN (SELECT value FROM json_each(?2))",
    ],
};

/// A newer version may have come since the body was found.
pub(super) const BODIES: Kind = Kind {
    find: "SELECT json_group_array(rowid) FROM (SELECT rowid FROM inbox WHERE tenant = ?1 AND received_at < ?2
           AND body <> '' LIMIT ?3)",
    steps: &["UPDATE inbox SET body = '' WHERE rowid IN (SELECT value FROM json_each(?2)) AND received_at < ?3"],
};

const WEBHOOKS: Kind = Kind {
    find: "SELECT json_group_array(json_array(connection, key)) FROM (SELECT connection, key FROM webhook WHERE tenant = ?1
           AND received_at < ?2 AND content <> '' LIMIT ?3)",
    steps: &["UPDATE webhook SET content = '' WHERE tenant = ?1 AND (connection, key) IN
              (SELECT value ->> 0, value ->> 1 FROM json_each(?2)) AND received_at < ?3"],
};

const CALLS: Kind = Kind {
    find: "SELECT json_group_array(id) FROM (SELECT id FROM plugin_call WHERE tenant = ?1 AND at < ?2 LIMIT ?3)",
    steps: &["DELETE FROM plugin_call WHERE id IN (SELECT value FROM json_each(?2))"],
};

const QUARANTINED: Kind = Kind {
    find: "SELECT json_group_array(id) FROM (SELECT id FROM quarantine WHERE tenant = ?1 AND at < ?2 LIMIT ?3)",
    steps: &["DELETE FROM quarantine WHERE id IN (SELECT value FROM json_each(?2))"],
};

pub(super) async fn retain(
    reader: &Reader<Sqlite>,
    writer: &Writer,
    retention: &Retention,
    now: DateTime,
) -> Result<Retained> {
    let mut broom = Broom { reader, writer, now, at_once: retention.at_once.max(1), more: false };
    Ok(Retained {
        effects: broom.sweep(&EFFECTS, retention.effects_days).await?,
        events: broom.sweep(&EVENTS, retention.events_days).await?,
        bodies: broom.sweep(&BODIES, retention.inbox_days).await?
            + broom.sweep(&WEBHOOKS, retention.inbox_days).await?,
        notes: broom.sweep(&CALLS, retention.notes_days).await?
            + broom.sweep(&QUARANTINED, retention.notes_days).await?,
        more: broom.more,
    })
}

struct Broom<'a> {
    reader: &'a Reader<Sqlite>,
    writer: &'a Writer,
    now: DateTime,
    at_once: u32,
    /// There was as much of a kind as one call takes.
    more: bool,
}

impl Broom<'_> {
    /// One piece of what is older than so many days; answers how much it was.
    async fn sweep(&mut self, kind: &Kind, days: u16) -> Result<u64> {
        let before = self.now.checked_sub(DAY * u32::from(days)).unwrap_or(DateTime::MIN).to_string();
        let (list,): (String,) = sqlx::query_as(kind.find)
            .bind(&*self.reader.tenant)
            .bind(before.as_str())
            .bind(self.at_once)
            .fetch_one(&self.reader.pool)
            .await?;
        if list == "[]" {
            return Ok(0);
        }
        let gone = self.writer.write(Move { steps: kind.steps, list, before }).await?;
        self.more |= gone >= u64::from(self.at_once);
        Ok(gone)
    }
}

struct Move {
    steps: &'static [&'static str],
    list: String,
    before: String,
}

#[async_trait]
impl Command for Move {
    type Answer = u64;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<u64> {
        let mut gone = 0;
        for step in self.steps {
            let values = sqlx::query(*step).bind(tx.tenant).bind(self.list.as_str()).bind(self.before.as_str());
            gone = values.execute(&mut *tx.conn).await?.rows_affected();
        }
        Ok(gone)
    }
}
