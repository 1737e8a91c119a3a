//! An account is erased: its key goes, and everything beside the journal that tells who it is. What was there stays in the
//! server's files until they are vacuumed, and in its write-ahead log and backups for as long as those are kept.

use async_trait::async_trait;
use escalation::DateTime;

use super::writer::{Command, Outcome, Tx};

pub(super) struct Erase {
    pub account: String,
    pub at: DateTime,
}

/// The account is there, all is read, nobody has it in hand, and no effect of it can still go out or come back. Its lane is
/// locked first: whatever comes for it meanwhile waits, and finds it erased.
const LOCK: &str = "SELECT FROM lane WHERE tenant = $1 AND account = $2 FOR UPDATE";
const AT_REST: &str = "SELECT head_seq FROM lane l WHERE l.tenant = $1 AND l.account = $2 AND l.done_seq = l.head_seq
    AND (l.lease_until IS NULL OR l.lease_until <= coalesce($3::text::timestamp AT TIME ZONE 'UTC', clock_timestamp()))
    AND NOT EXISTS (SELECT FROM erased x WHERE x.tenant = $1 AND x.account = $2)
    AND NOT EXISTS (SELECT FROM effect e WHERE e.tenant = $1 AND e.account = $2
                    AND e.status IN ('planned', 'held', 'dispatching', 'unknown'))";

/// In this order: the inbox is found by the events.
const STEPS: [&str; 18] = [
    // The reports by which its events came. One that concerns several accounts loses its body for all of them: what it meant
    // for the others stands in their own events.
    "UPDATE inbox SET body = '' FROM (SELECT DISTINCT connection, report FROM any_event
                                      WHERE tenant = $1 AND account = $2 AND report IS NOT NULL) o
     WHERE inbox.tenant = $1 AND inbox.connection = o.connection AND inbox.key = o.report",
    // Plain events do not name their report; they say its connection, document and place, and came at the same moment.
    "UPDATE inbox SET body = '' FROM (SELECT DISTINCT recorded_at, convert_from(payload, 'UTF8')::jsonb ->> 'origin' AS origin FROM any_event
                                      WHERE tenant = $1 AND account = $2 AND sealed = 0) o
     WHERE inbox.tenant = $1 AND inbox.received_at = o.recorded_at AND CASE WHEN inbox.body = '' THEN false ELSE
       rtrim(concat_ws(' ', inbox.connection, inbox.body::jsonb -> 'source' ->> 'document', inbox.body::jsonb -> 'source' ->> 'place'))
       = o.origin END",
    "UPDATE quarantine SET body = NULL, text = '', document = '', place = '' WHERE tenant = $1
     AND accounts::jsonb ? $2",
    "UPDATE event SET payload = NULL WHERE tenant = $1 AND account = $2 AND sealed = 0",
    "UPDATE event_history SET payload = NULL WHERE tenant = $1 AND account = $2 AND sealed = 0",
    "UPDATE attempt SET request = '', text = '' FROM effect e
     WHERE e.tenant = $1 AND e.account = $2 AND attempt.tenant = $1 AND attempt.key = e.key",
    "UPDATE attempt_history SET request = '', text = '' FROM effect_history e
     WHERE e.tenant = $1 AND e.account = $2 AND attempt_history.tenant = $1 AND attempt_history.key = e.key",
    "UPDATE effect SET body = '', note = '' WHERE tenant = $1 AND account = $2",
    "UPDATE effect_history SET body = '', note = '' WHERE tenant = $1 AND account = $2",
    "UPDATE skipped SET reason = '' WHERE tenant = $1 AND account = $2",
    "DELETE FROM subject_key WHERE tenant = $1 AND account = $2",
    "DELETE FROM state WHERE tenant = $1 AND account = $2",
    "DELETE FROM decision WHERE tenant = $1 AND account = $2",
    "DELETE FROM account_view WHERE tenant = $1 AND account = $2",
    "DELETE FROM item_view WHERE tenant = $1 AND account = $2",
    "DELETE FROM sweep_item WHERE tenant = $1 AND account = $2",
    "DELETE FROM reference WHERE tenant = $1 AND account = $2",
    "UPDATE lane SET next_due_at = NULL, parked = NULL, owner = NULL, lease_until = NULL, fence = fence + 1, newest = NULL
     WHERE tenant = $1 AND account = $2",
];

#[async_trait]
impl Command for Erase {
    type Answer = bool;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Outcome<bool> {
        let account = self.account.as_str();
        sqlx::query(LOCK).bind(tx.tenant).bind(account).execute(&mut *tx.conn).await?;
        let at_rest: Option<(i64,)> = sqlx::query_as(AT_REST)
            .bind(tx.tenant)
            .bind(account)
            .bind(tx.clock.given(self.at))
            .fetch_optional(&mut *tx.conn)
            .await?;
        if at_rest.is_none() {
            return Ok(false);
        }
        for statement in STEPS {
            sqlx::query(statement).bind(tx.tenant).bind(account).execute(&mut *tx.conn).await?;
        }
        sqlx::query("INSERT INTO erased (tenant, account, at) VALUES ($1, $2, $3)")
            .bind(tx.tenant)
            .bind(account)
            .bind(self.at.to_string())
            .execute(&mut *tx.conn)
            .await?;
        Ok(true)
    }
}
