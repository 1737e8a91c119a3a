//! `dunlin backup`: a copy of the database beside running work.

use std::path::PathBuf;

use clap::Args;

use super::{Common, Done, Failure, print_json};
use crate::config::Config;

#[derive(Args)]
pub struct Backup {
    /// The new file
    file: PathBuf,
    #[command(flatten)]
    common: Common,
}

pub async fn run(backup: Backup) -> Done {
    let config = Config::read(&backup.common.config).map_err(|error| Failure::Usage(error.to_string()))?;
    store::backup::take(config.database.file()?, &backup.file).await?;
    let bytes = std::fs::metadata(&backup.file)?.len();
    if backup.common.json {
        return print_json(&serde_json::json!({ "backup": backup.file, "bytes": bytes }));
    }
    println!("`{}` is whole: {bytes} bytes", backup.file.display());
    println!("keep it on another machine, with the folder of the configuration; `dunlin restore` takes it back");
    Ok(())
}
