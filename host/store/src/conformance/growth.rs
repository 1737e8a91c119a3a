//! What is finished and old moves to history or goes, and nobody who reads can tell.

use super::audit::tail;
use super::outbox::{concluded, mark, marked};
use super::*;
use crate::inbox::Refused;
use crate::outbox::{EffectStatus, Outcome};
use crate::retention::{Retained, Retention};
use crate::seal::{self, Anchors, SealKey};
use crate::tail::TailPosition;
use crate::view::CallRow;

const RETENTION: Retention =
    Retention { effects_days: 10, events_days: 10, inbox_days: 10, notes_days: 10, at_once: 100 };

/// So many days after the first.
fn later(days: i8) -> DateTime {
    day(5 + days).at(12, 0, 0, 0)
}

async fn retain(store: &dyn Store, days: i8) -> Retained {
    store.retain(&RETENTION, later(days)).await.unwrap()
}

/// Everything that can be read of these accounts and their effects.
async fn all(store: &dyn Store, accounts: &[&str]) -> String {
    let mut all = format!("{:#?}", (store.counts().await.unwrap(), store.overview(day(5)).await.unwrap()));
    for status in EffectStatus::ALL {
        all += &format!("{:#?}", store.effects_by_status(status, 100).await.unwrap());
    }
    for account in accounts.iter().map(|account| id(account)) {
        let journal = store.journal(&account, 0, 100).await.unwrap();
        let effects = store.effects_of(&account, 100).await.unwrap();
        all += &format!("{:#?}", (store.account(&account).await.unwrap(), journal, &effects));
        for row in effects {
            assert_eq!(store.effect(&row.key).await.unwrap().as_ref(), Some(&row));
            all += &format!("{:#?}", store.attempts(&row.key).await.unwrap());
        }
    }
    all
}

/// Plans effects on an account and ends those whose outcome is given; the keys are the account's.
async fn ended(store: &dyn Store, account: &str, outcomes: Vec<Option<Outcome>>) {
    let keys: Vec<String> = (0..outcomes.len()).map(|n| format!("hold:{account}{n}")).collect();
    let seen = plan(store, account, keys.iter().map(|key| hold(key, day(5))).collect()).await;
    marked(store, keys.iter().map(|key| mark(key, account, seen)).collect()).await;
    let ended = keys.iter().zip(outcomes).filter_map(|(key, outcome)| Some(concluded(key, account, 1, outcome?, None)));
    store.concluded(ended.collect()).await.unwrap();
}

fn succeeded() -> Option<Outcome> {
    Some(Outcome::Succeeded { reference: "lead 7".to_owned() })
}

pub async fn what_ended_long_ago_reads_as_before(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let rejected = Some(Outcome::Rejected { reason: "no such debtor".to_owned() });
    ended(&*store, "a", vec![succeeded(), rejected, succeeded()]).await;
    ended(&*store, "b", vec![succeeded(), None]).await;
    let before = all(&*store, &["a", "b"]).await;
    assert_eq!(retain(&*store, 9).await.effects, 0);
    assert_eq!(retain(&*store, 10).await.effects, 4);
    assert_eq!(all(&*store, &["a", "b"]).await, before);
    // Together with what is young, in its order, and within the bound.
    tell(&*store, "a", "again", 10).await;
    let claimed = claim_one(&*store, 10).await;
    let mut decided = decision(&claimed, vec![planned(hold("hold:young", day(6)))], None);
    decided.at = later(1);
    store.decided(vec![decided]).await.unwrap();
    let keys = |rows: Vec<crate::EffectRow>| rows.into_iter().map(|row| row.key.to_string()).collect::<Vec<_>>();
    assert_eq!(keys(store.effects_of(&id("a"), 3).await.unwrap()), ["hold:young", "hold:a0", "hold:a1"]);
    assert_eq!(keys(store.effects_by_status(EffectStatus::Succeeded, 2).await.unwrap()), ["hold:a0", "hold:a2"]);
    assert_eq!(store.attempts(&EffectKey::new("hold:a0")).await.unwrap().len(), 1);
    // A late answer changes nothing there.
    let late = concluded("hold:a1", "a", 1, Outcome::Succeeded { reference: "late".to_owned() }, Some(said("late")));
    store.concluded(vec![late]).await.unwrap();
    assert_eq!(store.effect(&EffectKey::new("hold:a1")).await.unwrap().unwrap().note, "no such debtor");
}

pub async fn what_has_not_ended_stays_at_hand(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let unknown = Some(Outcome::Unknown { text: "the line broke".to_owned() });
    let again = Some(Outcome::Again { at: at(15), because: "busy".to_owned() });
    ended(&*store, "a", vec![unknown, again, None, succeeded()]).await;
    assert_eq!(retain(&*store, 20).await, Retained { effects: 1, bodies: 1, ..Retained::default() });
    // Still settled by a late answer, still due, still in the air.
    let late = concluded("hold:a0", "a", 1, Outcome::Rejected { reason: "no".to_owned() }, None);
    store.concluded(vec![late]).await.unwrap();
    assert_eq!(store.effects_by_status(EffectStatus::Unknown, 9).await.unwrap().len(), 0);
    assert_eq!(store.due_effects(escalation::Role::Accounting, later(20), 9).await.unwrap().len(), 1);
    assert_eq!(store.in_flight(later(20)).await.unwrap().len(), 1);
    // It ended on the first day too.
    assert_eq!(retain(&*store, 20).await.effects, 1);
}

pub async fn growth_is_worked_off_in_pieces(backend: &mut dyn Backend) {
    let mut store = backend.start().await;
    ended(&*store, "a", vec![succeeded(), succeeded(), succeeded(), succeeded(), succeeded()]).await;
    let before = all(&*store, &["a"]).await;
    let piece = Retention { at_once: 2, ..RETENTION };
    let mut moved = Vec::new();
    loop {
        let retained = store.retain(&piece, later(11)).await.unwrap();
        moved.push(retained.effects);
        assert_eq!(all(&*store, &["a"]).await, before);
        if !retained.more {
            break;
        }
        // The process dies between two pieces.
        drop(store);
        store = backend.start().await;
    }
    assert_eq!(moved, [2, 2, 1]);
    assert_eq!(retain(&*store, 11).await, Retained::default());
}

pub async fn what_was_read_and_sealed_reads_as_before(backend: &mut dyn Backend) {
    let store = backend.start().await;
    plan(&*store, "a", vec![hold("hold:a", day(20))]).await;
    plan(&*store, "b", vec![]).await;
    // Old, and sealed, and not read yet; its lane waits for a person.
    tell(&*store, "b", "unread", 8).await;
    let claimed = claim_one(&*store, 9).await;
    store.park(&id("b"), claimed.fence, "poison").await.unwrap();
    assert_eq!(retain(&*store, 20).await.events, 0, "nothing is sealed");
    let key = SealKey::new().unwrap();
    assert_eq!(tail(&*store, TailPosition::default(), 4).await.len(), 4);
    let first = seal::next(&*store, &key, at(10)).await.unwrap().unwrap();
    tell(&*store, "a", "not sealed", 11).await;
    let claimed = claim_one(&*store, 11).await;
    store.decided(vec![decision(&claimed, vec![], None)]).await.unwrap();
    let before = all(&*store, &["a", "b"]).await;
    let told = tail(&*store, TailPosition::default(), 5).await;

    assert_eq!(retain(&*store, 9).await.events, 0, "the seal is young");
    assert_eq!((retain(&*store, 10).await.events, retain(&*store, 10).await.events), (3, 0));
    assert_eq!(all(&*store, &["a", "b"]).await, before);
    assert_eq!(store.tail(TailPosition::default(), 100).await.unwrap(), told);
    assert_eq!(store.tail(told[0].position, 2).await.unwrap(), told[1..3]);
    let report = seal::check(&*store, &key.public(), &Anchors::default()).await.unwrap();
    assert_eq!((report.problems, report.sealed_events), (Vec::new(), 4));
    let middle = store.journal(&id("a"), 1, 2).await.unwrap();
    assert_eq!(middle.iter().map(|line| line.seq).collect::<Vec<_>>(), [2, 3]);

    // The lanes go on behind it.
    assert!(store.unpark(&id("b")).await.unwrap());
    let claimed = claim_one(&*store, 12).await;
    assert_eq!(texts(claimed.unread.iter().map(|stored| &stored.event)), ["unread"]);
    store.decided(vec![decision(&claimed, vec![said("decided")], None)]).await.unwrap();
    assert_eq!(store.journal(&id("b"), 0, 10).await.unwrap().len(), 3);
    assert_eq!(tail(&*store, first.until, 2).await.len(), 2);
    assert_eq!(seal::next(&*store, &key, at(12)).await.unwrap().unwrap().events, 2);
    // History is erased as the rest is.
    assert!(store.erase(&id("b"), at(13)).await.unwrap());
    let journal = store.journal(&id("b"), 0, 10).await.unwrap();
    assert!(journal.len() == 3 && journal.iter().all(|line| line.content == Content::Erased));
}

pub async fn a_key_stays_spent_in_history(backend: &mut dyn Backend) {
    let store = backend.start().await;
    ended(&*store, "a", vec![succeeded()]).await;
    assert_eq!(retain(&*store, 11).await.effects, 1);
    tell(&*store, "a", "again", 10).await;
    let claimed = claim_one(&*store, 10).await;
    let answer = store.decided(vec![decision(&claimed, vec![planned(hold("hold:a0", day(6)))], None)]).await;
    assert!(matches!(&answer, Err(StoreError::Corrupt(why)) if why.contains("hold:a0")), "{answer:?}");
    assert_eq!(store.parked(10).await.unwrap().len(), 1);
    assert_eq!(store.effects_of(&id("a"), 10).await.unwrap().len(), 1);
}

pub async fn what_came_in_is_known_without_its_body(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let versioned = |content: &str, version: &str| {
        let mut entry = entry("two", content, &[("a", said(content))]);
        entry.received.source.version = Some(version.to_owned());
        entry
    };
    let one = || entry("one", "x", &[("a", said("first"))]);
    store.ingest(page(vec![one(), versioned("y", "1")])).await.unwrap();
    assert_eq!(retain(&*store, 11).await.bodies, 2);
    assert_eq!(store.counts().await.unwrap().inbox, 2);
    let again = page(vec![one(), versioned("y", "1"), entry("one", "other", &[("a", said("other"))])]);
    let again = store.ingest(Ingest { at: later(11), ..again }).await.unwrap();
    assert_eq!((again.taken, again.duplicates, again.quarantined), (0, 2, 1));
    // A newer version is news, and its body is young.
    let newer = store.ingest(Ingest { at: later(11), ..page(vec![versioned("z", "2")]) }).await.unwrap();
    assert_eq!(newer.taken, 1);
    assert_eq!(retain(&*store, 12).await.bodies, 0);
    assert_eq!(retain(&*store, 22).await.bodies, 1);
}

pub async fn what_was_put_aside_goes(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let refused =
        |reason: &str| Refused { document: "a.xml".to_owned(), place: String::new(), reason: reason.to_owned() };
    let called = |days| CallRow {
        plugin: "books".to_owned(),
        version: "1".to_owned(),
        function: "pull".to_owned(),
        at: later(days),
        micros: 1,
        error: String::new(),
        log: Vec::new(),
    };
    for days in [0, 5] {
        let page = Ingest { at: later(days), refusals: vec![refused(&days.to_string())], ..page(vec![]) };
        store.ingest(page).await.unwrap();
        store.record_call(called(days)).await.unwrap();
    }
    assert_eq!(retain(&*store, 11).await, Retained { notes: 2, ..Retained::default() });
    assert_eq!(store.quarantine(10).await.unwrap().into_iter().map(|row| row.text).collect::<Vec<_>>(), ["5"]);
    assert_eq!(store.calls("books", 10).await.unwrap(), [called(5)]);
}
