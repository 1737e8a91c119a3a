//! An operator passes over an event that its account cannot read.

use async_trait::async_trait;
use escalation::AccountId;

use super::journal;
use super::writer::{Command, Tx};
use crate::Result;
use crate::journal::{Line, Skip};

pub(super) struct PassOver {
    account: String,
    seq: i64,
    skip: Skip,
    instead: Option<Line>,
}

impl PassOver {
    pub fn new(account: &AccountId, seq: i64, skip: Skip) -> Result<Self> {
        let instead = skip.instead.as_ref().map(|event| Line::new(account.as_str(), event)).transpose()?;
        Ok(Self { account: account.as_str().to_owned(), seq, skip, instead })
    }
}

#[async_trait]
impl Command for PassOver {
    type Answer = bool;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<bool> {
        let taken_up = sqlx::query(
            "UPDATE lane SET parked = NULL WHERE tenant = ?1 AND account = ?2 AND parked IS NOT NULL
             AND done_seq < ?3 AND head_seq >= ?3
             AND NOT EXISTS (SELECT 1 FROM skipped s WHERE s.tenant = ?1 AND s.account = ?2 AND s.seq = ?3)",
        )
        .bind(tx.tenant)
        .bind(self.account.as_str())
        .bind(self.seq)
        .execute(&mut *tx.conn)
        .await?;
        if taken_up.rows_affected() == 0 {
            return Ok(false);
        }
        let at = self.skip.at.to_string();
        sqlx::query("INSERT INTO skipped (tenant, account, seq, at, who, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .bind(tx.tenant)
            .bind(self.account.as_str())
            .bind(self.seq)
            .bind(at.as_str())
            .bind(self.skip.who.as_str())
            .bind(self.skip.reason.as_str())
            .execute(&mut *tx.conn)
            .await?;
        let lines: Vec<_> = self.instead.iter().map(|line| (at.as_str(), line)).collect();
        journal::append(tx, &lines).await?;
        Ok(true)
    }
}
