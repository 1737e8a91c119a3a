//! T1: a page of reports with its cursor, all or nothing.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use escalation::event::Event;
use escalation::{Fact, Received};

use super::bulk::Bulk;
use super::journal::{self, Line};
use super::outbox;
use super::row::{hex, json, sha256};
use super::writer::{Command, Tx};
use crate::inbox::{CursorMove, Entry, Ingest, Ingested, KvChange, QuarantineReason, Refused, Total};
use crate::{Result, StoreError};

/// A page, serialised and hashed before the writer sees it.
pub(super) struct Page {
    connection: String,
    at: String,
    cursor: Option<CursorMove>,
    entries: Vec<Prepared>,
    refusals: Vec<Refused>,
    totals: Vec<Total>,
    kv: Vec<KvChange>,
}

struct Prepared {
    entry: Entry,
    digest: String,
    /// The report with its source.
    body: String,
    lines: Vec<Line>,
}

impl Page {
    pub fn new(page: Ingest) -> Result<Self> {
        Ok(Self {
            connection: page.connection,
            at: page.at.to_string(),
            cursor: page.cursor,
            entries: page.entries.into_iter().map(Prepared::new).collect::<Result<_>>()?,
            refusals: page.refusals,
            totals: page.totals,
            kv: page.kv,
        })
    }
}

impl Prepared {
    fn new(entry: Entry) -> Result<Self> {
        let Received { source, report } = &entry.received;
        let report = json(report)?;
        let digest = match &source.digest {
            Some(digest) => digest.clone(),
            None => hex(&sha256(report.as_bytes())),
        };
        // As `Received` is written, without writing the report twice.
        let body = format!("{{\"source\":{},\"report\":{report}}}", json(source)?);
        let lines =
            entry.events.iter().map(|(account, event)| Line::new(account.as_str(), event)).collect::<Result<_>>()?;
        Ok(Self { entry, digest, body, lines })
    }

    fn key(&self) -> &str {
        &self.entry.received.source.key
    }

    fn version(&self) -> Option<&str> {
        self.entry.received.source.version.as_deref()
    }
}

#[async_trait]
impl Command for Page {
    type Answer = Ingested;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<Ingested> {
        self.is_in_place(tx).await?;
        let known = self.known(tx).await?;
        let sorted = sort(&self.entries, &known);
        self.take_new(tx, &sorted.new).await?;
        for entry in &sorted.newer {
            self.take_newer(tx, entry).await?;
        }
        let lines: Vec<&Line> = sorted.taken.iter().flat_map(|entry| &entry.lines).collect();
        journal::append(tx, &self.at, &lines).await?;
        self.follow(tx, &sorted.taken).await?;

        let mut quarantined = 0;
        for entry in &sorted.conflicts {
            quarantined += self.quarantine_conflict(tx, entry).await?;
        }
        for refused in &self.refusals {
            quarantined += self.quarantine_refused(tx, refused).await?;
        }
        self.remember(tx).await?;
        Ok(Ingested { taken: sorted.taken.len() as u32, duplicates: sorted.duplicates, quarantined })
    }
}

/// Digest and version of what is known under a key.
type Known<'a> = HashMap<&'a str, (String, Option<String>)>;

/// What is to become of each entry.
struct Sorted<'a> {
    new: Vec<&'a Prepared>,
    newer: Vec<&'a Prepared>,
    /// New and newer, in the order of the page.
    taken: Vec<&'a Prepared>,
    conflicts: Vec<&'a Prepared>,
    duplicates: u32,
}

/// A key with the same digest is a duplicate. With another digest a greater version replaces what is known (versions compare
/// as text; any version is greater than none); anything else is a conflict.
fn sort<'a>(entries: &'a [Prepared], known: &Known<'_>) -> Sorted<'a> {
    let mut seen: Known<'_> = HashMap::new();
    let mut sorted = Sorted { new: vec![], newer: vec![], taken: vec![], conflicts: vec![], duplicates: 0 };
    for entry in entries {
        match seen.get(entry.key()).or_else(|| known.get(entry.key())) {
            None => sorted.new.push(entry),
            Some((digest, _)) if *digest == entry.digest => {
                sorted.duplicates += 1;
                continue;
            }
            Some((_, version)) if entry.version() > version.as_deref() => sorted.newer.push(entry),
            // How things stood earlier, told late, is no news and no contradiction.
            Some((_, version)) if entry.version().is_some() && entry.version() < version.as_deref() => {
                sorted.duplicates += 1;
                continue;
            }
            Some(_) => {
                sorted.conflicts.push(entry);
                continue;
            }
        }
        sorted.taken.push(entry);
        seen.insert(entry.key(), (entry.digest.clone(), entry.version().map(str::to_owned)));
    }
    sorted
}

const INBOX: Bulk = Bulk {
    head: "INSERT INTO inbox (tenant, connection, key, version, digest, body, received_at) VALUES ",
    row: "(?1, ?2, $1, $2, $3, $4, ?3)",
    width: 4,
    tail: "",
};

impl Page {
    /// The page follows what was taken of its connection.
    async fn is_in_place(&self, tx: &mut Tx<'_>) -> Result<()> {
        let Some(moved) = &self.cursor else { return Ok(()) };
        let row: Option<(String,)> = sqlx::query_as("SELECT cursor FROM cursor WHERE tenant = ?1 AND connection = ?2")
            .bind(tx.tenant)
            .bind(self.connection.as_str())
            .fetch_optional(&mut *tx.conn)
            .await?;
        match row.map(|(cursor,)| cursor) == moved.from {
            true => Ok(()),
            false => Err(StoreError::LostCursor { connection: self.connection.clone() }),
        }
    }

    async fn known(&self, tx: &mut Tx<'_>) -> Result<Known<'_>> {
        if self.entries.is_empty() {
            return Ok(HashMap::new());
        }
        let keys: Vec<&str> = self.entries.iter().map(Prepared::key).collect();
        let rows: Vec<(String, String, Option<String>)> = sqlx::query_as(
            "SELECT i.key, i.digest, i.version FROM json_each(?3) j CROSS JOIN inbox i
             ON i.tenant = ?1 AND i.connection = ?2 AND i.key = j.value",
        )
        .bind(tx.tenant)
        .bind(self.connection.as_str())
        .bind(json(&keys)?)
        .fetch_all(&mut *tx.conn)
        .await?;
        let mut stored: HashMap<String, _> =
            rows.into_iter().map(|(key, digest, version)| (key, (digest, version))).collect();
        Ok(keys.into_iter().filter_map(|key| stored.remove(key).map(|known| (key, known))).collect())
    }

    async fn take_new(&self, tx: &mut Tx<'_>, entries: &[&Prepared]) -> Result<()> {
        INBOX
            .run(tx, &[&self.connection, &self.at], entries, |values, entry| {
                values.bind(entry.key()).bind(entry.version()).bind(entry.digest.as_str()).bind(entry.body.as_str())
            })
            .await
    }

    async fn take_newer(&self, tx: &mut Tx<'_>, entry: &Prepared) -> Result<()> {
        sqlx::query(
            "UPDATE inbox SET version = ?4, digest = ?5, body = ?6, received_at = ?7
             WHERE tenant = ?1 AND connection = ?2 AND key = ?3",
        )
        .bind(tx.tenant)
        .bind(self.connection.as_str())
        .bind(entry.key())
        .bind(entry.version())
        .bind(entry.digest.as_str())
        .bind(entry.body.as_str())
        .bind(self.at.as_str())
        .execute(&mut *tx.conn)
        .await?;
        Ok(())
    }

    /// What the new events mean beside the journal: money in by day, and effects that a person settled.
    async fn follow(&self, tx: &mut Tx<'_>, taken: &[&Prepared]) -> Result<()> {
        let mut money_in: BTreeMap<(String, String), i64> = BTreeMap::new();
        let events = taken.iter().flat_map(|entry| &entry.entry.events);
        let mut settled: Vec<(&str, &Event)> = Vec::new();
        for (account, event) in events {
            match &event.fact {
                Fact::PaymentReceived { payment } => {
                    let currency = payment.amount.currency.as_str().to_owned();
                    let sum = money_in.entry((payment.booked_on.to_string(), currency)).or_default();
                    *sum = sum.saturating_add(payment.amount.minor);
                }
                Fact::EffectSettled { .. } => settled.push((account.as_str(), event)),
                _ => {}
            }
        }
        outbox::follow(tx, &self.at, &settled).await?;
        for ((booked_on, currency), minor) in money_in {
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

    async fn quarantine_conflict(&self, tx: &mut Tx<'_>, entry: &Prepared) -> Result<u32> {
        let source = &entry.entry.received.source;
        let text = format!("`{}` is known with other content; the first stays", source.key);
        let row = Row {
            mark: mark(&[&self.connection, "conflict", &source.key, &entry.digest]),
            document: &source.document,
            place: &source.place,
            reason: QuarantineReason::Conflict,
            text: &text,
            body: Some(&entry.body),
        };
        self.quarantine(tx, row).await
    }

    async fn quarantine_refused(&self, tx: &mut Tx<'_>, refused: &Refused) -> Result<u32> {
        let row = Row {
            mark: mark(&[&self.connection, "refused", &refused.document, &refused.place, &refused.reason]),
            document: &refused.document,
            place: &refused.place,
            reason: QuarantineReason::Refused,
            text: &refused.reason,
            body: None,
        };
        self.quarantine(tx, row).await
    }

    async fn quarantine(&self, tx: &mut Tx<'_>, row: Row<'_>) -> Result<u32> {
        let done = sqlx::query(
            "INSERT INTO quarantine (tenant, mark, connection, document, place, reason, text, at, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (tenant, mark) DO NOTHING",
        )
        .bind(tx.tenant)
        .bind(row.mark)
        .bind(self.connection.as_str())
        .bind(row.document)
        .bind(row.place)
        .bind(row.reason.as_str())
        .bind(row.text)
        .bind(self.at.as_str())
        .bind(row.body)
        .execute(&mut *tx.conn)
        .await?;
        Ok(done.rows_affected() as u32)
    }

    /// The plugin's cursor and memory, and the other side's sums.
    async fn remember(&self, tx: &mut Tx<'_>) -> Result<()> {
        if let Some(moved) = &self.cursor {
            sqlx::query(
                "INSERT INTO cursor (tenant, connection, cursor, at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (tenant, connection) DO UPDATE SET cursor = excluded.cursor, at = excluded.at",
            )
            .bind(tx.tenant)
            .bind(self.connection.as_str())
            .bind(moved.to.as_str())
            .bind(self.at.as_str())
            .execute(&mut *tx.conn)
            .await?;
        }
        for total in &self.totals {
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
        for change in &self.kv {
            let statement = match change.value {
                Some(_) => {
                    "INSERT INTO kv (tenant, plugin, key, value) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (tenant, plugin, key) DO UPDATE SET value = excluded.value"
                }
                None => "DELETE FROM kv WHERE tenant = ?1 AND plugin = ?2 AND key = ?3",
            };
            sqlx::query(statement)
                .bind(tx.tenant)
                .bind(self.connection.split('/').next().unwrap_or_default()) // a plugin's roles share its memory
                .bind(change.key.as_str())
                .bind(change.value.as_deref())
                .execute(&mut *tx.conn)
                .await?;
        }
        Ok(())
    }
}

struct Row<'a> {
    mark: Vec<u8>,
    document: &'a str,
    place: &'a str,
    reason: QuarantineReason,
    text: &'a str,
    body: Option<&'a str>,
}

/// What a quarantined thing is about, so that the same thing counts once.
fn mark(parts: &[&str]) -> Vec<u8> {
    sha256(parts.join("\0").as_bytes())
}
