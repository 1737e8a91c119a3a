//! The journal over all accounts: one writer numbers its rows in the order in which it wrote them.

use escalation::AccountId;
use sqlx::{FromRow, Sqlite};

use crate::Result;
use crate::reads::Reader;
use crate::subject::{Kept, Label, Place};
use crate::tail::{TailEntry, TailPosition};

/// The plus keeps the planner from sorting the tenant's whole journal: the rows lie in this order.
pub(super) const TAIL: &str =
    "SELECT e.ord, e.account, e.seq, e.recorded_at, e.type AS kind, e.happened_on, e.connection,
    e.report, e.sealed, e.payload, e.digest, x.at IS NOT NULL AS erased FROM any_event e
    LEFT JOIN erased x ON x.tenant = e.tenant AND x.account = e.account
    WHERE +e.tenant = ?1 AND e.ord > ?2 ORDER BY e.ord LIMIT ?3";

impl Reader<Sqlite> {
    pub async fn tail(&self, after: TailPosition, limit: u32) -> Result<Vec<TailEntry>> {
        let rows: Vec<Row> =
            sqlx::query_as(TAIL).bind(&*self.tenant).bind(after.number).bind(limit).fetch_all(&self.pool).await?;
        Ok(rows.into_iter().map(|row| row.read(&self.tenant)).collect())
    }
}

#[derive(FromRow)]
struct Row {
    ord: i64,
    account: String,
    seq: i64,
    recorded_at: String,
    kind: String,
    happened_on: String,
    connection: Option<String>,
    report: Option<String>,
    sealed: bool,
    payload: Option<Vec<u8>>,
    digest: Vec<u8>,
    erased: bool,
}

impl Row {
    fn read(self, tenant: &str) -> TailEntry {
        let Self { account, seq, recorded_at, kind, happened_on, connection, report, .. } = self;
        let label = Label { recorded_at, kind, happened_on, connection, report };
        let (sealed, payload, digest) = (self.sealed, self.payload, self.digest);
        let kept = Kept { sealed, payload, digest, key: None, erased: self.erased };
        TailEntry {
            position: TailPosition { transaction: 0, number: self.ord },
            seq,
            hash: kept.hash(Place { tenant, account: &account, seq }, &label),
            intact: kept.is_intact(),
            account: AccountId::new(account),
        }
    }
}
