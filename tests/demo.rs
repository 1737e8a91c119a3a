//! The demo, in this process: the real hub, the real plugins, and the town.

use std::collections::BTreeSet;

use server::demo::{Demo, Summary, claim_charges};

use crate::workspace;

/// Lives so many days in a fresh workspace.
async fn live(days: u32, seed: u64) -> (tempfile::TempDir, Summary) {
    let folder = workspace::fresh();
    claim_charges(folder.path()).unwrap();
    let mut demo = Demo::open(folder.path(), seed).await.unwrap();
    for _ in 0..days {
        demo.live().await.unwrap();
    }
    let (summary, _) = demo.summary(seed).await.unwrap();
    (folder, summary)
}

fn comparable(summary: &Summary) -> serde_json::Value {
    let mut value = serde_json::to_value(summary).unwrap();
    let object = value.as_object_mut().unwrap();
    object.remove("wall_ms");
    object.remove("peak_rss_kb");
    value
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_hundred_and_twenty_days_every_role_has_work_and_the_books_agree() {
    let (folder, summary) = live(120, 1).await;
    assert_eq!(summary.verify, "ok");
    let figures = &summary.figures;
    assert!(figures.invoices_read >= 300, "{figures:#?}");
    let at_work = [
        ("e-mails", figures.emails),
        ("letters", figures.letters),
        ("calls queued", figures.calls_queued),
        ("call results", figures.calls_done),
        ("promises kept", figures.promises_kept),
        ("promises broken", figures.promises_broken),
        ("disputes", figures.disputes),
        ("credit memos", figures.credit_memos),
        ("holds", figures.holds),
        ("placements", figures.placements),
        ("prepayments asked for", figures.prepayments_asked),
        ("enquiries about cover", figures.cover_enquiries),
        ("credit reports", figures.credit_reports_ordered),
        ("quarantined", summary.quarantined),
    ];
    for (what, count) in at_work {
        assert!(count > 0, "no {what}: {figures:#?}");
    }
    assert!(figures.charged_minor.values().any(|minor| *minor > 0), "nothing charged: {figures:#?}");
    assert!(figures.commission_minor.values().any(|minor| *minor > 0), "no commission: {figures:#?}");
    for (currency, received) in &figures.received_minor {
        let posted = figures.posted_minor.get(currency).copied().unwrap_or(0);
        let unapplied = figures.unapplied_minor.get(currency).copied().unwrap_or(0);
        assert_eq!(posted + unapplied, *received, "{currency}");
    }
    assert_eq!(figures.effects_unknown, 0);
    nothing_went_out_twice(folder.path());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_makes_the_same_summary_and_another_seed_another() {
    let (_one, first) = live(25, 3).await;
    let (_two, second) = live(25, 3).await;
    let (_three, other) = live(25, 4).await;
    assert_eq!(comparable(&first), comparable(&second));
    assert_ne!(comparable(&first), comparable(&other));
}

/// Every e-mail, letter, call and placement in the exchanged files has a key of its own.
pub fn nothing_went_out_twice(folder: &std::path::Path) {
    let exchange = folder.join("exchange");
    let mut keys = BTreeSet::new();
    let mut twice = Vec::new();
    let mut see = |key: String| {
        if !keys.insert(key.clone()) {
            twice.push(key);
        }
    };
    for file in workspace::files(&exchange) {
        let name = file.to_string_lossy().into_owned();
        let text = || String::from_utf8_lossy(&std::fs::read(exchange.join(&file)).unwrap()).into_owned();
        if name.starts_with("mail/outgoing") && name.ends_with(".eml") {
            let text = text();
            let id = text.lines().find(|line| line.to_ascii_lowercase().starts_with("message-id:")).map(str::to_owned);
            see(id.unwrap_or_else(|| panic!("{name} has no Message-ID")));
        } else if name.starts_with("mail/outgoing") {
            see(name);
        } else if name.starts_with("dialer/outgoing/calls-") {
            text().lines().skip(1).for_each(|line| see(format!("call {}", line.split(',').next().unwrap_or(""))));
        } else if name.starts_with("agency/outgoing/placements-") {
            let text = text();
            let placed = text.lines().filter(|line| line.starts_with("A,"));
            placed.for_each(|line| see(format!("placement {}", line.split(',').nth(1).unwrap_or(""))));
        }
    }
    assert!(!keys.is_empty());
    assert!(twice.is_empty(), "went out twice: {twice:?}");
}
