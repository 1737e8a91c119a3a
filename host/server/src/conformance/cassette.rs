//! A cassette: what a plugin's other side holds, and what the plugin should say of it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::ConformanceError;

const CASSETTE_LEN_MAX: u64 = 4 << 20;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cassette {
    /// The plugin's configuration.
    #[serde(default)]
    pub config: toml::Table,
    /// Of the role; the manifest's first where there are several.
    #[serde(default)]
    pub role: Option<String>,
    #[serde(default, rename = "exchange")]
    pub exchanges: Vec<Exchange>,
    #[serde(default, rename = "file")]
    pub files: Vec<File>,
    pub expect: Expect,
}

/// What is asked, and what is answered.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    pub connection: String,
    #[serde(default = "get")]
    pub method: String,
    /// With its query, in whatever order.
    pub target: String,
    #[serde(default = "ok")]
    pub status: u16,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    #[serde(default)]
    pub body: String,
    /// Instead of `body`: a file, relative to the cassette.
    #[serde(default)]
    pub body_file: Option<String>,
}

/// A file that lies in the folder of a connection.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub connection: String,
    pub path: String,
    /// Relative to the cassette.
    pub from: String,
    #[serde(skip)]
    pub content: Vec<u8>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// Keys of all facts, in whatever order.
    pub keys: Vec<String>,
    /// Places of what is refused.
    #[serde(default)]
    pub refused: Vec<String>,
    /// Texts that have to stand in the facts: amounts, names, days.
    #[serde(default)]
    pub says: Vec<String>,
}

fn get() -> String {
    "GET".to_owned()
}

fn ok() -> u16 {
    200
}

impl Cassette {
    pub fn read(file: &Path) -> Result<Self, ConformanceError> {
        let wrong = |why: String| ConformanceError::File { file: file.to_owned(), why };
        let size = std::fs::metadata(file).map_err(|error| wrong(error.to_string()))?.len();
        if size > CASSETTE_LEN_MAX {
            return Err(wrong(format!("it has {size} bytes; allowed are {CASSETTE_LEN_MAX}")));
        }
        let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
        let mut cassette: Self =
            toml::from_str(&text).map_err(|error| wrong(error.to_string().trim_end().to_owned()))?;
        let beside = |name: &str| file.parent().unwrap_or(Path::new(".")).join(name);
        let unreadable = |name: &str, error: std::io::Error| wrong(format!("`{name}`: {error}"));
        for exchange in &mut cassette.exchanges {
            if let Some(name) = &exchange.body_file {
                exchange.body = std::fs::read_to_string(beside(name)).map_err(|error| unreadable(name, error))?;
            }
        }
        for given in &mut cassette.files {
            given.content = std::fs::read(beside(&given.from)).map_err(|error| unreadable(&given.from, error))?;
        }
        Ok(cassette)
    }
}
