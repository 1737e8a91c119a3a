//! `dunlin init`: a workspace of one's own.

use std::path::PathBuf;

use clap::Args;

use super::{Done, Failure, print_json};
use crate::workspace;

#[derive(Args)]
pub struct Init {
    /// The folder of the workspace
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Answer with JSON
    #[arg(long)]
    json: bool,
}

pub fn run(init: Init) -> Done {
    let written = workspace::write(&init.folder).map_err(|error| Failure::Usage(error.to_string()))?;
    if init.json {
        return print_json(&serde_json::json!({ "folder": init.folder, "files": written }));
    }
    println!("a workspace with {} files is in `{}`", written.len(), init.folder.display());
    println!("next: edit `dunlin.toml`, install the plugins with `dunlin plugin build`, then `dunlin serve`");
    Ok(())
}
