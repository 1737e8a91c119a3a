//! `verify` can fail: what is listed or kept otherwise than the journal says is found.

use std::sync::Arc;

use engine::Engine;
use engine::clock::SimulatedClock;
use engine::verify::verify;
use escalation::{Account, DateTime, evolve};
use server::config::Config;
use store::{After, Decided};

use crate::workspace;

const INVOICE: &str = include_str!("documents/invoice.xml");

async fn hub_with_an_invoice() -> (tempfile::TempDir, Engine) {
    let folder = workspace::fresh();
    let config = Config::read(&folder.path().join("dunlin.toml")).unwrap();
    let now: DateTime = "2026-03-02T08:00:00".parse().unwrap();
    let engine = server::start::start(&config, Arc::new(SimulatedClock::new(now))).await.unwrap().engine;
    let inbox = folder.path().join("exchange/invoices");
    std::fs::write(inbox.join("a.xml"), INVOICE).unwrap();
    engine.poll_role(escalation::Role::Accounting).await.unwrap();
    (folder, engine)
}

/// Writes a decision without events after a lie was put into it, and returns what `verify` says.
async fn verified_after(lie: impl FnOnce(&mut Decided)) -> Vec<String> {
    let (_folder, engine) = hub_with_an_invoice().await;
    let now = engine.at();
    let lane = engine.store.claim("liar", now, std::time::Duration::ZERO, 1).await.unwrap().remove(0);
    let mut state = Account::new(lane.account.clone());
    let mut read_seq = lane.done_seq;
    for stored in &lane.unread {
        evolve(&mut state, &stored.event);
        read_seq = stored.seq;
    }
    let mut decided = Decided {
        account: lane.account,
        fence: lane.fence,
        at: now,
        read_seq,
        events: Vec::new(),
        after: Some(After { row: engine::rows::row(&state, &engine.policy, now.date()), state }),
        policy: "standard 1".to_owned(),
        look_again: None,
        because: Vec::new(),
    };
    lie(&mut decided);
    engine.store.decided(vec![decided]).await.unwrap();
    verify(engine.store.as_ref()).await.unwrap().differences
}

#[tokio::test(flavor = "multi_thread")]
async fn the_truth_agrees() {
    assert_eq!(verified_after(|_| {}).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listed_balance_that_is_wrong_is_found() {
    let found = verified_after(|decided| decided.after.as_mut().unwrap().row.open_minor += 1).await;
    assert!(found.iter().any(|text| text.contains("1190.01 EUR is listed as open")), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_is_not_what_its_events_make_is_found() {
    let found = verified_after(|decided| decided.after.as_mut().unwrap().state.debtor.name.push('!')).await;
    assert!(found.iter().any(|text| text.contains("its state is not what its events make")), "{found:?}");
}
