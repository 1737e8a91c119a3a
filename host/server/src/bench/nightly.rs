//! The nightly run: every account is due, and again with one in twenty; at full size and at a hundredth of it.

use std::path::Path;

use engine::bench::{Night, Nights};
use escalation::Policy;

use super::Figure;

const POLICY: &str = include_str!("../../../../config/policies/standard.toml");
/// The size that the large run is held against, in open invoices.
const SMALL: u64 = 10_000;

/// The policy that new workspaces get.
pub fn policy() -> Result<Policy, Box<dyn std::error::Error>> {
    Ok(Policy::parse(POLICY, "standard.toml")?)
}

pub async fn nightly(folder: &Path, invoices: u64) -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    let policy = policy()?;
    let mut small = Nights::seed(folder, SMALL.min(invoices), policy.clone()).await?;
    let small = small.night(1).await?;
    let mut nights = Nights::seed(folder, invoices, policy).await?;
    let all = nights.night(1).await?;
    let some = nights.night(20).await?;
    for (what, night) in [("every account due", &all), ("one in twenty due", &some)] {
        eprintln!("nightly, {what}: {}", in_words(night));
    }
    Ok(vec![
        Figure::new("nightly, all due: CPU of an invoice", "ns", all.cpu_ns_per_invoice, "the target", 10_000),
        Figure::new(
            "nightly, all due: an account",
            "ns",
            all.wall_ns_per_account,
            "bare read and write",
            all.bare_wall_ns_per_account,
        ),
        Figure::new(
            "nightly, all due: CPU of an account",
            "ns",
            all.cpu_ns_per_account,
            "at 10,000 invoices",
            small.cpu_ns_per_account,
        ),
        Figure::new(
            "nightly, 5 % due: an account",
            "ns",
            some.wall_ns_per_account,
            "bare read and write",
            some.bare_wall_ns_per_account,
        ),
        Figure::new("nightly, 5 % due: lanes read", "lanes", some.read, "lanes due", some.due),
        Figure::new("nightly: memory at its highest", "KiB", all.peak_rss_kb, "the target", 500_000),
        Figure::new("start with all accounts", "us", all.open_micros, "with 3,000 accounts", small.open_micros),
    ])
}

fn in_words(night: &Night) -> String {
    let Night { invoices, accounts, due, read, changed, effects, silent, .. } = night;
    format!(
        "{invoices} open invoices in {accounts} accounts, {due} due, {read} read; {changed} changed, {effects} effects planned, \
         {silent} stayed silent"
    )
}
