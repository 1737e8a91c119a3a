//! What hosts share: leases that one of them holds, and valves that all of them turn.

use super::*;
use crate::valve::{FAILURES_MAX, Passage, Rate, ValveChange};

const RATE: Rate = Rate { per_minute: 60, burst: 10 };

/// The fence, if the lease was taken for an hour.
async fn lease(store: &dyn Store, name: &str, holder: &str, hour: i8) -> Option<i64> {
    let lease = store.lease(name, holder, at(hour), HOUR).await.unwrap()?;
    assert_eq!(lease.until, at(hour + 1));
    Some(lease.fence)
}

fn take(want: u32) -> ValveChange {
    ValveChange::Take { now: at(8), want, rate: Some(RATE), probe: HOUR }
}

fn failed(why: &str) -> ValveChange {
    ValveChange::Failed { now: at(8), why: why.to_owned(), wait: None }
}

pub async fn a_lease_has_one_holder_at_a_time(backend: &mut dyn Backend) {
    let store = backend.start().await;
    assert_eq!(lease(&*store, "poll:books", "one", 8).await, Some(1));
    assert_eq!(lease(&*store, "poll:books", "two", 8).await, None);
    // Another work is another lease.
    assert_eq!(lease(&*store, "poll:bank", "two", 8).await, Some(1));
    // At its end it is over, for whoever comes first.
    assert_eq!(lease(&*store, "poll:books", "two", 9).await, Some(2));
    assert_eq!(lease(&*store, "poll:books", "one", 9).await, None);
    let (three, four) = tokio::join!(lease(&*store, "seal", "three", 8), lease(&*store, "seal", "four", 8));
    assert_eq!((three.xor(four), three.and(four)), (Some(1), None));
}

pub async fn a_renewed_lease_keeps_its_fence_and_a_lost_one_does_not(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let half = Duration::from_secs(1_800);
    let first = store.lease("seal", "one", at(8), HOUR).await.unwrap().unwrap();
    let renewed = store.lease("seal", "one", at(8) + half, HOUR).await.unwrap().unwrap();
    assert_eq!((first.fence, renewed.fence, renewed.until), (1, 1, at(9) + half));
    assert_eq!(lease(&*store, "seal", "two", 9).await, None);
    // It ran out: that nobody else had it meanwhile is luck, and what was begun under the old fence is void.
    assert_eq!(lease(&*store, "seal", "one", 10).await, Some(2));
    drop(store);
    let store = backend.start().await;
    assert!(lease(&*store, "seal", "one", 11).await > Some(2));
}

pub async fn a_lease_that_is_given_back_is_free(backend: &mut dyn Backend) {
    let store = backend.start().await;
    store.give_back("seal", "nobody").await.unwrap();
    assert_eq!(lease(&*store, "seal", "one", 8).await, Some(1));
    store.give_back("seal", "two").await.unwrap();
    assert_eq!(lease(&*store, "seal", "two", 8).await, None);
    store.give_back("seal", "one").await.unwrap();
    assert_eq!(lease(&*store, "seal", "two", 8).await, Some(2));
    store.give_back("seal", "two").await.unwrap();
    assert_eq!(lease(&*store, "seal", "two", 8).await, Some(3));
}

pub async fn a_valve_is_one_for_all_who_ask(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let turn = |want| store.turn_valve("books", take(want));
    let (a, b, c) = tokio::join!(turn(4), turn(4), turn(4));
    let granted = [a, b, c].map(|passage| match passage.unwrap() {
        Passage::Open(n) => n,
        other => panic!("{other:?}"),
    });
    assert_eq!(granted.iter().sum::<u32>(), RATE.burst, "{granted:?}");
    assert!(matches!(turn(1).await.unwrap(), Passage::Until { at: then, .. } if then > at(8)));
    assert_eq!(store.turn_valve("bank", take(4)).await.unwrap(), Passage::Open(4));
}

pub async fn a_valve_stands_as_it_was_turned(backend: &mut dyn Backend) {
    let store = backend.start().await;
    assert!(store.valves().await.unwrap().is_empty());
    for _ in 0..FAILURES_MAX {
        store.turn_valve("books", failed("no answer")).await.unwrap();
    }
    store.turn_valve("bank", ValveChange::Locked { why: "the password is wrong".to_owned() }).await.unwrap();
    drop(store);
    let store = backend.start().await;
    let valves = store.valves().await.unwrap();
    assert_eq!(valves.iter().map(|(connection, _)| connection.as_str()).collect::<Vec<_>>(), ["bank", "books"]);
    assert_eq!(valves[0].1.paused.as_deref(), Some("the password is wrong"));
    assert_eq!((valves[1].1.failures, valves[1].1.trouble.as_str()), (FAILURES_MAX, "no answer"));
    assert!(matches!(store.turn_valve("books", take(1)).await.unwrap(), Passage::Until { .. }));
    assert!(matches!(store.turn_valve("bank", take(1)).await.unwrap(), Passage::Paused { .. }));
    store.turn_valve("bank", ValveChange::Resume).await.unwrap();
    assert_eq!(store.turn_valve("bank", take(1)).await.unwrap(), Passage::Open(1));
}

pub async fn who_holds_what_is_told(backend: &mut dyn Backend) {
    let store = backend.start().await;
    assert!(store.inspect(at(8)).await.unwrap().newest_event.is_none());
    lease(&*store, "seal", "one", 8).await;
    lease(&*store, "poll:books", "two", 7).await;
    lease(&*store, "poll:bank", "two", 8).await;
    store.give_back("poll:bank", "two").await.unwrap();
    tell(&*store, "acme", "hello", 8).await;
    claim(&*store, 8).await;
    let found = store.inspect(at(8)).await.unwrap();
    let held: Vec<_> = found.leases.iter().map(|one| (one.name.as_str(), one.holder.as_str(), one.is_over)).collect();
    assert_eq!(held, [("poll:books", "two", true), ("seal", "one", false)]);
    assert_eq!((found.lanes_held, store.inspect(at(11)).await.unwrap().lanes_held), (1, 0));
    assert!(found.newest_event == Some(at(8)) && found.bytes > 0 && found.schema > 0, "{found:?}");
    assert_eq!(found.risks, Vec::<String>::new());
}
