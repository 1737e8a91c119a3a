//! Full reconciles: a run is begun, marks what is listed page by page, and ends in one transaction.

use std::collections::BTreeMap;

use async_trait::async_trait;
use escalation::DateTime;

use super::journal;
use super::writer::{Command, Outcome, Tx};
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

    async fn run(&mut self, tx: &mut Tx<'_>) -> Outcome<Option<i64>> {
        let (newest, begun, complete): (Option<i64>, Option<String>, Option<String>) = sqlx::query_as(
            "SELECT max(generation), max(started), max(started) FILTER (WHERE complete = 1) FROM sweep
             WHERE tenant = $1 AND connection = $2",
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
        let begun = sqlx::query(
            "INSERT INTO sweep (tenant, connection, generation, started) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        )
        .bind(tx.tenant)
        .bind(self.connection.as_str())
        .bind(generation)
        .bind(self.at.to_string())
        .execute(&mut *tx.conn)
        .await?;
        if begun.rows_affected() == 0 {
            // Another host was faster.
            return Ok(None);
        }
        sqlx::query("DELETE FROM sweep WHERE tenant = $1 AND connection = $2 AND generation <= $3")
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

#[async_trait]
impl Command for Page {
    type Answer = ();

    async fn run(&mut self, tx: &mut Tx<'_>) -> Outcome<()> {
        // One row cannot be updated twice by one statement: the last word on an invoice counts.
        let last: BTreeMap<(&str, &str), &Listed> =
            self.listed.iter().map(|one| ((one.account.as_str(), one.invoice.as_str()), one)).collect();
        sqlx::query(
            "INSERT INTO sweep_item AS s (tenant, connection, generation, account, invoice, currency, open, missed)
             SELECT $1, $2, $3, v.*, 0 FROM unnest($4::text[], $5::text[], $6::text[], $7::bigint[]) AS v
             ON CONFLICT (tenant, connection, account, invoice) DO UPDATE SET currency = excluded.currency,
             open = excluded.open, generation = greatest(s.generation, excluded.generation)",
        )
        .bind(tx.tenant)
        .bind(self.connection.as_str())
        .bind(self.generation)
        .bind(last.keys().map(|(account, _)| *account).collect::<Vec<_>>())
        .bind(last.keys().map(|(_, invoice)| *invoice).collect::<Vec<_>>())
        .bind(last.values().map(|one| one.open.currency.as_str()).collect::<Vec<_>>())
        .bind(last.values().map(|one| one.open.minor).collect::<Vec<_>>())
        .execute(&mut *tx.conn)
        .await?;
        Ok(())
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

    async fn run(&mut self, tx: &mut Tx<'_>) -> Outcome<()> {
        let (newest,): (Option<i64>,) =
            sqlx::query_as("SELECT max(generation) FROM sweep WHERE tenant = $1 AND connection = $2")
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
    async fn broken(&self, tx: &mut Tx<'_>, why: &str) -> Outcome<()> {
        sqlx::query(
            "UPDATE sweep SET ended = $4, note = $5
             WHERE tenant = $1 AND connection = $2 AND generation = $3 AND ended IS NULL",
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

    async fn complete(&self, tx: &mut Tx<'_>) -> Outcome<()> {
        let closed = sqlx::query(
            "UPDATE sweep SET ended = $4, complete = 1
             WHERE tenant = $1 AND connection = $2 AND generation = $3 AND ended IS NULL",
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
    async fn found(&self, tx: &mut Tx<'_>) -> Outcome<Vec<Item>> {
        let found: Vec<Item> = sqlx::query_as(
            "SELECT account, invoice FROM sweep_item
             WHERE tenant = $1 AND connection = $2 AND generation = $3 AND missed >= $4 ORDER BY account, invoice",
        )
        .bind(tx.tenant)
        .bind(self.connection.as_str())
        .bind(self.generation)
        .bind(MISSED_MIN)
        .fetch_all(&mut *tx.conn)
        .await?;
        sqlx::query(
            "UPDATE sweep_item SET missed = 0
             WHERE tenant = $1 AND connection = $2 AND generation = $3 AND missed > 0",
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
    async fn missed(&self, tx: &mut Tx<'_>) -> Outcome<Vec<Missed>> {
        let mut missed: Vec<Missed> = sqlx::query_as(
            "INSERT INTO sweep_item (tenant, connection, account, invoice, generation, currency, open, missed)
             SELECT v.tenant, v.source, v.account, v.invoice, 0, v.currency, 0, 1 FROM item_view v
             WHERE v.tenant = $1 AND v.source = $2 AND v.open > 0 AND NOT EXISTS (SELECT 1 FROM sweep_item s
                 WHERE s.tenant = v.tenant AND s.connection = v.source AND s.account = v.account
                 AND s.invoice = v.invoice AND s.generation = $3)
             ON CONFLICT (tenant, connection, account, invoice) DO UPDATE SET missed = sweep_item.missed + 1
             RETURNING account, invoice, missed",
        )
        .bind(tx.tenant)
        .bind(self.connection.as_str())
        .bind(self.generation)
        .fetch_all(&mut *tx.conn)
        .await?;
        missed.sort();
        sqlx::query(
            "DELETE FROM sweep_item AS s WHERE s.tenant = $1 AND s.connection = $2 AND s.generation < $3 AND s.missed < $4
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

    async fn totals(&self, tx: &mut Tx<'_>) -> Outcome<Vec<SweepTotal>> {
        let stated: Vec<SideRow> = sqlx::query_as(
            "SELECT currency, count(*), sum(open)::bigint FROM sweep_item
             WHERE tenant = $1 AND connection = $2 AND generation = $3 AND open > 0 GROUP BY currency",
        )
        .bind(tx.tenant)
        .bind(self.connection.as_str())
        .bind(self.generation)
        .fetch_all(&mut *tx.conn)
        .await?;
        let known: Vec<SideRow> = sqlx::query_as(
            "SELECT currency, count(*), sum(open)::bigint FROM item_view
             WHERE tenant = $1 AND source = $2 AND open > 0 GROUP BY currency",
        )
        .bind(tx.tenant)
        .bind(self.connection.as_str())
        .fetch_all(&mut *tx.conn)
        .await?;
        Ok(totals(stated, known)?)
    }

    async fn note(&self, tx: &mut Tx<'_>, totals: &[SweepTotal], missed: &[Missed], found: usize) -> Outcome<()> {
        let once = missed.iter().filter(|(_, _, times)| *times == 1).count();
        let missing = missed.iter().filter(|(_, _, times)| *times >= MISSED_MIN).count();
        sqlx::query(
            "UPDATE sweep SET totals = $4, missing_once = $5, missing = $6, found = $7, listed = (SELECT count(*)
                 FROM sweep_item WHERE tenant = $1 AND connection = $2 AND generation = $3)
             WHERE tenant = $1 AND connection = $2 AND generation = $3",
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
