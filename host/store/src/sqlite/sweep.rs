//! Full reconciles: a run is begun, marks what is listed page by page, and ends in one transaction.

use async_trait::async_trait;
use escalation::DateTime;

use super::bulk::Bulk;
use super::journal;
use super::writer::{Command, Tx};
use crate::Result;
use crate::row::json;
use crate::sweep::{
    Item, Listed, MISSED_MIN, Missed, SWEEPS_KEPT_MAX, SideRow, SweepDue, SweepEnd, SweepTotal, lines, totals,
};

pub(super) struct Begin {
    pub connection: String,
    pub at: DateTime,
    pub due: SweepDue,
}

#[async_trait]
impl Command for Begin {
    type Answer = Option<i64>;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<Option<i64>> {
        let (newest, begun, complete): (Option<i64>, Option<String>, Option<String>) = sqlx::query_as(
            "SELECT max(generation), max(started), max(CASE WHEN complete THEN started END) FROM sweep
             WHERE tenant = ?1 AND connection = ?2",
        )
        .bind(tx.tenant)
        .bind(self.connection.as_str())
        .fetch_one(&mut *tx.conn)
        .await?;
        let after = |last: Option<String>, moment: DateTime| last.is_some_and(|last| last > moment.to_string());
        if after(begun, self.due.begun_after) || after(complete, self.due.complete_after) {
            return Ok(None);
        }
        let generation = newest.unwrap_or_default() + 1;
        sqlx::query("INSERT INTO sweep (tenant, connection, generation, started) VALUES (?1, ?2, ?3, ?4)")
            .bind(tx.tenant)
            .bind(self.connection.as_str())
            .bind(generation)
            .bind(self.at.to_string())
            .execute(&mut *tx.conn)
            .await?;
        sqlx::query("DELETE FROM sweep WHERE tenant = ?1 AND connection = ?2 AND generation <= ?3")
            .bind(tx.tenant)
            .bind(self.connection.as_str())
            .bind(generation - SWEEPS_KEPT_MAX)
            .execute(&mut *tx.conn)
            .await?;
        Ok(Some(generation))
    }
}

pub(super) struct Page {
    pub connection: String,
    pub generation: i64,
    pub listed: Vec<Listed>,
}

const LISTED: Bulk = Bulk {
    columns: "account, invoice, currency, open",
    statement: "INSERT INTO sweep_item (tenant, connection, generation, account, invoice, currency, open, missed)
            SELECT ?1, ?2, ?3, v.account, v.invoice, v.currency, v.open, 0 FROM v WHERE v.account IS NOT NULL
            ON CONFLICT (tenant, connection, account, invoice) DO UPDATE SET currency = excluded.currency,
            open = excluded.open, generation = max(generation, excluded.generation)",
};

#[async_trait]
impl Command for Page {
    type Answer = ();

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        // Text, as shared values are; the column makes a number of it.
        let generation = self.generation.to_string();
        LISTED
            .run(tx, &[&self.connection, &generation], &self.listed, |values, one| {
                values
                    .bind(one.account.as_str().to_owned())
                    .bind(one.invoice.as_str().to_owned())
                    .bind(one.open.currency.as_str().to_owned())
                    .bind(one.open.minor)
            })
            .await
    }
}

pub(super) struct End {
    pub connection: String,
    pub generation: i64,
    pub at: DateTime,
    pub end: SweepEnd,
}

#[async_trait]
impl Command for End {
    type Answer = ();

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let (newest,): (Option<i64>,) =
            sqlx::query_as("SELECT max(generation) FROM sweep WHERE tenant = ?1 AND connection = ?2")
                .bind(tx.tenant)
                .bind(self.connection.as_str())
                .fetch_one(&mut *tx.conn)
                .await?;
        match &self.end {
            SweepEnd::Broken(why) => self.broken(tx, why).await,
            SweepEnd::Complete if newest != Some(self.generation) => {
                self.broken(tx, "another run was begun meanwhile").await
            }
            SweepEnd::Complete => self.complete(tx).await,
        }
    }
}

impl End {
    async fn broken(&self, tx: &mut Tx<'_>, why: &str) -> Result<()> {
        sqlx::query(
            "UPDATE sweep SET ended = ?4, note = ?5
             WHERE tenant = ?1 AND connection = ?2 AND generation = ?3 AND ended IS NULL",
        )
        .bind(tx.tenant)
        .bind(self.connection.as_str())
        .bind(self.generation)
        .bind(self.at.to_string())
        .bind(why)
        .execute(&mut *tx.conn)
        .await?;
        Ok(())
    }

    async fn complete(&self, tx: &mut Tx<'_>) -> Result<()> {
        let closed = sqlx::query(
            "UPDATE sweep SET ended = ?4, complete = 1
             WHERE tenant = ?1 AND connection = ?2 AND generation = ?3 AND ended IS NULL",
        )
        .bind(tx.tenant)
        .bind(self.connection.as_str())
        .bind(self.generation)
        .bind(self.at.to_string())
        .execute(&mut *tx.conn)
        .await?;
        if closed.rows_affected() == 0 {
            return Ok(());
        }
        let found = self.found(tx).await?;
        let missed = self.missed(tx).await?;
        let lines = lines(&self.connection, self.at, &missed, &found)?;
        let at = self.at.to_string();
        journal::append(tx, &lines.iter().map(|line| (at.as_str(), line)).collect::<Vec<_>>()).await?;
        let totals = self.totals(tx).await?;
        self.note(tx, &totals, &missed, found.len()).await
    }

    /// Forgets that what is listed was missing; answers what its accounts were told of.
    async fn found(&self, tx: &mut Tx<'_>) -> Result<Vec<Item>> {
        let found: Vec<Item> = sqlx::query_as(
            "SELECT account, invoice FROM sweep_item
             WHERE tenant = ?1 AND connection = ?2 AND generation = ?3 AND missed >= ?4 ORDER BY account, invoice",
        )
        .bind(tx.tenant)
        .bind(self.connection.as_str())
        .bind(self.generation)
        .bind(MISSED_MIN)
        .fetch_all(&mut *tx.conn)
        .await?;
        sqlx::query(
            "UPDATE sweep_item SET missed = 0
             WHERE tenant = ?1 AND connection = ?2 AND generation = ?3 AND missed > 0",
        )
        .bind(tx.tenant)
        .bind(self.connection.as_str())
        .bind(self.generation)
        .execute(&mut *tx.conn)
        .await?;
        Ok(found)
    }

    /// Notes what is open with us, known from this source and not listed; with how often in a row. What is neither listed nor
    /// open is forgotten, unless its account waits to be told that it is back.
    async fn missed(&self, tx: &mut Tx<'_>) -> Result<Vec<Missed>> {
        let mut missed: Vec<Missed> = sqlx::query_as(
            "INSERT INTO sweep_item (tenant, connection, account, invoice, generation, currency, open, missed)
             SELECT v.tenant, v.source, v.account, v.invoice, 0, v.currency, 0, 1 FROM item_view v
             WHERE v.tenant = ?1 AND v.source = ?2 AND v.open > 0 AND NOT EXISTS (SELECT 1 FROM sweep_item s
                 WHERE s.tenant = v.tenant AND s.connection = v.source AND s.account = v.account
                 AND s.invoice = v.invoice AND s.generation = ?3)
             ON CONFLICT (tenant, connection, account, invoice) DO UPDATE SET missed = missed + 1
             RETURNING account, invoice, missed",
        )
        .bind(tx.tenant)
        .bind(self.connection.as_str())
        .bind(self.generation)
        .fetch_all(&mut *tx.conn)
        .await?;
        missed.sort();
        sqlx::query(
            "DELETE FROM sweep_item AS s WHERE s.tenant = ?1 AND s.connection = ?2 AND s.generation < ?3 AND s.missed < ?4
             AND NOT EXISTS (SELECT 1 FROM item_view v WHERE v.tenant = s.tenant AND v.account = s.account
                 AND v.invoice = s.invoice AND v.source = s.connection AND v.open > 0)",
        )
        .bind(tx.tenant)
        .bind(self.connection.as_str())
        .bind(self.generation)
        .bind(MISSED_MIN)
        .execute(&mut *tx.conn)
        .await?;
        Ok(missed)
    }

    async fn totals(&self, tx: &mut Tx<'_>) -> Result<Vec<SweepTotal>> {
        let stated: Vec<SideRow> = sqlx::query_as(
            "SELECT currency, count(*), sum(open) FROM sweep_item
             WHERE tenant = ?1 AND connection = ?2 AND generation = ?3 AND open > 0 GROUP BY currency",
        )
        .bind(tx.tenant)
        .bind(self.connection.as_str())
        .bind(self.generation)
        .fetch_all(&mut *tx.conn)
        .await?;
        let known: Vec<SideRow> = sqlx::query_as(
            "SELECT currency, count(*), sum(open) FROM item_view
             WHERE tenant = ?1 AND source = ?2 AND open > 0 GROUP BY currency",
        )
        .bind(tx.tenant)
        .bind(self.connection.as_str())
        .fetch_all(&mut *tx.conn)
        .await?;
        totals(stated, known)
    }

    async fn note(&self, tx: &mut Tx<'_>, totals: &[SweepTotal], missed: &[Missed], found: usize) -> Result<()> {
        let once = missed.iter().filter(|(_, _, times)| *times == 1).count();
        let missing = missed.iter().filter(|(_, _, times)| *times >= MISSED_MIN).count();
        sqlx::query(
            "UPDATE sweep SET totals = ?4, missing_once = ?5, missing = ?6, found = ?7, listed = (SELECT count(*)
                 FROM sweep_item WHERE tenant = ?1 AND connection = ?2 AND generation = ?3)
             WHERE tenant = ?1 AND connection = ?2 AND generation = ?3",
        )
        .bind(tx.tenant)
        .bind(self.connection.as_str())
        .bind(self.generation)
        .bind(json(&totals)?)
        .bind(once as i64)
        .bind(missing as i64)
        .bind(found as i64)
        .execute(&mut *tx.conn)
        .await?;
        Ok(())
    }
}
