//! Hosts that share a database do each thing once, and hear of each other.

use std::collections::BTreeSet;

use escalation::event::Event;
use escalation::report::Received;
use escalation::{Fact, Report, Source};

use super::*;
use crate::inbox::{CursorMove, Entry};
use crate::intake::Take;

const HOUR: Duration = Duration::from_secs(3_600);
/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

fn at(hour: i8) -> DateTime {
    DateTime::constant(2026, 1, 5, hour, 0, 0, 0)
}

fn entry(key: &str, content: &str, accounts: &[String]) -> Entry {
    let source = Source {
        key: key.to_owned(),
        version: None,
        digest: None,
        document: String::new(),
        place: String::new(),
        occurred_on: at(8).date(),
    };
    let fact = Fact::DunningBlocked { reason: content.to_owned(), until: None };
    let event = Event { at: at(8), on: at(8).date(), origin: "test".to_owned(), fact };
    let report = Report::Other { kind: content.to_owned(), notes: Vec::new() };
    let events = accounts.iter().map(|account| (AccountId::new(account), event.clone())).collect();
    Entry { received: Received { source, report }, events }
}

fn page(connection: &str, entries: Vec<Entry>) -> Ingest {
    Ingest { entries, ..Ingest::empty(connection, at(8)) }
}

/// Pages over the same accounts, in an order of their own each time: locks that are not taken in order would deadlock.
fn pages(turned: usize) -> Vec<Ingest> {
    let page_of = |n: usize| {
        let entries = (0..20).map(|m| {
            let accounts: Vec<String> = (0..3).map(|k| format!("account-{:02}", (m * 7 + k * 5 + n) % 30)).collect();
            entry(&format!("key-{n}-{m}"), "x", &accounts)
        });
        let mut entries: Vec<Entry> = entries.collect();
        entries.rotate_left(turned % 20);
        page("files", entries)
    };
    let mut pages: Vec<Ingest> = (0..20).map(page_of).collect();
    pages.rotate_left(turned % 20);
    pages
}

async fn ingest_all(store: &PgStore, pages: Vec<Ingest>) -> (u32, u32) {
    let mut answers = JoinSet::new();
    let mut sum = (0, 0);
    for page in pages {
        let page = Page::new(page).unwrap();
        let writer = store.writer().unwrap().clone();
        answers.spawn(async move { writer.take(vec![Arc::new(page)]).await.unwrap().remove(0).unwrap() });
    }
    while let Some(answer) = answers.join_next().await {
        let answer = answer.unwrap();
        sum = (sum.0 + answer.taken, sum.1 + answer.duplicates);
    }
    sum
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn a_lane_is_claimed_by_one_host() {
    let databases = Databases::new().await;
    let (one, two) = (databases.open().await, databases.open().await);
    let accounts: Vec<String> = (0..300).map(|n| format!("account-{n:03}")).collect();
    one.ingest(page("files", vec![entry("one", "x", &accounts)])).await.unwrap();
    let claim_all = async |store: &PgStore, owner: &str| {
        let mut lanes = Vec::new();
        loop {
            let claimed = store.claim(owner, at(9), HOUR, 7).await.unwrap();
            if claimed.is_empty() {
                return lanes;
            }
            lanes.extend(claimed.into_iter().map(|lane| (lane.account, lane.unread.len())));
        }
    };
    let (mine, yours, ours) = tokio::join!(claim_all(&one, "one"), claim_all(&two, "two"), claim_all(&two, "three"));
    let all: Vec<_> = [mine, yours, ours].concat();
    assert!(all.iter().all(|(_, unread)| *unread == 1));
    let distinct: BTreeSet<_> = all.iter().map(|(account, _)| account.clone()).collect();
    assert_eq!((all.len(), distinct.len()), (300, 300));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn the_same_key_from_two_hosts_is_taken_once() {
    let databases = Databases::new().await;
    let (one, two) = (databases.open().await, databases.open().await);
    let (mine, yours) = tokio::join!(ingest_all(&one, pages(0)), ingest_all(&two, pages(7)));
    assert_eq!((mine.0 + yours.0, mine.1 + yours.1), (400, 400));
    let mut events = 0;
    for account in one.account_ids(None, 100).await.unwrap() {
        let journal = one.journal(&account, 0, 1_000).await.unwrap();
        assert!(journal.iter().zip(1..).all(|(line, n)| line.seq == n));
        assert_eq!(journal.len() as i64, one.account(&account).await.unwrap().unwrap().1.head_seq);
        events += journal.len();
    }
    assert_eq!(events, 1_200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn of_two_hosts_at_a_cursor_one_moves_it() {
    let databases = Databases::new().await;
    let (one, two) = (databases.open().await, databases.open().await);
    let mut from = None;
    for n in 0..20 {
        let moved = |to: String, key: &str| Ingest {
            cursor: Some(CursorMove { from: from.clone(), to }),
            ..page("files", vec![entry(key, "x", &["a".to_owned()])])
        };
        let (mine, yours) = tokio::join!(
            one.ingest(moved(format!("one-{n}"), &format!("one-{n}"))),
            two.ingest(moved(format!("two-{n}"), &format!("two-{n}")))
        );
        let won = match (&mine, &yours) {
            (Ok(_), Err(StoreError::LostCursor { .. })) => format!("one-{n}"),
            (Err(StoreError::LostCursor { .. }), Ok(_)) => format!("two-{n}"),
            other => panic!("{other:?}"),
        };
        assert_eq!(one.cursor("files").await.unwrap(), Some(won.clone()));
        from = Some(won);
    }
    assert_eq!(one.counts().await.unwrap().events, 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn pages_that_wait_are_taken_together_and_each_for_itself() {
    let databases = Databases::new().await;
    let store = databases.open().await;
    crate::conformance::ingest::pages_are_taken_together(store.writer().unwrap(), &store).await;
    // What no row can hold fails alone.
    let told = |key: &str| page("files", vec![entry(key, "x", &["a".to_owned()])]);
    let (fine, bad) = tokio::join!(store.ingest(told("fine")), store.ingest(told("zero \0")));
    assert_eq!(fine.unwrap().taken, 1);
    assert!(matches!(bad, Err(StoreError::Database(_))), "{bad:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn a_greater_version_wins_whoever_comes_first() {
    let databases = Databases::new().await;
    let (one, two) = (databases.open().await, databases.open().await);
    let versioned = |key: usize, version: &str| {
        let mut entry = entry(&format!("key-{key}"), version, &["a".to_owned()]);
        entry.received.source.version = Some(version.to_owned());
        page("files", vec![entry])
    };
    for key in 0..20 {
        one.ingest(versioned(key, "1")).await.unwrap();
        let (mine, yours) = tokio::join!(one.ingest(versioned(key, "2")), two.ingest(versioned(key, "3")));
        assert_eq!((mine.unwrap().quarantined, yours.unwrap().taken), (0, 1));
    }
    let mut conn = databases.connect().await;
    let (greatest,): (i64,) =
        sqlx::query_as("SELECT count(*) FROM inbox WHERE version = '3'").fetch_one(&mut conn).await.unwrap();
    assert_eq!(greatest, 20);
}

/// Reads on until there are so many: whatever runs anywhere on the server, in another test's database too, holds the tail up.
async fn whole_tail(store: &PgStore, mut tail: Vec<TailEntry>, entries: usize) -> Vec<TailEntry> {
    let reading = async {
        while tail.len() < entries {
            let after = tail.last().map_or(TailPosition::default(), |entry| entry.position);
            tail.extend(store.tail(after, 100).await.unwrap());
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.unwrap();
    tail
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn the_tail_waits_for_the_transaction_that_began_first() {
    let databases = Databases::new().await;
    let store = databases.open().await;
    let mut conn = databases.connect().await;
    let mut slow = conn.begin().await.unwrap();
    sqlx::query(
        "INSERT INTO event (tenant, account, seq, recorded_at, type, happened_on, sealed, payload, digest)
         VALUES ('nordlicht', 'slow', 1, '', '', '', 1, '', '')",
    )
    .execute(&mut *slow)
    .await
    .unwrap();
    store.ingest(page("files", vec![entry("one", "x", &["quick".to_owned()])])).await.unwrap();
    assert!(store.tail(TailPosition::default(), 10).await.unwrap().is_empty());
    slow.commit().await.unwrap();
    let tail = whole_tail(&store, Vec::new(), 2).await;
    assert_eq!(tail.iter().map(|entry| entry.account.as_str()).collect::<Vec<_>>(), ["slow", "quick"]);
    assert_eq!(store.tail(tail[0].position, 10).await.unwrap(), tail[1..]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn the_tail_misses_nothing_beside_writers() {
    let databases = Databases::new().await;
    let (one, two) = (databases.open().await, databases.open().await);
    let read = async |tail: &mut Vec<TailEntry>| {
        let after = tail.last().map_or(TailPosition::default(), |entry| entry.position);
        let more = two.tail(after, 50).await.unwrap();
        tail.extend(more.iter().cloned());
        more.len()
    };
    let mut tail = Vec::new();
    let (mut mine, mut yours) = (Box::pin(ingest_all(&one, pages(0))), Box::pin(ingest_all(&two, pages(11))));
    let (mut ended, mut read_beside) = ((false, false), 0);
    while ended != (true, true) {
        tokio::select! {
            _ = &mut mine, if !ended.0 => ended.0 = true,
            _ = &mut yours, if !ended.1 => ended.1 = true,
            n = read(&mut tail) => read_beside += n,
        }
    }
    assert!(read_beside > 0);
    let tail = whole_tail(&two, tail, 1_200).await;
    let distinct: BTreeSet<_> = tail.iter().map(|entry| (entry.account.clone(), entry.seq)).collect();
    assert_eq!((tail.len(), distinct.len()), (1_200, 1_200));
    assert!(tail.windows(2).all(|pair| pair[0].position < pair[1].position));
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn news_wakes_the_other_host() {
    let databases = Databases::new().await;
    let (one, two) = (databases.open().await, databases.open().await);
    let bell = two.news().unwrap();
    // It rings once when it begins to listen.
    tokio::time::timeout(PATIENCE, bell.notified()).await.unwrap();
    one.ingest(page("files", vec![entry("one", "x", &["a".to_owned()])])).await.unwrap();
    tokio::time::timeout(PATIENCE, bell.notified()).await.unwrap();
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn leases_go_by_the_clock_of_the_database() {
    let databases = Databases::new().await;
    let store = databases.open_by(LeaseClock::Database).await;
    store.ingest(page("files", vec![entry("one", "x", &["a".to_owned()])])).await.unwrap();
    let years_ahead = DateTime::constant(2099, 1, 1, 0, 0, 0, 0);
    assert_eq!(store.claim("one", at(9), HOUR, 10).await.unwrap().len(), 1);
    assert!(store.claim("two", years_ahead, HOUR, 10).await.unwrap().is_empty());
    assert!(store.lease("seal", "one", at(9), HOUR).await.unwrap().is_some());
    assert_eq!(store.lease("seal", "two", years_ahead, HOUR).await.unwrap(), None);
    // A lease that is over at once is free at once, even for a host whose clock is behind.
    assert!(store.lease("poll", "one", years_ahead, Duration::ZERO).await.unwrap().is_some());
    assert_eq!(store.lease("poll", "two", at(9), HOUR).await.unwrap().unwrap().fence, 2);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn hot_reads_go_through_their_indexes_in_order() {
    let databases = Databases::new().await;
    databases.open().await.close().await;
    let mut conn = databases.connect().await;
    for hidden in ["enable_seqscan", "enable_hashjoin", "enable_mergejoin", "enable_bitmapscan"] {
        sqlx::query(AssertSqlSafe(format!("SET {hidden} = off"))).execute(&mut conn).await.unwrap();
    }
    for (statement, index) in [(lanes::DUE_LANES, "lane_due"), (effects::DUE_EFFECTS, "effect_due")] {
        let explain = AssertSqlSafe(format!("EXPLAIN {statement}"));
        let clock: Option<String> = None;
        let mut query = sqlx::query_as::<_, (String,)>(explain).bind("t").bind("2026-01-05T08:00:00").bind(10_i64);
        query = if index == "lane_due" { query.bind(clock) } else { query.bind("dialer").bind(clock) };
        let plan: Vec<(String,)> = query.fetch_all(&mut conn).await.unwrap();
        let plan: Vec<&str> = plan.iter().map(|(step,)| step.as_str()).collect();
        assert!(plan.iter().any(|step| step.contains(index)), "{plan:#?}");
        assert!(!plan.iter().any(|step| step.contains("Sort")), "{plan:#?}");
    }
}
