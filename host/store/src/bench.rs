//! How fast reports become durable, beside a bare insert of the same rows into the same tables on the same disk.

mod night;
mod pg;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry::{Occupied, Vacant};
use std::path::Path;
use std::time::{Duration, Instant};

use escalation::event::Event;
use escalation::invoice::Invoice;
use escalation::report::InvoiceReport;
use escalation::{AccountId, Currency, Date, DateTime, Fact, InvoiceNumber, Money, Party, Received, Report, Source};
use sqlx::Connection;

use crate::inbox::{CursorMove, Entry, Ingest};
use crate::row::{hex, json, sha256};
use crate::sqlite::bulk::Bulk;
use crate::sqlite::hands::Hands;
use crate::sqlite::writer::Tx;
use crate::sqlite::{SqliteStore, open_to_write};
use crate::subject::{self, KEY_BYTES, Place};
use crate::{Result, Store};

pub use night::{Night, bare_night, make_due, night, was_due};
pub use pg::{Beside, claims_pg, forget_pg, ingest_pg, read_pg};

pub const TENANT: &str = "bench";
const CONNECTION: &str = "invoices";
/// Invoices of one account.
const PER_ACCOUNT: usize = 10;

/// Invoice reports, one event each, in pages of `per_page`.
pub fn pages(reports: usize, per_page: usize) -> Vec<Ingest> {
    let at = DateTime::constant(2026, 1, 5, 8, 0, 0, 0);
    let entries: Vec<Entry> = (0..reports).map(|n| entry(n, at)).collect();
    let page = |(n, entries): (usize, &[Entry])| Ingest {
        connection: CONNECTION.to_owned(),
        at,
        cursor: Some(CursorMove { from: n.checked_sub(1).map(|n| format!("page-{n}")), to: format!("page-{n}") }),
        entries: entries.to_vec(),
        refusals: Vec::new(),
        totals: Vec::new(),
        kv: Vec::new(),
    };
    entries.chunks(per_page.max(1)).enumerate().map(page).collect()
}

fn entry(n: usize, at: DateTime) -> Entry {
    let account = AccountId::new(format!("debtor-{:06}", n / PER_ACCOUNT));
    let number = InvoiceNumber::new(format!("INV-2026-{n:07}"));
    let (issued_on, due_on) = (Date::constant(2025, 12, 1), Date::constant(2025, 12, 31));
    let total = Money::new(11_900 + n as i64, Currency::EUR);
    let (terms, references) = ("30 days net".to_owned(), vec![number.as_str().to_owned()]);
    let debtor = Party {
        id: account.as_str().to_owned(),
        name: format!("Debtor {} GmbH", n / PER_ACCOUNT),
        country: "DE".to_owned(),
        address: vec!["Musterstraße 1".to_owned(), "20095 Hamburg".to_owned()],
        email: Some("invoices@debtor.example".to_owned()),
        ..Party::default()
    };
    let report = InvoiceReport {
        debtor,
        number: number.clone(),
        issued_on,
        due_on: Some(due_on),
        total,
        payable: total,
        terms: terms.clone(),
        discounts: Vec::new(),
        payment_references: references.clone(),
        buyer_reference: None,
        order: None,
        products: Vec::new(),
    };
    let invoice = Invoice {
        number: number.clone(),
        issued_on,
        due_on,
        total,
        payable: total,
        terms,
        payment_references: references,
        discounts: Vec::new(),
        buyer_reference: None,
        order: None,
        products: Vec::new(),
    };
    let source = Source {
        key: format!("invoice:{number}"),
        version: None,
        digest: None,
        document: format!("{number}.xml"),
        place: String::new(),
        occurred_on: issued_on,
    };
    let origin = format!("{CONNECTION} {number}.xml");
    let event = Event { at, on: issued_on, origin, fact: Fact::InvoiceIssued { invoice } };
    Entry { received: Received { source, report: Report::Invoice(report) }, events: vec![(account, event)] }
}

/// Takes the pages one after the other by T1, into a new database at `path`: reports per second.
pub async fn ingest(path: &Path, pages: &[Ingest]) -> Result<u64> {
    let store = SqliteStore::open(path, TENANT).await?;
    let pages = pages.to_vec();
    let reports = pages.iter().map(|page| page.entries.len()).sum();
    let started = Instant::now();
    for page in pages {
        store.ingest(page).await?;
    }
    let rate = per_second(reports, started.elapsed());
    store.close().await;
    Ok(rate)
}

/// The baseline: the rows that T1 leaves behind, ready-made, a transaction for each page, into a new database at `path`.
/// Reports per second.
pub async fn bare_batched_insert(path: &Path, pages: &[Ingest]) -> Result<u64> {
    let mut conn = open_to_write(path).await?;
    let mut lanes = BTreeMap::new();
    let batches: Vec<Batch> = pages.iter().map(|page| batch(page, &mut lanes)).collect::<Result<_>>()?;
    let heads: Vec<(String, i64)> = lanes.into_iter().map(|(account, lane)| (account, lane.head)).collect();
    let at = pages.first().map(|page| page.at.to_string()).unwrap_or_default();
    let started = Instant::now();
    for (n, batch) in batches.iter().enumerate() {
        sqlx::query("BEGIN IMMEDIATE").execute(&mut conn).await?;
        insert(&mut Tx { conn: &mut conn, tenant: TENANT, hands: Hands::default() }, &at, batch).await?;
        if n + 1 == batches.len() {
            let mut tx = Tx { conn: &mut conn, tenant: TENANT, hands: Hands::default() };
            LANES
                .run(&mut tx, &[&at], &heads, |values, (account, head)| values.bind(account.as_str()).bind(*head))
                .await?;
        }
        sqlx::query("COMMIT").execute(&mut conn).await?;
    }
    let rate = per_second(batches.iter().map(|batch| batch.rows.len()).sum(), started.elapsed());
    conn.close().await?;
    Ok(rate)
}

/// What a page leaves behind.
#[derive(Default)]
struct Batch {
    rows: Vec<Row>,
    /// Of accounts that are new with this page.
    keys: Vec<(String, [u8; KEY_BYTES])>,
}

struct Lane {
    head: i64,
    key: [u8; KEY_BYTES],
}

/// A report and its event as they stand in the tables.
struct Row {
    key: String,
    digest: String,
    body: String,
    account: String,
    seq: i64,
    happened_on: String,
    payload: Vec<u8>,
    sealed_digest: Vec<u8>,
}

fn batch(page: &Ingest, lanes: &mut BTreeMap<String, Lane>) -> Result<Batch> {
    let mut batch = Batch::default();
    let events = page.entries.iter().flat_map(|entry| entry.events.iter().map(move |event| (entry, event)));
    for (entry, (account, event)) in events {
        let account = account.as_str();
        let lane = match lanes.entry(account.to_owned()) {
            Occupied(lane) => lane.into_mut(),
            Vacant(lane) => {
                let key = subject::keys(1)?.remove(0);
                batch.keys.push((account.to_owned(), key));
                lane.insert(Lane { head: 0, key })
            }
        };
        lane.head += 1;
        let place = Place { tenant: TENANT, account, seq: lane.head };
        let (payload, sealed_digest) = subject::seal(&lane.key, &subject::nonces(1)?.remove(0), place, &json(event)?)?;
        batch.rows.push(Row {
            key: entry.received.source.key.clone(),
            digest: hex(&sha256(json(&entry.received.report)?.as_bytes())),
            body: json(&entry.received)?,
            account: account.to_owned(),
            seq: lane.head,
            happened_on: event.on.to_string(),
            payload,
            sealed_digest,
        });
    }
    Ok(batch)
}

const INBOX: Bulk = Bulk {
    columns: "key, digest, body",
    statement: "INSERT INTO inbox (tenant, connection, key, digest, body, received_at)
            SELECT ?1, ?2, v.key, v.digest, v.body, ?3 FROM v WHERE v.key IS NOT NULL",
};

const KEYS: Bulk = Bulk {
    columns: "account, key",
    statement: "INSERT INTO subject_key (tenant, account, key)
            SELECT ?1, v.account, v.key FROM v WHERE v.account IS NOT NULL",
};

const EVENTS: Bulk = Bulk {
    columns: "account, seq, happened_on, report, payload, digest",
    statement: "INSERT INTO event (tenant, account, seq, recorded_at, type, happened_on, connection, report, sealed, payload, digest)
            SELECT ?1, v.account, v.seq, ?2, 'invoice-issued', v.happened_on, ?3, v.report, 1, v.payload, v.digest FROM v WHERE v.account IS NOT NULL",
};

const LANES: Bulk = Bulk {
    columns: "account, head_seq",
    statement: "INSERT INTO lane (tenant, account, head_seq, done_seq, next_due_at, fence)
            SELECT ?1, v.account, v.head_seq, 0, ?2, 0 FROM v WHERE v.account IS NOT NULL",
};

async fn insert(tx: &mut Tx<'_>, at: &str, batch: &Batch) -> Result<()> {
    INBOX
        .run(tx, &[CONNECTION, at], &batch.rows, |values, row| {
            values.bind(row.key.as_str()).bind(row.digest.as_str()).bind(row.body.as_str())
        })
        .await?;
    KEYS.run(tx, &[], &batch.keys, |values, (account, key)| values.bind(account.as_str()).bind(key.as_slice())).await?;
    EVENTS
        .run(tx, &[at, CONNECTION], &batch.rows, |values, row| {
            values
                .bind(row.account.as_str())
                .bind(row.seq)
                .bind(row.happened_on.as_str())
                .bind(row.key.as_str())
                .bind(row.payload.as_slice())
                .bind(row.sealed_digest.as_slice())
        })
        .await
}

fn per_second(rows: usize, elapsed: Duration) -> u64 {
    let micros = elapsed.as_micros().max(1);
    u64::try_from(rows as u128 * 1_000_000 / micros).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The comparison is fair only if both leave the same behind.
    #[tokio::test]
    async fn both_leave_the_same_rows() {
        let folder = tempfile::tempdir().unwrap();
        let (by_t1, bare) = (folder.path().join("t1.sqlite"), folder.path().join("bare.sqlite"));
        let pages = pages(300, 100);
        assert!(ingest(&by_t1, &pages).await.unwrap() > 0);
        assert!(bare_batched_insert(&bare, &pages).await.unwrap() > 0);
        let mut left = Vec::new();
        for path in [&by_t1, &bare] {
            let mut conn = open_to_write(path).await.unwrap();
            let mut tables: Vec<Vec<(String,)>> = Vec::new();
            for rows in [
                "SELECT json_array(tenant, connection, key, version, digest, body, received_at) FROM inbox ORDER BY key",
                // Keys are made by chance, so that the payloads differ in all but their length.
                "SELECT json_array(ord, tenant, account, seq, recorded_at, type, happened_on, connection, report, sealed,
                 length(payload), length(digest)) FROM event ORDER BY ord",
                "SELECT json_array(tenant, account, length(key)) FROM subject_key ORDER BY account",
                "SELECT json_array(tenant, account, head_seq, done_seq, next_due_at, fence) FROM lane ORDER BY account",
            ] {
                tables.push(sqlx::query_as(rows).fetch_all(&mut conn).await.unwrap());
            }
            left.push(tables);
        }
        assert_eq!(left[0].iter().map(Vec::len).collect::<Vec<_>>(), [300, 300, 30, 30]);
        assert_eq!(left[0], left[1]);
    }

    /// Run by hand, with `--release -- --ignored --nocapture`: the ratio is the measure, not the rates.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    #[ignore = "needs an idle machine: it measures"]
    async fn rates() {
        for (reports, per_page) in [(20_000, 100), (50_000, 500)] {
            let folder = tempfile::tempdir().unwrap();
            let pages = pages(reports, per_page);
            for round in 0..3 {
                let bare = bare_batched_insert(&folder.path().join(format!("bare-{round}")), &pages).await.unwrap();
                let t1 = ingest(&folder.path().join(format!("t1-{round}")), &pages).await.unwrap();
                println!("{per_page} a page: T1 {t1}/s, bare {bare}/s, {} %", t1 * 100 / bare);
            }
        }
    }
}
