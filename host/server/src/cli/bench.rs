//! `dunlin bench`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Done, Failure, plugin, print_json};
use crate::bench;
use crate::guests::Sources;

#[derive(Args)]
pub struct Bench {
    /// What to measure; none: all
    #[arg(value_enum)]
    what: Vec<What>,
    /// Where the measured files are put: the disk of this folder is what is measured
    #[arg(long, default_value = ".", value_name = "FOLDER")]
    dir: PathBuf,
    /// Open invoices of the nightly run
    #[arg(long, default_value_t = 1_000_000, value_name = "N")]
    invoices: u64,
    /// A PostgreSQL to measure in; without one it is left out
    #[arg(long)]
    url: Option<String>,
    /// Answer with JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Deciding, and taking events
    Core,
    /// Letters as PDF, of the templates that the program has with it
    Letters,
    Plugin,
    /// Requests to other systems
    Egress,
    Ingest,
    Demo,
    Nightly,
    /// Reports pushed over HTTP
    Intake,
    /// Needs `--url`
    Postgres,
}

pub async fn run(told: Bench) -> Done {
    if cfg!(debug_assertions) {
        eprintln!("note: this program is built without optimisation; use `cargo run --release -- bench`");
    }
    let folder = told.dir.join(format!("bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let measured = measure(&told, &folder).await;
    let _ = std::fs::remove_dir_all(&folder);
    let figures = measured?;
    if told.json {
        return print_json(&figures);
    }
    for figure in figures {
        let bench::Figure { name, unit, value, baseline_name, baseline, ratio } = figure;
        println!("{name:<42} {value:>9} {unit:<10} {baseline_name:<32} {baseline:>9} {unit:<10} ratio {ratio}");
    }
    Ok(())
}

async fn measure(told: &Bench, folder: &std::path::Path) -> Result<Vec<bench::Figure>, Failure> {
    if told.what.contains(&What::Postgres) && told.url.is_none() {
        return Err(Failure::Usage("PostgreSQL is measured in a database that `--url` names".to_owned()));
    }
    let wants = |what| told.what.is_empty() || told.what.contains(&what);
    let failed = |error: Box<dyn std::error::Error>| Failure::Work(error.to_string());
    let components = folder.join("components");
    if wants(What::Plugin) || wants(What::Demo) {
        let sources = Sources::find(&std::env::current_dir()?).map_err(|error| Failure::Usage(error.to_string()))?;
        plugin::build(&sources, &[], &components)?;
    }
    let (rate, micros) = bench::syncs(folder)?;
    eprintln!("the disk of `{}`: {rate} fdatasync a second, {micros} us each", told.dir.display());
    let mut figures = Vec::new();
    if wants(What::Core) {
        figures.extend(bench::core().map_err(failed)?);
    }
    if wants(What::Letters) {
        figures.extend(bench::letters(folder).map_err(failed)?);
    }
    if wants(What::Plugin) {
        figures.push(bench::plugin_call(&components, folder).await.map_err(failed)?);
    }
    if wants(What::Egress) {
        figures.push(bench::egress(folder).await.map_err(failed)?);
    }
    if wants(What::Ingest) {
        figures.push(bench::ingest(folder).await.map_err(failed)?);
    }
    if wants(What::Nightly) {
        figures.extend(bench::nightly(folder, told.invoices).await.map_err(failed)?);
    }
    if wants(What::Intake) {
        let policy = bench::policy().map_err(failed)?;
        figures.extend(bench::intake(folder, policy).await.map_err(failed)?);
    }
    if let Some(url) = told.url.as_deref().filter(|_| wants(What::Postgres)) {
        let policy = bench::policy().map_err(failed)?;
        figures.extend(bench::postgres(url, &policy).await.map_err(failed)?);
    }
    if wants(What::Demo) {
        figures.extend(bench::demo(&components, folder).await.map_err(failed)?);
    }
    Ok(figures)
}
