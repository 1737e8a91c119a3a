//! Who changes the file behind the program's back is found out, and where.

use super::*;
use crate::seal::{self, Anchors, Line, PublicKey, Report, Restore, Seal, SealKey, verify_chain};
use crate::tail::TailPosition;

/// Three seals over the events of three accounts, all anchored, and two events that are not sealed yet.
struct Sealed {
    files: Files,
    key: SealKey,
}

impl Sealed {
    async fn new() -> Self {
        let sealed = Self { files: Files::new(), key: SealKey::new().unwrap() };
        let store = sealed.files.open().await;
        for (n, page) in crate::bench::pages(32, 10).into_iter().enumerate() {
            store.ingest(page).await.unwrap();
            if n < 3 {
                let seal = seal::next(&store, &sealed.key, at()).await.unwrap().unwrap();
                seal::anchor(&sealed.anchors_file(), &sealed.key.public(), &[Line::Seal(&seal)]).unwrap();
            }
        }
        store.close().await;
        sealed
    }

    fn anchors_file(&self) -> PathBuf {
        self.files.0.path().join("anchors.txt")
    }

    fn anchors(&self) -> Anchors {
        Anchors::parse(&std::fs::read_to_string(self.anchors_file()).unwrap())
    }

    async fn change(&self, statement: &'static str) {
        self.files.change(statement).await;
    }

    async fn report_with(&self, key: PublicKey, anchors: &Anchors) -> Report {
        let store = SqliteStore::open_read_only(&self.files.path(), "nordlicht").await.unwrap();
        seal::check(&store, &key, anchors).await.unwrap()
    }

    async fn report(&self) -> Report {
        self.report_with(self.key.public(), &self.anchors()).await
    }

    async fn seals(&self) -> Vec<Seal> {
        self.files.open().await.seals(0, 10).await.unwrap()
    }

    /// All seals made again over the journal as it is now, each where it was.
    async fn seal_again(&self, key: &SealKey) {
        let seals = self.seals().await;
        self.change("DELETE FROM seal").await;
        let store = self.files.open().await;
        let mut last: Option<Seal> = None;
        for seal in seals {
            let after = last.as_ref().map(|last| last.until).unwrap_or_default();
            let entries = store.tail(after, 100).await.unwrap();
            let covered: Vec<_> = entries.into_iter().filter(|entry| entry.position <= seal.until).collect();
            let seal = Seal::over(&covered, last.as_ref(), key, seal.at).unwrap();
            assert!(store.seal(seal.clone()).await.unwrap());
            last = Some(seal);
        }
        store.close().await;
    }
}

fn says(report: &Report, problems: &[&str]) {
    for problem in problems {
        assert!(report.problems.iter().any(|text| text.contains(problem)), "{problem}: {:#?}", report.problems);
    }
    assert_eq!(report.problems.len(), problems.len(), "{:#?}", report.problems);
}

const CHANGE_BOTH: &str =
    "UPDATE event SET (payload, digest) = (SELECT payload, digest FROM event WHERE ord = 30) WHERE ord = 13";

#[tokio::test]
async fn what_nobody_touched_is_in_order() {
    let sealed = Sealed::new().await;
    let (sealed_until, anchored_until) = (3, 3);
    let whole = Report { sealed_until, sealed_events: 30, unsealed_events: 2, anchored_until, ..Report::default() };
    assert_eq!(sealed.report().await, whole);
    let without = sealed.report_with(sealed.key.public(), &Anchors::default()).await;
    assert_eq!(without, Report { anchored_until: 0, unanchored: vec![(1, 3)], ..whole });
    assert!(verify_chain(&sealed.seals().await, &sealed.key.public()).is_empty());
}

#[tokio::test]
async fn a_changed_event_is_found() {
    let sealed = Sealed::new().await;
    sealed.change("UPDATE event SET payload = zeroblob(9) WHERE ord = 13").await;
    says(&sealed.report().await, &["account debtor-000001: event 3 was changed after it was written"]);
    // Behind the last seal too.
    sealed.change("UPDATE event SET payload = NULL WHERE ord = 32").await;
    says(&sealed.report().await, &["debtor-000001: event 3 was", "debtor-000003: event 2 was"]);
}

#[tokio::test]
async fn a_change_that_minds_the_digest_is_found() {
    let sealed = Sealed::new().await;
    sealed.change(CHANGE_BOTH).await;
    says(&sealed.report().await, &["the events under seal 2 are not what was sealed: account debtor-000001 1 to 10"]);
}

#[tokio::test]
async fn a_change_of_any_column_is_found() {
    for change in [
        "UPDATE event SET recorded_at = '2026-01-05T08:00:01' WHERE ord = 13",
        "UPDATE event SET type = 'payment-received' WHERE ord = 13",
        "UPDATE event SET happened_on = '2025-12-02' WHERE ord = 13",
        "UPDATE event SET connection = 'desk' WHERE ord = 13",
        "UPDATE event SET report = NULL WHERE ord = 13",
        "UPDATE event SET sealed = 0 WHERE ord = 13",
    ] {
        let sealed = Sealed::new().await;
        sealed.change(change).await;
        says(&sealed.report().await, &["the events under seal 2 are not what was sealed"]);
    }
    // An event that is moved to another account, with its lane's numbers in order.
    let sealed = Sealed::new().await;
    sealed.change("UPDATE event SET account = 'debtor-000009', seq = seq - 9 WHERE ord IN (20)").await;
    says(&sealed.report().await, &["the events under seal 2 are not what was sealed"]);
}

#[tokio::test]
async fn the_anchors_tell_a_restore_and_what_was_erased() {
    let sealed = Sealed::new().await;
    let file = sealed.anchors_file();
    let (second, third) = (sealed.seals().await.remove(1), sealed.seals().await.remove(2));
    let debtor = AccountId::new("a \"debtor\"\nof two lines");
    let restore = Restore { at: at(), until: 1 };
    let lines = [Line::Erased(&debtor, at()), Line::Restored(restore), Line::Seal(&second)];
    seal::anchor(&file, &sealed.key.public(), &lines).unwrap();
    let anchors = sealed.anchors();
    assert_eq!(anchors.erased.get(&debtor), Some(&at()));
    assert_eq!(anchors.until(), 2);
    let report = sealed.report().await;
    assert_eq!((report.problems.len(), report.unanchored), (0, vec![(3, 3)]));
    assert!(report.restores[0].contains("that ends at seal 1; 2 seals that were anchored"), "{:?}", report.restores);
    assert_eq!(seal::verify_last(&third, &sealed.key.public(), &anchors), None);
    // The database says it, and the anchors do not know yet.
    let sealed = Sealed::new().await;
    sealed.change("DELETE FROM event WHERE ord > 20").await;
    sealed.change("DELETE FROM seal WHERE no = 3").await;
    says(&sealed.report().await, &["seal 3 is anchored"]);
    sealed.files.open().await.note_set(crate::RESTORED, &Restore { until: 2, ..restore }.to_string()).await.unwrap();
    let report = sealed.report().await;
    assert_eq!((report.problems, report.restores.len(), report.anchored_until), (vec![], 1, 2));
}

#[tokio::test]
async fn a_deleted_event_is_found() {
    let sealed = Sealed::new().await;
    sealed.change("DELETE FROM event WHERE ord = 13").await;
    says(
        &sealed.report().await,
        &["account debtor-000001: event 3 is gone", "1 of the 10 events under seal 2 are gone"],
    );
    sealed.change("DELETE FROM event WHERE ord IN (14, 31)").await;
    let report = sealed.report().await;
    says(&report, &["the events 3 to 4 are gone", "2 of the 10 events", "debtor-000003: event 1 is gone"]);
}

#[tokio::test]
async fn an_event_put_in_between_is_found() {
    for (ord, seal) in [(-1, "11 events"), (0, "11 events"), (33, "")] {
        let sealed = Sealed::new().await;
        let store = sealed.files.open().await;
        store.close().await;
        let mut conn = options(&sealed.files.path()).connect().await.unwrap();
        sqlx::query("UPDATE event SET ord = ?1 WHERE ord = 32").bind(ord).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        let report = sealed.report().await;
        // At the end it is only where it was.
        let expected = if seal.is_empty() { 0 } else { 3 };
        assert_eq!(report.problems.len(), expected, "{:#?}", report.problems);
    }
}

#[tokio::test]
async fn swapped_events_are_found() {
    let sealed = Sealed::new().await;
    sealed
        .change(
            "UPDATE event SET (payload, digest) = (SELECT payload, digest FROM event o WHERE o.ord = 27 - event.ord)
             WHERE ord IN (13, 14)",
        )
        .await;
    says(&sealed.report().await, &["the events under seal 2 are not what was sealed"]);
    let sealed = Sealed::new().await;
    for statement in [
        "UPDATE event SET ord = 99 WHERE ord = 13",
        "UPDATE event SET ord = 13 WHERE ord = 14",
        "UPDATE event SET ord = 14 WHERE ord = 99",
    ] {
        sealed.change(statement).await;
    }
    let report = sealed.report().await;
    says(
        &report,
        &["event 3 is gone", "event 3 stands behind event 4", "event 4 is gone", "under seal 2 are not what"],
    );
}

#[tokio::test]
async fn a_tail_that_was_cut_off_is_found() {
    let sealed = Sealed::new().await;
    sealed.change("DELETE FROM event WHERE ord > 25").await;
    says(&sealed.report().await, &["5 of the 10 events under seal 3 are gone; left are account debtor-000002 1 to 5"]);
    sealed.change("DELETE FROM event WHERE ord > 20").await;
    says(&sealed.report().await, &["10 of the 10 events under seal 3 are gone; left are none"]);
    // With the seal nothing inside disagrees; the anchors know more.
    sealed.change("DELETE FROM seal WHERE no = 3").await;
    let cut = "seal 3 is anchored and the last one in the database is 2: the journal was cut off";
    says(&sealed.report().await, &[cut]);
    assert!(sealed.report_with(sealed.key.public(), &Anchors::default()).await.problems.is_empty());
}

#[tokio::test]
async fn deleted_and_changed_seals_are_found() {
    let sealed = Sealed::new().await;
    sealed.change("DELETE FROM seal WHERE no = 2").await;
    let report = sealed.report().await;
    // What seal 3 covers cannot be told without seal 2: it seems to cover both.
    says(&report, &["seal 2 is gone", "10 events were put among the 10 under seal 3"]);
    let sealed = Sealed::new().await;
    sealed.change("DELETE FROM seal").await;
    says(
        &sealed.report().await,
        &["seal 3 is anchored and the last one in the database is 0: the journal was cut off"],
    );
    for (change, problem) in [
        ("UPDATE seal SET at = '2027-01-01T00:00:00' WHERE no = 2", "seal 2 was not signed with the key"),
        ("UPDATE seal SET signature = zeroblob(64) WHERE no = 2", "seal 2 was not signed with the key"),
    ] {
        let sealed = Sealed::new().await;
        sealed.change(change).await;
        let report = sealed.report_with(sealed.key.public(), &Anchors::default()).await;
        says(&report, &[problem]);
    }
    let seals = Sealed::new().await;
    let (key, mut seals) = (seals.key.public(), seals.seals().await);
    seals.swap(1, 2);
    assert!(verify_chain(&seals, &key).len() >= 2);
}

#[tokio::test]
async fn seals_of_another_key_are_found() {
    let sealed = Sealed::new().await;
    let other = SealKey::new().unwrap();
    sealed.change(CHANGE_BOTH).await;
    sealed.seal_again(&other).await;
    let report = sealed.report_with(sealed.key.public(), &Anchors::default()).await;
    says(&report, &["seal 1 was not signed", "seal 2 was not signed", "seal 3 was not signed"]);
    // Where the key file was exchanged as well, the anchors still know the first one.
    let report = sealed.report_with(other.public(), &sealed.anchors()).await;
    let not_anchored = ["seal 1 is not the one", "seal 2 is not the one", "seal 3 is not the one"];
    says(&report, &[["anchors were made with another key"].as_slice(), &not_anchored].concat());
}

#[tokio::test]
async fn who_has_the_key_is_found_by_the_anchors_alone() {
    let sealed = Sealed::new().await;
    sealed.change(CHANGE_BOTH).await;
    sealed.seal_again(&sealed.key).await;
    assert!(sealed.report_with(sealed.key.public(), &Anchors::default()).await.problems.is_empty());
    says(&sealed.report().await, &["seal 2 is not the one", "seal 3 is not the one"]);
}

#[tokio::test]
async fn anchors_survive_a_crash_and_not_a_hand() {
    let sealed = Sealed::new().await;
    let file = sealed.anchors_file();
    let whole = std::fs::read_to_string(&file).unwrap();
    assert_eq!(whole.lines().count(), 4);
    assert_eq!(whole.lines().next(), Some(format!("key {}", sealed.key.public()).as_str()));
    let third = sealed.seals().await.remove(2);
    // Cut off in the last line, and written again by the next start.
    for length in [whole.len() - 1, whole.len() - 70, whole.len() - 190] {
        std::fs::write(&file, &whole[..length]).unwrap();
        let cut = sealed.report().await;
        assert_eq!(
            (cut.problems.len(), cut.unanchored),
            (0, if length + 1 == whole.len() { vec![] } else { vec![(3, 3)] })
        );
        seal::anchor(&file, &sealed.key.public(), &[Line::Seal(&third)]).unwrap();
        let report = sealed.report().await;
        assert_eq!((report.problems, report.unanchored, report.anchored_until), (vec![], vec![], 3));
    }
    std::fs::write(&file, whole.replace("\n2 ", "\n2x ")).unwrap();
    let report = sealed.report().await;
    says(&report, &["line 3 of the anchors cannot be read"]);
    assert_eq!(report.unanchored, [(2, 2)]);
}

#[tokio::test]
async fn the_tail_of_nothing_is_empty() {
    let files = Files::new();
    let store = files.open().await;
    assert!(store.tail(TailPosition::default(), 10).await.unwrap().is_empty());
    let report = seal::check(&store, &SealKey::new().unwrap().public(), &Anchors::default()).await.unwrap();
    assert_eq!(report, Report::default());
}
