//! T1: a page of reports with its cursor, all or nothing.

use std::collections::HashMap;

use async_trait::async_trait;

use super::bulk::Bulk;
use super::journal;
use super::outbox;
use super::writer::{Command, Tx};
use crate::inbox::Ingested;
use crate::mutation::Mutation;
use crate::page::{Aside, Known, Page, Prepared, Sorted, sort};
use crate::row::json;
use crate::{Result, StoreError};

#[async_trait]
impl Command for Page {
    type Answer = Ingested;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<Ingested> {
        is_in_place(self, tx).await?;
        let mut sorted = sort(&self.entries, &mut known(self, tx).await?);
        let subjects = journal::subjects(tx, &sorted.lines()).await?;
        let erased = sorted.without(|account| subjects.is_erased(account));
        take_new(self, tx, &sorted.new).await?;
        for entry in &sorted.newer {
            take_newer(self, tx, entry).await?;
        }
        journal::append_of(tx, &self.at, &sorted.lines(), subjects).await?;
        follow(self, tx, &sorted).await?;

        let mut quarantined = 0;
        for entry in &sorted.conflicts {
            quarantined += quarantine(self, tx, self.conflict(entry)).await?;
        }
        for entry in &erased {
            quarantined += quarantine(self, tx, self.erasure(entry)).await?;
        }
        for refused in &self.refusals {
            quarantined += quarantine(self, tx, self.refusal(refused)).await?;
        }
        remember(self, tx).await?;
        Ok(Ingested { taken: sorted.taken.len() as u32, duplicates: sorted.duplicates, quarantined })
    }
}

const INBOX: Bulk = Bulk {
    head: "INSERT INTO inbox (tenant, connection, key, version, digest, body, received_at) VALUES ",
    row: "(?1, ?2, $1, $2, $3, $4, ?3)",
    width: 4,
    tail: "",
};

/// What [`Mutation::InboxKey`] makes of it.
const INBOX_UNGUARDED: Bulk = Bulk {
    head: "INSERT OR REPLACE INTO inbox (tenant, connection, key, version, digest, body, received_at) VALUES ",
    ..INBOX
};

/// The page follows what was taken of its connection.
async fn is_in_place(page: &Page, tx: &mut Tx<'_>) -> Result<()> {
    let Some(moved) = &page.cursor else { return Ok(()) };
    let row: Option<(String,)> = sqlx::query_as("SELECT cursor FROM cursor WHERE tenant = ?1 AND connection = ?2")
        .bind(tx.tenant)
        .bind(page.connection.as_str())
        .fetch_optional(&mut *tx.conn)
        .await?;
    match row.map(|(cursor,)| cursor) == moved.from {
        true => Ok(()),
        false => Err(StoreError::LostCursor { connection: page.connection.clone() }),
    }
}

async fn known<'p>(page: &'p Page, tx: &mut Tx<'_>) -> Result<Known<'p>> {
    if page.entries.is_empty() || Mutation::InboxKey.is_on() {
        return Ok(HashMap::new());
    }
    let keys: Vec<&str> = page.entries.iter().map(Prepared::key).collect();
    let rows: Vec<(String, String, Option<String>)> = sqlx::query_as(
        "SELECT i.key, i.digest, i.version FROM json_each(?3) j CROSS JOIN inbox i
         ON i.tenant = ?1 AND i.connection = ?2 AND i.key = j.value",
    )
    .bind(tx.tenant)
    .bind(page.connection.as_str())
    .bind(json(&keys)?)
    .fetch_all(&mut *tx.conn)
    .await?;
    let mut stored: HashMap<String, _> =
        rows.into_iter().map(|(key, digest, version)| (key, (digest, version))).collect();
    Ok(keys.into_iter().filter_map(|key| stored.remove(key).map(|known| (key, known))).collect())
}

async fn take_new(page: &Page, tx: &mut Tx<'_>, entries: &[&Prepared]) -> Result<()> {
    let inbox = if Mutation::InboxKey.is_on() { INBOX_UNGUARDED } else { INBOX };
    inbox
        .run(tx, &[&page.connection, &page.at], entries, |values, entry| {
            values.bind(entry.key()).bind(entry.version()).bind(entry.digest.as_str()).bind(entry.body.as_str())
        })
        .await
}

async fn take_newer(page: &Page, tx: &mut Tx<'_>, entry: &Prepared) -> Result<()> {
    sqlx::query(
        "UPDATE inbox SET version = ?4, digest = ?5, body = ?6, received_at = ?7
         WHERE tenant = ?1 AND connection = ?2 AND key = ?3",
    )
    .bind(tx.tenant)
    .bind(page.connection.as_str())
    .bind(entry.key())
    .bind(entry.version())
    .bind(entry.digest.as_str())
    .bind(entry.body.as_str())
    .bind(page.at.as_str())
    .execute(&mut *tx.conn)
    .await?;
    Ok(())
}

/// What the new events mean beside the journal: money in by day, and effects that a person settled.
async fn follow(page: &Page, tx: &mut Tx<'_>, sorted: &Sorted<'_>) -> Result<()> {
    outbox::follow(tx, &page.at, &sorted.settled()).await?;
    for ((booked_on, currency), minor) in sorted.money_in() {
        sqlx::query(
            "INSERT INTO money_in (tenant, booked_on, currency, minor) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (tenant, booked_on, currency) DO UPDATE SET minor = minor + excluded.minor",
        )
        .bind(tx.tenant)
        .bind(booked_on)
        .bind(currency)
        .bind(minor)
        .execute(&mut *tx.conn)
        .await?;
    }
    Ok(())
}

async fn quarantine(page: &Page, tx: &mut Tx<'_>, row: Aside<'_>) -> Result<u32> {
    let done = sqlx::query(
        "INSERT INTO quarantine (tenant, mark, connection, document, place, reason, text, at, body, accounts)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (tenant, mark) DO NOTHING",
    )
    .bind(tx.tenant)
    .bind(row.mark)
    .bind(page.connection.as_str())
    .bind(row.document)
    .bind(row.place)
    .bind(row.reason.as_str())
    .bind(row.text)
    .bind(page.at.as_str())
    .bind(row.body)
    .bind(json(&row.accounts)?)
    .execute(&mut *tx.conn)
    .await?;
    Ok(done.rows_affected() as u32)
}

/// The plugin's cursor and memory, and the other side's sums.
async fn remember(page: &Page, tx: &mut Tx<'_>) -> Result<()> {
    if let Some(moved) = &page.cursor {
        sqlx::query(
            "INSERT INTO cursor (tenant, connection, cursor, at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (tenant, connection) DO UPDATE SET cursor = excluded.cursor, at = excluded.at",
        )
        .bind(tx.tenant)
        .bind(page.connection.as_str())
        .bind(moved.to.as_str())
        .bind(page.at.as_str())
        .execute(&mut *tx.conn)
        .await?;
    }
    for total in &page.totals {
        sqlx::query(
            "INSERT INTO total (tenant, connection, name, stated_on, currency, stated, counted)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (tenant, connection, name, stated_on, currency)
             DO UPDATE SET stated = excluded.stated, counted = excluded.counted",
        )
        .bind(tx.tenant)
        .bind(total.connection.as_str())
        .bind(total.name.as_str())
        .bind(total.on.to_string())
        .bind(total.stated.currency.as_str())
        .bind(total.stated.minor)
        .bind(total.counted.minor)
        .execute(&mut *tx.conn)
        .await?;
    }
    for change in &page.kv {
        let statement = match change.value {
            Some(_) => {
                "INSERT INTO kv (tenant, plugin, key, value) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (tenant, plugin, key) DO UPDATE SET value = excluded.value"
            }
            None => "DELETE FROM kv WHERE tenant = ?1 AND plugin = ?2 AND key = ?3",
        };
        sqlx::query(statement)
            .bind(tx.tenant)
            .bind(page.plugin())
            .bind(change.key.as_str())
            .bind(change.value.as_deref())
            .execute(&mut *tx.conn)
            .await?;
    }
    Ok(())
}
