//! What a component asks for and offers, read from its bytes before anything is compiled or run.

use std::collections::BTreeSet;

use escalation::Role;
use wasmparser::{Encoding, Parser, Payload};

use crate::error::SandboxError;
use crate::grant::Grant;
use crate::limits::{INTERFACES_MAX, WASM_LEN_MAX};
use crate::manifest::{CONTRACT, IMPORTS, Manifest};

/// What a guest written with the standard library needs; none of it reaches outside of its call.
const STANDARD: [&str; 15] = [
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stderr",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stderr",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
];
const RANDOM_SEED: &str = "wasi:random/insecure-seed";
const OWN: &str = "dunlin:plugin/";

/// The names on a component's border, as `package:name/interface@version`.
#[derive(Debug, Default)]
pub(crate) struct Border {
    pub(crate) imports: Vec<String>,
    pub(crate) exports: Vec<String>,
}

impl Border {
    pub(crate) fn read(plugin: &str, wasm: &[u8]) -> Result<Self, SandboxError> {
        let wrong = |problem: String| SandboxError::Component { plugin: plugin.to_owned(), problem };
        if wasm.len() > WASM_LEN_MAX {
            return Err(wrong(format!("its component is larger than {WASM_LEN_MAX} bytes")));
        }
        if !wasm.starts_with(b"\0asm") {
            return Err(wrong("its file is no wasm component".to_owned()));
        }
        let mut border = Self::default();
        let mut depth = 0_u32;
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload.map_err(|error| wrong(format!("its component cannot be read: {error}")))?;
            border.note(payload, &mut depth).map_err(&wrong)?;
            if border.imports.len() + border.exports.len() > INTERFACES_MAX {
                return Err(wrong(format!("its component has more than {INTERFACES_MAX} imports and exports")));
            }
        }
        Ok(border)
    }

    fn note(&mut self, payload: Payload<'_>, depth: &mut u32) -> Result<(), String> {
        let unread = |error: wasmparser::BinaryReaderError| format!("its component cannot be read: {error}");
        match payload {
            Payload::Version { encoding, .. } => {
                *depth += 1;
                if *depth == 1 && encoding != Encoding::Component {
                    return Err("its file is a core module, no component; build it for `wasm32-wasip2`".to_owned());
                }
            }
            Payload::End(_) => *depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if *depth == 1 => {
                for import in section {
                    self.imports.push(import.map_err(unread)?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if *depth == 1 => {
                for export in section {
                    self.exports.push(export.map_err(unread)?.name.name.to_owned());
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Refuses what no plugin may have, and what this one was not granted.
    pub(crate) fn check(&self, plugin: &str, manifest: &Manifest, grant: &Grant) -> Result<(), SandboxError> {
        let refused = |problem: String, hint: &str| SandboxError::Refused {
            plugin: plugin.to_owned(),
            problem,
            hint: hint.to_owned(),
        };
        for import in &self.imports {
            let (name, version) = import.split_once('@').unwrap_or((import, ""));
            if let Some(interface) = name.strip_prefix(OWN) {
                check_version(plugin, import, version)?;
                if interface == "types" {
                    continue;
                }
                if !IMPORTS.contains(&interface) {
                    return Err(refused(
                        format!("it imports `{import}`, which this host does not have"),
                        "build it against the contract of this host",
                    ));
                }
                if !manifest.imports.contains(interface) {
                    return Err(refused(
                        format!("it uses `{interface}`, but its manifest does not ask for it"),
                        "add it to `imports` in plugin.toml",
                    ));
                }
                if !grant.imports.contains(interface) {
                    return Err(refused(
                        format!("it needs `{interface}`, which is not granted"),
                        "grant it to the plugin, or disable the plugin",
                    ));
                }
            } else if !(STANDARD.contains(&name) || name == RANDOM_SEED) || !version.starts_with("0.2") {
                return Err(refused(format!("it imports `{import}`, which no plugin may have"), instead_of(name)));
            }
        }
        Ok(())
    }

    /// The roles that it exports; they must be those of the manifest.
    pub(crate) fn roles(&self, plugin: &str, manifest: &Manifest) -> Result<BTreeSet<Role>, SandboxError> {
        let wrong = |problem: String| SandboxError::Component { plugin: plugin.to_owned(), problem };
        let mut roles = BTreeSet::new();
        for export in &self.exports {
            let (name, version) = export.split_once('@').unwrap_or((export, ""));
            let Some(interface) = name.strip_prefix(OWN) else { continue };
            check_version(plugin, export, version)?;
            roles.extend(Role::ALL.iter().find(|role| role.as_str() == interface));
        }
        if let Some(role) = manifest.roles.difference(&roles).next() {
            return Err(wrong(format!(
                "its manifest names the role `{}`, but the component does not export it",
                role.as_str()
            )));
        }
        if let Some(role) = roles.difference(&manifest.roles).next() {
            return Err(wrong(format!(
                "its component has the role `{}`, but the manifest does not name it",
                role.as_str()
            )));
        }
        Ok(roles)
    }
}

fn check_version(plugin: &str, interface: &str, version: &str) -> Result<(), SandboxError> {
    match version.strip_prefix(CONTRACT).is_some_and(|rest| rest.starts_with('.')) {
        true => Ok(()),
        false => Err(SandboxError::Refused {
            plugin: plugin.to_owned(),
            problem: format!("it was built for `{interface}`; this host speaks `{CONTRACT}`"),
            hint: "build it against the contract of this host".to_owned(),
        }),
    }
}

fn instead_of(name: &str) -> &'static str {
    match name.split(['/', '@']).next().unwrap_or_default() {
        "wasi:filesystem" => "plugins have no file system (std::fs); use the connection `files` of the contract",
        "wasi:sockets" | "wasi:http" => "plugins have no network (std::net); use a connection of the contract",
        "wasi:random" => "plugins have no secure randomness; take names and keys from the request",
        _ => "find out which dependency of the plugin uses it, and do without",
    }
}
