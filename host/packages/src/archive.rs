//! The archive: a plain tar with a few files of known names. It is not compressed, so it cannot be a bomb, and never unpacked.

use std::collections::BTreeMap;
use std::io::Read;

use serde::{Deserialize, Serialize};
use tar::{Archive, Builder, EntryType, Header};
use thiserror::Error;

use crate::key::{Publisher, SigningKey};
use crate::{ARCHIVE_LEN_MAX, COMPONENT_LEN_MAX, MANIFEST_LEN_MAX, TEXT_LEN_MAX, digest};

const MANIFEST: &str = "plugin.toml";
const COMPONENT: &str = "component.wasm";
const LICENCE: &str = "LICENSE";
const README: &str = "README.md";
const SIGNATURE: &str = "SIGNATURE";
/// In the order in which they stand in an archive.
const PARTS: [(&str, usize); 5] = [
    (MANIFEST, MANIFEST_LEN_MAX),
    (LICENCE, TEXT_LEN_MAX),
    (README, TEXT_LEN_MAX),
    (SIGNATURE, TEXT_LEN_MAX),
    (COMPONENT, COMPONENT_LEN_MAX),
];

#[derive(Debug, PartialEq, Eq, Error)]
pub enum PackageError {
    #[error("it has {len} bytes; a package has at most {ARCHIVE_LEN_MAX}")]
    TooLarge { len: usize },
    #[error("it is no package: {0}\n\nhint: `dunlin plugin pack FOLDER` makes one")]
    Form(String),
    #[error("`{name}` is not a part of a package; there are {}", PARTS.map(|(name, _)| format!("`{name}`")).join(", "))]
    Part { name: String },
    #[error("`{name}` is there twice")]
    Twice { name: String },
    #[error("`{name}` is no plain file")]
    NoFile { name: String },
    #[error("`{name}` has {len} bytes; allowed are {most}")]
    PartTooLarge { name: String, len: u64, most: usize },
    #[error("`{0}` is missing")]
    Missing(&'static str),
    #[error("`{0}` is not written in UTF-8")]
    NoText(&'static str),
    #[error(
        "its signature does not fit to what is in it: it was changed, or signed by somebody else\n\nhint: get it again from its publisher"
    )]
    Forged,
}

/// What an archive holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// The text of plugin.toml.
    pub manifest: String,
    pub component: Vec<u8>,
    pub licence: String,
    pub readme: Option<String>,
    signature: Option<Signed>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signed {
    publisher: String,
    signature: String,
}

impl Package {
    pub fn new(manifest: String, component: Vec<u8>, licence: String, readme: Option<String>) -> Self {
        Self { manifest, component, licence, readme, signature: None }
    }

    /// Reads an archive, and checks the signature if it has one.
    pub fn read(bytes: &[u8]) -> Result<Self, PackageError> {
        if bytes.len() > ARCHIVE_LEN_MAX {
            return Err(PackageError::TooLarge { len: bytes.len() });
        }
        let mut parts = parts(bytes)?;
        let mut text = |name: &'static str| match parts.remove(name) {
            Some(bytes) => String::from_utf8(bytes).map(Some).map_err(|_| PackageError::NoText(name)),
            None => Ok(None),
        };
        let manifest = text(MANIFEST)?.ok_or(PackageError::Missing(MANIFEST))?;
        let licence = text(LICENCE)?.ok_or(PackageError::Missing(LICENCE))?;
        let readme = text(README)?;
        let signature =
            text(SIGNATURE)?.map(|text| toml::from_str(&text).map_err(|_| PackageError::Forged)).transpose()?;
        let component = parts.remove(COMPONENT).ok_or(PackageError::Missing(COMPONENT))?;
        let package = Self { manifest, component, licence, readme, signature };
        match &package.signature {
            Some(_) if package.publisher().is_none() => Err(PackageError::Forged),
            _ => Ok(package),
        }
    }

    /// The same package gives the same bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, PackageError> {
        let signature = self.signature.as_ref().and_then(|signed| toml::to_string(signed).ok());
        let mut archive = Builder::new(Vec::new());
        for (name, most) in PARTS {
            let content: Option<&[u8]> = match name {
                MANIFEST => Some(self.manifest.as_bytes()),
                LICENCE => Some(self.licence.as_bytes()),
                README => self.readme.as_deref().map(str::as_bytes),
                SIGNATURE => signature.as_deref().map(str::as_bytes),
                _ => Some(&self.component),
            };
            let Some(content) = content else { continue };
            if content.len() > most {
                return Err(PackageError::PartTooLarge { name: name.to_owned(), len: content.len() as u64, most });
            }
            let mut header = Header::new_ustar();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            header.set_mtime(0);
            header.set_entry_type(EntryType::Regular);
            archive.append_data(&mut header, name, content).map_err(|error| PackageError::Form(error.to_string()))?;
        }
        archive.into_inner().map_err(|error| PackageError::Form(error.to_string()))
    }

    /// The package with a signature over everything in it.
    pub fn signed(mut self, key: &SigningKey) -> Self {
        let signature = key.sign(self.message().as_bytes());
        self.signature = Some(Signed { publisher: key.publisher().to_string(), signature });
        self
    }

    /// Whose it is, proven; none: nobody signed it.
    pub fn publisher(&self) -> Option<Publisher> {
        let signed = self.signature.as_ref()?;
        let publisher: Publisher = signed.publisher.parse().ok()?;
        publisher.signed(self.message().as_bytes(), &signed.signature).then_some(publisher)
    }

    /// What is signed: a line for each part that is there, with its digest.
    fn message(&self) -> String {
        let readme = self.readme.as_deref().map(|text| (README, text.as_bytes()));
        let parts =
            [(MANIFEST, self.manifest.as_bytes()), (LICENCE, self.licence.as_bytes()), (COMPONENT, &self.component)];
        let lines = parts.into_iter().chain(readme).map(|(name, content)| format!("{name} {}\n", digest(content)));
        format!("dunlin package 1\n{}", lines.collect::<String>())
    }
}

fn parts(bytes: &[u8]) -> Result<BTreeMap<&'static str, Vec<u8>>, PackageError> {
    let form = |error: std::io::Error| PackageError::Form(error.to_string());
    let mut parts = BTreeMap::new();
    for entry in Archive::new(bytes).entries().map_err(form)?.raw(true) {
        let mut entry = entry.map_err(form)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let Some((known, most)) = PARTS.into_iter().find(|(known, _)| *known == name) else {
            return Err(PackageError::Part { name });
        };
        if entry.header().entry_type() != EntryType::Regular {
            return Err(PackageError::NoFile { name });
        }
        let len = entry.header().entry_size().map_err(form)?;
        if len > most as u64 {
            return Err(PackageError::PartTooLarge { name, len, most });
        }
        let mut content = Vec::new();
        entry.by_ref().take(most as u64).read_to_end(&mut content).map_err(form)?;
        if content.len() as u64 != len {
            return Err(PackageError::Form(format!("`{name}` breaks off")));
        }
        if parts.insert(known, content).is_some() {
            return Err(PackageError::Twice { name });
        }
    }
    Ok(parts)
}
