//! The journal in the order in which its transactions are certain.

use escalation::AccountId;
use sqlx::{FromRow, Postgres};

use crate::reads::Reader;
use crate::subject::{Kept, Label, Place};
use crate::tail::{TailEntry, TailPosition};
use crate::{Result, StoreError};

impl Reader<Postgres> {
    /// Ends before the first transaction that still runs: what it will write comes in front of what is behind it.
    pub async fn tail(&self, after: TailPosition, limit: u32) -> Result<Vec<TailEntry>> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT e.xid::text AS xid, e.ord, e.account, e.seq, e.recorded_at, e.type AS kind, e.happened_on, e.connection,
                    e.report, e.sealed, e.payload, e.digest, x.at IS NOT NULL AS erased FROM any_event e
             LEFT JOIN erased x ON x.tenant = e.tenant AND x.account = e.account
             WHERE e.tenant = $1 AND (e.xid, e.ord) > ($2::text::xid8, $3)
             AND e.xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY e.xid, e.ord LIMIT $4",
        )
        .bind(&*self.tenant)
        .bind(after.transaction.to_string())
        .bind(after.number)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(|row| row.read(&self.tenant)).collect()
    }
}

#[derive(FromRow)]
struct Row {
    xid: String,
    ord: i64,
    account: String,
    seq: i64,
    recorded_at: String,
    kind: String,
    happened_on: String,
    connection: Option<String>,
    report: Option<String>,
    sealed: i64,
    payload: Option<Vec<u8>>,
    digest: Vec<u8>,
    erased: bool,
}

impl Row {
    fn read(self, tenant: &str) -> Result<TailEntry> {
        let Self { xid, account, seq, recorded_at, kind, happened_on, connection, report, payload, digest, .. } = self;
        let transaction = xid.parse().map_err(|_| StoreError::Corrupt(format!("`{xid}` is no transaction")))?;
        let label = Label { recorded_at, kind, happened_on, connection, report };
        let kept = Kept { sealed: self.sealed != 0, payload, digest, key: None, erased: self.erased };
        Ok(TailEntry {
            position: TailPosition { transaction, number: self.ord },
            seq,
            hash: kept.hash(Place { tenant, account: &account, seq }, &label),
            intact: kept.is_intact(),
            account: AccountId::new(account),
        })
    }
}
