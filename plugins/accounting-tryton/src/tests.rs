//! The plugin as the host sees it, against a server that is played from recorded answers.

mod ledger;
mod pulling;
mod performing;

use dunlin_plugin_sdk::config;

use super::Config;

fn config(json: &str) -> Config {
    config::parse(json).unwrap()
}
