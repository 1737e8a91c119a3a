//! A stage: a fresh sandbox of the plugin, its folders filled and its systems played, for one run.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use escalation::Role;
use escalation::answer::{CallError, Page};
use sandbox::manifest::ConnectionKind;
use sandbox::{Bound, Grant, Manifest, Memory, Plugin, Runtime};

use super::ConformanceError;
use super::cassette::Cassette;
use super::upstream::{Script, Upstream};

/// What the host signs with: it must be nowhere in what a plugin says.
pub const MARKER: &str = "marker-of-the-conformance-kit-7f3a";
/// Pages of a reading: one that does not end by then goes round in circles.
const PAGES_MAX: usize = 200;

pub struct Stage<'a> {
    pub runtime: &'a Runtime,
    pub manifest: &'a Manifest,
    pub wasm: &'a [u8],
    pub cassette: &'a Cassette,
}

/// One run: the plugin, and the other side.
pub struct Run {
    pub plugin: Plugin,
    pub role: Role,
    upstreams: Vec<Upstream>,
    folder: PathBuf,
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// All that a plugin has to tell.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    pub keys: Vec<String>,
    pub refused: Vec<String>,
    /// Facts, in words.
    pub facts: Vec<String>,
    pub log: Vec<String>,
    /// Where it ended.
    pub cursor: Option<String>,
}

impl Reading {
    fn add(&mut self, page: &Page) {
        self.keys.extend(page.received.iter().map(|received| received.source.key.clone()));
        self.refused.extend(page.refusals.iter().map(|refusal| refusal.place.clone()));
        self.facts.extend(page.received.iter().map(|received| serde_json::to_string(received).unwrap_or_default()));
    }

    /// What a host has of it that takes each key once.
    pub fn once(&self) -> Vec<String> {
        let mut keys = self.keys.clone();
        keys.sort();
        keys.dedup();
        keys
    }
}

/// A call that failed in the middle of a reading.
pub struct Broken {
    pub error: CallError,
    pub so_far: Reading,
    pub cursor: Option<String>,
}

impl Stage<'_> {
    pub async fn set(&self, script: Script) -> Result<Run, ConformanceError> {
        self.set_with(script, self.cassette.config.clone()).await
    }

    pub async fn set_with(&self, script: Script, config: toml::Table) -> Result<Run, ConformanceError> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("dunlin-conformance-{}-{number}", std::process::id()));
        let (mut connections, mut upstreams) = (BTreeMap::new(), Vec::new());
        for ask in &self.manifest.connections {
            match ask.kind {
                ConnectionKind::Files => {
                    let place = folder.join(&ask.name);
                    std::fs::create_dir_all(&place)?;
                    for file in self.cassette.files.iter().filter(|file| file.connection == ask.name) {
                        let to = place.join(&file.path);
                        std::fs::create_dir_all(to.parent().unwrap_or(&place))?;
                        std::fs::write(to, &file.content)?;
                    }
                    connections.insert(ask.name.clone(), Bound::Folder(place));
                }
                ConnectionKind::Http => {
                    let own = self.cassette.exchanges.iter().enumerate();
                    let own = own.filter(|(_, exchange)| exchange.connection == ask.name);
                    let own = Arc::new(own.map(|(place, exchange)| (place, exchange.clone())).collect());
                    let upstream = Upstream::open(own, script.clone()).await?;
                    let binding = format!(
                        "url = \"{}\"\nallow = [\"127.0.0.1/32\"]\nauth = \"bearer\"\ntimeout_seconds = 5\n\
                         secret = {{ command = [\"printf\", \"{MARKER}\"] }}",
                        upstream.url
                    );
                    let wrong = |error: toml::de::Error| std::io::Error::other(error.to_string());
                    connections
                        .insert(ask.name.clone(), Bound::System(Box::new(toml::from_str(&binding).map_err(wrong)?)));
                    upstreams.push(upstream);
                }
                ConnectionKind::Webhooks => {}
            }
        }
        let config = serde_json::to_value(&config).map_err(std::io::Error::other)?;
        let grant = Grant { connections, config, imports: self.manifest.imports.clone() };
        let memory: Arc<dyn Memory> = Arc::new(Nothing);
        let plugin = self.runtime.load("tested", self.manifest.clone(), self.wasm, grant, memory).await?;
        let role = self.role(&plugin);
        Ok(Run { plugin, role, upstreams, folder })
    }

    fn role(&self, plugin: &Plugin) -> Role {
        let wanted = self.cassette.role.as_deref();
        let mut roles = plugin.roles().iter().copied();
        roles.find(|role| wanted.is_none_or(|wanted| role.as_str() == wanted)).unwrap_or(Role::Accounting)
    }
}

impl Run {
    /// Reads from a cursor to the end, each page once.
    pub async fn read(&self, from: Option<String>) -> Result<Reading, Box<Broken>> {
        let (mut reading, mut cursor) = (Reading::default(), from);
        for _ in 0..PAGES_MAX {
            let called = self.plugin.pull(self.role, cursor.as_deref()).await;
            reading.log.extend(called.log);
            let page = match called.result {
                Ok(page) => page,
                Err(error) => return Err(Box::new(Broken { error, so_far: reading, cursor })),
            };
            reading.add(&page);
            let stands = cursor.as_deref() == Some(page.cursor.as_str());
            cursor = Some(page.cursor);
            if !page.more || stands {
                break;
            }
        }
        Ok(Reading { cursor, ..reading })
    }

    pub fn requests(&self) -> usize {
        self.upstreams.iter().map(Upstream::requests).sum()
    }

    pub fn unplayed(&self) -> Vec<String> {
        self.upstreams.iter().flat_map(Upstream::unplayed).collect()
    }
}

/// The kit remembers nothing for a plugin.
struct Nothing;

#[async_trait]
impl Memory for Nothing {
    async fn get(&self, _: &str, _: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(None)
    }

    async fn size(&self, _: &str) -> Result<u64, String> {
        Ok(0)
    }
}
