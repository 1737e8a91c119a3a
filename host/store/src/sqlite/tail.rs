//! The journal over all accounts: one writer numbers its rows in the order in which it wrote them.

use escalation::AccountId;
use sqlx::Sqlite;

use crate::Result;
use crate::reads::Reader;
use crate::tail::{TailEntry, TailPosition};

impl Reader<Sqlite> {
    pub async fn tail(&self, after: TailPosition, limit: u32) -> Result<Vec<TailEntry>> {
        // The plus keeps the planner from sorting the tenant's whole journal: the rows lie in this order.
        let rows: Vec<(i64, String, i64, Vec<u8>)> = sqlx::query_as(
            "SELECT rowid, account, seq, hash FROM event WHERE +tenant = ?1 AND rowid > ?2 ORDER BY rowid LIMIT ?3",
        )
        .bind(&*self.tenant)
        .bind(after.number)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        let entry = |(number, account, seq, hash): (i64, String, i64, Vec<u8>)| TailEntry {
            position: TailPosition { transaction: 0, number },
            account: AccountId::new(account),
            seq,
            hash,
        };
        Ok(rows.into_iter().map(entry).collect())
    }
}
