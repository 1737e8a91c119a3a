//! What the program says about itself while it runs: lines for people, or JSON for machines. `DUNLIN_LOG` sets the level.

use tracing_subscriber::EnvFilter;

pub fn start(json: bool) {
    let filter = EnvFilter::try_from_env("DUNLIN_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_target(false).with_writer(std::io::stderr);
    // A second start (in tests) changes nothing.
    let _ = if json { lines.json().try_init() } else { lines.try_init() };
}

/// For the demo, whose progress bar has the screen: only what went wrong.
pub fn start_quiet() {
    let filter = EnvFilter::try_from_env("DUNLIN_LOG").unwrap_or_else(|_| EnvFilter::new("error"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_target(false).with_writer(std::io::stderr);
    let _ = lines.try_init();
}
