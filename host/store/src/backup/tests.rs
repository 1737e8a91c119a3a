//! A backup is whole whatever goes on beside it, and a restore loses neither what was there nor the doubt.

use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::Store;
use crate::sqlite::SqliteStore;

const TENANT: &str = "nordlicht";

/// A folder with a database and a backup of it.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn database(&self) -> PathBuf {
        self.path("dunlin.sqlite")
    }

    async fn open(&self) -> SqliteStore {
        SqliteStore::open(&self.database(), TENANT).await.unwrap()
    }

    /// A database that was backed up, and worked on afterwards.
    async fn worked_on() -> Self {
        let place = Self::new();
        let store = place.open().await;
        store.ingest(crate::bench::pages(3, 3).remove(0)).await.unwrap();
        let key = crate::seal::SealKey::new().unwrap();
        crate::seal::next(&store, &key, now()).await.unwrap().unwrap();
        store.backup(&place.path("backup")).await.unwrap();
        store.note_set("day", "after the backup").await.unwrap();
        store.close().await;
        place
    }

    /// What is there besides a database and its lock.
    fn others(&self) -> Vec<String> {
        let names = fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let usual = ["backup", "dunlin.sqlite", "dunlin.sqlite-wal", "dunlin.sqlite-shm", "dunlin.sqlite.lock"];
        let mut others: Vec<String> = names.filter(|name| !usual.contains(&name.as_str())).collect();
        others.sort();
        others
    }

    async fn restore(&self, backup: &str) -> Result<Restored> {
        restore(&self.path(backup), &self.database(), TENANT, now()).await
    }

    /// The restore is refused with this, and everything is as it was.
    async fn refuses(&self, backup: &str, sentence: &str) {
        let others = self.others();
        let refusal = self.restore(backup).await.err().unwrap().to_string();
        assert!(refusal.contains(sentence), "{refusal}");
        assert_eq!(self.others(), others);
        let store = self.open().await;
        assert_eq!(store.note_get("day").await.unwrap().as_deref(), Some("after the backup"));
        assert_eq!(store.note_get(IN_DOUBT_SINCE).await.unwrap(), None);
    }
}

fn now() -> DateTime {
    DateTime::constant(2026, 1, 9, 8, 0, 0, 0)
}

async fn change(database: &Path, statement: &'static str) {
    let mut conn = options(database).create_if_missing(true).connect().await.unwrap();
    sqlx::raw_sql(statement).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

#[tokio::test]
async fn a_backup_beside_running_work_is_whole() {
    let place = Place::new();
    let store = place.open().await;
    let mut pages = crate::bench::pages(3_000, 10);
    let late = pages.split_off(100);
    for page in pages {
        store.ingest(page).await.unwrap();
    }
    let work = async {
        for page in late {
            store.ingest(page).await.unwrap();
        }
    };
    let into = place.path("backup");
    let ((), taken) = tokio::join!(work, store.backup(&into));
    taken.unwrap();
    assert_eq!(store.counts().await.unwrap().events, 3_000);
    assert_eq!(place.others(), [""; 0]);

    let copy = SqliteStore::open(&into, TENANT).await.unwrap();
    let events = copy.counts().await.unwrap().events;
    assert!((1_000..=3_000).contains(&events), "{events}");
    copy.close().await;
    let mut conn = options(&into).connect().await.unwrap();
    let torn: (i64,) = sqlx::query_as(
        "SELECT count(*) FROM lane WHERE head_seq <> (SELECT max(seq) FROM event e WHERE e.account = lane.account)",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert_eq!(torn, (0,));
}

#[tokio::test]
async fn a_backup_replaces_nothing_and_leaves_nothing_behind() {
    let place = Place::worked_on().await;
    let store = place.open().await;
    let before = fs::read(place.path("backup")).unwrap();
    for into in ["backup", "missing/backup"] {
        let refusal = store.backup(&place.path(into)).await.err().unwrap();
        assert!(
            refusal.to_string().contains(if into == "backup" { "exists already" } else { "database" }),
            "{refusal}"
        );
    }
    assert_eq!(fs::read(place.path("backup")).unwrap(), before);
    assert_eq!(place.others(), [""; 0]);
    // From outside, beside the process that works on it.
    take(&place.database(), &place.path("second")).await.unwrap();
    assert!(store.note_get("day").await.unwrap().is_some());
}

#[tokio::test]
async fn a_restore_keeps_what_was_there_and_begins_a_generation() {
    let place = Place::worked_on().await;
    // What is only in the write-ahead log is kept too: the process was killed.
    let killed = place.open().await;
    killed.note_set("day", "killed").await.unwrap();
    drop(killed);
    let restored = place.restore("backup").await.unwrap();
    let kept = place.path("dunlin.sqlite.before-restore-1");
    assert_eq!((restored.generation, restored.kept.as_ref()), (1, Some(&kept)));
    assert_eq!(restored.last_event, Some(DateTime::constant(2026, 1, 5, 8, 0, 0, 0)));
    let store = place.open().await;
    assert_eq!(store.note_get("day").await.unwrap(), None);
    assert_eq!(store.note_get(GENERATION).await.unwrap().as_deref(), Some("1"));
    assert_eq!(store.note_get(IN_DOUBT_SINCE).await.unwrap(), Some(now().to_string()));
    assert_eq!(store.note_get(RESTORED).await.unwrap(), Some(format!("{} 1", now())));
    assert_eq!(store.counts().await.unwrap().events, 3);
    drop(store);
    let former = SqliteStore::open(&kept, TENANT).await.unwrap();
    assert_eq!(former.note_get("day").await.unwrap().as_deref(), Some("killed"));
    // The same backup once more is another life.
    let again = place.restore("backup").await.unwrap();
    assert_eq!((again.generation, again.kept), (2, Some(place.path("dunlin.sqlite.before-restore-2"))));
}

#[tokio::test]
async fn a_restore_heals_a_broken_or_missing_database() {
    let place = Place::worked_on().await;
    fs::write(place.database(), b"SQLite format 3\0 and then nothing that is one").unwrap();
    assert_eq!(place.restore("backup").await.unwrap().generation, 1);
    let store = place.open().await;
    assert_eq!(store.counts().await.unwrap().events, 3);
    store.close().await;
    drop(store);
    forget(&place.database()).unwrap();
    assert_eq!(place.restore("backup").await.unwrap().kept, None);
    assert_eq!(place.open().await.counts().await.unwrap().events, 3);
}

#[tokio::test]
async fn effects_at_hand_are_in_doubt() {
    let place = Place::worked_on().await;
    change(
        &place.path("backup"),
        "INSERT INTO effect (tenant, key, account, role, kind, body, weight, status, attempt, planned_at, due_at, note)
         SELECT 'nordlicht', value, 'a', 'accounting', 'hold-credit', '{}', 0, value, 0, '', '', ''
         FROM json_each('[\"planned\", \"dispatching\", \"succeeded\", \"unknown\"]')",
    )
    .await;
    assert_eq!(place.restore("backup").await.unwrap().in_doubt, 2);
}

#[tokio::test]
async fn what_is_no_backup_is_refused() {
    let place = Place::worked_on().await;
    place.refuses("nowhere", "No such file").await;
    fs::write(place.path("text"), "hello").unwrap();
    place.refuses("text", "not a database of dunlin").await;
    change(&place.path("other"), "CREATE TABLE note (a TEXT)").await;
    place.refuses("other", "not a database of dunlin").await;
    let copy = |name: &str| fs::copy(place.path("backup"), place.path(name)).unwrap();
    let size = copy("damaged");
    let file = File::options().write(true).open(place.path("damaged")).unwrap();
    file.set_len(size / 2).unwrap();
    place.refuses("damaged", "it is damaged").await;
    copy("newer");
    let newer = "INSERT INTO _sqlx_migrations VALUES (9999, 'of tomorrow', CURRENT_TIMESTAMP, TRUE, x'00', 1)";
    change(&place.path("newer"), newer).await;
    place.refuses("newer", "made by a newer dunlin").await;
    copy("stranger");
    change(&place.path("stranger"), "UPDATE lane SET tenant = 'another'").await;
    place.refuses("stranger", "belongs to creditor `another`").await;
    copy("at-work");
    fs::write(place.path("at-work-wal"), "changes").unwrap();
    place.refuses("at-work", "at work").await;
}

#[tokio::test]
async fn a_running_process_keeps_its_database() {
    let place = Place::worked_on().await;
    let running = place.open().await;
    assert!(matches!(place.restore("backup").await, Err(StoreError::InUse { .. })));
    running.note_set("day", "still running").await.unwrap();
    drop(running);
    assert_eq!(place.open().await.note_get("day").await.unwrap().as_deref(), Some("still running"));
}

/// The process dies anywhere in the last step: the next start finishes it.
#[tokio::test]
async fn an_interrupted_restore_is_finished_by_the_next_start() {
    for moved in [0, 1, 2] {
        let place = Place::worked_on().await;
        let killed = place.open().await;
        killed.note_set("day", "killed").await.unwrap();
        drop(killed);
        fs::rename(place.path("backup"), place.path("dunlin.sqlite.restoring")).unwrap();
        for suffix in ["-wal", ""].into_iter().take(moved) {
            let from = place.path(&format!("dunlin.sqlite{suffix}"));
            fs::rename(from, place.path(&format!("dunlin.sqlite.before-restore-1{suffix}"))).unwrap();
        }
        let store = place.open().await;
        assert_eq!((store.note_get("day").await.unwrap(), store.counts().await.unwrap().events), (None, 3), "{moved}");
        let former = SqliteStore::open(&place.path("dunlin.sqlite.before-restore-1"), TENANT).await.unwrap();
        assert_eq!(former.note_get("day").await.unwrap().as_deref(), Some("killed"), "{moved}");
        // Once.
        store.lease("seal", "host", now(), Duration::from_secs(1)).await.unwrap();
        drop(store);
        place.open().await;
        assert!(!place.path("dunlin.sqlite.before-restore-2").exists());
    }
}
