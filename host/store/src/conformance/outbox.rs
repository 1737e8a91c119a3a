//! T3 and T4: an effect leaves only as it was cleared, and ends once.

use escalation::Role;

use super::*;
use crate::outbox::{Concluded, EffectRow, EffectStatus, Mark, Outcome};

pub(super) fn mark(key: &str, account: &str, seen_seq: i64) -> Mark {
    Mark {
        key: EffectKey::new(key),
        account: id(account),
        seen_seq,
        at: at(10),
        plugin: "dialer-file".to_owned(),
        batch: "batch-1".to_owned(),
        request: format!("{{\"key\":\"{key}\"}}"),
        host: "host".to_owned(),
        deadline: at(11),
    }
}

pub(super) fn concluded(key: &str, account: &str, attempt: u32, outcome: Outcome, event: Option<Event>) -> Concluded {
    let (key, account, by) = (EffectKey::new(key), id(account), "dialer-file@1".to_owned());
    Concluded { key, account, attempt, at: at(11), outcome, event, by, host: "host".to_owned() }
}

pub(super) async fn marked(store: &dyn Store, marks: Vec<Mark>) -> Vec<Option<u32>> {
    store.mark_dispatching(marks).await.unwrap().into_iter().map(|mark| mark.attempt).collect()
}

async fn effect(store: &dyn Store, key: &str) -> EffectRow {
    store.effect(&EffectKey::new(key)).await.unwrap().unwrap()
}

fn keys<'a>(effects: impl IntoIterator<Item = &'a EffectRow>) -> Vec<&'a str> {
    effects.into_iter().map(|effect| effect.key.as_str()).collect()
}

/// What may go out to accounting, as holds do.
async fn due_at(store: &dyn Store, now: DateTime) -> Vec<EffectRow> {
    store.due_effects(Role::Accounting, now, 100).await.unwrap()
}

pub async fn effects_are_due_in_their_order(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let effects = vec![
        call("call:small", day(5), 10),
        hold("hold:b", day(5)),
        call("call:large", day(5), 999),
        hold("hold:a", day(5)),
        call("call:yesterday", day(4), 1),
        hold("hold:tomorrow", day(6)),
    ];
    plan(&*store, "a", effects.clone()).await;
    let due = store.due_effects(Role::Dialer, at(9), 100).await.unwrap();
    assert_eq!(keys(&due), ["call:yesterday", "call:large", "call:small"]);
    assert_eq!((due[1].effect.clone(), due[1].kind.as_str()), (effects[2].clone(), "queue-call"));
    assert_eq!((due[1].role, due[1].status, due[1].attempt), (Role::Dialer, EffectStatus::Planned, 0));
    assert_eq!(keys(&store.due_effects(Role::Dialer, at(9), 2).await.unwrap()), ["call:yesterday", "call:large"]);
    assert_eq!(keys(&due_at(&*store, at(9)).await), ["hold:a", "hold:b"]);
    assert!(store.due_effects(Role::Agency, at(9), 100).await.unwrap().is_empty());
    assert_eq!(store.due_roles(at(9)).await.unwrap(), [Role::Accounting, Role::Dialer]);
    assert!(store.due_roles(day(3).at(0, 0, 0, 0)).await.unwrap().is_empty());
    // Neither a lane with unread events nor one in a decider's hands lets its effects out.
    tell(&*store, "a", "a payment", 10).await;
    assert!(store.due_effects(Role::Dialer, at(10), 100).await.unwrap().is_empty());
    let claimed = claim_one(&*store, 10).await;
    store.decided(vec![decision(&claimed, vec![], Some(at(11)))]).await.unwrap();
    assert_eq!(store.due_effects(Role::Dialer, at(10), 100).await.unwrap().len(), 3);
    claim_one(&*store, 11).await;
    assert!(due_at(&*store, at(11)).await.is_empty());
}

pub async fn a_mark_is_refused_when_the_world_has_moved(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let seen_a = plan(&*store, "a", vec![hold("hold:a", day(5)), hold("hold:a2", day(5))]).await;
    let seen_b = plan(&*store, "b", vec![hold("hold:b", day(5))]).await;
    let wrong = vec![
        mark("hold:a", "a", seen_a - 1),
        mark("hold:a", "b", seen_b),
        mark("hold:none", "a", seen_a),
        mark("hold:a", "a", seen_a),
        mark("hold:a", "a", seen_a),
    ];
    assert_eq!(marked(&*store, wrong).await, [None, None, None, Some(1), None]);
    assert_eq!(effect(&*store, "hold:a").await.status, EffectStatus::Dispatching);
    assert_eq!(marked(&*store, vec![mark("hold:a", "a", seen_a)]).await, [None]);

    tell(&*store, "a", "a payment", 9).await;
    assert_eq!(marked(&*store, vec![mark("hold:a2", "a", seen_a)]).await, [None]);
    assert_eq!(marked(&*store, vec![mark("hold:a2", "a", seen_a + 1)]).await, [None]);
    // In a decider's hands, even with everything read.
    let claimed = claim_one(&*store, 9).await;
    store.decided(vec![decision(&claimed, vec![], Some(at(10)))]).await.unwrap();
    let claimed = claim_one(&*store, 10).await;
    assert_eq!(marked(&*store, vec![mark("hold:a2", "a", seen_a + 1)]).await, [None]);
    store.park(&id("a"), claimed.fence, "poison").await.unwrap();
    assert_eq!(marked(&*store, vec![mark("hold:a2", "a", seen_a + 1)]).await, [None]);
    assert_eq!(effect(&*store, "hold:a2").await.status, EffectStatus::Planned);
    assert!(store.attempts(&EffectKey::new("hold:a2")).await.unwrap().is_empty());
    store.unpark(&id("a")).await.unwrap();
    assert_eq!(marked(&*store, vec![mark("hold:a2", "a", seen_a + 1)]).await, [Some(1)]);
}

pub async fn what_is_in_the_air_comes_back_by_batch(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let effects = ["hold:3", "hold:1", "hold:2"].map(|key| hold(key, day(5)));
    let seen = plan(&*store, "a", effects.to_vec()).await;
    let marks = ["hold:3", "hold:1", "hold:2"].map(|key| mark(key, "a", seen));
    assert_eq!(marked(&*store, marks.to_vec()).await, [Some(1); 3]);
    // Its host may still be under way.
    assert!(store.in_flight(at(10)).await.unwrap().is_empty());
    assert_eq!(store.in_flight(at(11)).await.unwrap().len(), 3);
    drop(store);
    let store = backend.start().await;
    let flying = store.in_flight(at(12)).await.unwrap();
    // In the order in which they were marked: the batch is repeated as it was.
    assert_eq!(flying.iter().map(|one| one.key.as_str()).collect::<Vec<_>>(), ["hold:3", "hold:1", "hold:2"]);
    assert!(flying.iter().zip(&marks).all(|(one, mark)| one.request == mark.request && one.batch == mark.batch));
    assert_eq!((flying[0].attempt, flying[0].plugin.as_str(), flying[0].marked_at), (1, "dialer-file", at(10)));
    assert_eq!((&flying[0].account, flying[0].kind.as_str()), (&id("a"), "hold-credit"));
    let done = Outcome::Succeeded { reference: String::new() };
    store.concluded(vec![concluded("hold:1", "a", 1, done, None)]).await.unwrap();
    assert_eq!(store.in_flight(at(12)).await.unwrap().len(), 2);
}

pub async fn a_conclusion_counts_once_and_tells_the_lane(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let effects = ["hold:a", "hold:b", "hold:c", "hold:d"].map(|key| hold(key, day(5)));
    let seen_seq = plan(&*store, "a", effects.to_vec()).await;
    let marks = ["hold:a", "hold:b", "hold:c", "hold:d"].map(|key| mark(key, "a", seen_seq));
    marked(&*store, marks.to_vec()).await;
    let succeeded = || Outcome::Succeeded { reference: "lead 7".to_owned() };
    let done = |key: &str, attempt: u32, outcome: Outcome| concluded(key, "a", attempt, outcome, Some(said(key)));
    store
        .concluded(vec![
            done("hold:a", 2, Outcome::Rejected { reason: "another attempt".to_owned() }),
            done("hold:a", 1, succeeded()),
            done("hold:a", 1, Outcome::Rejected { reason: "twice".to_owned() }),
            done("hold:b", 1, Outcome::Rejected { reason: "no such debtor".to_owned() }),
            done("hold:c", 1, Outcome::Unknown { text: "the line broke".to_owned() }),
            done("hold:d", 1, Outcome::Cancelled { because: "paid".to_owned() }),
        ])
        .await
        .unwrap();
    let [a, b, c] = [effect(&*store, "hold:a").await, effect(&*store, "hold:b").await, effect(&*store, "hold:c").await];
    assert_eq!((a.status, a.note.as_str(), a.ended_at), (EffectStatus::Succeeded, "lead 7", Some(at(11))));
    assert_eq!((b.status, b.note.as_str()), (EffectStatus::Rejected, "no such debtor"));
    assert_eq!((c.status, c.note.as_str()), (EffectStatus::Unknown, "the line broke"));
    let d = effect(&*store, "hold:d").await;
    assert_eq!((d.status, d.note.as_str(), d.ended_at), (EffectStatus::Cancelled, "paid", Some(at(11))));
    let attempts = store.attempts(&a.key).await.unwrap();
    assert_eq!(attempts.len(), 1);
    assert_eq!((attempts[0].n, attempts[0].outcome.as_str(), attempts[0].text.as_str()), (1, "succeeded", "lead 7"));
    assert_eq!((attempts[0].started_at, attempts[0].ended_at), (at(10), Some(at(11))));
    let told = claim_one(&*store, 11).await;
    assert_eq!(texts(told.unread.iter().map(|stored| &stored.event)), ["hold:a", "hold:b", "hold:c", "hold:d"]);
    store.concluded(vec![done("hold:a", 1, succeeded())]).await.unwrap();
    assert_eq!(store.account(&id("a")).await.unwrap().unwrap().1.head_seq, seen_seq + 4);
    let unknown = store.effects_by_status(EffectStatus::Unknown, 10).await.unwrap();
    assert_eq!(keys(&unknown), ["hold:c"]);
    let counts = store.counts().await.unwrap().effects;
    assert_eq!(counts.get(&("hold-credit".to_owned(), "rejected".to_owned())), Some(&1));
}

pub async fn what_did_not_happen_is_tried_again_later(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let seen = plan(&*store, "a", vec![hold("hold:a", day(5))]).await;
    marked(&*store, vec![mark("hold:a", "a", seen)]).await;
    let again = Outcome::Again { at: at(15), because: "the disk of the dialer is full".to_owned() };
    store.concluded(vec![concluded("hold:a", "a", 1, again, None)]).await.unwrap();
    let row = effect(&*store, "hold:a").await;
    assert_eq!((row.status, row.due_at, row.ended_at), (EffectStatus::Planned, at(15), None));
    assert_eq!(row.note, "the disk of the dialer is full");
    assert!(store.in_flight(at(12)).await.unwrap().is_empty());
    assert!(due_at(&*store, at(14)).await.is_empty());
    assert_eq!(keys(&due_at(&*store, at(15)).await), ["hold:a"]);
    // No event, no unread lane: it goes out again as the second attempt.
    assert_eq!(marked(&*store, vec![mark("hold:a", "a", seen)]).await, [Some(2)]);
    let stale = Outcome::Succeeded { reference: "of the first".to_owned() };
    store.concluded(vec![concluded("hold:a", "a", 1, stale, Some(said("stale")))]).await.unwrap();
    assert_eq!(effect(&*store, "hold:a").await.status, EffectStatus::Dispatching);
    let attempts = store.attempts(&row.key).await.unwrap();
    assert_eq!(attempts.iter().map(|one| one.outcome.as_str()).collect::<Vec<_>>(), ["again", ""]);
}

/// A host that was held up says late that its call failed, while another has asked again.
pub async fn whoever_was_overtaken_cannot_say_that_it_did_not_happen(backend: &mut dyn Backend) {
    let store = backend.start().await;
    plan(&*store, "a", vec![call("call:1", day(5), 1)]).await;
    let seq = store.account(&id("a")).await.unwrap().unwrap().1.done_seq;
    marked(&*store, vec![mark("call:1", "a", seq)]).await;
    let (flights, keys) = (store.in_flight(at(11)).await.unwrap(), [EffectKey::new("call:1")]);
    assert!(store.take_over(&flights, "other", at(10), at(12)).await.unwrap().is_empty());
    assert_eq!(store.take_over(&flights, "other", at(11), at(12)).await.unwrap(), keys);
    assert!(store.take_over(&flights, "third", at(11), at(12)).await.unwrap().is_empty());
    let again = || Outcome::Again { at: at(11), because: "401".to_owned() };
    store.concluded(vec![concluded("call:1", "a", 1, again(), None)]).await.unwrap();
    assert_eq!(effect(&*store, "call:1").await.status, EffectStatus::Dispatching);
    let ours = Concluded { host: "other".to_owned(), ..concluded("call:1", "a", 1, again(), None) };
    store.concluded(vec![ours]).await.unwrap();
    assert_eq!(effect(&*store, "call:1").await.status, EffectStatus::Planned);
}

pub async fn only_what_is_still_planned_is_cancelled(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let effects = ["hold:gone", "hold:kept", "hold:old"].map(|key| hold(key, day(5)));
    let seen = plan(&*store, "a", effects.to_vec()).await;
    marked(&*store, vec![mark("hold:gone", "a", seen)]).await;
    tell(&*store, "a", "a payment", 10).await;
    let claimed = claim_one(&*store, 10).await;
    let cancelled = |key: &str| event(Fact::EffectCancelled { key: EffectKey::new(key), because: "paid".to_owned() });
    let expired = event(Fact::EffectExpired { key: EffectKey::new("hold:old") });
    let events = vec![
        cancelled("hold:gone"),
        cancelled("hold:kept"),
        expired,
        planned(hold("hold:new", day(5))),
        cancelled("hold:new"),
    ];
    store.decided(vec![decision(&claimed, events, None)]).await.unwrap();
    let gone = effect(&*store, "hold:gone").await;
    assert_eq!((gone.status, gone.ended_at), (EffectStatus::Dispatching, None));
    let kept = effect(&*store, "hold:kept").await;
    assert_eq!((kept.status, kept.note.as_str(), kept.ended_at), (EffectStatus::Cancelled, "paid", Some(at(9))));
    assert_eq!(effect(&*store, "hold:old").await.status, EffectStatus::Expired);
    assert_eq!(effect(&*store, "hold:new").await.status, EffectStatus::Cancelled);
    assert!(due_at(&*store, at(12)).await.is_empty());
}

pub async fn what_lost_its_reason_in_the_air_does_not_go_out_again(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let keys = ["hold:paid", "hold:old", "hold:done", "hold:wanted"];
    let seen = plan(&*store, "a", keys.map(|key| hold(key, day(5))).to_vec()).await;
    marked(&*store, keys.map(|key| mark(key, "a", seen)).to_vec()).await;
    tell(&*store, "a", "a payment", 10).await;
    let claimed = claim_one(&*store, 10).await;
    let cancelled = |key: &str| event(Fact::EffectCancelled { key: EffectKey::new(key), because: "paid".to_owned() });
    let expired = event(Fact::EffectExpired { key: EffectKey::new("hold:old") });
    let turned = vec![cancelled("hold:paid"), expired, cancelled("hold:done")];
    store.decided(vec![decision(&claimed, turned, None)]).await.unwrap();
    let again = |key: &str| {
        let outcome = Outcome::Again { at: at(11), because: "busy".to_owned() };
        concluded(key, "a", 1, outcome, None)
    };
    let done = Outcome::Succeeded { reference: "lead 7".to_owned() };
    let done = concluded("hold:done", "a", 1, done, Some(said("done")));
    store.concluded(vec![again("hold:paid"), again("hold:old"), done, again("hold:wanted")]).await.unwrap();
    let mut stands = Vec::new();
    for key in keys {
        let row = effect(&*store, key).await;
        stands.push((row.status, row.ended_at.is_some(), row.note));
    }
    let stood = |status, ended, note: &str| (status, ended, note.to_owned());
    assert_eq!(
        stands,
        [
            stood(EffectStatus::Cancelled, true, "paid"),
            stood(EffectStatus::Expired, true, ""),
            stood(EffectStatus::Succeeded, true, "lead 7"),
            stood(EffectStatus::Planned, false, "busy"),
        ]
    );
    let attempts = store.attempts(&EffectKey::new("hold:paid")).await.unwrap();
    assert_eq!((attempts[0].outcome.as_str(), attempts[0].text.as_str()), ("again", "busy"));
}

pub async fn a_person_settles_an_unknown_outcome(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let seen = plan(&*store, "a", vec![hold("hold:a", day(5)), hold("hold:b", day(5))]).await;
    marked(&*store, vec![mark("hold:a", "a", seen), mark("hold:b", "a", seen)]).await;
    let unknown = |key: &str| concluded(key, "a", 1, Outcome::Unknown { text: "?".to_owned() }, None);
    store.concluded(vec![unknown("hold:a")]).await.unwrap();
    let settled = |key: &str, happened: bool| {
        let fact = Fact::EffectSettled { key: EffectKey::new(key), happened, text: "I asked them".to_owned() };
        entry(&format!("{key}:{happened}"), key, &[("a", event(fact))])
    };
    // One in the air is not a person's to settle.
    store.ingest(page(vec![settled("hold:a", true), settled("hold:b", false)])).await.unwrap();
    let row = effect(&*store, "hold:a").await;
    assert_eq!((row.status, row.note.as_str()), (EffectStatus::Succeeded, "I asked them"));
    assert_eq!(effect(&*store, "hold:b").await.status, EffectStatus::Dispatching);
    store.ingest(page(vec![settled("hold:a", false)])).await.unwrap();
    assert_eq!(effect(&*store, "hold:a").await.status, EffectStatus::Succeeded);
}

pub async fn an_effect_is_put_off(backend: &mut dyn Backend) {
    let store = backend.start().await;
    let seen = plan(&*store, "a", vec![hold("hold:a", day(5)), hold("hold:b", day(5))]).await;
    marked(&*store, vec![mark("hold:b", "a", seen)]).await;
    for key in ["hold:a", "hold:b"] {
        store.postpone(&EffectKey::new(key), day(7).at(8, 0, 0, 0), "quiet hours").await.unwrap();
    }
    let row = effect(&*store, "hold:a").await;
    assert_eq!((row.due_at, row.note.as_str()), (day(7).at(8, 0, 0, 0), "quiet hours"));
    assert_eq!(effect(&*store, "hold:b").await.due_at, day(5).at(0, 0, 0, 0));
    assert!(due_at(&*store, day(7).at(7, 0, 0, 0)).await.is_empty());
    assert_eq!(due_at(&*store, day(7).at(8, 0, 0, 0)).await.len(), 1);
}
