//! plugin.toml: what a plugin is, what it can do and what it asks for.

use std::collections::{BTreeMap, BTreeSet};

use escalation::Role;
use escalation::answer::Performs;
use escalation::request::EFFECTS;
use hooks::Signature;
use serde::Deserialize;

use crate::error::SandboxError;
use crate::limits::{ANSWER_LEN_MAX, BATCH_LEN_MAX};

/// The contract that this host speaks, as manifests state it.
pub const CONTRACT: &str = "0.1";
/// What a plugin may import of the host.
pub const IMPORTS: [&str; 5] = ["files", "http", "kv", "log", "webhooks"];
/// What a plugin may ask of another system.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Lower-case words joined by `-`, such as `dialer-file`.
    pub id: String,
    pub version: String,
    /// The contract that it was built against.
    pub contract: String,
    pub summary: String,
    pub roles: BTreeSet<Role>,
    /// Of [`IMPORTS`].
    #[serde(default)]
    pub imports: BTreeSet<String>,
    #[serde(default, rename = "connection")]
    pub connections: Vec<ConnectionAsk>,
    /// Every effect that it can do, by its name in the contract.
    #[serde(default)]
    pub performs: BTreeMap<String, Performs>,
    /// It can list everything that the other side has.
    #[serde(default)]
    pub reconcile: Option<Reconcile>,
    #[serde(default)]
    pub limits: LimitsAsk,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reconcile {
    /// A pull without a cursor begins a listing of every open invoice. An invoice that it leaves out twice is gone.
    Full,
}

/// A connection that the operator has to bind.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectionAsk {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: ConnectionKind,
    /// A sentence for the operator.
    pub purpose: String,
    /// For `http`: the methods that it uses.
    #[serde(default)]
    pub methods: Vec<String>,
    /// For `http`: what it reaches below the address that the operator binds; `/v1` means `/v1` and everything behind `/v1/`.
    #[serde(default)]
    pub paths: Vec<String>,
    /// For `webhooks`: by what the other side proves that it is the one that tells.
    #[serde(default)]
    pub signature: Option<Signature>,
    /// For `webhooks`: what it wants to read when we have it; most want nothing.
    #[serde(default)]
    pub answer: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConnectionKind {
    /// A folder.
    Files,
    /// A system that speaks HTTP.
    Http,
    /// What a system tells by itself. The operator may leave it unbound: whoever cannot be reached pulls.
    Webhooks,
}

impl ConnectionKind {
    /// Its name in a manifest, which is that of the import to use it by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Http => "http",
            Self::Webhooks => "webhooks",
        }
    }
}

/// What it asks for; the operator may cap it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsAsk {
    pub cpu_ms: u32,
    pub wall_ms: u32,
    pub memory_mib: u32,
}

impl Default for LimitsAsk {
    fn default() -> Self {
        Self { cpu_ms: 500, wall_ms: 30_000, memory_mib: 64 }
    }
}

impl ConnectionAsk {
    /// Only webhooks have a signature, and none is without.
    fn check_signature(&self) -> Result<(), String> {
        let name = &self.name;
        match (self.kind == ConnectionKind::Webhooks, &self.signature) {
            (true, Some(signature)) => signature.check().map_err(|why| format!("connection `{name}`: {why}"))?,
            (true, None) => {
                let needs = "`signature` says by what the other side proves that it is the one that tells";
                return Err(format!("connection `{name}`: {needs}; without it nothing is taken"));
            }
            (false, None) if self.answer.is_none() => {}
            (false, _) => {
                let only = "only the type `webhooks` has them";
                return Err(format!("connection `{name}` has `signature` or `answer`; {only}"));
            }
        }
        match self.answer.as_ref().is_some_and(|answer| answer.len() > ANSWER_LEN_MAX) {
            true => Err(format!("connection `{name}`: `answer` is longer than {ANSWER_LEN_MAX} bytes")),
            false => Ok(()),
        }
    }

    /// Only HTTP has methods and paths, and it says both.
    fn check_reach(&self) -> Result<(), String> {
        let name = &self.name;
        if self.kind != ConnectionKind::Http {
            return match self.methods.is_empty() && self.paths.is_empty() {
                true => Ok(()),
                false => Err(format!("connection `{name}` has `methods` or `paths`; only the type `http` has them")),
            };
        }
        if self.methods.is_empty() || self.methods.iter().any(|method| !METHODS.contains(&method.as_str())) {
            return Err(format!("connection `{name}`: `methods` names what it uses; allowed are {}", quoted(METHODS)));
        }
        let plain =
            |path: &String| path.starts_with('/') && !path.contains(['?', '#', '%', '\\', ' ']) && !path.contains("..");
        match !self.paths.is_empty() && self.paths.iter().all(plain) {
            true => Ok(()),
            false => {
                Err(format!("connection `{name}`: `paths` names what it reaches, such as `/v1/`; `/` for everything"))
            }
        }
    }
}

impl Manifest {
    /// Reads a manifest; `file` is only for the message.
    pub fn parse(text: &str, file: &str) -> Result<Self, SandboxError> {
        let wrong = |problem: String| SandboxError::Manifest { file: file.to_owned(), problem };
        let manifest: Self = toml::from_str(text).map_err(|error| wrong(error.to_string().trim_end().to_owned()))?;
        manifest.check().map_err(wrong)?;
        Ok(manifest)
    }

    /// Everything that it may do and reach, a line each: what an operator allows. A line says a limit only where it asks for more
    /// than the default, so that an upgrade that asks for less is no upgrade that asks for more.
    pub fn asks(&self) -> BTreeSet<String> {
        let mut asks = BTreeSet::new();
        asks.extend(self.roles.iter().map(|role| format!("has the role `{}`", role.as_str())));
        asks.extend(self.imports.iter().map(|import| format!("uses `{import}`")));
        asks.extend(self.performs.keys().map(|effect| format!("performs `{effect}`")));
        for ask in &self.connections {
            let (name, kind) = (&ask.name, ask.kind.as_str());
            asks.insert(format!("connection `{name}` of the type `{kind}`"));
            for path in &ask.paths {
                asks.extend(ask.methods.iter().map(|method| format!("connection `{name}`: {method} below `{path}`")));
            }
        }
        let (asked, default) = (self.limits, LimitsAsk::default());
        for (what, asked, default) in [
            ("ms of processor time a call", asked.cpu_ms, default.cpu_ms),
            ("ms a call", asked.wall_ms, default.wall_ms),
            ("MiB of memory", asked.memory_mib, default.memory_mib),
        ] {
            if asked > default {
                asks.insert(format!("up to {asked} {what}"));
            }
        }
        asks
    }

    fn check(&self) -> Result<(), String> {
        let word = |text: &str| {
            !text.is_empty()
                && text.len() <= 60
                && text.starts_with(|first: char| first.is_ascii_lowercase())
                && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        if !word(&self.id) {
            return Err(format!(
                "`id` is `{}`; allowed are lower-case letters, digits and `-`, such as `dialer-file`",
                self.id
            ));
        }
        if self.version.is_empty() || self.version.len() > 60 {
            return Err("`version` is empty or too long; write it like `0.1.0`".to_owned());
        }
        if self.contract != CONTRACT {
            return Err(format!("`contract` is `{}`; this host speaks `{CONTRACT}`", self.contract));
        }
        if self.roles.is_empty() {
            return Err(format!(
                "`roles` is empty; allowed are {}",
                quoted(Role::ALL.iter().map(|role| role.as_str()))
            ));
        }
        if let Some(import) = self.imports.iter().find(|import| !IMPORTS.contains(&import.as_str())) {
            return Err(format!("`imports` has `{import}`; allowed are {}", quoted(IMPORTS)));
        }
        self.check_connections(word)?;
        self.check_performs()?;
        if self.reconcile.is_some() && !self.roles.contains(&Role::Accounting) {
            return Err("`reconcile` is for plugins of the role `accounting`".to_owned());
        }
        for (key, value, least, most) in [
            ("cpu_ms", self.limits.cpu_ms, 10, 60_000),
            ("wall_ms", self.limits.wall_ms, 100, 600_000),
            ("memory_mib", self.limits.memory_mib, 2, 1_024),
        ] {
            if !(least..=most).contains(&value) {
                return Err(format!("`limits.{key}` is {value}; allowed is {least} to {most}"));
            }
        }
        Ok(())
    }

    fn check_connections(&self, word: impl Fn(&str) -> bool) -> Result<(), String> {
        let mut names = BTreeSet::new();
        for connection in &self.connections {
            if !word(&connection.name) {
                return Err(format!(
                    "a connection has the `name` `{}`; allowed are lower-case letters, digits and `-`",
                    connection.name
                ));
            }
            if !names.insert(&connection.name) {
                return Err(format!("there are two connections with the `name` `{}`", connection.name));
            }
            let import = connection.kind.as_str();
            // A webhook has the plugin asked at once; it need not read it.
            if !self.imports.contains(import) && connection.kind != ConnectionKind::Webhooks {
                return Err(format!("it has a connection of the type `{import}`, but `imports` lacks `{import}`"));
            }
            connection.check_reach()?;
            connection.check_signature()?;
        }
        match self.connections.iter().filter(|connection| connection.kind == ConnectionKind::Webhooks).count() {
            0 | 1 => Ok(()),
            many => {
                Err(format!("it has {many} connections of the type `webhooks`; a plugin has one address to be told at"))
            }
        }
    }

    fn check_performs(&self) -> Result<(), String> {
        let own = || EFFECTS.iter().filter(|(role, _)| self.roles.contains(role)).map(|(_, effect)| *effect);
        for (effect, performs) in &self.performs {
            if !own().any(|known| known == effect) {
                return Err(format!("`performs.{effect}` is no effect of its roles; allowed are {}", quoted(own())));
            }
            if !(1..=BATCH_LEN_MAX).contains(&performs.batch_max) {
                return Err(format!(
                    "`performs.{effect}.batch_max` is {}; allowed is 1 to {BATCH_LEN_MAX}",
                    performs.batch_max
                ));
            }
        }
        Ok(())
    }
}

fn quoted<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

#[cfg(test)]
mod tests {
    use escalation::answer::Class;

    use super::*;

    const GOOD: &str = r#"
id = "dialer-file"
version = "0.1.0"
contract = "0.1"
summary = "call lists out, call results back, as CSV files"
roles = ["dialer"]
imports = ["files", "log"]
[[connection]]
name = "lists"
type = "files"
purpose = "call lists go to `outgoing/`"
[performs.queue-call]
class = "native"
batch_max = 500
[limits]
cpu_ms = 900
"#;

    /// The same with a system instead of a folder.
    const HTTP: (&str, &str) = (
        "imports = [\"files\", \"log\"]\n[[connection]]\nname = \"lists\"\ntype = \"files\"",
        "imports = [\"http\", \"log\"]\n[[connection]]\nname = \"lists\"\ntype = \"http\"\nmethods = [\"GET\"]\npaths = [\"/v1/\"]",
    );

    #[test]
    fn a_manifest_is_read_and_gaps_take_the_defaults() {
        let manifest = Manifest::parse(GOOD, "plugin.toml").unwrap();
        assert_eq!(manifest.id, "dialer-file");
        assert_eq!(manifest.roles, BTreeSet::from([Role::Dialer]));
        assert_eq!(manifest.performs["queue-call"], Performs { class: Class::Native, batch_max: 500, key_hours: None });
        assert_eq!(manifest.limits, LimitsAsk { cpu_ms: 900, ..LimitsAsk::default() });
        let http = Manifest::parse(&GOOD.replacen(HTTP.0, HTTP.1, 1), "plugin.toml").unwrap();
        assert_eq!(http.connections[0].paths, ["/v1/"]);
    }

    #[test]
    fn what_is_wrong_is_named_with_file_key_and_allowed_values() {
        for (from, to, told) in [
            ("id = \"dialer-file\"", "id = \"Dialer File\"", vec!["`id`", "lower-case"]),
            ("contract = \"0.1\"", "contract = \"7\"", vec!["`contract` is `7`", "`0.1`"]),
            ("roles = [\"dialer\"]", "roles = [\"barber\"]", vec!["barber", "accounting"]),
            ("\"log\"]", "\"sockets\"]", vec!["`sockets`", "`kv`"]),
            ("performs.queue-call", "performs.send", vec!["`performs.send`", "`queue-call`, `withdraw-call`"]),
            ("batch_max = 500", "batch_max = 0", vec!["batch_max` is 0", "1 to 1000"]),
            ("cpu_ms = 900", "cpu_ms = 1", vec!["`limits.cpu_ms` is 1", "10 to 60000"]),
            ("cpu_ms = 900", "cpu = 900", vec!["unknown field `cpu`", "`cpu_ms`"]),
            ("summary =", "reconcile = \"full\"\nsummary =", vec!["`reconcile`", "`accounting`"]),
            ("class = \"native\"", "class = \"perhaps\"", vec!["perhaps", "`lookup`"]),
            ("type = \"files\"", "type = \"pigeon\"", vec!["pigeon", "`files`", "`http`"]),
            ("type = \"files\"", "type = \"http\"", vec!["`imports` lacks `http`"]),
            ("type = \"files\"", "type = \"files\"\npaths = [\"/v1\"]", vec!["only the type `http` has them"]),
            (HTTP.0, &HTTP.1.replace("\"GET\"", "\"BREW\""), vec!["`lists`: `methods`", "`GET`, `HEAD`"]),
            (HTTP.0, &HTTP.1.replace("\"/v1/\"", "\"/v1/../v2\""), vec!["`lists`: `paths`", "such as `/v1/`"]),
            (HTTP.0, &HTTP.1.replace("\"/v1/\"", ""), vec!["`lists`: `paths`"]),
            ("imports = [\"files\", \"log\"]", "imports = [\"log\"]", vec!["`imports` lacks `files`"]),
            ("type = \"files\"", "type = \"webhooks\"", vec!["`signature` says", "nothing is taken"]),
            ("type = \"files\"", "type = \"files\"\nanswer = \"ok\"", vec!["only the type `webhooks` has them"]),
            (
                "type = \"files\"",
                "type = \"webhooks\"\nsignature = { scheme = \"trust\" }",
                vec!["trust", "`body-hmac`"],
            ),
            (
                "type = \"files\"",
                "type = \"webhooks\"\nsignature = { scheme = \"form-hmac\", header = \"x y\" }",
                vec!["connection `lists`: `signature.header` is `x y`"],
            ),
        ] {
            assert!(GOOD.contains(from), "{from}");
            let error = Manifest::parse(&GOOD.replacen(from, to, 1), "x/plugin.toml").unwrap_err().to_string();
            assert!(error.starts_with("x/plugin.toml: "), "{error}");
            for part in told {
                assert!(error.contains(part), "`{part}` is not in: {error}");
            }
        }
    }
}
