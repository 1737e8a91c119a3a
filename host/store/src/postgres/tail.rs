//! The journal in the order in which its transactions are certain.

use escalation::AccountId;
use sqlx::Postgres;

use crate::reads::Reader;
use crate::tail::{TailEntry, TailPosition};
use crate::{Result, StoreError};

impl Reader<Postgres> {
    /// Ends before the first transaction that still runs: what it will write comes in front of what is behind it.
    pub async fn tail(&self, after: TailPosition, limit: u32) -> Result<Vec<TailEntry>> {
        let rows: Vec<(String, i64, String, i64, Vec<u8>)> = sqlx::query_as(
            "SELECT xid::text, ord, account, seq, hash FROM event
             WHERE tenant = $1 AND (xid, ord) > ($2::text::xid8, $3) AND xid < pg_snapshot_xmin(pg_current_snapshot())
             ORDER BY xid, ord LIMIT $4",
        )
        .bind(&*self.tenant)
        .bind(after.transaction.to_string())
        .bind(after.number)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        let entry = |(xid, number, account, seq, hash): (String, i64, String, i64, Vec<u8>)| {
            let transaction = xid.parse().map_err(|_| StoreError::Corrupt(format!("`{xid}` is no transaction")))?;
            Ok(TailEntry {
                position: TailPosition { transaction, number },
                account: AccountId::new(account),
                seq,
                hash,
            })
        };
        rows.into_iter().map(entry).collect()
    }
}
