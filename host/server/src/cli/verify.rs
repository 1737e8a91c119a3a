//! `dunlin verify`.

use clap::Args;

use super::{Common, Done, Failure, print_json};
use crate::config::Config;
use crate::database;

#[derive(Args)]
pub struct Verify {
    #[command(flatten)]
    common: Common,
}

pub async fn run(verify: Verify) -> Done {
    let config = Config::read(&verify.common.config).map_err(|error| Failure::Usage(error.to_string()))?;
    let store = database::open_read_only(&config).await?;
    let verified = engine::verify::verify(store.as_ref()).await?;
    let agrees = verified.differences.is_empty();
    if verify.common.json {
        let result = if agrees { serde_json::json!("ok") } else { serde_json::json!(verified.differences) };
        print_json(&serde_json::json!({ "verify": result, "figures": verified.figures }))?;
    } else if agrees {
        println!(
            "ok: {} events of {} debtors make every figure again",
            verified.figures.events, verified.figures.debtors
        );
        println!("{}", serde_json::to_string_pretty(&verified.figures)?);
    }
    if agrees {
        return Ok(());
    }
    let list = verified.differences.iter().map(|difference| format!("- {difference}")).collect::<Vec<_>>().join("\n");
    Err(Failure::Work(format!("the journal and the rest disagree:\n{list}")))
}
