//! T1 takes what is new once, with its cursor, and sets aside what it cannot take.

use std::sync::Arc;

use escalation::Fact;

use super::*;
use crate::inbox::{CursorMove, KvChange, QuarantineReason, Refused, Total};
use crate::intake::Take;
use crate::page::Page;

fn moved(from: Option<&str>, to: &str) -> Option<CursorMove> {
    Some(CursorMove { from: from.map(str::to_owned), to: to.to_owned() })
}

pub async fn a_page_is_taken_with_its_cursor_and_memory(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let taken = store
        .ingest(Ingest {
            cursor: moved(None, "after-2"),
            kv: vec![
                KvChange { key: "seen".to_owned(), value: Some(b"two".to_vec()) },
                KvChange { key: "gone".to_owned(), value: None },
            ],
            ..page(vec![
                entry("one", "x", &[("a", said("first")), ("b", said("to b"))]),
                entry("two", "y", &[("a", said("second")), ("a", said("third"))]),
                entry("three", "no event at all", &[]),
            ])
        })
        .await
        .unwrap();
    assert_eq!((taken.taken, taken.duplicates, taken.quarantined), (3, 0, 0));
    assert_eq!(store.cursor("files").await.unwrap().as_deref(), Some("after-2"));
    assert_eq!(store.cursor("other").await.unwrap(), None);
    assert_eq!(store.kv_get("files", "seen").await.unwrap().as_deref(), Some(b"two".as_slice()));
    assert_eq!(store.kv_size("files").await.unwrap(), 7);

    let journal = store.journal(&id("a"), 0, 10).await.unwrap();
    assert_eq!(texts(journal.iter().filter_map(JournalEntry::effective)), ["first", "second", "third"]);
    assert_eq!(journal.iter().map(|line| line.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(journal.iter().all(|line| line.recorded_at == at(8) && line.hash.len() == 64));
    let rest = store.journal(&id("a"), 1, 1).await.unwrap();
    assert_eq!(texts(rest.iter().filter_map(JournalEntry::effective)), ["second"]);
    assert_eq!(store.account_ids(None, 10).await.unwrap(), [id("a"), id("b")]);
    assert_eq!(store.account_ids(Some(&id("a")), 10).await.unwrap(), [id("b")]);

    let (_, lane) = store.account(&id("a")).await.unwrap().unwrap();
    assert_eq!((lane.head_seq, lane.done_seq, lane.next_due_at), (3, 0, Some(at(8))));
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.events, counts.accounts, counts.inbox, counts.quarantined), (4, 2, 3, 0));

    let forget = KvChange { key: "seen".to_owned(), value: None };
    store.ingest(Ingest { kv: vec![forget], cursor: moved(Some("after-2"), "after-3"), ..page(vec![]) }).await.unwrap();
    assert_eq!(store.kv_get("files", "seen").await.unwrap(), None);
    assert_eq!(store.cursor("files").await.unwrap().as_deref(), Some("after-3"));
    // A page that was read from another place is void as a whole.
    for from in [None, Some("after-2"), Some("elsewhere")] {
        let late = page(vec![entry("late", "x", &[("late", said("too late"))])]);
        let answer = store.ingest(Ingest { cursor: moved(from, "after-9"), ..late }).await;
        assert!(matches!(answer, Err(StoreError::LostCursor { .. })), "{answer:?}");
    }
    assert_eq!(store.cursor("files").await.unwrap().as_deref(), Some("after-3"));
    assert!(store.account(&id("late")).await.unwrap().is_none());
}

pub async fn the_same_key_again_changes_nothing(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let one = || entry("one", "x", &[("a", said("first"))]);
    let taken = store.ingest(page(vec![one(), one()])).await.unwrap();
    assert_eq!((taken.taken, taken.duplicates), (1, 1));
    let again = store.ingest(page(vec![one()])).await.unwrap();
    assert_eq!((again.taken, again.duplicates, again.quarantined), (0, 1, 0));
    // A digest of the plugin's own counts instead of the content.
    let mut digested = [entry("two", "x", &[("a", said("second"))]), entry("two", "written otherwise", &[])];
    digested.iter_mut().for_each(|entry| entry.received.source.digest = Some("same".to_owned()));
    let taken = store.ingest(page(digested.to_vec())).await.unwrap();
    assert_eq!((taken.taken, taken.duplicates), (1, 1));
    // The key is the connection's own.
    let other = store.ingest(Ingest { connection: "other".to_owned(), ..page(vec![one()]) }).await.unwrap();
    assert_eq!(other.taken, 1);
    let journal = store.journal(&id("a"), 0, 10).await.unwrap();
    assert_eq!(texts(journal.iter().filter_map(JournalEntry::effective)), ["first", "second", "first"]);
}

pub async fn other_content_is_quarantined_once(backend: &mut dyn Backend) {
    let store = backend.start().await;
    store.ingest(page(vec![entry("one", "x", &[("a", said("first"))])])).await.unwrap();
    let forged = || entry("one", "forged", &[("a", said("forged"))]);
    let taken = store.ingest(page(vec![forged(), entry("two", "y", &[("a", said("second"))])])).await.unwrap();
    assert_eq!((taken.taken, taken.duplicates, taken.quarantined), (1, 0, 1));
    let again = store.ingest(page(vec![forged()])).await.unwrap();
    assert_eq!((again.taken, again.quarantined), (0, 0));

    let journal = store.journal(&id("a"), 0, 10).await.unwrap();
    assert_eq!(texts(journal.iter().filter_map(JournalEntry::effective)), ["first", "second"]);
    let aside = store.quarantine(10).await.unwrap();
    assert_eq!(aside.len(), 1);
    assert_eq!((aside[0].reason, aside[0].document.as_str()), (QuarantineReason::Conflict, "one.xml"));
    assert!(aside[0].body.as_deref().unwrap().contains("forged"));
    assert!(aside[0].text.contains("`one`"));
}

pub async fn a_greater_version_replaces_and_a_lesser_one_does_not(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let versioned = |version: &str, content: &str| {
        let mut entry = entry("one", content, &[("a", said(content))]);
        entry.received.source.version = Some(version.to_owned());
        entry
    };
    store.ingest(page(vec![entry("one", "none", &[("a", said("none"))])])).await.unwrap();
    let newer = store.ingest(page(vec![versioned("2026-01", "first"), versioned("2026-02", "second")])).await.unwrap();
    assert_eq!((newer.taken, newer.quarantined), (2, 0));
    let stale = store.ingest(page(vec![versioned("2026-01", "late"), versioned("2026-02", "other")])).await.unwrap();
    assert_eq!((stale.taken, stale.duplicates, stale.quarantined), (0, 1, 1));
    let same = store.ingest(page(vec![versioned("2026-02", "second")])).await.unwrap();
    assert_eq!(same.duplicates, 1);
    let journal = store.journal(&id("a"), 0, 10).await.unwrap();
    assert_eq!(texts(journal.iter().filter_map(JournalEntry::effective)), ["none", "first", "second"]);
    assert_eq!(store.counts().await.unwrap().inbox, 1);
}

pub async fn refusals_count_once(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let refused = |place: &str| Refused {
        document: "bad.xml".to_owned(),
        place: place.to_owned(),
        reason: "there is no total".to_owned(),
    };
    let refusals = vec![refused("line 3"), refused("line 4")];
    let taken = store.ingest(Ingest { refusals: refusals.clone(), ..page(vec![]) }).await.unwrap();
    assert_eq!(taken.quarantined, 2);
    let again = store.ingest(Ingest { refusals, ..page(vec![]) }).await.unwrap();
    assert_eq!(again.quarantined, 0);
    let aside = store.quarantine(1).await.unwrap();
    assert_eq!(aside.len(), 1);
    assert_eq!((aside[0].reason, aside[0].place.as_str()), (QuarantineReason::Refused, "line 4"));
    assert_eq!((aside[0].text.as_str(), aside[0].at, aside[0].body.clone()), ("there is no total", at(8), None));
}

pub async fn control_totals_keep_the_latest_statement(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let total = |name: &str, counted: i64, on: i8| Total {
        connection: "bank".to_owned(),
        name: name.to_owned(),
        stated: euros(500),
        counted: euros(counted),
        on: day(on),
    };
    let totals = vec![total("statement 1", 400, 6), total("statement 2", 500, 7)];
    store.ingest(Ingest { totals, ..page(vec![]) }).await.unwrap();
    store.ingest(Ingest { totals: vec![total("statement 1", 500, 6)], ..page(vec![]) }).await.unwrap();
    assert_eq!(store.totals(10).await.unwrap(), [total("statement 2", 500, 7), total("statement 1", 500, 6)]);
    assert_eq!(store.totals(1).await.unwrap().len(), 1);
}

pub async fn money_in_is_summed_by_day(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let paid = |key: &str, minor: i64, on: i8| {
        entry(key, key, &[("a", event(Fact::PaymentReceived { payment: payment(key, minor, on) }))])
    };
    store.ingest(page(vec![paid("one", 100, 6), paid("two", 20, 7), paid("three", 3, 6)])).await.unwrap();
    store.ingest(page(vec![paid("four", 1000, 6), paid("one", 100, 6)])).await.unwrap();
    let received = store.overview(day(8)).await.unwrap().received;
    assert_eq!(received, [(day(6), Currency::EUR, 1103), (day(7), Currency::EUR, 20)]);
}

fn payment(key: &str, minor: i64, on: i8) -> escalation::cash::Payment {
    escalation::cash::Payment {
        id: escalation::PaymentId::new(key),
        amount: euros(minor),
        account: "DE02120300000000202051".to_owned(),
        booked_on: day(on),
        value_on: day(on),
        payer_name: None,
        payer_account: None,
        references: Vec::new(),
        end_to_end_id: None,
        bank_reference: None,
        text: String::new(),
        reason: None,
    }
}

pub async fn what_was_answered_survives_a_crash(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let pages = (0..40).map(|n| Ingest {
        cursor: moved(None, &n.to_string()),
        connection: format!("c{n}"),
        ..page(vec![entry("one", "x", &[("a", said(&n.to_string()))])])
    });
    let mut answers = Vec::new();
    for page in pages {
        answers.push(store.ingest(page));
    }
    for answer in futures_of(answers).await {
        assert_eq!(answer.unwrap().taken, 1);
    }
    drop(store);
    let store = backend.start().await;
    let journal = store.journal(&id("a"), 0, 100).await.unwrap();
    assert_eq!(journal.len(), 40);
    for n in 0..40 {
        assert_eq!(store.cursor(&format!("c{n}")).await.unwrap(), Some(n.to_string()));
    }
    let again =
        store.ingest(Ingest { connection: "c7".to_owned(), ..page(vec![entry("one", "x", &[])]) }).await.unwrap();
    assert_eq!(again.duplicates, 1);
    assert!(
        journal.iter().all(|line| matches!(line.effective(), Some(Event { fact: Fact::DunningBlocked { .. }, .. })))
    );
}

/// Polls all of them until each is done, so that they are in the queue together.
async fn futures_of<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut pending: Vec<_> = futures.into_iter().map(Box::pin).map(Some).collect();
    let mut done: Vec<Option<F::Output>> = pending.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (slot, answer) in pending.iter_mut().zip(&mut done) {
            if let Some(future) = slot
                && let std::task::Poll::Ready(output) = future.as_mut().poll(context)
            {
                *answer = Some(output);
                *slot = None;
            }
        }
        if pending.iter().all(Option::is_none) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

/// Pages that wait while another transaction is under way: each stands for itself. Not a case of the suite, because through
/// [`Store`] it is up to chance what waits.
pub async fn pages_are_taken_together(engine: &impl Take, store: &dyn Store) {
    let told = |key: &str, hour, cursor| {
        let told = entry(key, "x", &[("a", said(key))]);
        Arc::new(Page::new(Ingest { cursor, at: at(hour), ..page(vec![told]) }).unwrap())
    };
    let elsewhere = |key: &str| {
        let told = entry(key, "y", &[("b", said(key))]);
        Arc::new(Page::new(Ingest { connection: "shop".to_owned(), ..page(vec![told]) }).unwrap())
    };
    let group = vec![
        told("late", 8, moved(Some("elsewhere"), "nowhere")),
        told("first", 9, moved(None, "1")),
        told("second", 8, moved(Some("1"), "2")),
        told("again", 8, moved(None, "1")),
        told("first", 8, None),
        elsewhere("first"),
    ];
    let answers = engine.take(group).await.unwrap();
    let taken: Vec<_> = answers.iter().map(|one| one.as_ref().ok().map(|one| (one.taken, one.duplicates))).collect();
    assert_eq!(taken, [None, Some((1, 0)), Some((1, 0)), None, Some((0, 1)), Some((1, 0))]);
    assert_eq!(store.cursor("files").await.unwrap().as_deref(), Some("2"));
    let journal = store.journal(&id("a"), 0, 10).await.unwrap();
    assert_eq!(journal.iter().map(|one| (one.seq, one.recorded_at)).collect::<Vec<_>>(), [(1, at(9)), (2, at(8))]);
    assert_eq!(store.account(&id("a")).await.unwrap().unwrap().1.next_due_at, Some(at(8)));
    assert_eq!(store.journal(&id("b"), 0, 10).await.unwrap().len(), 1);
}
