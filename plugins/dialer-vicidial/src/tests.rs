//! The plugin as the host sees it, against a VICIdial that the tests play.

mod performing;
mod pulling;
mod system;

use dunlin_plugin_sdk::config;

use super::Config;

fn config(more: &str) -> Config {
    let json = format!(r#"{{"user": "hub", "list_id": 101, "every_minutes": 0{more}}}"#);
    config::parse(&json).unwrap()
}
