//! T1: pages of reports with their cursors, each all or nothing, in one transaction.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use async_trait::async_trait;

use super::bulk::{Batch, Bulk};
use super::journal::{self, subject_rows};
use super::outbox;
use super::packed::{Packed, packed};
use super::writer::{Command, Tx, Writer};
use crate::inbox::Ingested;
use crate::intake::Take;
use crate::journal::Recorded;
use crate::mutation::Mutation;
use crate::page::{Aside, Knowledge, Page, Prepared, Sorted, leave_out, sort_all};
use crate::row::json;
use crate::subjects::Subjects;
use crate::{Result, StoreError};

/// Pages that are written together; a page whose cursor has moved is left out, and the others do not notice.
struct Group(Vec<Arc<Page>>);

#[async_trait]
impl Take for Writer {
    async fn take(&self, pages: Vec<Arc<Page>>) -> Result<Vec<Result<Ingested>>> {
        self.write(Group(pages)).await
    }
}

#[async_trait]
impl Command for Group {
    type Answer = Vec<Result<Ingested>>;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<Self::Answer> {
        let in_place = in_place(tx, &self.0).await?;
        let present = self.0.iter().zip(&in_place).filter(|(_, in_place)| **in_place);
        let present: Vec<&Page> = present.map(|(page, _)| page.as_ref()).collect();
        let mut answers = take(tx, &present).await?.into_iter();
        let answer = |(page, in_place): (&Arc<Page>, bool)| {
            let answer = if in_place { answers.next() } else { None };
            answer.ok_or_else(|| StoreError::LostCursor { connection: page.connection.clone() })
        };
        Ok(self.0.iter().zip(in_place).map(answer).collect())
    }
}

async fn take(tx: &mut Tx<'_>, pages: &[&Page]) -> Result<Vec<Ingested>> {
    let (knowledge, subjects) = look_up(tx, pages).await?;
    let mut sorted = sort_all(pages, knowledge);
    let erased = leave_out(&mut sorted, |account| subjects.is_erased(account));
    let lines = lines(pages, &sorted);
    journal::append_after(tx, take_new(pages, &sorted), &lines, subjects).await?;
    let mut answers = Vec::with_capacity(pages.len());
    for ((page, sorted), erased) in pages.iter().zip(&sorted).zip(&erased) {
        for entry in &sorted.newer {
            take_newer(page, tx, entry).await?;
        }
        follow(page, tx, sorted).await?;
        let mut quarantined = 0;
        for aside in page.aside(sorted, erased) {
            quarantined += quarantine(page, tx, aside).await?;
        }
        remember(page, tx).await?;
        answers.push(Ingested { taken: sorted.taken.len() as u32, duplicates: sorted.duplicates, quarantined });
    }
    Ok(answers)
}

fn lines<'p>(pages: &[&'p Page], sorted: &[Sorted<'p>]) -> Vec<Recorded<'p>> {
    let of_page = |(page, sorted): (&&'p Page, &Sorted<'p>)| {
        let at = page.at.as_str();
        sorted.lines().into_iter().map(move |line| (at, line))
    };
    pages.iter().zip(sorted).flat_map(of_page).collect()
}

const INBOX: Bulk = Bulk {
    columns: "connection, key, version, digest, body, received_at",
    statement: "INSERT INTO inbox (tenant, connection, key, version, digest, body, received_at)
            SELECT ?1, v.connection, v.key, v.version, v.digest, v.body, v.received_at FROM v WHERE v.connection IS NOT NULL",
};

/// What [`Mutation::InboxKey`] makes of it.
const INBOX_UNGUARDED: Bulk = Bulk {
    statement: "INSERT OR REPLACE INTO inbox (tenant, connection, key, version, digest, body, received_at)
        SELECT ?1, v.connection, v.key, v.version, v.digest, v.body, v.received_at FROM v WHERE v.connection IS NOT NULL",
    ..INBOX
};

/// Which pages follow what was taken of their connection, one after the other.
async fn in_place(tx: &mut Tx<'_>, pages: &[Arc<Page>]) -> Result<Vec<bool>> {
    let mut cursors: HashMap<&str, Option<String>> = HashMap::new();
    let mut in_place = Vec::with_capacity(pages.len());
    for page in pages {
        let Some(moved) = &page.cursor else {
            in_place.push(true);
            continue;
        };
        let connection = page.connection.as_str();
        if !cursors.contains_key(connection) {
            cursors.insert(connection, cursor(tx, connection).await?);
        }
        let follows = cursors.get(connection) == Some(&moved.from);
        if follows {
            cursors.insert(connection, Some(moved.to.clone()));
        }
        in_place.push(follows);
    }
    Ok(in_place)
}

async fn cursor(tx: &mut Tx<'_>, connection: &str) -> Result<Option<String>> {
    let row: Option<(String,)> = sqlx::query_as("SELECT cursor FROM cursor WHERE tenant = ?1 AND connection = ?2")
        .bind(tx.tenant)
        .bind(connection)
        .fetch_optional(&mut *tx.conn)
        .await?;
    Ok(row.map(|(cursor,)| cursor))
}

/// What is known under the connections and keys in `?3`, and the subjects of the accounts in `?2`.
const LOOKED_UP: &str = concat!(
    "SELECT (SELECT ",
    packed!("j.key", "i.digest", "i.version"),
    " FROM json_each(?3) j CROSS JOIN inbox i
      ON i.tenant = ?1 AND i.connection = j.value ->> 0 AND i.key = j.value ->> 1), (",
    subject_rows!(),
    ")"
);

async fn look_up<'p>(tx: &mut Tx<'_>, pages: &[&'p Page]) -> Result<(Knowledge<'p>, Subjects)> {
    let of_page = |page: &&'p Page| {
        let connection = page.connection.as_str();
        page.entries.iter().map(move |entry| (connection, entry))
    };
    let entries: Vec<(&str, &Prepared)> = pages.iter().flat_map(of_page).collect();
    if entries.is_empty() {
        return Ok((Knowledge::new(), Subjects::of(Vec::new())?));
    }
    let keys: Vec<(&str, &str)> = entries.iter().map(|(connection, entry)| (*connection, entry.key())).collect();
    let accounts: BTreeSet<&str> =
        entries.iter().flat_map(|(_, entry)| &entry.lines).map(|line| line.account.as_str()).collect();
    let known_keys: &[(&str, &str)] = if Mutation::InboxKey.is_on() { &[] } else { &keys };
    let (known, subjects): (String, String) = sqlx::query_as(LOOKED_UP)
        .bind(tx.tenant)
        .bind(json(&accounts)?)
        .bind(json(&known_keys)?)
        .fetch_one(&mut *tx.conn)
        .await?;
    let (mut knowledge, mut packed) = (Knowledge::new(), Packed(&known));
    while !packed.is_empty() {
        let place = usize::try_from(packed.number()?).ok().and_then(|place| keys.get(place));
        let known = (packed.text()?.to_owned(), packed.optional()?.map(str::to_owned));
        if let Some((connection, key)) = place {
            knowledge.entry(connection).or_default().insert(key, known);
        }
    }
    Ok((knowledge, journal::read(&subjects)?))
}

fn take_new(pages: &[&Page], sorted: &[Sorted<'_>]) -> Batch<'static> {
    let inbox = if Mutation::InboxKey.is_on() { &INBOX_UNGUARDED } else { &INBOX };
    let of_page = |(page, sorted)| -> Vec<(&Page, &Prepared)> {
        let (page, sorted): (&&Page, &Sorted<'_>) = (page, sorted);
        sorted.new.iter().map(|entry| (*page, *entry)).collect()
    };
    let new: Vec<(&Page, &Prepared)> = pages.iter().zip(sorted).flat_map(of_page).collect();
    Batch::default().add(inbox, &new, |values, (page, entry)| {
        values
            .bind(page.connection.as_str())
            .bind(entry.key())
            .bind(entry.version())
            .bind(entry.digest.as_str())
            .bind(entry.body.as_str())
            .bind(page.at.as_str())
    })
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

/// Answers 1, or 0 for what is known already.
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
