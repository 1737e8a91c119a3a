//! Guests that behave badly: each call fails with its reason, and nobody else notices.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that is surprised has failed")]

mod files;
mod guest;
mod http;
mod loading;
mod webhooks;

use std::time::{Duration, Instant};

use escalation::answer::{ErrorKind, Outcome, Stated};
use escalation::effect::Role;
use guest::{Kept, load, manifest, requests, runtime};
use serde_json::json;

#[track_caller]
fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
}

#[tokio::test]
async fn a_good_guest_answers() {
    let plugin = load("fine", json!({})).await;
    assert!(plugin.check(Role::Dialer).await.result.is_ok());
    let page = plugin.pull(Role::Dialer, Some("c")).await.result.unwrap();
    assert_eq!((page.received.len(), page.cursor.as_str(), page.refusals.len()), (1, "c+", 0));
    let outcomes = plugin.perform(&guest::batch(), Role::Dialer, &requests(2)).await.result.unwrap();
    assert_eq!(outcomes[1], Outcome::Done { reference: "call:1".to_owned(), stated: Stated::default() });
    let keys: Vec<_> = requests(3).into_iter().map(|request| request.key).collect();
    assert_eq!(plugin.lookup(Role::Dialer, &keys).await.result.unwrap().len(), 3);
    assert_eq!((plugin.health().calls, plugin.health().failures), (4, 0));
}

#[tokio::test]
async fn a_guest_that_loops_is_stopped_by_the_processor_clock() {
    let plugin = load("loops", json!({"do": "loop"})).await;
    let called = plugin.check(Role::Dialer).await;
    let error = called.result.unwrap_err();
    assert_eq!(error.kind, ErrorKind::OutOfTime);
    says(&error.message, &["plugin `loops` (hostile 0.1.0)", "more than 200 ms of processor time"]);
    assert!(called.micros >= 150_000, "{}", called.micros);
}

#[tokio::test]
async fn huge_computations_are_stopped_and_small_ones_are_not() {
    let plugin = load("computes", json!({"do": "compute"})).await;
    assert_eq!(plugin.check(Role::Dialer).await.result.unwrap_err().kind, ErrorKind::OutOfTime);
    let plugin = load("computes-a-little", json!({"do": "compute", "rounds": 1_000})).await;
    assert!(plugin.check(Role::Dialer).await.result.is_ok());
}

#[tokio::test]
async fn a_guest_that_sleeps_is_stopped_by_the_wall_clock() {
    let plugin = load("sleeps", json!({"do": "sleep"})).await;
    let error = plugin.check(Role::Dialer).await.result.unwrap_err();
    assert_eq!(error.kind, ErrorKind::OutOfTime);
    says(&error.message, &["did not answer within 5000 ms"]);
}

#[tokio::test]
async fn a_guest_that_keeps_the_host_busy_is_stopped_too() {
    let plugin = load("busybody", json!({"do": "loop-on-the-host"})).await;
    let start = Instant::now();
    assert_eq!(plugin.check(Role::Dialer).await.result.unwrap_err().kind, ErrorKind::OutOfTime);
    assert!(start.elapsed() < Duration::from_secs(20));
}

/// One thread for everything: the neighbour gets its turn although the loop never waits.
#[tokio::test(flavor = "current_thread")]
async fn a_neighbour_goes_on_beside_a_loop() {
    let (bad, good) = (load("loops-too", json!({"do": "loop"})).await, load("neighbour", json!({})).await);
    let looping = tokio::spawn(async move { bad.check(Role::Dialer).await.result });
    let mut answers = 0;
    while !looping.is_finished() {
        good.check(Role::Dialer).await.result.unwrap();
        answers += 1;
        tokio::task::yield_now().await;
    }
    assert_eq!(looping.await.unwrap().unwrap_err().kind, ErrorKind::OutOfTime);
    assert!(answers >= 5, "{answers}");
}

#[tokio::test]
async fn a_guest_that_hoards_memory_is_told_apart_from_one_that_panics() {
    let plugin = load("grows", json!({"do": "grow"})).await;
    let called = plugin.check(Role::Dialer).await;
    let error = called.result.unwrap_err();
    assert_eq!(error.kind, ErrorKind::OutOfMemory);
    says(&error.message, &["more than 16 MiB of memory"]);
    assert!((8 << 20..=16 << 20).contains(&called.memory_peak), "{}", called.memory_peak);

    let plugin = load("panics", json!({"do": "panic"})).await;
    let error = plugin.check(Role::Dialer).await.result.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Trapped);
    says(&error.message, &["plugin `panics` (hostile 0.1.0)", "panicked"]);
    says(&error.last_words, &["the till is empty", "acts.rs"]);
}

#[tokio::test]
async fn a_guest_that_copes_with_less_memory_may_go_on() {
    let plugin = load("grows-politely", json!({"do": "grow-politely"})).await;
    let outcomes = plugin.perform(&guest::batch(), Role::Dialer, &requests(1)).await.result.unwrap();
    let Outcome::Done { reference, .. } = &outcomes[0] else { panic!("{outcomes:?}") };
    assert!((5..16).contains(&reference.parse::<u32>().unwrap()), "{reference}");
}

#[tokio::test]
async fn a_flood_of_log_lines_is_cut_counted_and_cleaned() {
    let plugin = load("floods", json!({"do": "flood"})).await;
    let called = plugin.check(Role::Dialer).await;
    called.result.unwrap();
    assert_eq!((called.log.len(), called.dropped_log), (256, 600 - 256));
    assert!(called.log.iter().all(|line| line.len() < 4_200 && !line.contains('\u{1b}')));
}

#[tokio::test]
async fn one_message_cannot_fill_the_host() {
    let mut manifest = manifest();
    manifest.limits.memory_mib = 128;
    let plugin =
        guest::load_as("sends-too-much", manifest, json!({"do": "send-too-much"}), &Kept::default()).await.unwrap();
    let error = plugin.check(Role::Dialer).await.result.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Trapped, "{error}");
}

#[tokio::test]
async fn endless_recursion_and_exit_cost_one_call() {
    let plugin = load("recurses", json!({"do": "recurse"})).await;
    let error = plugin.check(Role::Dialer).await.result.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Trapped);
    says(&error.message, &["ran out of its stack"]);
    let plugin = load("exits", json!({"do": "exit"})).await;
    let error = plugin.check(Role::Dialer).await.result.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Trapped);
    says(&error.message, &["ended itself with code"]);
}

#[tokio::test]
async fn rubbish_becomes_refusals_and_the_sound_event_stays() {
    let plugin = load("rubbish", json!({"do": "garbage"})).await;
    let page = plugin.pull(Role::Dialer, None).await.result.unwrap();
    assert_eq!(page.received.len(), 1);
    let told: Vec<(&str, &str)> = page.refusals.iter().map(|r| (r.place.as_str(), r.reason.as_str())).collect();
    assert_eq!(told.len(), 6, "{told:?}");
    for ((place, reason), (line, part)) in told.iter().zip([
        ("line 10", "`amount`: `euro` is not a currency"),
        ("line 11", "`due-on`: there is no day 2026-02-30"),
        ("line 12", "`account` is longer than 200 bytes"),
        ("line 13", "`source.key` is empty"),
        ("line 14", "`at` is -9223372036854775808"),
        ("", "`totals.counted`: `?` is not a currency"),
    ]) {
        assert_eq!(*place, line);
        says(reason, &[part]);
    }
    assert!(page.refusals[..5].iter().all(|refusal| refusal.document == "results.csv"));
    assert_eq!((page.totals.len(), page.totals[0].stated.minor), (1, 5));
}

#[tokio::test]
async fn a_wrong_number_of_outcomes_says_nothing_about_any_of_them() {
    let plugin = load("miscounts", json!({"do": "miscount"})).await;
    let error = plugin.perform(&guest::batch(), Role::Dialer, &requests(3)).await.result.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Broken);
    says(&error.message, &["asked 3 things and gave 2 outcomes"]);
}

#[tokio::test]
async fn what_a_guest_says_itself_keeps_its_kind() {
    for (said, kind) in [
        ("retry-later", ErrorKind::RetryLater),
        ("refused", ErrorKind::Refused),
        ("misconfigured", ErrorKind::Misconfigured),
        ("broken", ErrorKind::Broken),
        ("made-up", ErrorKind::Broken),
    ] {
        let plugin = load("talks", json!({"do": "say", "kind": said, "message": "no\u{1b}[1m\nroom"})).await;
        let error = plugin.check(Role::Dialer).await.result.unwrap_err();
        assert_eq!((error.kind, error.retry_after), (kind, Some(Duration::from_secs(60))));
        says(&error.message, &["no [1m room"]);
    }
}

#[tokio::test]
async fn what_it_remembers_is_kept_only_if_the_call_succeeds() {
    let kept = Kept::default();
    kept.set("count", vec![6]);
    let plugin = guest::load_as("remembers", manifest(), json!({"do": "remember"}), &kept).await.unwrap();
    let called = plugin.check(Role::Dialer).await;
    assert!(called.result.is_ok());
    assert_eq!(called.kv, [("count".to_owned(), Some(vec![7])), ("gone".to_owned(), None)]);
    let plugin = guest::load_as("forgets", manifest(), json!({"do": "remember-and-fail"}), &kept).await.unwrap();
    let called = plugin.check(Role::Dialer).await;
    assert_eq!((called.result.unwrap_err().kind, called.kv), (ErrorKind::Refused, Vec::new()));
}

#[tokio::test]
async fn the_guest_has_no_clock() {
    let plugin = load("clock", json!({"do": "ask-the-clock"})).await;
    let outcomes = plugin.perform(&guest::batch(), Role::Dialer, &requests(1)).await.result.unwrap();
    assert_eq!(outcomes[0], Outcome::Done { reference: "Ok(0ns)".to_owned(), stated: Stated::default() });
}

#[tokio::test]
async fn the_host_does_not_ask_for_what_the_manifest_does_not_name() {
    let plugin = load("narrow", json!({})).await;
    let withdraw = vec![guest::withdrawal()];
    for (error, part) in [
        (plugin.perform(&guest::batch(), Role::Dialer, &withdraw).await.result.unwrap_err(), "`withdraw-call`"),
        (plugin.perform(&guest::batch(), Role::Agency, &requests(1)).await.result.unwrap_err(), "as `agency`"),
        (plugin.perform(&guest::batch(), Role::Dialer, &requests(6)).await.result.unwrap_err(), "at most 5"),
        (plugin.check(Role::Agency).await.result.unwrap_err(), "no role `agency`"),
    ] {
        assert_eq!(error.kind, ErrorKind::Denied);
        says(&error.message, &[part]);
    }
    assert_eq!(plugin.health().failures, 0);
}

#[tokio::test]
async fn a_plugin_that_keeps_failing_is_paused_and_says_so() {
    let plugin = load("fails", json!({"do": "panic"})).await;
    for _ in 0..5 {
        assert_eq!(plugin.check(Role::Dialer).await.result.unwrap_err().kind, ErrorKind::Trapped);
    }
    let error = plugin.check(Role::Dialer).await.result.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Paused);
    says(&error.message, &["paused after 5 failures in a row", "panicked"]);
    assert!(plugin.health().paused.is_some());
    plugin.resume();
    assert_eq!(plugin.check(Role::Dialer).await.result.unwrap_err().kind, ErrorKind::Trapped);
}

/// More failures than the pool has slots: none of them keeps its slot.
#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_failures_leak_nothing() {
    let bad = [
        load("bad-1", json!({"do": "panic"})).await,
        load("bad-2", json!({"do": "grow"})).await,
        load("bad-3", json!({"do": "recurse"})).await,
    ];
    for round in 0..100 {
        for plugin in &bad {
            let error = plugin.check(Role::Dialer).await.result.unwrap_err();
            assert!(matches!(error.kind, ErrorKind::Trapped | ErrorKind::OutOfMemory), "{round}: {error}");
            plugin.resume();
        }
    }
    let good = load("after-all", json!({})).await;
    let calls = (0..200).map(|_| {
        tokio::spawn({
            let good = good.clone();
            async move { good.check(Role::Dialer).await.result }
        })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_call_that_its_caller_gives_up_frees_its_slot() {
    let plugin = load("given-up", json!({"do": "sleep"})).await;
    for _ in 0..100 {
        let call = plugin.check(Role::Dialer);
        assert!(tokio::time::timeout(Duration::from_millis(2), call).await.is_err());
    }
    assert!(load("next", json!({})).await.check(Role::Dialer).await.result.is_ok());
}

#[tokio::test]
async fn the_baseline_of_the_bench_does_the_same_work() {
    let bare = async |config, requests: &[escalation::request::Request]| {
        let (wasm, grant, batch) = (guest::wasm(""), guest::grant(config), guest::batch());
        sandbox::bench::bare_calls(runtime(), &wasm, &grant, Kept::default().shared(), &batch, requests, 3).await
    };
    assert!(bare(json!({}), &requests(1)).await.unwrap() > Duration::ZERO);
    assert!(bare(json!({"do": "say", "kind": "broken", "message": "x"}), &requests(1)).await.is_err());
}
