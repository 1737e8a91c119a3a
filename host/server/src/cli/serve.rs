//! `dunlin serve`.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::{Common, Done, Failure};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::growth::Growth;
use crate::hub::Desked;
use crate::seal::Sealer;
use crate::serve::{asked_to_stop, open_desk, run as run_hub, start_patiently, token};
use crate::start::Started;
use crate::telemetry;

#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    common: Common,
    /// Where the desk listens, instead of `desk.listen`
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
}

pub async fn run(serve: Serve) -> Done {
    telemetry::start(serve.common.json);
    let usage = |error: &dyn std::error::Error| Failure::Usage(error.to_string());
    let config = Config::read(&serve.common.config).map_err(|error| usage(&error))?;
    let clock = Arc::new(SystemClock::new(config.zone.clone()));
    let listen = serve.listen.unwrap_or_else(|| config.desk.listen.clone());
    let desk = open_desk(&listen, config.desk.hosts.clone(), token(&config.folder)?).await;
    let desk = desk.map_err(|error| usage(&error))?;
    let sealer = Sealer::open(&config).map_err(|error| usage(&error))?;
    let stop = asked_to_stop();
    tokio::pin!(stop);
    let started = start_patiently(&config, clock, &mut stop).await.map_err(|error| usage(&error))?;
    let Some(Started { engine, plugins, upgrades, clerk }) = started else { return Ok(()) };
    let hub = Desked::new(Arc::new(engine), plugins).measured_by(config.measures.clone());
    let hub = Arc::new(hub.with_peak(config.peak.clone()).written_by(clerk).renewed_by(upgrades));
    desk.lead_to(hub.clone());
    if serve.common.json {
        println!("{}", serde_json::json!({ "desk": desk.link }));
    } else {
        println!("the desk is at {}", desk.link);
        println!("{} plugins run; stop with Ctrl-C", hub.plugins.len());
    }
    let (poll, growth) = (Duration::from_secs(config.poll_seconds), Growth::new(config.retention));
    run_hub(&hub, poll, growth, sealer, stop).await;
    desk.close();
    Ok(())
}
