//! T1: pages of reports with their cursors, each all or nothing, in one transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;

use super::journal;
use super::outbox;
use super::writer::{Command, Outcome, Trouble, Tx, Writer, erased};
use crate::inbox::Ingested;
use crate::intake::Take;
use crate::journal::Recorded;
use crate::page::{Aside, Knowledge, Page, Prepared, Sorted, leave_out, sort_all};
use crate::row::json;
use crate::{Result, StoreError};

/// Pages that are written together; a page whose cursor has moved is left out, and the others do not notice.
pub(super) struct Group {
    pages: Vec<Arc<Page>>,
    /// Accounts of these pages that are known to be erased. It is learned by running into them: hardly ever is there one.
    erased: BTreeSet<String>,
}

#[async_trait]
impl Take for Writer {
    async fn take(&self, pages: Vec<Arc<Page>>) -> Result<Vec<Result<Ingested>>> {
        self.write(Group { pages, erased: BTreeSet::new() }).await
    }
}

/// A connection and a key.
type Place<'p> = (&'p str, &'p str);

#[async_trait]
impl Command for Group {
    type Answer = Vec<Result<Ingested>>;

    fn is_news(answers: &Self::Answer) -> bool {
        answers.iter().flatten().any(|page| page.taken > 0)
    }

    async fn run(&mut self, tx: &mut Tx<'_>) -> Outcome<Self::Answer> {
        match self.write(tx).await {
            Err(Trouble::Erased(accounts)) => {
                let again = Trouble::Again(erased(&accounts));
                self.erased.extend(accounts);
                Err(again)
            }
            other => other,
        }
    }
}

impl Group {
    async fn write(&self, tx: &mut Tx<'_>) -> Outcome<Vec<Result<Ingested>>> {
        let mut cursors = Cursors::lock(tx, &self.pages).await?;
        let pages = self.pages.iter().map(Arc::as_ref);
        let pages: Vec<Option<&Page>> = pages.map(|page| cursors.follow(page).then_some(page)).collect();
        let present: Vec<&Page> = pages.iter().flatten().copied().collect();
        let (sorted, erased) = take(tx, &present, &self.erased).await?;
        let lines: Vec<Recorded<'_>> = present
            .iter()
            .zip(&sorted)
            .flat_map(|(page, sorted)| sorted.lines().into_iter().map(|line| (page.at.as_str(), line)))
            .collect();
        journal::append(tx, &lines).await?;
        let mut answers = Vec::with_capacity(present.len());
        for ((page, sorted), erased) in present.iter().zip(&sorted).zip(&erased) {
            outbox::follow(tx, &page.at, &sorted.settled()).await?;
            let quarantined = put_aside(tx, page, &page.aside(sorted, erased)).await?;
            remember(tx, page).await?;
            answers.push(Ingested { taken: sorted.taken.len() as u32, duplicates: sorted.duplicates, quarantined });
        }
        add_up(tx, &sorted).await?;
        cursors.write(tx).await?;
        let mut answers = answers.into_iter();
        let answer = |(page, present): (&Arc<Page>, &Option<&Page>)| {
            let answer = present.and_then(|_| answers.next());
            answer.ok_or_else(|| StoreError::LostCursor { connection: page.connection.clone() })
        };
        Ok(self.pages.iter().zip(&pages).map(answer).collect())
    }
}

/// The cursors that the pages move, locked; they move as the pages are followed.
struct Cursors<'p> {
    at: BTreeMap<&'p str, String>,
    moved: BTreeMap<&'p str, &'p str>,
}

impl<'p> Cursors<'p> {
    async fn lock(tx: &mut Tx<'_>, pages: &'p [Arc<Page>]) -> Outcome<Self> {
        let moving = || pages.iter().filter_map(|page| page.cursor.as_ref().map(|cursor| (page, cursor)));
        // A first cursor is made by one host; another one waits here, and finds it made.
        let first: BTreeMap<&str, (&str, &str)> = moving()
            .filter(|(_, cursor)| cursor.from.is_none())
            .map(|(page, cursor)| (page.connection.as_str(), (cursor.to.as_str(), page.at.as_str())))
            .collect();
        let mut made: BTreeSet<String> = BTreeSet::new();
        if !first.is_empty() {
            let rows: Vec<(String,)> = sqlx::query_as(
                "INSERT INTO cursor (tenant, connection, cursor, at)
                 SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[]) ON CONFLICT DO NOTHING RETURNING connection",
            )
            .bind(tx.tenant)
            .bind(first.keys().copied().collect::<Vec<_>>())
            .bind(first.values().map(|(to, _)| *to).collect::<Vec<_>>())
            .bind(first.values().map(|(_, at)| *at).collect::<Vec<_>>())
            .fetch_all(&mut *tx.conn)
            .await?;
            made.extend(rows.into_iter().map(|(connection,)| connection));
        }
        let there: BTreeSet<&str> = moving().map(|(page, _)| page.connection.as_str()).collect();
        let there: Vec<&str> = there.into_iter().filter(|connection| !made.contains(*connection)).collect();
        let mut at = BTreeMap::new();
        if !there.is_empty() {
            let rows: Vec<(String, String)> = sqlx::query_as(
                "SELECT connection, cursor FROM cursor WHERE tenant = $1 AND connection = ANY($2)
                 ORDER BY connection FOR UPDATE",
            )
            .bind(tx.tenant)
            .bind(&there)
            .fetch_all(&mut *tx.conn)
            .await?;
            let mut rows: BTreeMap<String, String> = rows.into_iter().collect();
            at.extend(there.into_iter().filter_map(|name| rows.remove(name).map(|cursor| (name, cursor))));
        }
        Ok(Self { at, moved: BTreeMap::new() })
    }

    /// Is the cursor where the page was read from? Then it moves on.
    fn follow(&mut self, page: &'p Page) -> bool {
        let Some(cursor) = &page.cursor else { return true };
        if self.at.get(page.connection.as_str()) != cursor.from.as_ref() {
            return false;
        }
        self.at.insert(&page.connection, cursor.to.clone());
        self.moved.insert(&page.connection, &page.at);
        true
    }

    async fn write(&self, tx: &mut Tx<'_>) -> Outcome<()> {
        if self.moved.is_empty() {
            return Ok(());
        }
        let moved = || self.moved.keys().copied();
        sqlx::query(
            "UPDATE cursor c SET cursor = v.cursor, at = v.at
             FROM unnest($2::text[], $3::text[], $4::text[]) AS v (connection, cursor, at)
             WHERE c.tenant = $1 AND c.connection = v.connection",
        )
        .bind(tx.tenant)
        .bind(moved().collect::<Vec<_>>())
        .bind(moved().filter_map(|name| self.at.get(name).map(String::as_str)).collect::<Vec<_>>())
        .bind(self.moved.values().copied().collect::<Vec<_>>())
        .execute(&mut *tx.conn)
        .await?;
        Ok(())
    }
}

/// What was taken of each page, and what of it was not because it concerns an account that was erased.
type Taken<'p> = (Vec<Sorted<'p>>, Vec<Vec<&'p Prepared>>);

/// Inserts what is new and replaces what is newer. Of two hosts that bring the same key at once, one waits for the other and
/// finds it known.
async fn take<'p>(tx: &mut Tx<'_>, pages: &[&'p Page], erased: &BTreeSet<String>) -> Outcome<Taken<'p>> {
    let entries = || pages.iter().flat_map(|page| page.entries.iter().map(move |entry| (*page, entry)));
    let mut firsts: BTreeMap<Place<'p>, (&'p Page, &'p Prepared)> = BTreeMap::new();
    for (page, entry) in entries() {
        firsts.entry((&page.connection, entry.key())).or_insert((page, entry));
    }
    let keys: Vec<Place<'p>> = firsts.keys().copied().collect();
    firsts.retain(|_, (_, entry)| !entry.lines.iter().any(|line| erased.contains(&line.account)));
    let new = insert(tx, &firsts).await?;
    let is_new = |(connection, key): &Place<'_>| new.get(*connection).is_some_and(|keys| keys.contains(*key));
    let there: Vec<Place<'p>> = keys.into_iter().filter(|place| !is_new(place)).collect();
    let mut knowledge = Knowledge::new();
    read(tx, &there, false, &mut knowledge).await?;
    let is_erased = |account: &str| erased.contains(account);
    let mut sorted = sort_all(pages, knowledge.clone());
    let mut gone = leave_out(&mut sorted, is_erased);
    let newer: BTreeSet<Place<'p>> = newer(pages, &sorted).filter(|place| !is_new(place)).collect();
    if !newer.is_empty() {
        // Somebody else may replace the same now: what is known is read again under lock, and decided again.
        read(tx, &newer.into_iter().collect::<Vec<_>>(), true, &mut knowledge).await?;
        sorted = sort_all(pages, knowledge);
        gone = leave_out(&mut sorted, is_erased);
    }
    for (page, sorted) in pages.iter().zip(&sorted) {
        for entry in &sorted.newer {
            replace(tx, page, entry).await?;
        }
    }
    Ok((sorted, gone))
}

fn newer<'a, 'p>(pages: &'a [&'p Page], sorted: &'a [Sorted<'p>]) -> impl Iterator<Item = Place<'p>> + 'a {
    let of_page = |(page, sorted): (&'a &'p Page, &'a Sorted<'p>)| {
        let connection = page.connection.as_str();
        sorted.newer.iter().map(move |entry| (connection, entry.key()))
    };
    pages.iter().zip(sorted).flat_map(of_page)
}

/// Inserts the first report under each key, in the order of the keys; answers which were new.
async fn insert(
    tx: &mut Tx<'_>,
    firsts: &BTreeMap<Place<'_>, (&Page, &Prepared)>,
) -> Outcome<HashMap<String, HashSet<String>>> {
    let mut new: HashMap<String, HashSet<String>> = HashMap::new();
    if firsts.is_empty() {
        return Ok(new);
    }
    let entries = || firsts.values().map(|(_, entry)| *entry);
    let rows: Vec<(String, String)> = sqlx::query_as(
        "INSERT INTO inbox (tenant, connection, key, version, digest, body, received_at)
         SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
         ON CONFLICT DO NOTHING RETURNING connection, key",
    )
    .bind(tx.tenant)
    .bind(firsts.keys().map(|(connection, _)| *connection).collect::<Vec<_>>())
    .bind(firsts.keys().map(|(_, key)| *key).collect::<Vec<_>>())
    .bind(entries().map(Prepared::version).collect::<Vec<_>>())
    .bind(entries().map(|entry| entry.digest.as_str()).collect::<Vec<_>>())
    .bind(entries().map(|entry| entry.body.as_str()).collect::<Vec<_>>())
    .bind(firsts.values().map(|(page, _)| page.at.as_str()).collect::<Vec<_>>())
    .fetch_all(&mut *tx.conn)
    .await?;
    for (connection, key) in rows {
        new.entry(connection).or_default().insert(key);
    }
    Ok(new)
}

/// What is known under the keys, which stand in their order.
async fn read<'p>(tx: &mut Tx<'_>, keys: &[Place<'p>], lock: bool, into: &mut Knowledge<'p>) -> Outcome<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let known = "SELECT v.place, i.digest, i.version FROM unnest($2::text[], $3::text[]) WITH ORDINALITY
         AS v (connection, key, place) JOIN inbox i ON i.tenant = $1 AND i.connection = v.connection AND i.key = v.key";
    let locked = "SELECT v.place, i.digest, i.version FROM unnest($2::text[], $3::text[]) WITH ORDINALITY
         AS v (connection, key, place) JOIN inbox i ON i.tenant = $1 AND i.connection = v.connection AND i.key = v.key
         ORDER BY v.place FOR UPDATE OF i";
    let rows: Vec<(i64, String, Option<String>)> = sqlx::query_as(if lock { locked } else { known })
        .bind(tx.tenant)
        .bind(keys.iter().map(|(connection, _)| *connection).collect::<Vec<_>>())
        .bind(keys.iter().map(|(_, key)| *key).collect::<Vec<_>>())
        .fetch_all(&mut *tx.conn)
        .await?;
    for (place, digest, version) in rows {
        let at = usize::try_from(place - 1).ok().and_then(|at| keys.get(at));
        if let Some((connection, key)) = at {
            into.entry(connection).or_default().insert(key, (digest, version));
        }
    }
    Ok(())
}

async fn replace(tx: &mut Tx<'_>, page: &Page, entry: &Prepared) -> Outcome<()> {
    sqlx::query(
        "UPDATE inbox SET version = $4, digest = $5, body = $6, received_at = $7
         WHERE tenant = $1 AND connection = $2 AND key = $3",
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

/// Answers how much of it was not known.
async fn put_aside(tx: &mut Tx<'_>, page: &Page, aside: &[Aside<'_>]) -> Outcome<u32> {
    if aside.is_empty() {
        return Ok(0);
    }
    let done = sqlx::query(
        "INSERT INTO quarantine (tenant, connection, at, mark, document, place, reason, text, body, accounts)
         SELECT $1, $2, $3, * FROM unnest($4::bytea[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
         ON CONFLICT (tenant, mark) DO NOTHING",
    )
    .bind(tx.tenant)
    .bind(page.connection.as_str())
    .bind(page.at.as_str())
    .bind(aside.iter().map(|one| one.mark.as_slice()).collect::<Vec<_>>())
    .bind(aside.iter().map(|one| one.document).collect::<Vec<_>>())
    .bind(aside.iter().map(|one| one.place).collect::<Vec<_>>())
    .bind(aside.iter().map(|one| one.reason.as_str()).collect::<Vec<_>>())
    .bind(aside.iter().map(|one| one.text.as_str()).collect::<Vec<_>>())
    .bind(aside.iter().map(|one| one.body).collect::<Vec<_>>())
    .bind(aside.iter().map(|one| json(&one.accounts)).collect::<Result<Vec<_>>>()?)
    .execute(&mut *tx.conn)
    .await?;
    Ok(u32::try_from(done.rows_affected()).unwrap_or(u32::MAX))
}

/// The plugin's memory, and the other side's sums.
async fn remember(tx: &mut Tx<'_>, page: &Page) -> Outcome<()> {
    for total in &page.totals {
        sqlx::query(
            "INSERT INTO total (tenant, connection, name, stated_on, currency, stated, counted)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant, connection, name, stated_on, currency)
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
                "INSERT INTO kv (tenant, plugin, key, value) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (tenant, plugin, key) DO UPDATE SET value = excluded.value"
            }
            None => "DELETE FROM kv WHERE tenant = $1 AND plugin = $2 AND key = $3 AND $4::bytea IS NULL",
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

/// Money in by day, of all pages together. These few rows are what everybody changes: they are locked last.
async fn add_up(tx: &mut Tx<'_>, sorted: &[Sorted<'_>]) -> Outcome<()> {
    let mut sums: BTreeMap<(String, String), i64> = BTreeMap::new();
    for (day, minor) in sorted.iter().flat_map(Sorted::money_in) {
        let sum = sums.entry(day).or_default();
        *sum = sum.saturating_add(minor);
    }
    if sums.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO money_in AS m (tenant, booked_on, currency, minor)
         SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bigint[])
         ON CONFLICT (tenant, booked_on, currency) DO UPDATE SET minor = m.minor + excluded.minor",
    )
    .bind(tx.tenant)
    .bind(sums.keys().map(|(day, _)| day.as_str()).collect::<Vec<_>>())
    .bind(sums.keys().map(|(_, currency)| currency.as_str()).collect::<Vec<_>>())
    .bind(sums.values().copied().collect::<Vec<_>>())
    .execute(&mut *tx.conn)
    .await?;
    Ok(())
}
