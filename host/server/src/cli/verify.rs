//! `dunlin verify`.

use clap::Args;
use store::Store;
use store::seal::{Anchors, Report, check};

use super::{Common, Done, Failure, print_json};
use crate::config::Config;
use crate::database;
use crate::seal::{public_key, read_anchors};

#[derive(Args)]
pub struct Verify {
    #[command(flatten)]
    common: Common,
}

pub async fn run(verify: Verify) -> Done {
    let config = Config::read(&verify.common.config).map_err(|error| Failure::Usage(error.to_string()))?;
    let anchors = read_anchors(&config.anchors)?;
    let store = database::open_read_only(&config).await?;
    let seals = seals(&config, store.as_ref(), &anchors).await?;
    let verified = engine::verify::verify(store.as_ref()).await?;
    let (agrees, untouched) = (verified.differences.is_empty(), seals.problems.is_empty());
    if verify.common.json {
        let result = if agrees { serde_json::json!("ok") } else { serde_json::json!(verified.differences) };
        let sealed = serde_json::json!({
            "sealed_until": seals.sealed_until, "sealed_events": seals.sealed_events,
            "unsealed_events": seals.unsealed_events, "anchored_until": seals.anchored_until,
            "unanchored": seals.unanchored, "restores": seals.restores, "problems": seals.problems,
        });
        print_json(&serde_json::json!({
            "verify": result, "erased": verified.erased, "seals": sealed, "figures": verified.figures,
        }))?;
    } else {
        if agrees {
            println!(
                "ok: {} events of {} debtors make every figure again",
                verified.figures.events, verified.figures.debtors
            );
        }
        if verified.erased > 0 {
            println!("{} accounts were erased; the figures are without them", verified.erased);
        }
        told(&seals).iter().for_each(|line| println!("{line}"));
        if agrees {
            println!("{}", serde_json::to_string_pretty(&verified.figures)?);
        }
    }
    let mut wrong = Vec::new();
    if !agrees {
        wrong.push(format!("the journal and the rest disagree:\n{}", list(&verified.differences)));
    }
    if !untouched {
        wrong.push(format!("the journal is not what was sealed:\n{}", list(&seals.problems)));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Failure::Work(wrong.join("\n\n"))) }
}

fn list(sentences: &[String]) -> String {
    sentences.iter().map(|sentence| format!("- {sentence}")).collect::<Vec<_>>().join("\n")
}

/// The journal against its seals and the anchors, which were read before: what they know, the database must know since.
async fn seals(config: &Config, store: &dyn Store, anchors: &Anchors) -> Result<Report, Failure> {
    if let Some(key) = public_key(&config.folder)?.or(anchors.key) {
        return Ok(check(store, &key, anchors).await?);
    }
    let problems = match store.last_seal().await? {
        Some(seal) => {
            vec![format!("there are {} seals, and neither `seal.key` nor anchors to check them with", seal.no)]
        }
        None => Vec::new(),
    };
    Ok(Report { problems, unsealed_events: store.counts().await?.events, ..Report::default() })
}

/// How far it would be noticed if somebody changed something.
fn told(seals: &Report) -> Vec<String> {
    let mut lines = seals.restores.clone();
    lines.push(format!("{} seals over {} events", seals.sealed_until, seals.sealed_events));
    if seals.unsealed_events > 0 {
        lines.push(format!("{} events after the last seal are not sealed yet", seals.unsealed_events));
    }
    for (first, last) in &seals.unanchored {
        lines.push(format!("seals {first} to {last} are not anchored: who has the key could make them again"));
    }
    lines
}
