//! A source is held against what is known from it: pages, totals, and what is missing twice in a row.

use escalation::InvoiceNumber;

use super::*;
use crate::sweep::{Listed, SWEEPS_KEPT_MAX, Sweep, SweepDue, SweepEnd, SweepTotal};
use crate::view::ItemRow;

/// Any time is the right time.
fn any(hour: i8) -> SweepDue {
    SweepDue { complete_after: at(hour), begun_after: at(hour) }
}

fn listed(account: &str, invoice: &str, open: i64) -> Listed {
    Listed { account: id(account), invoice: InvoiceNumber::new(invoice), open: euros(open) }
}

fn item(invoice: &str, open: i64, source: &str) -> ItemRow {
    ItemRow {
        invoice: InvoiceNumber::new(invoice),
        issued_on: day(1),
        due_on: day(4),
        total: euros(1_000),
        open: euros(open),
        level: None,
        source: source.to_owned(),
        references: Vec::new(),
    }
}

/// Shows an account with these items.
async fn know(store: &dyn Store, account: &str, hour: i8, items: Vec<ItemRow>) {
    tell(store, account, &format!("news of {hour}"), hour).await;
    let claimed = claim(store, hour).await;
    let mut decided: Vec<Decided> = claimed.iter().map(|lane| decision(lane, vec![], None)).collect();
    for after in decided.iter_mut().filter_map(|one| one.after.as_mut()) {
        after.row.items = items.clone();
    }
    store.decided(decided).await.unwrap();
}

/// A whole run at an hour.
async fn run(store: &dyn Store, hour: i8, pages: Vec<Vec<Listed>>, end: SweepEnd) -> Sweep {
    let generation = store.begin_sweep("books", at(hour), any(hour)).await.unwrap().unwrap();
    for page in pages {
        store.sweep_page("books", generation, page).await.unwrap();
    }
    store.end_sweep("books", generation, at(hour), end).await.unwrap();
    newest(store).await
}

async fn newest(store: &dyn Store) -> Sweep {
    store.sweeps(10).await.unwrap().remove(0)
}

/// What the lane was told by runs, in order.
async fn told(store: &dyn Store, account: &str) -> Vec<Fact> {
    let journal = store.journal(&id(account), 0, 100).await.unwrap();
    let facts = journal.into_iter().filter(|entry| entry.event.origin == "books").map(|entry| entry.event.fact);
    facts.collect()
}

pub async fn a_run_begins_once_and_when_it_is_due(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let weekly = SweepDue { complete_after: at(6), begun_after: at(7) };
    let (one, two) = tokio::join!(store.begin_sweep("books", at(8), weekly), store.begin_sweep("books", at(8), weekly));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!((one.xor(two), one.and(two)), (Some(1), None));
    assert_eq!(store.begin_sweep("bank", at(8), weekly).await.unwrap(), Some(1));
    // It broke off: an hour later it may begin again. Complete, it may not.
    store.end_sweep("books", 1, at(8), SweepEnd::Broken("away".to_owned())).await.unwrap();
    let later = SweepDue { begun_after: at(9), ..weekly };
    assert_eq!(store.begin_sweep("books", at(9), later).await.unwrap(), Some(2));
    store.end_sweep("books", 2, at(9), SweepEnd::Complete).await.unwrap();
    assert_eq!(store.begin_sweep("books", at(10), SweepDue { begun_after: at(10), ..weekly }).await.unwrap(), None);
    assert_eq!(store.begin_sweep("books", at(11), any(10)).await.unwrap(), Some(3));
    let runs = store.sweeps(2).await.unwrap();
    assert_eq!(runs.iter().map(|run| run.generation).collect::<Vec<_>>(), [3, 2]);
    assert_eq!((runs[0].ended, runs[0].complete), (None, false));
}

pub async fn a_complete_run_keeps_both_sides_totals(backend: &mut dyn Backend) {
    let store = backend.start().await;
    know(&*store, "a", 8, vec![item("INV-1", 500, "books"), item("INV-2", 300, "books"), item("INV-3", 0, "books")])
        .await;
    know(&*store, "b", 9, vec![item("INV-9", 70, "elsewhere")]).await;
    let first = vec![listed("a", "INV-1", 500)];
    // A page that comes twice, as after a lost answer.
    let second = vec![listed("a", "INV-2", 250), listed("a", "INV-4", 20), listed("a", "INV-3", 0)];
    let done = run(&*store, 10, vec![first, second.clone(), second], SweepEnd::Complete).await;
    let euro =
        SweepTotal { currency: Currency::EUR, stated_items: 3, stated_minor: 770, known_items: 2, known_minor: 800 };
    assert_eq!((done.complete, done.listed, &done.totals), (true, 4, &vec![euro]));
    assert_eq!((done.missing_once, done.missing, done.found), (0, 0, 0));
    // What was ended stays as it is.
    store.end_sweep("books", 1, at(11), SweepEnd::Broken("late".to_owned())).await.unwrap();
    store.end_sweep("books", 1, at(11), SweepEnd::Complete).await.unwrap();
    assert_eq!(newest(&*store).await, done);
}

pub async fn what_is_missing_twice_in_a_row_is_told_once(backend: &mut dyn Backend) {
    let store = backend.start().await;
    know(&*store, "a", 8, vec![item("INV-1", 500, "books"), item("INV-2", 300, "books"), item("INV-3", 0, "books")])
        .await;
    let number = InvoiceNumber::new("INV-2");
    let with = || vec![vec![listed("a", "INV-1", 500), listed("a", "INV-2", 300)]];
    let without = || vec![vec![listed("a", "INV-1", 500)]];
    let once = run(&*store, 9, without(), SweepEnd::Complete).await;
    assert_eq!((once.missing_once, once.missing), (1, 0));
    // Listed between: the count begins anew. And a run that broke off is none.
    run(&*store, 10, with(), SweepEnd::Complete).await;
    run(&*store, 11, without(), SweepEnd::Complete).await;
    run(&*store, 12, vec![], SweepEnd::Broken("the connection broke".to_owned())).await;
    assert_eq!(told(&*store, "a").await, []);
    let twice = run(&*store, 13, without(), SweepEnd::Complete).await;
    assert_eq!((twice.missing_once, twice.missing), (0, 1));
    let missing = Fact::InvoiceMissing { number: number.clone() };
    assert_eq!(told(&*store, "a").await, std::slice::from_ref(&missing));
    assert_eq!(claim_one(&*store, 13).await.unread.len(), 1);
    // A third time says nothing new; then it is back.
    assert_eq!(run(&*store, 14, without(), SweepEnd::Complete).await.missing, 1);
    assert_eq!(run(&*store, 15, with(), SweepEnd::Complete).await.found, 1);
    assert_eq!(run(&*store, 16, with(), SweepEnd::Complete).await.found, 0);
    assert_eq!(told(&*store, "a").await, [missing, Fact::InvoiceFound { number }]);
}

pub async fn what_is_settled_is_not_missed(backend: &mut dyn Backend) {
    let store = backend.start().await;
    know(&*store, "a", 8, vec![item("INV-1", 500, "books")]).await;
    let other = || vec![vec![listed("b", "INV-1", 9)]];
    assert_eq!(run(&*store, 9, other(), SweepEnd::Complete).await.missing_once, 1);
    know(&*store, "a", 10, vec![item("INV-1", 0, "books")]).await;
    let paid = run(&*store, 11, other(), SweepEnd::Complete).await;
    assert_eq!((paid.missing_once, paid.missing), (0, 0));
    // Open again, as after a reversal: it is missing for the first time.
    know(&*store, "a", 12, vec![item("INV-1", 500, "books")]).await;
    assert_eq!(run(&*store, 13, other(), SweepEnd::Complete).await.missing_once, 1);
    assert_eq!(told(&*store, "a").await, []);
}

pub async fn a_run_that_is_overtaken_changes_nothing(backend: &mut dyn Backend) {
    let store = backend.start().await;
    know(&*store, "a", 8, vec![item("INV-1", 500, "books")]).await;
    assert_eq!(store.begin_sweep("books", at(9), any(9)).await.unwrap(), Some(1));
    assert_eq!(store.begin_sweep("books", at(10), any(10)).await.unwrap(), Some(2));
    store.end_sweep("books", 1, at(11), SweepEnd::Complete).await.unwrap();
    store.end_sweep("books", 2, at(11), SweepEnd::Complete).await.unwrap();
    let runs = store.sweeps(10).await.unwrap();
    let seen: Vec<_> = runs.iter().map(|run| (run.generation, run.complete, run.missing_once)).collect();
    assert_eq!(seen, [(2, true, 1), (1, false, 0)]);
    assert!(runs[1].note.contains("another run"), "{}", runs[1].note);
}

pub async fn only_the_newest_runs_are_kept(backend: &mut dyn Backend) {
    let store = backend.start().await;
    for _ in 0..SWEEPS_KEPT_MAX + 2 {
        store.begin_sweep("books", at(8), any(9)).await.unwrap().unwrap();
    }
    let runs = store.sweeps(1_000).await.unwrap();
    assert_eq!((runs.len() as i64, runs[0].generation), (SWEEPS_KEPT_MAX, SWEEPS_KEPT_MAX + 2));
}
