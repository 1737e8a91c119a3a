//! The suite on SQLite, and what only a file can do wrong.

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use escalation::event::Event;
use escalation::{Account, AccountId, Action, DateTime, Effect, EffectKey, Fact, Reason};
use tempfile::TempDir;

use super::writer::{Command, Tx};
use super::*;
use crate::conformance::{Backend, conformance};
use crate::journal::Content;
use crate::lane::After;
use crate::reads;

mod plans;
mod tampering;
mod upgrade;

/// A database in a folder of its own, and the writer of the store that a case started last.
struct Files(TempDir, Option<Writer>);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap(), None)
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("dunlin.sqlite")
    }

    async fn open(&self) -> SqliteStore {
        SqliteStore::open(&self.path(), "nordlicht").await.unwrap()
    }

    async fn change(&self, statement: &'static str) {
        let mut conn = options(&self.path()).connect().await.unwrap();
        sqlx::query(statement).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    }
}

#[async_trait]
impl Backend for Files {
    async fn start(&mut self) -> Box<dyn Store> {
        self.1 = None;
        let store = self.open().await;
        self.1 = Some(store.writer().unwrap().clone());
        Box::new(store)
    }

    async fn end(&mut self) {
        plans::check(self.1.as_ref().unwrap()).await;
    }
}

mod suite {
    use super::*;

    conformance!(Files::new());
}

fn at() -> DateTime {
    DateTime::constant(2026, 1, 5, 8, 0, 0, 0)
}

#[tokio::test]
async fn pages_that_wait_are_taken_together_and_each_for_itself() {
    let files = Files::new();
    let store = files.open().await;
    crate::conformance::ingest::pages_are_taken_together(store.writer().unwrap(), &store).await;
}

#[tokio::test]
async fn a_second_process_is_told_to_wait() {
    let files = Files::new();
    let first = files.open().await;
    let second = SqliteStore::open(&files.path(), "nordlicht").await.err().unwrap();
    assert!(matches!(&second, StoreError::InUse { path } if *path == files.path().display().to_string()), "{second:?}");
    assert_eq!(holder(&files.path()), Some(std::process::id().to_string()));
    first.note_set("day", "1").await.unwrap();
    first.close().await;
    assert!(first.note_set("day", "2").await.is_err());
    drop(first);
    assert_eq!(files.open().await.note_get("day").await.unwrap().as_deref(), Some("1"));
}

/// Where one process has the file alone; among many hosts a lane waits for the end of its lease.
#[tokio::test]
async fn lanes_of_a_former_process_are_free() {
    crate::conformance::lanes::leases_end_with_their_process(&mut Files::new()).await;
}

#[tokio::test]
async fn leases_of_a_former_process_end_when_this_one_opens_its_file() {
    let files = Files::new();
    let (first, hour) = (files.open().await, Duration::from_secs(3_600));
    assert_eq!(first.lease("seal", "former", at(), hour).await.unwrap().unwrap().fence, 1);
    drop(first);
    assert_eq!(files.open().await.lease("seal", "this", at(), hour).await.unwrap().unwrap().fence, 2);
}

#[tokio::test]
async fn inspection_reads_beside_the_server_and_cannot_write() {
    let files = Files::new();
    assert!(SqliteStore::open_read_only(&files.path(), "nordlicht").await.is_err());
    let server = files.open().await;
    server.note_set("day", "1").await.unwrap();
    let inspection = SqliteStore::open_read_only(&files.path(), "nordlicht").await.unwrap();
    server.note_set("day", "2").await.unwrap();
    assert_eq!(inspection.note_get("day").await.unwrap().as_deref(), Some("2"));
    assert!(inspection.note_set("day", "3").await.is_err());
    let other = SqliteStore::open_read_only(&files.path(), "another").await.unwrap();
    assert_eq!(other.note_get("day").await.unwrap(), None);
    server.close().await;
    drop(server);
    let after = SqliteStore::open_read_only(&files.path(), "nordlicht").await.unwrap();
    assert_eq!(after.note_get("day").await.unwrap().as_deref(), Some("2"));
}

#[tokio::test]
async fn closing_leaves_one_whole_file() {
    let files = Files::new();
    let store = files.open().await;
    store.note_set("day", "1").await.unwrap();
    store.close().await;
    let log = files.0.path().join("dunlin.sqlite-wal");
    assert!(!log.exists() || log.metadata().unwrap().len() == 0);
    let copy = Files::new();
    std::fs::copy(files.path(), copy.path()).unwrap();
    assert_eq!(copy.open().await.note_get("day").await.unwrap().as_deref(), Some("1"));
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let files = Files::new();
    files.open().await.close().await;
    files.change("INSERT INTO _sqlx_migrations VALUES (9999, 'of tomorrow', CURRENT_TIMESTAMP, TRUE, x'00', 1)").await;
    for refused in [
        SqliteStore::open(&files.path(), "nordlicht").await.err().unwrap(),
        SqliteStore::open_read_only(&files.path(), "nordlicht").await.err().unwrap(),
    ] {
        assert!(
            matches!(&refused, StoreError::Schema { found: 9999, known, .. } if *known == known_schema()),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn a_full_disk_says_so_and_writes_nothing_of_the_group() {
    let files = Files::new();
    let mut conn = open_to_write(&files.path()).await.unwrap();
    // The engine's own limit on the file stands for the disk's.
    sqlx::query("PRAGMA max_page_count = 80").execute(&mut conn).await.unwrap();
    let writer = Writer::start(conn, "nordlicht", Hands::default(), Path::new("the path"));
    let note = |name: &str, bytes: usize| notes::SetNote { name: name.to_owned(), value: "x".repeat(bytes) };
    writer.write(note("before", 10)).await.unwrap();
    let (small, large) = tokio::join!(writer.write(note("small", 10)), writer.write(note("large", 1_000_000)));
    for answer in [small, large] {
        assert!(matches!(&answer, Err(StoreError::DiskFull { path }) if path == "the path"), "{answer:?}");
    }
    // Work goes on when there is room.
    writer.write(note("after", 10)).await.unwrap();
    writer.close().await;
    let store = files.open().await;
    for (name, there) in [("before", true), ("small", false), ("large", false), ("after", true)] {
        assert_eq!(store.note_get(name).await.unwrap().is_some(), there, "{name}");
    }
}

/// Writes, and then fails if it is told to.
struct Half {
    name: &'static str,
    fails: bool,
}

#[async_trait]
impl Command for Half {
    type Answer = i64;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<i64> {
        sqlx::query("INSERT INTO note (tenant, name, value) VALUES (?1, ?2, '')")
            .bind(tx.tenant)
            .bind(self.name)
            .execute(&mut *tx.conn)
            .await?;
        if self.fails {
            return Err(StoreError::Corrupt("told to fail".to_owned()));
        }
        // Which transaction it was: everything in one group sees the same number of earlier notes and its own.
        let (notes,): (i64,) = sqlx::query_as("SELECT count(*) FROM note").fetch_one(&mut *tx.conn).await?;
        Ok(notes)
    }
}

#[tokio::test]
async fn a_command_that_fails_leaves_nothing_and_takes_no_other_with_it() {
    let files = Files::new();
    let store = files.open().await;
    let writer = store.writer().unwrap();
    let half = |name, fails| writer.write(Half { name, fails });
    let (first, failed, second) = tokio::join!(half("first", false), half("failed", true), half("second", false));
    assert_eq!((first.unwrap(), second.unwrap()), (1, 2));
    assert!(matches!(failed, Err(StoreError::Corrupt(_))));
    drop(store);
    let store = files.open().await;
    assert_eq!(store.note_get("failed").await.unwrap(), None);
    assert!(store.note_get("first").await.unwrap().is_some() && store.note_get("second").await.unwrap().is_some());
}

#[tokio::test]
async fn a_record_that_cannot_be_read_parks_its_lane_alone() {
    let files = Files::new();
    let store = files.open().await;
    for page in crate::bench::pages(30, 30) {
        store.ingest(page).await.unwrap();
    }
    store.close().await;
    drop(store);
    files
        .change("UPDATE event SET payload = zeroblob(length(payload)) WHERE account = 'debtor-000001' AND seq = 3")
        .await;
    let store = files.open().await;
    let claimed = store.claim("host", at(), Duration::from_secs(60), 10).await.unwrap();
    let accounts: Vec<_> = claimed.iter().map(|lane| lane.account.as_str()).collect();
    assert_eq!(accounts, ["debtor-000000", "debtor-000002"]);
    let parked = store.parked(10).await.unwrap();
    assert_eq!(parked.len(), 1);
    assert!(parked[0].1.contains("event 3 of account `debtor-000001`"), "{}", parked[0].1);
    let journal = store.journal(&AccountId::new("debtor-000001"), 0, 10).await.unwrap();
    let unreadable = journal.iter().filter(|line| matches!(line.content, Content::Unreadable(_)));
    assert_eq!(unreadable.map(|line| line.seq).collect::<Vec<_>>(), [3]);
}

#[tokio::test]
async fn what_moved_to_history_is_out_of_the_hot_tables() {
    let files = Files::new();
    let store = files.open().await;
    store.ingest(crate::bench::pages(1, 1).remove(0)).await.unwrap();
    let lane = store.claim("host", at(), Duration::from_secs(60), 10).await.unwrap().remove(0);
    let fact = Fact::EffectCancelled { key: EffectKey::new("hold:debtor-000000:cycle-1"), because: "paid".to_owned() };
    let mut decided = golden_decision(&lane, lane.unread[0].event.clone());
    decided.events.push(Event { fact, ..decided.events[0].clone() });
    store.decided(vec![decided]).await.unwrap();
    let years = at().checked_add(Duration::from_secs(1_000 * 86_400)).unwrap();
    let retained = store.retain(&Retention::default(), years).await.unwrap();
    assert_eq!((retained.effects, retained.bodies, retained.more), (1, 1, false));
    let mut conn = options(&files.path()).connect().await.unwrap();
    let left: (i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM effect), (SELECT count(*) FROM attempt), (SELECT sum(length(body)) FROM inbox)",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert_eq!(left, (0, 0, 0));
}

/// What is persisted stays readable for good: a difference here needs a migration, not a new file.
#[tokio::test]
async fn rows_stand_as_they_always_did() {
    let files = Files::new();
    let store = files.open().await;
    let page = crate::bench::pages(1, 1).remove(0);
    let event = page.entries[0].events[0].1.clone();
    store.ingest(page).await.unwrap();
    let lane = store.claim("host", at(), Duration::from_secs(60), 10).await.unwrap().remove(0);
    store.decided(vec![golden_decision(&lane, event)]).await.unwrap();
    let mark = Mark {
        key: EffectKey::new("hold:debtor-000000:cycle-1"),
        account: lane.account.clone(),
        seen_seq: 2,
        at: at(),
        plugin: "books".to_owned(),
        batch: "batch-1".to_owned(),
        request: "{}".to_owned(),
        host: "host".to_owned(),
        deadline: at(),
    };
    store.mark_dispatching(vec![mark]).await.unwrap();
    let mut found = String::new();
    for line in store.journal(&lane.account, 0, 10).await.unwrap() {
        found.push_str(&format!("payload {}\n", serde_json::to_string(line.effective().unwrap()).unwrap()));
    }
    store.close().await;
    let mut conn = options(&files.path()).connect().await.unwrap();
    for (table, rows) in [
        ("inbox", "SELECT json_array(tenant, connection, key, version, digest, body, received_at) FROM inbox"),
        (
            "event",
            "SELECT json_array(ord, tenant, account, seq, recorded_at, type, happened_on, connection, report, sealed) FROM event",
        ),
        ("lane", "SELECT json_array(tenant, account, head_seq, done_seq, next_due_at, owner, fence, parked) FROM lane"),
        ("decision", "SELECT json_array(slot, fence, at, policy, seq, look_again, because) FROM decision"),
        (
            "effect",
            "SELECT json_array(key, account, role, kind, body, weight, status, attempt, planned_at, due_at) FROM effect",
        ),
        ("attempt", "SELECT json_array(key, n, place, plugin, batch, request, started_at, outcome) FROM attempt"),
        ("cursor", "SELECT json_array(connection, cursor, at) FROM cursor"),
    ] {
        let rows: Vec<(String,)> = sqlx::query_as(rows).fetch_all(&mut conn).await.unwrap();
        found.extend(rows.iter().map(|(row,)| format!("{table} {row}\n")));
    }
    assert_eq!(found, include_str!("../../fixtures/persisted.txt"), "found:\n{found}");
}

fn golden_decision(lane: &Claimed, event: Event) -> Decided {
    let effect = Effect {
        key: EffectKey::new("hold:debtor-000000:cycle-1"),
        due_on: at().date(),
        valid_until: None,
        approval: escalation::Approval::None,
        action: Action::HoldCredit { reason: "30 days past due".to_owned() },
    };
    let reason = Reason {
        code: "level-reached".to_owned(),
        text: "30 days past due".to_owned(),
        invoice: None,
        level: None,
        until: None,
    };
    Decided {
        account: lane.account.clone(),
        fence: lane.fence,
        at: at(),
        read_seq: 1,
        events: vec![Event { origin: "policy".to_owned(), fact: Fact::EffectPlanned { effect }, ..event }],
        after: Some(After {
            state: Account::new(lane.account.clone()),
            row: crate::conformance::account_row("debtor-000000"),
        }),
        policy: "standard@1".to_owned(),
        look_again: Some(at() + Duration::from_secs(86_400)),
        because: vec![reason],
    }
}
