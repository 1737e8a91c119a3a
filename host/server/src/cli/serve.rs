//! `dunlin serve`.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::{Common, Done, Failure};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::growth::Growth;
use crate::hub::Desked;
use crate::serve::{asked_to_stop, open_desk, run as run_hub, token};
use crate::start::{Started, start};
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
    let Started { engine, plugins } = start(&config, clock).await.map_err(|error| usage(&error))?;
    let hub = Arc::new(Desked::new(Arc::new(engine), plugins));
    let listen = serve.listen.unwrap_or_else(|| config.desk.listen.clone());
    let desk = open_desk(hub.clone(), &listen, config.desk.hosts.clone(), token(&config.folder)?).await;
    let desk = desk.map_err(|error| usage(&error))?;
    if serve.common.json {
        println!("{}", serde_json::json!({ "desk": desk.link }));
    } else {
        println!("the desk is at {}", desk.link);
        println!("{} plugins run; stop with Ctrl-C", hub.plugins.len());
    }
    let (poll, growth) = (Duration::from_secs(config.poll_seconds), Growth::new(config.retention));
    run_hub(&hub, poll, growth, asked_to_stop()).await;
    desk.close();
    Ok(())
}
