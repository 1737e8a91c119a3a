//! PostgreSQL: T1 and claims beside bare statements of the same rows, and three hosts beside one.

use std::error::Error;

use escalation::Policy;
use store::bench::Beside;

use super::{Figure, REPORTS, REPORTS_PER_PAGE, middle};

const ROUNDS: usize = 3;
const ACCOUNTS: u64 = 10_000;

/// Measures in tenants of its own, and deletes them afterwards.
pub async fn postgres(url: &str, policy: &Policy) -> Result<[Figure; 4], Box<dyn Error>> {
    let run = format!("bench-{}", std::process::id());
    let measured = measure(url, &run, policy).await;
    store::bench::forget_pg(url, &run).await?;
    measured
}

async fn measure(url: &str, run: &str, policy: &Policy) -> Result<[Figure; 4], Box<dyn Error>> {
    let pages = store::bench::pages(REPORTS, REPORTS_PER_PAGE);
    let at = pages.first().map(|page| page.at).ok_or("there is nothing to measure with")?;
    let lanes = u32::try_from(REPORTS_PER_PAGE)?;
    let (mut ingests, mut unread, mut claims) = (Vec::new(), Vec::new(), Vec::new());
    let (mut one, mut three) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let run = format!("{run}-{round}");
        ingests.push(store::bench::ingest_pg(url, &run, &pages).await?);
        unread.push(store::bench::claims_pg(url, &run, at, lanes).await?);
        store::bench::read_pg(url, &run).await?;
        claims.push(store::bench::claims_pg(url, &run, at, lanes).await?);
        one.push(engine::bench::hosts(url, &format!("{run}-one"), policy, ACCOUNTS, 1).await?);
        three.push(engine::bench::hosts(url, &format!("{run}-three"), policy, ACCOUNTS, 3).await?);
    }
    let ours = |rates: &[Beside]| middle(rates.iter().map(|rate| rate.ours).collect());
    let bare = |rates: &[Beside]| middle(rates.iter().map(|rate| rate.bare).collect());
    Ok([
        Figure::new("PostgreSQL ingest (T1)", "reports/s", ours(&ingests), "bare batched statements", bare(&ingests)),
        Figure::new("PostgreSQL lane claims", "lanes/s", ours(&claims), "bare lease and read", bare(&claims)),
        Figure::new(
            "PostgreSQL lane claims, ten events each",
            "lanes/s",
            ours(&unread),
            "bare, unopened",
            bare(&unread),
        ),
        Figure::new("PostgreSQL, three hosts decide", "lanes/s", middle(three), "one host", middle(one)),
    ])
}
