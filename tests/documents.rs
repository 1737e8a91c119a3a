//! Documents on their way in, through the real plugins: once, whole, or aside with a reason.

use std::path::Path;
use std::sync::Arc;

use engine::Engine;
use engine::clock::SimulatedClock;
use escalation::DateTime;
use server::config::Config;

use crate::workspace;

struct Hub {
    folder: tempfile::TempDir,
    engine: Engine,
}

async fn hub() -> Hub {
    let folder = workspace::fresh();
    let config = Config::read(&folder.path().join("dunlin.toml")).unwrap();
    let now: DateTime = "2026-03-02T08:00:00".parse().unwrap();
    let engine = server::start::start(&config, Arc::new(SimulatedClock::new(now))).await.unwrap().engine;
    Hub { folder, engine }
}

impl Hub {
    fn inbox(&self) -> std::path::PathBuf {
        self.folder.path().join("exchange/invoices")
    }

    async fn drop_invoice(&self, name: &str, text: &str) {
        std::fs::create_dir_all(self.inbox()).unwrap();
        std::fs::write(self.inbox().join(name), text).unwrap();
        self.engine.turn().await.unwrap();
    }

    async fn counts(&self) -> (u64, u64) {
        let counts = self.engine.store.counts().await.unwrap();
        (counts.inbox, counts.quarantined)
    }
}

fn invoice() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("documents");
    std::fs::read_to_string(folder.join("invoice.xml")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_file_twice_changes_nothing() {
    let hub = hub().await;
    hub.drop_invoice("a.xml", &invoice()).await;
    let (inbox, _) = hub.counts().await;
    assert_eq!(inbox, 1);
    hub.drop_invoice("b.xml", &invoice()).await;
    assert_eq!(hub.counts().await, (1, 0));
    assert!(hub.inbox().join("processed/a.xml").is_file());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_number_with_other_content_is_put_aside_and_nothing_is_overwritten() {
    let hub = hub().await;
    hub.drop_invoice("a.xml", &invoice()).await;
    hub.drop_invoice("b.xml", &invoice().replace("1190.00", "1200.00")).await;
    assert_eq!(hub.counts().await, (1, 1));
    let id = &hub.engine.store.account_ids(None, 10).await.unwrap()[0];
    let (account, _) = hub.engine.store.account(id).await.unwrap().unwrap();
    assert_eq!(account.open()[0].to_string(), "1190.00 EUR");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_file_goes_to_quarantine_with_its_line_and_the_rest_goes_on() {
    let hub = hub().await;
    hub.drop_invoice("a.xml", &invoice().replace("</cbc:ID>", "</cbc:IX>")).await;
    hub.drop_invoice("b.xml", &invoice()).await;
    assert_eq!(hub.counts().await, (1, 1));
    let reason = std::fs::read_to_string(hub.inbox().join("quarantine/a.xml.reason.txt")).unwrap();
    assert!(reason.contains("line"), "{reason}");
    assert!(hub.inbox().join("quarantine/a.xml").is_file());
}
