//! On PostgreSQL: everything arrives, whatever happens on the way, and never can both sides be opened.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use escalation::DateTime;
use tempfile::TempDir;
use tokio::sync::Notify;

use crate::inbox::{Ingest, KvChange, Refused};
use crate::postgres::tests::Databases;
use crate::postgres::{PgOptions, PgStore};
use crate::sqlite::SqliteStore;
use crate::transfer::{Transferred, back, transfer};
use crate::view::CallRow;
use crate::{Result, Store, StoreError, TailPosition};

const TENANT: &str = "nordlicht";
const REPORTS: usize = 1_300;
const LEASE: Duration = Duration::from_secs(30);

/// A workspace, and a database to move into.
struct Move {
    _folder: TempDir,
    file: PathBuf,
    databases: Databases,
}

impl Move {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("dunlin.sqlite");
        let made = Self { file, _folder: folder, databases: Databases::new().await };
        let store = made.old().await.unwrap();
        for page in crate::bench::pages(REPORTS, 100) {
            store.ingest(page).await.unwrap();
        }
        fill(&store).await;
        store.close().await;
        made
    }

    async fn old(&self) -> Result<SqliteStore> {
        SqliteStore::open(&self.file, TENANT).await
    }

    async fn new_one(&self) -> Result<PgStore> {
        PgStore::open(&self.databases.url(), TENANT, PgOptions { connections: 4, ..PgOptions::default() }).await
    }

    async fn go(&self) -> Result<Transferred> {
        transfer(&self.file, &self.databases.url(), TENANT, &|_, _| {}).await
    }
}

fn at() -> DateTime {
    DateTime::constant(2026, 1, 5, 9, 0, 0, 0)
}

/// A little of what stands in the other tables.
async fn fill(store: &SqliteStore) {
    let refused = Refused { document: "x".to_owned(), place: String::new(), reason: "unreadable".to_owned() };
    let kv = vec![KvChange { key: "k".to_owned(), value: Some(vec![0, 159, 255]) }];
    store.ingest(Ingest { refusals: vec![refused], kv, ..Ingest::empty("files", at()) }).await.unwrap();
    store.note_set("day", "").await.unwrap();
    store.lease("poll", "host 1", at(), LEASE).await.unwrap();
    for n in 0..3 {
        let call = CallRow {
            plugin: "files".to_owned(),
            version: "1".to_owned(),
            function: format!("pull {n}"),
            at: at(),
            micros: n,
            error: String::new(),
            log: Vec::new(),
        };
        store.record_call(call).await.unwrap();
    }
    assert_eq!(store.claim("host 1", at(), LEASE, 5).await.unwrap().len(), 5);
}

async fn remains(store: &dyn Store) -> String {
    let tail = store.tail(TailPosition::default(), 10_000).await.unwrap();
    assert!(tail.len() >= REPORTS);
    let mut remains = format!("{tail:?} {:?} {:?}", store.counts().await.unwrap(), store.totals(100).await.unwrap());
    for id in store.account_ids(None, 10_000).await.unwrap() {
        let (journal, effects) = (store.journal(&id, 0, 10_000).await.unwrap(), store.effects_of(&id, 1_000).await);
        remains += &format!("{id} {journal:?} {effects:?} {:?}", store.account(&id).await.unwrap());
    }
    let calls: Vec<String> = store.calls("files", 9).await.unwrap().into_iter().map(|call| call.function).collect();
    remains + &format!("{calls:?} {:?} {:?}", store.kv_get("files", "k").await, store.note_get("day").await)
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_database_moves_whole_and_is_shut_behind_it() {
    let moving = Move::new().await;
    let old = SqliteStore::open_read_only(&moving.file, TENANT).await.unwrap();
    let before = remains(&old).await;
    let Transferred::Whole { tables } = moving.go().await.unwrap() else { panic!("nobody works on it") };
    assert!(tables.contains(&("event", REPORTS as u64)) && tables.contains(&("inbox", REPORTS as u64)), "{tables:?}");
    let new = moving.new_one().await.unwrap();
    assert_eq!(remains(&new).await, before);
    // What the old process held is nobody's, and its fence goes on.
    let later = at().checked_add(2 * LEASE).unwrap();
    assert_eq!(new.claim("host 2", later, LEASE, 1_000).await.unwrap().len(), REPORTS / 10);
    assert_eq!(new.lease("poll", "host 2", at(), LEASE).await.unwrap().unwrap().fence, 2);
    let shut = moving.old().await.err().unwrap();
    assert!(matches!(&shut, StoreError::Transfer(why) if why.contains("was moved to")), "{shut:?}");
    assert!(moving.go().await.unwrap_err().to_string().contains("that is done"));
    assert_eq!(remains(&old).await, before);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn most_of_it_is_copied_while_work_goes_on() {
    let moving = Move::new().await;
    let old = moving.old().await.unwrap();
    let Transferred::Ahead { rows } = moving.go().await.unwrap() else { panic!("a process works on it") };
    assert_eq!(rows, 2 * REPORTS as u64);
    let refused = moving.new_one().await.err().unwrap();
    assert!(refused.to_string().contains("transfer unfinished"), "{refused}");
    // More comes, and what is there already is replaced by a greater version.
    for mut page in crate::bench::pages(REPORTS + 250, 100).into_iter().skip(3) {
        page.cursor = None;
        for entry in &mut page.entries {
            entry.received.source.version = Some("2".to_owned());
        }
        old.ingest(page).await.unwrap();
    }
    let before = remains(&old).await;
    old.close().await;
    drop(old);
    // Some of what is there already moves to history, and some of what is not.
    let mut conn = crate::sqlite::open_to_write(&moving.file).await.unwrap();
    for statement in
        ["INSERT INTO event_history SELECT * FROM event WHERE ord % 9 = 0", "DELETE FROM event WHERE ord % 9 = 0"]
    {
        assert!(sqlx::query(statement).execute(&mut conn).await.unwrap().rows_affected() > 20);
    }
    sqlx::Connection::close(conn).await.unwrap();
    let Transferred::Whole { .. } = moving.go().await.unwrap() else { panic!("nobody works on it") };
    assert_eq!(remains(&moving.new_one().await.unwrap()).await, before);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn it_may_break_off_anywhere_and_goes_on() {
    let moving = Move::new().await;
    let before = remains(&SqliteStore::open_read_only(&moving.file, TENANT).await.unwrap()).await;
    let mut broken = 0;
    for stop in 1.. {
        let (told, enough) = (AtomicU32::new(0), Notify::new());
        let tell = |_: &str, _: u64| {
            if told.fetch_add(1, Ordering::Relaxed) + 1 == stop {
                enough.notify_one();
            }
        };
        let url = moving.databases.url();
        let ended = tokio::select! {
            biased;
            () = enough.notified() => None,
            ended = transfer(&moving.file, &url, TENANT, &tell) => Some(ended.unwrap()),
        };
        match ended {
            Some(Transferred::Whole { .. }) => break,
            Some(ahead) => panic!("{ahead:?}"),
            None => broken += 1,
        }
        assert!(moving.new_one().await.is_err());
        moving.old().await.unwrap().close().await;
    }
    assert!(broken > 10, "{broken}");
    assert_eq!(remains(&moving.new_one().await.unwrap()).await, before);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn it_is_taken_back_as_long_as_nothing_has_happened_there() {
    let moving = Move::new().await;
    let url = moving.databases.url();
    moving.go().await.unwrap();
    moving.new_one().await.unwrap().close().await;
    back(&moving.file, &url, TENANT).await.unwrap();
    assert!(moving.new_one().await.is_err());
    let old = moving.old().await.unwrap();
    old.note_set("day", "2").await.unwrap();
    old.close().await;
    drop(old);
    moving.go().await.unwrap();
    let new = moving.new_one().await.unwrap();
    assert_eq!(new.note_get("day").await.unwrap().as_deref(), Some("2"));
    new.lease("poll", "host 2", at(), LEASE).await.unwrap();
    let refused = back(&moving.file, &url, TENANT).await.unwrap_err();
    assert!(refused.to_string().contains("work went on there"), "{refused}");
    moving.new_one().await.unwrap();
    assert!(moving.old().await.is_err());
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn what_does_not_arrive_as_it_was_is_thrown_away() {
    let moving = Move::new().await;
    let old = moving.old().await.unwrap();
    moving.go().await.unwrap();
    let tamper = "UPDATE event SET payload = set_byte(payload, 0, 255 - get_byte(payload, 0)) WHERE seq = 3 AND account LIKE '%7'";
    crate::postgres::tests::run(&moving.databases.url(), tamper.to_owned()).await;
    drop(old);
    // The process is gone when its lock is.
    let refused = loop {
        match moving.go().await {
            Ok(Transferred::Ahead { .. }) => tokio::task::yield_now().await,
            other => break other.unwrap_err(),
        }
    };
    assert!(refused.to_string().contains("table `event`"), "{refused}");
    moving.old().await.unwrap().close().await;
    assert!(matches!(moving.go().await.unwrap(), Transferred::Whole { .. }));
    moving.new_one().await.unwrap();
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn two_histories_are_not_made_one() {
    let moving = Move::new().await;
    let new = moving.new_one().await.unwrap();
    new.note_set("day", "1").await.unwrap();
    let refused = moving.go().await.unwrap_err();
    assert!(refused.to_string().contains("has a creditor `nordlicht` already"), "{refused}");
    moving.old().await.unwrap();
}
