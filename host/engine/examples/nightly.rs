//! The nightly run without the program around it: `cargo run --release -p engine --example nightly -- [OPEN INVOICES] [FOLDER]`.

use std::path::PathBuf;

use engine::bench::Nights;
use escalation::Policy;

const POLICY: &str = include_str!("../../../config/policies/standard.toml");

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut told = std::env::args().skip(1);
    let invoices: u64 = told.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let folder = told.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = folder.join(format!("nightly-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let measured = measure(&folder, invoices).await;
    std::fs::remove_dir_all(&folder)?;
    measured
}

async fn measure(folder: &std::path::Path, invoices: u64) -> Result<(), Box<dyn std::error::Error>> {
    let mut nights = Nights::seed(folder, invoices, Policy::parse(POLICY, "standard.toml")?).await?;
    for one_in in [1, 20, 1] {
        println!("{}", serde_json::to_string(&nights.night(one_in).await?)?);
    }
    Ok(())
}
