//! The journal in its order, sealed link by link; and an account that is erased without breaking it.

use super::outbox::{concluded, mark};
use super::*;
use crate::inbox::QuarantineReason;
use crate::outbox::{EffectStatus, Outcome};
use crate::seal::{self, Anchors, Seal, SealKey};
use crate::tail::{TailEntry, TailPosition};

/// The tail behind a place, once it has so many: whatever else runs on a server holds it up for a while.
pub(super) async fn tail(store: &dyn Store, after: TailPosition, entries: usize) -> Vec<TailEntry> {
    let reading = async {
        loop {
            let tail = store.tail(after, 100).await.unwrap();
            if tail.len() >= entries {
                return tail;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), reading).await.unwrap()
}

pub async fn the_tail_has_every_event_in_order(backend: &mut dyn Backend) {
    let store = backend.start().await;
    for (account, text) in [("b", "one"), ("a", "two"), ("b", "three")] {
        tell(&*store, account, text, 8).await;
    }
    let all = tail(&*store, TailPosition::default(), 3).await;
    let told: Vec<_> = all.iter().map(|entry| (entry.account.as_str(), entry.seq)).collect();
    assert_eq!(told, [("b", 1), ("a", 1), ("b", 2)]);
    assert!(all.is_sorted_by_key(|entry| entry.position) && all.iter().all(|entry| entry.intact));
    let hashes: Vec<String> = all.iter().map(|entry| crate::row::hex(&entry.hash)).collect();
    let journal = store.journal(&id("b"), 0, 10).await.unwrap();
    assert_eq!([&journal[0].hash, &journal[1].hash], [&hashes[0], &hashes[2]]);
    assert_eq!(store.tail(TailPosition::default(), 2).await.unwrap(), all[..2]);
    assert_eq!(store.tail(all[1].position, 10).await.unwrap(), all[2..]);
}

pub async fn seals_follow_each_other(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let key = SealKey::new().unwrap();
    assert_eq!(seal::next(&*store, &key, at(9)).await.unwrap(), None);
    tell(&*store, "a", "one", 8).await;
    let entries = tail(&*store, TailPosition::default(), 1).await;
    let other = Seal::over(&entries, None, &key, at(10)).unwrap();
    let first = seal::next(&*store, &key, at(9)).await.unwrap().unwrap();
    assert_eq!((first.no, first.events, first.until), (1, 1, entries[0].position));
    // Another host was slower: nothing of its seal stays.
    assert!(!store.seal(other.clone()).await.unwrap());
    assert_eq!(seal::next(&*store, &key, at(9)).await.unwrap(), None);
    tell(&*store, "b", "two", 8).await;
    let entries = tail(&*store, first.until, 1).await;
    for wrong in [
        Seal { no: 3, ..Seal::over(&entries, Some(&first), &key, at(9)).unwrap() },
        Seal { no: 2, ..Seal::over(&entries, Some(&other), &key, at(9)).unwrap() },
    ] {
        let wrong = Seal { previous: if wrong.no == 2 { vec![7; 32] } else { wrong.previous }, ..wrong };
        assert!(!store.seal(wrong).await.unwrap());
    }
    let second = seal::next(&*store, &key, at(11)).await.unwrap().unwrap();
    drop(store);
    let store = backend.start().await;
    assert_eq!(store.last_seal().await.unwrap(), Some(second.clone()));
    assert_eq!(store.seals(0, 10).await.unwrap(), [first.clone(), second.clone()]);
    assert_eq!(store.seals(0, 1).await.unwrap(), [first]);
    assert_eq!(store.seals(1, 10).await.unwrap(), [second]);
}

/// An account with one reported event and one effect that ended.
async fn settled(store: &dyn Store, account: &str) {
    let key = format!("hold:{account}");
    let seen_seq = plan(store, account, vec![hold(&key, day(5))]).await;
    let attempt = store.mark_dispatching(vec![mark(&key, account, seen_seq)]).await.unwrap()[0].attempt.unwrap();
    let done = event(Fact::EffectDone { key: EffectKey::new(&key), reference: "R-1".to_owned() });
    let outcome = Outcome::Succeeded { reference: "R-1".to_owned() };
    store.concluded(vec![concluded(&key, account, attempt, outcome, Some(done))]).await.unwrap();
    let claimed = claim_one(store, 12).await;
    store.decided(vec![decision(&claimed, vec![], Some(day(9).at(6, 0, 0, 0)))]).await.unwrap();
}

pub async fn an_erased_account_tells_nothing_and_keeps_its_hashes(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let key = SealKey::new().unwrap();
    settled(&*store, "b").await;
    settled(&*store, "a").await;
    let before = tail(&*store, TailPosition::default(), 6).await;
    let counts = store.counts().await.unwrap();
    seal::next(&*store, &key, at(12)).await.unwrap().unwrap();

    assert!(store.erase(&id("a"), at(13)).await.unwrap());
    assert!(!store.erase(&id("a"), at(13)).await.unwrap());
    let journal = store.journal(&id("a"), 0, 10).await.unwrap();
    assert_eq!(journal.len(), 3);
    assert!(journal.iter().all(|line| line.content == Content::Erased && line.effective().is_none()));
    let (state, lane) = store.account(&id("a")).await.unwrap().unwrap();
    assert_eq!(state, Account::new(id("a")));
    assert_eq!((lane.head_seq, lane.done_seq, lane.next_due_at, lane.erased_at), (3, 3, None, Some(at(13))));
    assert!(store.decisions(&id("a"), 10).await.unwrap().is_empty());
    assert!(store.effects_of(&id("a"), 10).await.unwrap().is_empty());
    assert_eq!(store.effect(&EffectKey::new("hold:a")).await.unwrap(), None);
    let effects = store.effects_by_status(EffectStatus::Succeeded, 10).await.unwrap();
    assert_eq!(effects.iter().map(|effect| effect.key.as_str()).collect::<Vec<_>>(), ["hold:b"]);
    assert!(store.attempts(&EffectKey::new("hold:a")).await.unwrap().iter().all(|attempt| attempt.text.is_empty()));
    let listed = store.accounts(&crate::AccountFilter { per_page: 10, ..Default::default() }).await.unwrap();
    assert_eq!(listed.rows.iter().map(|row| row.account.clone()).collect::<Vec<_>>(), [id("b")]);

    // The rest, and the whole as a chain, stand as before.
    assert_eq!(store.counts().await.unwrap(), counts);
    assert_eq!(store.tail(TailPosition::default(), 10).await.unwrap(), before);
    let report = seal::check(&*store, &key.public(), &Anchors::default()).await.unwrap();
    assert_eq!((report.problems, report.sealed_events), (Vec::new(), 6));
    assert_eq!(store.journal(&id("b"), 0, 10).await.unwrap().iter().filter_map(JournalEntry::effective).count(), 3);
    assert_eq!(store.next_due().await.unwrap(), Some(day(9).at(6, 0, 0, 0)));
    assert_eq!(claim_one_on(&*store, day(9)).await.account, id("b"));
}

async fn claim_one_on(store: &dyn Store, on: Date) -> Claimed {
    store.claim("host", on.at(12, 0, 0, 0), HOUR, 10).await.unwrap().remove(0)
}

pub async fn only_an_account_at_rest_is_erased(backend: &mut dyn Backend) {
    let store = backend.start().await;
    assert!(!store.erase(&id("nobody"), at(13)).await.unwrap());
    tell(&*store, "unread", "first", 8).await;
    assert!(!store.erase(&id("unread"), at(13)).await.unwrap());
    let claimed = claim_one(&*store, 9).await;
    store.decided(vec![decision(&claimed, vec![], Some(at(10)))]).await.unwrap();
    let claimed = store.claim("host", at(12), 2 * HOUR, 1).await.unwrap().remove(0);
    assert!(!store.erase(&id("unread"), at(13)).await.unwrap());
    store.decided(vec![decision(&claimed, vec![], None)]).await.unwrap();
    assert!(store.erase(&id("unread"), at(13)).await.unwrap());

    plan(&*store, "waits", vec![hold("hold:1", day(20))]).await;
    assert!(!store.erase(&id("waits"), at(13)).await.unwrap());
    assert!(store.effect(&EffectKey::new("hold:1")).await.unwrap().is_some());
}

pub async fn what_comes_for_an_erased_account_is_put_aside(backend: &mut dyn Backend) {
    let store = backend.start().await;
    settled(&*store, "a").await;
    assert!(store.erase(&id("a"), at(13)).await.unwrap());
    let late = || page(vec![entry("late", "x", &[("a", said("late")), ("b", said("with it"))])]);
    let with_other = Ingest {
        entries: [late().entries, page(vec![entry("c", "y", &[("c", said("fine"))])]).entries].concat(),
        ..late()
    };
    let taken = store.ingest(with_other).await.unwrap();
    assert_eq!((taken.taken, taken.duplicates, taken.quarantined), (1, 0, 1));
    // Again: known, and still not taken.
    assert_eq!(store.ingest(late()).await.unwrap(), crate::Ingested::default());
    let aside = store.quarantine(10).await.unwrap();
    assert_eq!(aside.len(), 1);
    assert_eq!((aside[0].reason, aside[0].document.as_str()), (QuarantineReason::Erased, "late.xml"));
    assert!(aside[0].text.contains("was erased") && aside[0].text.contains("`a`, `b`"), "{}", aside[0].text);
    assert!(aside[0].body.as_deref().unwrap().contains("late"));
    assert_eq!(store.journal(&id("a"), 0, 10).await.unwrap().len(), 3);
    assert!(store.account(&id("b")).await.unwrap().is_none());
    // What was taken before the erasure is still known.
    let before = page(vec![entry("a:it begins", "it begins", &[("a", said("it begins"))])]);
    assert_eq!(store.ingest(before).await.unwrap().duplicates, 1);
}

/// The account of an older schema, with one plain event that is not read yet.
pub async fn what_was_plain_is_read_sealed_over_and_erased(store: &dyn Store) {
    let debtor = id("debtor-000000");
    let journal = store.journal(&debtor, 0, 10).await.unwrap();
    assert!(matches!(journal[0].effective().unwrap().fact, Fact::InvoiceIssued { .. }));
    let hash = journal[0].hash.clone();
    // New ones come behind it, in order and sealed.
    for page in crate::bench::pages(2, 2) {
        assert_eq!(store.ingest(page).await.unwrap().taken, 1);
    }
    assert_eq!(store.journal(&debtor, 0, 10).await.unwrap().iter().filter_map(JournalEntry::effective).count(), 2);
    let key = SealKey::new().unwrap();
    assert_eq!(tail(store, TailPosition::default(), 2).await.len(), 2);
    seal::next(store, &key, at(9)).await.unwrap().unwrap();
    let claimed = claim_one(store, 9).await;
    assert_eq!((claimed.unread.len(), claimed.read_until), (2, 2));
    store.decided(vec![decision(&claimed, vec![], None)]).await.unwrap();
    assert!(store.erase(&debtor, at(13)).await.unwrap());
    let journal = store.journal(&debtor, 0, 10).await.unwrap();
    assert!(journal.iter().all(|line| line.content == Content::Erased));
    assert_eq!(journal[0].hash, hash);
    let report = seal::check(store, &key.public(), &Anchors::default()).await.unwrap();
    assert_eq!((report.problems, report.sealed_events), (Vec::new(), 2));
}
