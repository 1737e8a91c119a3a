//! A seal is added behind the last one.

use async_trait::async_trait;

use super::writer::{Command, Outcome, Tx};
use crate::seal::Seal;

/// Adds a seal, if it still is the next one; of two hosts with the same number one comes too late.
pub(super) struct AddSeal(pub Seal);

#[async_trait]
impl Command for AddSeal {
    type Answer = bool;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Outcome<bool> {
        let seal = &self.0;
        let done = sqlx::query(
            "INSERT INTO seal (tenant, no, until_transaction, until_number, events, root, previous, signature, at)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9
             WHERE $2 = 1 + coalesce((SELECT max(no) FROM seal WHERE tenant = $1), 0)
             AND $7 = coalesce((SELECT root FROM seal WHERE tenant = $1 AND no = $2 - 1), '') ON CONFLICT DO NOTHING",
        )
        .bind(tx.tenant)
        .bind(seal.no)
        .bind(i64::try_from(seal.until.transaction).unwrap_or(i64::MAX))
        .bind(seal.until.number)
        .bind(i64::from(seal.events))
        .bind(seal.root.as_slice())
        .bind(seal.previous.as_slice())
        .bind(seal.signature.as_slice())
        .bind(seal.at.to_string())
        .execute(&mut *tx.conn)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
