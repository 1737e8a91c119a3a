//! Published policies: one text a version, one of them the current one, there for every host.

use escalation::PolicyRef;

use super::*;
use crate::policy::{Published, Publishing};

fn version(version: &str, text: &str) -> Published {
    Published {
        policy: PolicyRef { name: "standard".to_owned(), version: version.to_owned() },
        text: text.to_owned(),
        at: at(8),
        who: "kim".to_owned(),
        because: "better letters".to_owned(),
    }
}

async fn versions(store: &dyn Store) -> Vec<String> {
    store.policies().await.unwrap().into_iter().map(|one| one.policy.version).collect()
}

pub async fn a_version_is_published_once(backend: &mut dyn Backend) {
    let store = backend.start().await;
    assert_eq!((store.policies_until().await.unwrap(), store.policies().await.unwrap()), (0, vec![]));
    assert_eq!(store.publish(version("1", "a")).await.unwrap(), Publishing::Current);
    assert_eq!(store.policies().await.unwrap(), [version("1", "a")]);
    let until = store.policies_until().await.unwrap();
    // The same again changes nothing, and neither does another text.
    assert_eq!(store.publish(version("1", "a")).await.unwrap(), Publishing::Known);
    assert_eq!(store.publish(version("1", "b")).await.unwrap(), Publishing::Differs);
    assert_eq!(store.policies().await.unwrap(), [version("1", "a")]);
    assert_eq!(store.policies_until().await.unwrap(), until);
}

pub async fn the_current_version_is_the_last_that_was_published(backend: &mut dyn Backend) {
    let store = backend.start().await;
    for one in ["1", "2"] {
        store.publish(version(one, one)).await.unwrap();
    }
    let until = store.policies_until().await.unwrap();
    assert_eq!(versions(store.as_ref()).await, ["1", "2"]);
    assert_eq!(store.publish(version("1", "1")).await.unwrap(), Publishing::Current);
    assert_eq!(versions(store.as_ref()).await, ["2", "1"]);
    assert!(store.policies_until().await.unwrap() > until);
    assert_eq!(store.publish(version("2", "other")).await.unwrap(), Publishing::Differs);
    assert_eq!(versions(store.as_ref()).await, ["2", "1"]);
}

pub async fn what_is_published_survives_a_crash(backend: &mut dyn Backend) {
    let store = backend.start().await;
    store.publish(version("1", "a")).await.unwrap();
    drop(store);
    let store = backend.start().await;
    assert_eq!(store.policies().await.unwrap(), [version("1", "a")]);
}
