//! What the operator lets one running plugin have: what the manifest asks for, less what was not granted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use egress::Binding;
use egress::secret::SecretRef;

use serde::Deserialize;

use crate::error::SandboxError;
use crate::limits::CONFIG_LEN_MAX;
use crate::manifest::{ConnectionKind, Manifest};

#[derive(Clone, Debug)]
pub struct Grant {
    /// What each connection is bound to.
    pub connections: BTreeMap<String, Bound>,
    /// Goes to the guest as JSON.
    pub config: serde_json::Value,
    /// What of the manifest's imports is granted.
    pub imports: BTreeSet<String>,
}

/// What an operator gives a connection.
#[derive(Clone, Debug)]
pub enum Bound {
    /// For `files`.
    Folder(PathBuf),
    /// For `http`.
    System(Box<Binding>),
    /// For `webhooks`.
    Webhooks(Ear),
}

/// How the operator lets a system tell by itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ear {
    /// What the other side signs with.
    pub webhook: SecretRef,
    /// What it signed with before, while one replaces the other.
    #[serde(default)]
    pub before: Option<SecretRef>,
    /// The address that the other side was told, where it signs it.
    #[serde(default)]
    pub address: Option<String>,
}

impl Bound {
    fn kind(&self) -> ConnectionKind {
        match self {
            Self::Folder(_) => ConnectionKind::Files,
            Self::System(_) => ConnectionKind::Http,
            Self::Webhooks(_) => ConnectionKind::Webhooks,
        }
    }

    /// Where it leads, for people.
    pub fn place(&self) -> String {
        match self {
            Self::Folder(folder) => folder.display().to_string(),
            Self::System(binding) => binding.url.clone(),
            Self::Webhooks(ear) => ear.address.clone().unwrap_or_else(|| "listens".to_owned()),
        }
    }
}

impl Grant {
    /// The folders among what is bound.
    pub(crate) fn folders(&self) -> BTreeMap<String, PathBuf> {
        let folder = |(name, bound): (&String, &Bound)| match bound {
            Bound::Folder(folder) => Some((name.clone(), folder.clone())),
            Bound::System(_) | Bound::Webhooks(_) => None,
        };
        self.connections.iter().filter_map(folder).collect()
    }

    /// Everything that the manifest asks for is answered, and nothing else is given.
    pub(crate) fn check(&self, plugin: &str, manifest: &Manifest) -> Result<(), SandboxError> {
        let refused =
            |problem: String, hint: String| SandboxError::Refused { plugin: plugin.to_owned(), problem, hint };
        for ask in &manifest.connections {
            let wanted = match ask.kind {
                ConnectionKind::Files => {
                    format!("name a folder for it under [connections]: `{} = \"exchange/in\"`", ask.name)
                }
                ConnectionKind::Http => {
                    format!("say where it is under [connections.{}]: `url = \"https://...\"`", ask.name)
                }
                ConnectionKind::Webhooks => {
                    format!("name the secret under [connections.{}]: `webhook = \"...\"`", ask.name)
                }
            };
            let hint = format!("{wanted}; it is for this: {}", ask.purpose);
            let Some(bound) = self.connections.get(&ask.name) else {
                if ask.kind == ConnectionKind::Webhooks {
                    continue;
                }
                return Err(refused(format!("its connection `{}` is not bound", ask.name), hint));
            };
            if bound.kind() != ask.kind {
                let (is, asked) = (bound.kind().as_str(), ask.kind.as_str());
                let problem = format!("its connection `{}` is of the type `{asked}`, not `{is}`", ask.name);
                return Err(refused(problem, hint));
            }
            if let (Bound::Webhooks(Ear { address: None, .. }), Some(signature)) = (bound, &ask.signature)
                && signature.needs_address()
            {
                let problem = format!("connection `{}`: what tells signs the address that it was given", ask.name);
                let hint = format!("write it under [connections.{}]: `address = \"https://...\"`", ask.name);
                return Err(refused(problem, hint));
            }
            if let Bound::Folder(folder) = bound
                && !folder.is_dir()
            {
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
