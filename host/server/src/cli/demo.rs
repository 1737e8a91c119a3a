//! `dunlin demo`.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Done, Failure, plugin, print_json};
use crate::config::Config;
use crate::demo::{self, Speed, Summary};
use crate::guests::Sources;
use crate::hub::Desked;
use crate::serve::{OpenDesk, asked_to_stop, open_desk, token};
use crate::telemetry;

#[derive(Args)]
pub struct Demo {
    /// How many days pass
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..=730))]
    days: u32,
    /// Another seed is another town
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Days a second, or `max`
    #[arg(long, default_value = "2")]
    speed: Speed,
    /// The folder of the demo; an interrupted one goes on
    #[arg(long, default_value = "demo", value_name = "FOLDER")]
    dir: PathBuf,
    /// Stop after the last day instead of leaving the desk open
    #[arg(long)]
    exit: bool,
    /// Where the desk listens
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: String,
    /// End with one JSON object
    #[arg(long)]
    json: bool,
}

pub async fn run(told: Demo) -> Done {
    telemetry::start_quiet();
    demo::prepare(&told.dir)?;
    let config = Config::read(&told.dir.join("dunlin.toml"))?;
    let measures = config.measures.clone();
    let sources = Sources::find(&std::env::current_dir()?).map_err(|error| Failure::Usage(error.to_string()))?;
    let wanted: Vec<String> = config.plugins.iter().map(|file| file.plugin.clone()).collect();
    let built = tokio::task::spawn_blocking(move || plugin::build(&sources, &wanted, &config.components)).await??;
    eprintln!("{} plugins are built", built.len());
    let mut town = demo::Demo::open(&told.dir, told.seed).await?;
    let hub = Arc::new(
        Desked::new(town.engine.clone(), town.plugins.clone()).measured_by(measures).written_by(town.clerk.clone()),
    );
    let desk = desk(&told, &hub).await?;
    let bar = progress(told.days);
    while town.day < told.days {
        bar.set_position(u64::from(town.day));
        bar.set_message(town.today().to_string());
        hub.set_progress(format!("day {} of {}", town.day + 1, told.days));
        tokio::select! {
            lived = town.live() => lived?,
            () = asked_to_stop() => return Ok(()),
        }
        tokio::time::sleep(told.speed.day()).await;
    }
    bar.finish_and_clear();
    hub.set_progress(format!("the {} days are over", told.days));
    let (summary, verified) = town.summary(told.seed).await?;
    if told.json {
        print_json(&summary)?;
    } else {
        print_summary(&summary);
    }
    if !verified.differences.is_empty() {
        return Err(Failure::Work(format!("verify found differences:\n{}", verified.differences.join("\n"))));
    }
    if let (false, Some(desk)) = (told.exit, &desk) {
        eprintln!("the desk stays open at {}; stop with Ctrl-C", desk.link);
        asked_to_stop().await;
    }
    Ok(())
}

/// With `--exit` nobody may be looking: a taken port is then no reason to stop.
async fn desk(told: &Demo, hub: &Arc<Desked>) -> Result<Option<OpenDesk>, Failure> {
    match open_desk(&told.listen, Vec::new(), token(&told.dir)?).await {
        Ok(desk) => {
            desk.lead_to(hub.clone());
            eprintln!("the desk is at {}", desk.link);
            Ok(Some(desk))
        }
        Err(error) if told.exit => {
            eprintln!("the desk stays closed: {error}");
            Ok(None)
        }
        Err(error) => Err(Failure::Usage(error.to_string())),
    }
}

fn progress(days: u32) -> ProgressBar {
    let bar = ProgressBar::new(u64::from(days));
    if let Ok(style) = ProgressStyle::with_template("{msg}  day {pos} of {len}  [{bar:40}]  {elapsed}") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}

fn print_summary(summary: &Summary) {
    let figures = &summary.figures;
    let sums = |sums: &engine::figures::Sums| {
        let texts: Vec<String> =
            sums.iter().map(|(currency, minor)| escalation::Money::new(*minor, *currency).to_string()).collect();
        if texts.is_empty() { "nothing".to_owned() } else { texts.join(", ") }
    };
    println!(
        "{} days, {} debtors, {} invoices, seed {}",
        summary.days, figures.debtors, figures.invoices_read, summary.seed
    );
    println!(
        "  written    {} e-mails, {} letters, {} notes to colleagues",
        figures.emails, figures.letters, figures.colleagues_told
    );
    for (level, count) in &figures.notices_by_level {
        println!("             {count:>5} {level}");
    }
    println!(
        "  calls      {} queued, {} withdrawn, {} results",
        figures.calls_queued, figures.calls_withdrawn, figures.calls_done
    );
    println!(
        "  promises   {} made, {} kept, {} partly, {} broken",
        figures.promises_made, figures.promises_kept, figures.promises_partly_kept, figures.promises_broken
    );
    println!("  disputes   {}; credit memos {}", figures.disputes, figures.credit_memos);
    println!("  holds      {}, released {}", figures.holds, figures.holds_released);
    println!(
        "  agency     {} placements, {} direct payments reported, {} recalls, commission {}",
        figures.placements,
        figures.direct_payments_reported,
        figures.recalls,
        sums(&figures.commission_minor)
    );
    println!(
        "  before     {} prepayments asked for, {} enquiries about cover, {} credit reports",
        figures.prepayments_asked, figures.cover_enquiries, figures.credit_reports_ordered
    );
    println!("  charged    {}", sums(&figures.charged_minor));
    println!("  received   {}", sums(&figures.received_minor));
    println!("  posted     {}", sums(&figures.posted_minor));
    println!("  unapplied  {}", sums(&figures.unapplied_minor));
    println!("  given back {}", sums(&figures.reversed_minor));
    println!("  open       {}", sums(&figures.open_minor));
    println!(
        "  aside      {} documents in quarantine, {} effects unknown",
        summary.quarantined, figures.effects_unknown
    );
    println!("  took       {} ms, at most {} KiB of memory", summary.wall_ms, summary.peak_rss_kb);
    println!("  verify     {}", if summary.verify == "ok" { "ok" } else { "DIFFERENCES" });
}
