//! Webhooks: each kept once, read in order by whoever missed some, there for every host.

use super::*;
use crate::Retention;
use crate::webhook::Webhook;

fn told(connection: &str, key: &str) -> Webhook {
    Webhook {
        connection: connection.to_owned(),
        key: key.to_owned(),
        at: at(8),
        content: format!("{connection} says {key}"),
    }
}

async fn contents(store: &dyn Store, connection: &str, after: i64, limit: u32) -> Vec<String> {
    store.heard(connection, after, limit).await.unwrap().into_iter().map(|heard| heard.content).collect()
}

pub async fn a_webhook_is_kept_once(backend: &mut dyn Backend) {
    let store = backend.start().await;
    assert_eq!(store.heard_until("bank").await.unwrap(), 0);
    assert!(store.hear(told("bank", "a")).await.unwrap());
    assert!(!store.hear(Webhook { content: "other".to_owned(), ..told("bank", "a") }).await.unwrap());
    // The key of one connection is not that of another.
    assert!(store.hear(told("shop", "a")).await.unwrap());
    assert_eq!(contents(store.as_ref(), "bank", 0, 10).await, ["bank says a"]);
    assert_eq!(contents(store.as_ref(), "shop", 0, 10).await, ["shop says a"]);
}

pub async fn webhooks_are_read_in_the_order_in_which_they_came(backend: &mut dyn Backend) {
    let store = backend.start().await;
    for key in ["c", "a", "b"] {
        store.hear(told("bank", key)).await.unwrap();
    }
    assert_eq!(contents(store.as_ref(), "bank", 0, 2).await, ["bank says c", "bank says a"]);
    let second = store.heard("bank", 0, 2).await.unwrap()[1].seq;
    assert_eq!(contents(store.as_ref(), "bank", second, 2).await, ["bank says b"]);
    let last = store.heard("bank", second, 2).await.unwrap()[0].seq;
    assert_eq!(store.heard_until("bank").await.unwrap(), last);
    assert_eq!(store.heard_until("shop").await.unwrap(), 0);
}

pub async fn what_was_heard_survives_a_crash(backend: &mut dyn Backend) {
    let store = backend.start().await;
    store.hear(told("bank", "a")).await.unwrap();
    drop(store);
    let store = backend.start().await;
    assert_eq!(contents(store.as_ref(), "bank", 0, 10).await, ["bank says a"]);
    assert!(!store.hear(told("bank", "a")).await.unwrap());
}

pub async fn an_old_webhook_is_known_without_its_content(backend: &mut dyn Backend) {
    let store = backend.start().await;
    store.hear(told("bank", "a")).await.unwrap();
    let retention = Retention { inbox_days: 10, ..Retention::default() };
    let days = |days: u32| at(8).checked_add(Duration::from_secs(86_400) * days).unwrap();
    assert_eq!(store.retain(&retention, days(9)).await.unwrap().bodies, 0);
    assert_eq!(store.retain(&retention, days(11)).await.unwrap().bodies, 1);
    assert_eq!(contents(store.as_ref(), "bank", 0, 10).await, [""; 0]);
    assert!(!store.hear(told("bank", "a")).await.unwrap());
    store.hear(told("bank", "b")).await.unwrap();
    assert_eq!(contents(store.as_ref(), "bank", 0, 10).await, ["bank says b"]);
}
