//! PostgreSQL beside bare statements, and three hosts beside one: `cargo run --release -p engine --example postgres -- URL`.

use escalation::Policy;

const POLICY: &str = include_str!("../../../config/policies/standard.toml");
const ROUNDS: usize = 3;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args().nth(1).ok_or("the URL of a database to measure in is missing")?;
    let run = format!("bench-{}", std::process::id());
    let measured = measure(&url, &run).await;
    store::bench::forget_pg(&url, &run).await?;
    measured
}

async fn measure(url: &str, run: &str) -> Result<(), Box<dyn std::error::Error>> {
    let policy = Policy::parse(POLICY, "standard.toml")?;
    let pages = store::bench::pages(20_000, 128);
    let at = pages.first().map(|page| page.at).ok_or("no pages")?;
    for round in 0..ROUNDS {
        let run = format!("{run}-{round}");
        println!("ingest {:?}", store::bench::ingest_pg(url, &run, &pages).await?);
        println!("claims {:?}", store::bench::claims_pg(url, &run, at, 128).await?);
        store::bench::read_pg(url, &run).await?;
        println!("claims of lanes that are read {:?}", store::bench::claims_pg(url, &run, at, 128).await?);
        let one = engine::bench::hosts(url, &format!("{run}-one"), &policy, 10_000, 1).await?;
        let three = engine::bench::hosts(url, &format!("{run}-three"), &policy, 10_000, 3).await?;
        println!("accounts decided a second: one host {one}, three hosts {three}");
    }
    Ok(())
}
