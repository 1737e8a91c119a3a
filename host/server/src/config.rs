//! The configuration: `dunlin.toml` and one file for each running plugin. Unknown keys are refused with their place.

mod plugin_file;

use std::collections::BTreeMap;
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};

use escalation::Party;
use escalation::party::PartyKind;
use jiff::tz::TimeZone;
use serde::Deserialize;
use store::Retention;
use thiserror::Error;

pub use plugin_file::PluginFile;
use plugin_file::read_plugins;

use crate::database::Database;
use crate::limits;
use crate::measures::{Measures, MeasuresText};
use crate::peak::PeakHours;

#[derive(Debug, Error)]
pub enum ConfigError {
    #[error("`{}` cannot be read: {why}\n\nhint: {hint}", .file.display())]
    Unreadable { file: PathBuf, why: String, hint: &'static str },
    #[error("{}: {why}", .file.display())]
    Wrong { file: PathBuf, why: String },
}

/// `dunlin.toml`, with its paths made absolute.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file itself.
    pub file: PathBuf,
    /// The workspace: database, components, exchanged files.
    pub folder: PathBuf,
    pub database: Database,
    pub components: PathBuf,
    pub policy: PathBuf,
    pub letters: PathBuf,
    /// The folder of jurisdiction packs.
    pub packs: PathBuf,
    pub zone: TimeZone,
    pub creditor: Creditor,
    pub colleagues: BTreeMap<String, String>,
    /// The hours in which people are reached best.
    pub peak: PeakHours,
    pub desk: Desk,
    pub poll_seconds: u64,
    pub retention: Retention,
    /// Where seals are anchored.
    pub anchors: PathBuf,
    pub measures: Measures,
    pub plugins: Vec<PluginFile>,
}

/// Who is owed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Creditor {
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub country: String,
    #[serde(default)]
    pub language: String,
    #[serde(default)]
    pub address: Vec<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub vat_id: Option<String>,
    /// Where debtors pay to, as letters print it.
    #[serde(default)]
    pub iban: String,
    #[serde(default)]
    pub bic: String,
    /// Where and under which number the firm is registered, as letters print it.
    #[serde(default)]
    pub registration: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Desk {
    pub listen: String,
    /// Names under which the desk may be reached, beside the loopback names.
    pub hosts: Vec<String>,
    /// Where colleagues reach the desk, for the links in notifications; empty: they carry none.
    pub url: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    #[serde(default = "here")]
    folder: PathBuf,
    #[serde(default = "database")]
    database: String,
    #[serde(default = "components")]
    components: PathBuf,
    #[serde(default = "policy")]
    policy: PathBuf,
    #[serde(default = "letters")]
    letters: PathBuf,
    #[serde(default = "packs")]
    packs: PathBuf,
    #[serde(default = "plugins")]
    plugins: PathBuf,
    #[serde(default = "zone")]
    time_zone: String,
    #[serde(default = "poll_seconds")]
    poll_seconds: u64,
    creditor: Creditor,
    #[serde(default)]
    colleagues: BTreeMap<String, String>,
    #[serde(default)]
    calls: Calls,
    #[serde(default)]
    desk: Desk,
    #[serde(default)]
    retention: Ages,
    #[serde(default)]
    audit: Audit,
    #[serde(default)]
    metrics: MeasuresText,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Calls {
    #[serde(default)]
    peak: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Audit {
    anchor: PathBuf,
}

impl Default for Audit {
    fn default() -> Self {
        Self { anchor: PathBuf::from("anchors.txt") }
    }
}

/// `[retention]`: ages in days.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ages {
    effects_days: Option<NonZeroU16>,
    events_days: Option<NonZeroU16>,
    inbox_days: Option<NonZeroU16>,
    notes_days: Option<NonZeroU16>,
}

impl Ages {
    fn read(&self) -> Retention {
        let usual = Retention::default();
        let days = |age: Option<NonZeroU16>, usual| age.map_or(usual, NonZeroU16::get);
        Retention {
            effects_days: days(self.effects_days, usual.effects_days),
            events_days: days(self.events_days, usual.events_days),
            inbox_days: days(self.inbox_days, usual.inbox_days),
            notes_days: days(self.notes_days, usual.notes_days),
            ..usual
        }
    }
}

fn here() -> PathBuf {
    PathBuf::from(".")
}
fn database() -> String {
    "dunlin.sqlite".to_owned()
}
fn components() -> PathBuf {
    PathBuf::from("components")
}
fn policy() -> PathBuf {
    PathBuf::from("policies/standard.toml")
}
fn letters() -> PathBuf {
    PathBuf::from("letters")
}
fn packs() -> PathBuf {
    PathBuf::from("packs")
}
fn plugins() -> PathBuf {
    PathBuf::from("plugins")
}
fn zone() -> String {
    "Europe/Berlin".to_owned()
}
fn poll_seconds() -> u64 {
    15
}

impl Default for Desk {
    fn default() -> Self {
        Self { listen: "127.0.0.1:8080".to_owned(), hosts: Vec::new(), url: String::new() }
    }
}

impl Config {
    /// Reads the file and the plugin files that it points to.
    pub fn read(file: &Path) -> Result<Self, ConfigError> {
        let text: Text = parse(file, "give the path with `--config`, or make a workspace with `dunlin init`")?;
        let beside = absolute(file.parent().unwrap_or(Path::new(".")), Path::new("."));
        let folder = absolute(&beside, &text.folder);
        let wrong = |why: String| ConfigError::Wrong { file: file.to_owned(), why };
        let zone = TimeZone::get(&text.time_zone).map_err(|_| {
            wrong(format!(
                "`time_zone = \"{}\"` is unknown\n\nhint: use a name such as `Europe/Berlin` or `UTC`",
                text.time_zone
            ))
        })?;
        if text.poll_seconds == 0 {
            return Err(wrong("`poll_seconds` must be at least 1".to_owned()));
        }
        if text.creditor.id.trim().is_empty() || text.creditor.name.trim().is_empty() {
            return Err(wrong("`creditor.id` and `creditor.name` must not be empty".to_owned()));
        }
        Ok(Self {
            database: Database::parse(&text.database, &folder).map_err(wrong)?,
            components: absolute(&folder, &text.components),
            policy: absolute(&beside, &text.policy),
            letters: absolute(&beside, &text.letters),
            packs: absolute(&beside, &text.packs),
            plugins: read_plugins(&absolute(&beside, &text.plugins), &folder)?,
            zone,
            creditor: text.creditor,
            colleagues: text.colleagues,
            peak: PeakHours::read(&text.calls.peak).map_err(wrong)?,
            desk: text.desk,
            poll_seconds: text.poll_seconds,
            retention: text.retention.read(),
            anchors: absolute(&folder, &text.audit.anchor),
            measures: text.metrics.read().map_err(wrong)?,
            file: file.to_owned(),
            folder,
        })
    }
}

impl Creditor {
    pub fn party(&self) -> Party {
        Party {
            id: self.id.clone(),
            name: self.name.clone(),
            kind: PartyKind::Business,
            country: self.country.clone(),
            language: self.language.clone(),
            address: self.address.clone(),
            email: self.email.clone(),
            phone: self.phone.clone(),
            vat_id: self.vat_id.clone(),
            zone: None,
        }
    }

    /// As a letterhead states it.
    pub fn letterhead(&self) -> letters::facts::Creditor {
        letters::facts::Creditor {
            party: self.party(),
            iban: self.iban.clone(),
            bic: self.bic.clone(),
            registration: self.registration.clone(),
        }
    }
}

fn absolute(base: &Path, path: &Path) -> PathBuf {
    let joined = base.join(path);
    let mut clean = PathBuf::new();
    for part in joined.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir
                if matches!(clean.components().next_back(), Some(std::path::Component::Normal(_))) =>
            {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    if clean.as_os_str().is_empty() { PathBuf::from(".") } else { clean }
}

/// Reads a small text file.
pub fn read_text(file: &Path, hint: &'static str) -> Result<String, ConfigError> {
    let unreadable = |why: String| ConfigError::Unreadable { file: file.to_owned(), why, hint };
    let size = std::fs::metadata(file).map_err(|error| unreadable(error.to_string()))?.len();
    if size > limits::FILE_LEN_MAX {
        return Err(unreadable(format!("it has {size} bytes; {} are allowed", limits::FILE_LEN_MAX)));
    }
    std::fs::read_to_string(file).map_err(|error| unreadable(error.to_string()))
}

fn parse<T: serde::de::DeserializeOwned>(file: &Path, hint: &'static str) -> Result<T, ConfigError> {
    let text = read_text(file, hint)?;
    toml::from_str(&text).map_err(|error| ConfigError::Wrong { file: file.to_owned(), why: error.to_string() })
}
