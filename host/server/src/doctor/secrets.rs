//! The secrets of connections: is each one where its binding says?

use egress::secret::SecretRef;
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
            let needed: Vec<&SecretRef> = match bound {
                Bound::System(binding) => binding.secret.iter().collect(),
                Bound::Webhooks(ear) => [Some(&ear.webhook), ear.before.as_ref()].into_iter().flatten().collect(),
                Bound::Folder(_) => Vec::new(),
            };
            count += needed.len();
            for secret in needed {
                if let Err(why) = secrets.get(secret).await {
                    let look = "look at the secret that the connection names";
                    let (says, hint) = why.split_once("\n\nhint: ").unwrap_or((&why, look));
                    return Check::wrong("secrets", format!("`{}`, connection `{name}`: {says}", file.name), hint);
                }
            }
        }
    }
    Check::well("secrets", format!("connections name {count} secrets, and each is there"))
}
