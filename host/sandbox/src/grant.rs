//! What the operator lets one running plugin have: what the manifest asks for, less what was not granted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::error::SandboxError;
use crate::limits::CONFIG_LEN_MAX;
use crate::manifest::Manifest;

#[derive(Clone, Debug)]
pub struct Grant {
    /// The folder of each connection.
    pub connections: BTreeMap<String, PathBuf>,
    /// Goes to the guest as JSON.
    pub config: serde_json::Value,
    /// What of the manifest's imports is granted.
    pub imports: BTreeSet<String>,
}

impl Grant {
    /// Everything that the manifest asks for is answered, and nothing else is given.
    pub(crate) fn check(&self, plugin: &str, manifest: &Manifest) -> Result<(), SandboxError> {
        let refused =
            |problem: String, hint: String| SandboxError::Refused { plugin: plugin.to_owned(), problem, hint };
        for ask in &manifest.connections {
            let Some(folder) = self.connections.get(&ask.name) else {
                return Err(refused(
                    format!("its connection `{}` is not bound", ask.name),
                    format!("name a folder for it under [connections]; it is for this: {}", ask.purpose),
                ));
            };
            if !folder.is_dir() {
                return Err(refused(
                    format!("connection `{}`: there is no folder `{}`", ask.name, folder.display()),
                    "make the folder, or correct its name".to_owned(),
                ));
            }
        }
        for name in self.connections.keys() {
            if !manifest.connections.iter().any(|ask| &ask.name == name) {
                let asked: Vec<String> = manifest.connections.iter().map(|ask| format!("`{}`", ask.name)).collect();
                return Err(refused(
                    format!("there is no connection `{name}`"),
                    match asked.is_empty() {
                        true => "the plugin asks for no connection".to_owned(),
                        false => format!("the plugin asks for {}", asked.join(", ")),
                    },
                ));
            }
        }
        if let Some(import) = self.imports.iter().find(|import| !manifest.imports.contains(*import)) {
            return Err(refused(
                format!("`{import}` is granted, but its manifest does not ask for it"),
                "take it out of the grant, or let the manifest ask for it".to_owned(),
            ));
        }
        if self.config.to_string().len() > CONFIG_LEN_MAX {
            return Err(refused(
                format!("its configuration is larger than {CONFIG_LEN_MAX} bytes"),
                "shorten [config]".to_owned(),
            ));
        }
        Ok(())
    }
}
