//! An account is erased: its key goes, and everything beside the journal that tells who it is.

use async_trait::async_trait;
use escalation::DateTime;

use super::writer::{Command, Tx};
use crate::Result;

pub(super) struct Erase {
    pub account: String,
    pub at: DateTime,
}

/// The account is there, all is read, and no effect of it can still go out or come back.
const AT_REST: &str = "SELECT 1 FROM lane l WHERE l.tenant = ?1 AND l.account = ?2 AND l.done_seq = l.head_seq
    AND NOT EXISTS (SELECT 1 FROM erased x WHERE x.tenant = ?1 AND x.account = ?2)
    AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.tenant = ?1 AND e.account = ?2
                    AND e.status IN ('planned', 'held', 'dispatching', 'unknown'))";

/// In this order: the inbox is found by the events.
const STEPS: [&str; 18] = [
    // The reports by which its events came. One that concerns several accounts loses its body for all of them: what it meant
    // for the others stands in their own events.
    "UPDATE inbox SET body = '' FROM (SELECT DISTINCT connection, report FROM any_event
                                      WHERE tenant = ?1 AND account = ?2 AND report IS NOT NULL) o
     WHERE inbox.tenant = ?1 AND inbox.connection = o.connection AND inbox.key = o.report",
    // Plain events do not name their report; they say its connection, document and place, and came at the same moment.
    "UPDATE inbox SET body = '' FROM (SELECT DISTINCT recorded_at, CAST(payload AS TEXT) ->> '$.origin' AS origin FROM any_event
                                      WHERE tenant = ?1 AND account = ?2 AND sealed = 0) o
     WHERE inbox.tenant = ?1 AND inbox.received_at = o.recorded_at AND inbox.body <> '' AND CASE WHEN inbox.body = '' THEN 0 ELSE
       rtrim(inbox.connection || ' ' || (inbox.body ->> '$.source.document') || ' ' || (inbox.body ->> '$.source.place'))
       = o.origin END",
    "UPDATE quarantine SET body = NULL, text = '', document = '', place = '' WHERE tenant = ?1
     AND EXISTS (SELECT 1 FROM json_each(accounts) j WHERE j.value = ?2)",
    "UPDATE event SET payload = NULL WHERE tenant = ?1 AND account = ?2 AND sealed = 0",
    "UPDATE event_history SET payload = NULL WHERE tenant = ?1 AND account = ?2 AND sealed = 0",
    "UPDATE attempt SET request = '', text = ''
     WHERE tenant = ?1 AND key IN (SELECT key FROM effect WHERE tenant = ?1 AND account = ?2)",
    "UPDATE attempt_history SET request = '', text = ''
     WHERE tenant = ?1 AND key IN (SELECT key FROM effect_history WHERE tenant = ?1 AND account = ?2)",
    "UPDATE effect SET body = '', note = '' WHERE tenant = ?1 AND account = ?2",
    "UPDATE effect_history SET body = '', note = '' WHERE tenant = ?1 AND account = ?2",
    "UPDATE skipped SET reason = '' WHERE tenant = ?1 AND account = ?2",
    "DELETE FROM subject_key WHERE tenant = ?1 AND account = ?2",
    "DELETE FROM state WHERE tenant = ?1 AND account = ?2",
    "DELETE FROM decision WHERE tenant = ?1 AND account = ?2",
    "DELETE FROM account_view WHERE tenant = ?1 AND account = ?2",
    "DELETE FROM item_view WHERE tenant = ?1 AND account = ?2",
    "DELETE FROM sweep_item WHERE tenant = ?1 AND account = ?2",
    "DELETE FROM reference WHERE tenant = ?1 AND account = ?2",
    "UPDATE lane SET next_due_at = NULL, parked = NULL, newest = NULL
     WHERE tenant = ?1 AND account = ?2",
];

#[async_trait]
impl Command for Erase {
    type Answer = bool;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<bool> {
        if tx.hands.has(&self.account, self.at) {
            return Ok(false);
        }
        let at_rest: Option<(i64,)> =
            sqlx::query_as(AT_REST).bind(tx.tenant).bind(self.account.as_str()).fetch_optional(&mut *tx.conn).await?;
        if at_rest.is_none() {
            return Ok(false);
        }
        // What is deleted is blanked on the disk too, whole pages with it.
        sqlx::query("PRAGMA secure_delete = ON").execute(&mut *tx.conn).await?;
        let scrubbed = self.scrub(tx).await;
        sqlx::query("PRAGMA secure_delete = FAST").execute(&mut *tx.conn).await?;
        // Whoever had it last comes too late.
        tx.hands.let_go([self.account.as_str()]);
        scrubbed.map(|()| true)
    }
}

impl Erase {
    async fn scrub(&self, tx: &mut Tx<'_>) -> Result<()> {
        for statement in STEPS {
            sqlx::query(statement).bind(tx.tenant).bind(self.account.as_str()).execute(&mut *tx.conn).await?;
        }
        sqlx::query("INSERT INTO erased (tenant, account, at) VALUES (?1, ?2, ?3)")
            .bind(tx.tenant)
            .bind(self.account.as_str())
            .bind(self.at.to_string())
            .execute(&mut *tx.conn)
            .await?;
        Ok(())
    }
}
