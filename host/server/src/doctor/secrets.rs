//! The secrets of connections: is each one where its binding says?

use egress::{Secrets, Vault};
use sandbox::Bound;

use super::Check;
use crate::config::Config;

pub async fn examine(config: &Config) -> Check {
    let secrets = match Vault::open(&config.folder) {
        Ok(vault) => Secrets::new(vault, &config.folder),
        Err(error) => return Check::failed("secrets", &error),
    };
    let mut count = 0_usize;
    for file in &config.plugins {
        for (name, bound) in &file.connections {
            let Bound::System(binding) = bound else { continue };
            let Some(secret) = &binding.secret else { continue };
            count += 1;
            if let Err(why) = secrets.get(secret).await {
                let (says, hint) = why.split_once("\n\nhint: ").unwrap_or((&why, "look at `secret` of the connection"));
                return Check::wrong("secrets", format!("`{}`, connection `{name}`: {says}", file.name), hint);
            }
        }
    }
    Check::well("secrets", format!("{count} connections sign with a secret, and each is there"))
}
