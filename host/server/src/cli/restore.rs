//! `dunlin restore`: a backup takes the place of the database.

use std::path::PathBuf;

use clap::Args;
use engine::Clock;

use super::{Common, Done, Failure, print_json};
use crate::clock::SystemClock;
use crate::config::Config;

#[derive(Args)]
pub struct Restore {
    /// A file that `dunlin backup` made
    file: PathBuf,
    /// Do it; without this, say what would be done
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    common: Common,
}

pub async fn run(restore: Restore) -> Done {
    let config = Config::read(&restore.common.config).map_err(|error| Failure::Usage(error.to_string()))?;
    let database = config.database.file()?;
    if !restore.yes {
        return Err(Failure::Usage(format!(
            "nothing was changed: `{}` would take the place of `{}`, which is kept beside it\n\n\
             hint: everything that happened since the backup is forgotten, and every effect is in doubt until you end that; \
             say `--yes` to do it",
            restore.file.display(),
            database.display()
        )));
    }
    let now = SystemClock::new(config.zone.clone()).now();
    let restored = store::backup::restore(&restore.file, database, &config.creditor.id, now).await?;
    if restore.common.json {
        return print_json(&serde_json::json!({
            "generation": restored.generation,
            "kept": restored.kept,
            "last_event": restored.last_event.map(|at| at.to_string()),
            "in_doubt": restored.in_doubt,
            "in_doubt_since": now.to_string(),
        }));
    }
    println!("`{}` is in place, generation {}", restore.file.display(), restored.generation);
    if let Some(kept) = restored.kept {
        println!("the former database is kept as `{}`", kept.display());
    }
    match restored.last_event {
        Some(at) => {
            println!("its last event is of {at}; what happened later is read again from the sources that still tell it")
        }
        None => println!("it has no events"),
    }
    println!(
        "{} effects are at hand, and each may have gone out since the backup was made. From now on",
        restored.in_doubt
    );
    println!("- an effect that the other side recognises by its key goes out as usual,");
    println!("- one that it can be asked about is asked about first,");
    println!("- any other becomes `unknown` and waits for a person.");
    println!("next: `dunlin serve`, settle what is unknown at the desk, then `dunlin doubt end`");
    Ok(())
}
