//! `dunlin plugin test`.

use std::path::PathBuf;

use clap::Args;
use egress::{Secrets, Vault};
use jiff::tz::TimeZone;
use sandbox::{LimitsMax, Manifest, Runtime, RuntimeOptions};

use crate::cli::{Done, Failure, print_json};
use crate::conformance::{self, ConformanceError};

#[derive(Args)]
pub struct Test {
    /// The plugin's folder: plugin.toml, and cassettes in `tests/*.toml`
    folder: PathBuf,
    /// The built component; the file `ID.wasm` in the folder when it is not given
    #[arg(long, value_name = "FILE")]
    component: Option<PathBuf>,
    /// Only this check: reads, again, interrupted, damaged, configuration, lookup
    #[arg(long, value_name = "CHECK")]
    only: Option<String>,
    /// Answer with JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(command: &Test) -> Done {
    let usage = |error: ConformanceError| Failure::Usage(error.to_string());
    let file = command.folder.join("plugin.toml");
    let text =
        std::fs::read_to_string(&file).map_err(|error| Failure::Usage(format!("`{}`: {error}", file.display())))?;
    let manifest =
        Manifest::parse(&text, &file.display().to_string()).map_err(|error| Failure::Usage(error.to_string()))?;
    let component = command.component.clone();
    let component = component.unwrap_or_else(|| command.folder.join(format!("{}.wasm", manifest.id)));
    let cache_dir = std::env::temp_dir().join("dunlin-plugin-test-cache");
    let secrets = Secrets::new(Vault::open(&cache_dir)?, &cache_dir);
    let options = RuntimeOptions { cache_dir, zone: TimeZone::UTC, limits: LimitsMax::default(), secrets };
    let runtime = Runtime::new(options).map_err(|error| Failure::Work(error.to_string()))?;
    let report =
        conformance::test(&runtime, &command.folder, &component, command.only.as_deref()).await.map_err(usage)?;
    if command.json {
        print_json(&report)?;
    } else {
        for line in report.lines() {
            println!("{line}");
        }
    }
    match report.held() {
        true => Ok(()),
        false => Err(Failure::Work("it does not keep what a plugin promises".to_owned())),
    }
}
