//! What an earlier version wrote stays readable, and what is erased is gone from the file.

use std::borrow::Cow;

use sqlx::migrate::Migrator;

use super::*;
use crate::lane::After;
use crate::view::AccountRow;

/// A database of the second schema with one plain event, its report, and its account.
async fn of_the_second_schema(files: &Files) {
    let mut conn = options(&files.path()).create_if_missing(true).connect().await.unwrap();
    let two = schema::MIGRATIONS.iter().filter(|migration| migration.version <= 2).cloned().collect();
    let second = Migrator { migrations: Cow::Owned(two), ..Migrator::DEFAULT };
    second.run_direct(None, &mut conn, false).await.unwrap();
    for statement in include_str!("../../../fixtures/second-schema.sql").split(";\n") {
        sqlx::query(statement).execute(&mut conn).await.unwrap();
    }
    conn.close().await.unwrap();
}

#[tokio::test]
async fn plain_events_are_read_sealed_over_and_erased() {
    let files = Files::new();
    of_the_second_schema(&files).await;
    let store = files.open().await;
    crate::conformance::audit::what_was_plain_is_read_sealed_over_and_erased(&store).await;
    store.close().await;
    assert!(!found_on_disk(&files, "Musterstra"));
}

#[tokio::test]
async fn what_is_erased_is_gone_from_the_disk() {
    let files = Files::new();
    let store = files.open().await;
    // Enough for pages to be split: a copy that was left behind by that counts too.
    for page in crate::bench::pages(2_000, 100) {
        store.ingest(page).await.unwrap();
    }
    let lanes = store.claim("host", at(), Duration::from_secs(60), 1_000).await.unwrap();
    let decided = lanes.iter().rev().map(|lane| {
        let mut decided = golden_decision(lane, lane.unread[0].event.clone());
        let name = format!("Ramona Vertrauen {}.", lane.account);
        (decided.events, decided.read_seq) = (vec![], lane.read_until);
        decided.because[0].text = format!("{name} is late");
        let row = AccountRow { name, ..crate::conformance::account_row(lane.account.as_str()) };
        decided.after = Some(After { state: Account::new(lane.account.clone()), row });
        decided
    });
    for one in decided {
        store.decided(vec![one]).await.unwrap();
    }
    store.writer().unwrap().flush().await;
    // The report of a debtor, what was made of it, and the key.
    let mut conn = options(&files.path()).connect().await.unwrap();
    let (key,): (Vec<u8>,) = sqlx::query_as("SELECT key FROM subject_key WHERE account = 'debtor-000077'")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
    let there = |files: &Files| {
        [found_on_disk(files, "Debtor 77 GmbH"), found_on_disk(files, "Vertrauen debtor-000077."), found(files, &key)]
    };
    assert_eq!(there(&files), [true; 3]);
    assert!(store.erase(&AccountId::new("debtor-000077"), at()).await.unwrap());
    // The process runs on: nothing waits for its end.
    assert_eq!(there(&files), [false; 3]);
    assert!(found_on_disk(&files, "Debtor 78 GmbH"));
    let other = store.journal(&AccountId::new("debtor-000078"), 0, 100).await.unwrap();
    assert_eq!(other.iter().filter_map(JournalEntry::effective).count(), 10);
}

fn found_on_disk(files: &Files, text: &str) -> bool {
    found(files, text.as_bytes())
}

/// In the database or in its write-ahead log.
fn found(files: &Files, bytes: &[u8]) -> bool {
    let log = files.0.path().join("dunlin.sqlite-wal");
    [files.path(), log]
        .into_iter()
        .filter_map(|path| std::fs::read(path).ok())
        .any(|file| file.windows(bytes.len()).any(|window| window == bytes))
}
