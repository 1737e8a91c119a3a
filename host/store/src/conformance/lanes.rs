//! T2: one owner a lane, decisions in the journal's order, poison set aside.

use super::*;
use crate::journal::Skip;
use crate::lane::{DECISIONS_KEPT_MAX, DecisionRow, LANE_EVENTS_MAX};

pub async fn lanes_are_claimed_when_due_oldest_first(backend: &mut dyn Backend) {
    let store = backend.start().await;
    tell(&*store, "b", "later", 9).await;
    tell(&*store, "a", "sooner", 8).await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(8)));
    assert!(claim(&*store, 7).await.is_empty());
    let first = store.claim("host", at(10), HOUR, 1).await.unwrap();
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].account, id("a"));
    assert_eq!((first[0].state.clone(), first[0].done_seq, first[0].more), (None, 0, false));
    assert_eq!(texts(first[0].unread.iter().map(|stored| &stored.event)), ["sooner"]);
    let second = claim_one(&*store, 10).await;
    assert_eq!(second.account, id("b"));
    store.decided(vec![decision(&first[0], vec![], Some(at(15))), decision(&second, vec![], None)]).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(at(15)));
    assert!(claim(&*store, 14).await.is_empty());
    let due = claim_one(&*store, 15).await;
    assert_eq!((due.account, due.unread.len(), due.done_seq), (id("a"), 0, 1));
    assert_eq!(due.state, Some(Account::new(id("a"))));
}

pub async fn a_lease_keeps_others_out_until_it_ends(backend: &mut dyn Backend) {
    let store = backend.start().await;
    tell(&*store, "a", "first", 8).await;
    let ours = claim_one(&*store, 9).await;
    assert!(store.claim("other", at(9), 3 * HOUR, 10).await.unwrap().is_empty());
    // `claim` leases for an hour.
    let theirs = store.claim("other", at(10), 2 * HOUR, 10).await.unwrap().remove(0);
    assert!(theirs.fence > ours.fence);
    assert_eq!(theirs.unread, ours.unread);
}

pub async fn a_lost_fence_writes_nothing(backend: &mut dyn Backend) {
    let store = backend.start().await;
    tell(&*store, "a", "first", 8).await;
    let ours = claim_one(&*store, 9).await;
    let theirs = claim_one(&*store, 10).await;
    let before = store.counts().await.unwrap();
    lost(store.decided(vec![decision(&ours, vec![said("too late")], None)]).await, "a");
    lost(store.park(&id("a"), ours.fence, "too late").await, "a");
    assert_eq!(store.counts().await.unwrap(), before);
    assert!(store.parked(10).await.unwrap().is_empty());
    store.decided(vec![decision(&theirs, vec![said("in time")], None)]).await.unwrap();
    // The lane was given back with the decision: the same fence does not write twice.
    lost(store.decided(vec![decision(&theirs, vec![said("twice")], None)]).await, "a");
    assert_eq!(seen(&*store, "a").await, 2);
}

pub async fn a_decision_moves_its_lane(backend: &mut dyn Backend) {
    let store = backend.start().await;
    tell(&*store, "a", "first", 8).await;
    let claimed = claim_one(&*store, 9).await;
    let reason = escalation::Reason {
        code: "not-yet".to_owned(),
        text: "not due".to_owned(),
        invoice: None,
        level: None,
        until: Some(day(9)),
    };
    let mut decided =
        decision(&claimed, vec![said("decided"), planned(hold("hold:1", day(6)))], Some(day(9).at(6, 0, 0, 0)));
    decided.because = vec![reason.clone()];
    decided.after.as_mut().unwrap().state.stopped.insert("call".to_owned());
    store.decided(vec![decided.clone()]).await.unwrap();

    let (state, lane) = store.account(&id("a")).await.unwrap().unwrap();
    let left = decided.after.unwrap().state;
    assert_eq!(state, left);
    assert_eq!((lane.head_seq, lane.done_seq, lane.next_due_at), (3, 3, decided.look_again));
    let journal = store.journal(&id("a"), 1, 10).await.unwrap();
    assert_eq!(journal[0].effective(), Some(&said("decided")));
    assert_eq!(journal[0].recorded_at, decided.at);
    let decisions = store.decisions(&id("a"), 10).await.unwrap();
    assert_eq!(decisions.len(), 1);
    assert_eq!((decisions[0].at, decisions[0].seq, decisions[0].look_again), (at(9), 1, decided.look_again));
    assert_eq!((decisions[0].policy.as_str(), &decisions[0].because), ("standard@1", &vec![reason]));
    let effects = store.effects_of(&id("a"), 10).await.unwrap();
    assert_eq!(effects.len(), 1);
    assert_eq!((effects[0].planned_at, effects[0].due_at), (at(9), day(6).at(0, 0, 0, 0)));
    assert!(claim(&*store, 20).await.is_empty());
    tell(&*store, "a", "second", 12).await;
    let again = claim_one(&*store, 12).await;
    assert_eq!((again.done_seq, again.state.clone()), (3, Some(left)));
    assert_eq!(texts(again.unread.iter().map(|stored| &stored.event)), ["second"]);
}

pub async fn a_decision_overtaken_by_events_is_void(backend: &mut dyn Backend) {
    let store = backend.start().await;
    tell(&*store, "a", "first", 8).await;
    let claimed = claim_one(&*store, 9).await;
    tell(&*store, "a", "a payment", 9).await;
    lost(store.decided(vec![decision(&claimed, vec![said("without it")], None)]).await, "a");
    // It is given back at once, with both events.
    let again = claim_one(&*store, 9).await;
    assert_eq!(texts(again.unread.iter().map(|stored| &stored.event)), ["first", "a payment"]);
    store.decided(vec![decision(&again, vec![said("with it")], None)]).await.unwrap();
    let journal = store.journal(&id("a"), 0, 10).await.unwrap();
    assert_eq!(texts(journal.iter().filter_map(JournalEntry::effective)), ["first", "a payment", "with it"]);
}

pub async fn reading_without_deciding_keeps_newcomers_unread(backend: &mut dyn Backend) {
    let store = backend.start().await;
    tell(&*store, "a", "first", 8).await;
    let claimed = claim_one(&*store, 9).await;
    tell(&*store, "a", "second", 9).await;
    store.decided(vec![decision(&claimed, vec![], Some(at(20)))]).await.unwrap();
    let again = claim_one(&*store, 9).await;
    assert_eq!(again.done_seq, 1);
    assert!(again.state.is_some());
    assert_eq!(texts(again.unread.iter().map(|stored| &stored.event)), ["second"]);
}

pub async fn a_lost_lane_does_not_hold_up_the_others(backend: &mut dyn Backend) {
    let store = backend.start().await;
    for account in ["a", "b", "c"] {
        tell(&*store, account, "first", 8).await;
    }
    let claimed = claim(&*store, 9).await;
    tell(&*store, "b", "second", 9).await;
    let decided = claimed.iter().map(|lane| decision(lane, vec![said("decided")], None)).collect();
    lost(store.decided(decided).await, "b");
    assert_eq!((seen(&*store, "a").await, seen(&*store, "b").await, seen(&*store, "c").await), (2, 0, 2));
}

pub async fn a_parked_lane_waits_and_the_others_go_on(backend: &mut dyn Backend) {
    let store = backend.start().await;
    tell(&*store, "a", "poison", 8).await;
    tell(&*store, "b", "fine", 8).await;
    let claimed = claim(&*store, 9).await;
    store.park(&id("a"), claimed[0].fence, "it cannot be decided").await.unwrap();
    store.decided(vec![decision(&claimed[1], vec![], None)]).await.unwrap();
    assert_eq!(store.parked(10).await.unwrap(), [(id("a"), "it cannot be decided".to_owned())]);
    assert_eq!(store.next_due().await.unwrap(), None);
    tell(&*store, "a", "more", 12).await;
    assert!(claim(&*store, 12).await.is_empty());
    assert!(store.unpark(&id("a")).await.unwrap());
    assert!(!store.unpark(&id("a")).await.unwrap());
    assert_eq!(claim_one(&*store, 12).await.unread.len(), 2);
}

pub async fn an_effect_planned_twice_parks_its_lane(backend: &mut dyn Backend) {
    let store = backend.start().await;
    plan(&*store, "a", vec![hold("hold:1", day(5))]).await;
    tell(&*store, "a", "again", 9).await;
    tell(&*store, "b", "fine", 9).await;
    tell(&*store, "c", "twice in one", 9).await;
    let claimed = claim(&*store, 10).await;
    let effects = [vec!["hold:1"], vec!["hold:2"], vec!["hold:3", "hold:3"]];
    let decided = claimed
        .iter()
        .zip(effects)
        .map(|(lane, keys)| decision(lane, keys.into_iter().map(|key| planned(hold(key, day(5)))).collect(), None));
    let answer = store.decided(decided.collect()).await;
    assert!(matches!(&answer, Err(StoreError::Corrupt(text)) if text.contains("`hold:1`")), "{answer:?}");
    let parked: Vec<_> = store.parked(10).await.unwrap().into_iter().map(|(account, _)| account).collect();
    assert_eq!(parked, [id("a"), id("c")]);
    assert!(store.effect(&EffectKey::new("hold:2")).await.unwrap().is_some());
    assert!(store.effect(&EffectKey::new("hold:3")).await.unwrap().is_none());
    assert_eq!(seen(&*store, "b").await, 2);
}

pub async fn a_long_lane_is_read_in_parts(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let events: Vec<_> = (0..LANE_EVENTS_MAX + 2).map(|n| ("a", said(&n.to_string()))).collect();
    store.ingest(page(vec![entry("one", "x", &events)])).await.unwrap();
    let first = claim_one(&*store, 9).await;
    assert_eq!(first.unread.len() as i64, LANE_EVENTS_MAX);
    assert!(first.more);
    lost(store.decided(vec![decision(&first, vec![said("too early")], None)]).await, "a");
    let first = claim_one(&*store, 9).await;
    store.decided(vec![decision(&first, vec![], None)]).await.unwrap();
    let rest = claim_one(&*store, 9).await;
    assert_eq!((rest.done_seq, rest.unread.len(), rest.more), (LANE_EVENTS_MAX, 2, false));
    store.decided(vec![decision(&rest, vec![said("now")], None)]).await.unwrap();
    assert!(claim(&*store, 9).await.is_empty());
}

pub async fn leases_end_with_their_process(backend: &mut dyn Backend) {
    let store = backend.start().await;
    tell(&*store, "a", "first", 8).await;
    let before = claim_one(&*store, 9).await;
    drop(store);
    let store = backend.start().await;
    lost(store.decided(vec![decision(&before, vec![], None)]).await, "a");
    let after = claim_one(&*store, 9).await;
    assert!(after.fence > before.fence);
    assert_eq!(after.unread, before.unread);
}

pub async fn only_the_newest_decisions_are_kept(backend: &mut dyn Backend) {
    let store = backend.start().await;
    tell(&*store, "a", "first", 8).await;
    for n in 0..DECISIONS_KEPT_MAX + 5 {
        let claimed = claim_one(&*store, 9).await;
        let policy = format!("standard@{n}");
        store.decided(vec![Decided { policy, ..decision(&claimed, vec![], Some(at(9))) }]).await.unwrap();
    }
    let kept = store.decisions(&id("a"), 1000).await.unwrap();
    assert_eq!(kept.len() as i64, DECISIONS_KEPT_MAX);
    assert_eq!(kept[0].policy, format!("standard@{}", DECISIONS_KEPT_MAX + 4));
    assert_eq!(kept.last().unwrap().policy, "standard@5");
}

pub async fn an_operator_passes_over_an_event(backend: &mut dyn Backend) {
    let store = backend.start().await;
    for text in ["first", "poison", "last"] {
        tell(&*store, "a", text, 8).await;
    }
    let skip = |instead| Skip { at: at(9), who: "ada".to_owned(), reason: "cannot be".to_owned(), instead };
    // Only of a lane that is set aside, and only what is unread.
    assert!(!store.skip(&id("a"), 2, skip(None)).await.unwrap());
    let lane = claim_one(&*store, 8).await;
    store.park(&id("a"), lane.fence, "poison").await.unwrap();
    assert!(!store.skip(&id("a"), 4, skip(None)).await.unwrap());
    assert!(store.skip(&id("a"), 2, skip(Some(said("instead")))).await.unwrap());
    assert!(!store.skip(&id("a"), 2, skip(None)).await.unwrap());

    let lane = claim_one(&*store, 10).await;
    assert_eq!(texts(lane.unread.iter().map(|stored| &stored.event)), ["first", "last", "instead"]);
    assert_eq!((lane.read_until, lane.more), (4, false));
    store.decided(vec![decision(&lane, vec![], None)]).await.unwrap();
    assert_eq!(seen(&*store, "a").await, 4);
    let journal = store.journal(&id("a"), 0, 10).await.unwrap();
    let skipped: Vec<Option<&str>> = journal.iter().map(|entry| entry.skipped.as_deref()).collect();
    assert_eq!(skipped, [None, Some("ada: cannot be"), None, None]);

    // A lane whose only unread event is passed over is read to its end.
    tell(&*store, "b", "poison", 11).await;
    let lane = claim_one(&*store, 11).await;
    store.park(&id("b"), lane.fence, "poison").await.unwrap();
    assert!(store.skip(&id("b"), 1, skip(None)).await.unwrap());
    let lane = claim_one(&*store, 11).await;
    assert_eq!((lane.unread.len(), lane.read_until), (0, 1));
}

/// Most decisions say what the one before said: they cost a count, and the day is still told.
pub async fn a_decision_made_again_is_counted(backend: &mut dyn Backend) {
    let store = backend.start().await;
    tell(&*store, "a", "first", 8).await;
    let first = claim_one(&*store, 9).await;
    assert_eq!(first.policy, None);
    store.decided(vec![decision(&first, vec![], Some(at(10)))]).await.unwrap();
    let quiet =
        |lane: &Claimed, hour, look| Decided { at: at(hour), after: None, ..decision(lane, vec![], Some(look)) };
    for hour in [10, 11] {
        let lane = claim_one(&*store, hour).await;
        assert_eq!((lane.policy.as_deref(), lane.state.is_some()), (Some("standard@1"), true));
        store.decided(vec![quiet(&lane, hour, at(10))]).await.unwrap();
    }
    let told = |rows: Vec<DecisionRow>| rows.iter().map(|row| (row.at, row.times, row.last_at)).collect::<Vec<_>>();
    assert_eq!(told(store.decisions(&id("a"), 10).await.unwrap()), [(at(9), 3, at(11))]);
    assert!(store.account(&id("a")).await.unwrap().is_some());
    // Events that came meanwhile stay due, however often the decision was made.
    let lane = claim_one(&*store, 11).await;
    tell(&*store, "a", "second", 11).await;
    store.decided(vec![quiet(&lane, 11, at(10))]).await.unwrap();
    let stands = store.account(&id("a")).await.unwrap().unwrap().1;
    assert_eq!((stands.head_seq, stands.done_seq, stands.next_due_at), (2, 1, Some(at(10))));
    let lane = claim_one(&*store, 11).await;
    assert_eq!(texts(lane.unread.iter().map(|stored| &stored.event)), ["second"]);
    store.decided(vec![quiet(&lane, 11, at(10))]).await.unwrap();
    // Another day to look again at: another decision, and the row before it keeps its count.
    let lane = claim_one(&*store, 12).await;
    store.decided(vec![quiet(&lane, 12, at(13))]).await.unwrap();
    let rows = [(at(12), 1, at(12)), (at(11), 1, at(11)), (at(9), 4, at(11))];
    assert_eq!(told(store.decisions(&id("a"), 10).await.unwrap()), rows);
    assert_eq!(store.account(&id("a")).await.unwrap().unwrap().1.next_due_at, Some(at(13)));
}
