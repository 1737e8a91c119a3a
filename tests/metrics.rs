//! Metrics of a workspace, as the program tells them while a hub has it open.

use escalation::Money;
use serde_json::Value;
use server::demo::Demo;

use crate::{program, workspace};

/// Sixty days of the town, from 5 January to 5 March.
const LAST_DAY: &str = "2026-03-05";

fn sum(metrics: &Value, of: impl Fn(&Value) -> u64) -> u64 {
    metrics["currencies"].as_array().unwrap().iter().map(of).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn they_agree_with_the_journal_and_are_told_beside_a_running_hub() {
    let folder = workspace::fresh();
    let mut demo = Demo::open(folder.path(), 1).await.unwrap();
    for _ in 0..60 {
        demo.live().await.unwrap();
    }
    let (summary, _) = demo.summary(1).await.unwrap();
    let config = folder.path().join("dunlin.toml");
    let ask = |more: &[&str]| {
        let all = [&["metrics", "--config", config.to_str().unwrap(), "--as-of", LAST_DAY][..], more].concat();
        let output = program::run(&all);
        assert!(output.status.success(), "{}", program::stderr(&output));
        program::stdout(&output)
    };
    let metrics: Value = serde_json::from_str(&ask(&["--from", "2026-01-01", "--json"])).unwrap();
    let figures = &summary.figures;
    let currencies = metrics["currencies"].as_array().unwrap();
    for one in currencies {
        let code = one["currency"].as_str().unwrap().parse().unwrap();
        let minor = |of: &Value| Money::parse(of.as_str().unwrap(), code).unwrap().minor;
        assert_eq!(minor(&one["open"]), figures.open_minor.get(&code).copied().unwrap_or(0), "{code}");
        assert_eq!(minor(&one["unapplied"]), figures.unapplied_minor.get(&code).copied().unwrap_or(0), "{code}");
        let aging = one["aging"].as_array().unwrap().iter().map(|bucket| minor(&bucket["open"])).sum::<i64>();
        assert_eq!(aging, minor(&one["open"]), "{code}");
        let parts = ["contacts", "financing", "commission"].map(|part| minor(&one["cost"][part]));
        assert_eq!(parts.iter().sum::<i64>(), minor(&one["cost"]["total"]), "{code}");
    }
    assert!(figures.open_minor.keys().all(|code| currencies.iter().any(|one| one["currency"] == code.as_str())));
    assert_eq!(metrics["contacts"]["emails"], figures.emails);
    assert_eq!(sum(&metrics, |one| one["promises"]["kept"].as_u64().unwrap()), figures.promises_kept);
    assert_eq!(sum(&metrics, |one| one["promises"]["broken"].as_u64().unwrap()), figures.promises_broken);
    assert!(metrics["contacts"]["dials"].as_u64().unwrap() > 0);

    let table = ask(&[]);
    for word in
        ["as of 2026-03-05, over the 90 days since 2025-12-05", "Collection effectiveness index", "over 90 days"]
    {
        assert!(table.contains(word), "{table}");
    }
    let by_customer = ask(&["--by-customer"]);
    assert!(by_customer.starts_with("account,name,country,currency,open,not yet due,"), "{by_customer}");
    let wrong = program::run(&["metrics", "--config", config.to_str().unwrap(), "--edges", "60,30"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(program::stderr(&wrong).contains("hint:"), "{}", program::stderr(&wrong));
}
