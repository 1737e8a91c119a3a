//! The jurisdiction packs: those that are built in, and a workspace's own, which stand in their place country by country.

use std::path::{Path, PathBuf};

use escalation::pack::PackError;
use escalation::{Pack, Packs};
use jiff::tz::TimeZone;
use thiserror::Error;

use crate::config::{Config, ConfigError, read_text};

#[derive(Debug, Error)]
pub enum PacksError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Pack(#[from] PackError),
    #[error("`{}` cannot be read: {why}\n\nhint: {HINT}", .path.display())]
    Unreadable { path: PathBuf, why: std::io::Error },
    #[error("there is no pack in `{}`\n\nhint: {HINT}", .0.display())]
    Empty(PathBuf),
    #[error("{}: `{country}` has a pack in this folder already\n\nhint: one file for each country", .file.display())]
    Twice { file: PathBuf, country: String },
    #[error("{}: `{zone}` is no time zone\n\nhint: `names` of `[zones]` are such as `Europe/Berlin`", .file.display())]
    Zone { file: PathBuf, zone: String },
}

const HINT: &str = "packs are files `NAME.toml` in one folder, as `dunlin init` writes them to `packs`";

/// The packs that came with the program.
pub fn built_in() -> Result<Packs, PacksError> {
    Ok(Packs::shipped()?)
}

/// The built-in packs, with those of a folder in their place.
pub fn with_folder(folder: &Path) -> Result<Packs, PacksError> {
    let mut own = Packs::default();
    for file in files(folder)? {
        let pack = read_file(&file)?;
        if let Some(other) = own.put(pack) {
            return Err(PacksError::Twice { file, country: other.country });
        }
    }
    let mut packs = built_in()?;
    for pack in own.iter() {
        packs.put(pack.clone());
    }
    Ok(packs)
}

/// The packs that a configuration names. A workspace from before there were packs has no such folder: then the built-in ones.
pub fn of(config: &Config) -> Result<Packs, PacksError> {
    if config.packs.is_dir() { with_folder(&config.packs) } else { built_in() }
}

/// The files of packs in a folder, in the order of their names; a file is itself.
pub fn files(path: &Path) -> Result<Vec<PathBuf>, PacksError> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let unreadable = |why| PacksError::Unreadable { path: path.to_owned(), why };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        if file.extension().is_some_and(|extension| extension == "toml") {
            files.push(file);
        }
    }
    files.sort();
    if files.is_empty() { Err(PacksError::Empty(path.to_owned())) } else { Ok(files) }
}

/// Reads one pack and looks its time zones up.
pub fn read_file(file: &Path) -> Result<Pack, PacksError> {
    let text = read_text(file, HINT)?;
    let pack = Pack::parse(&text, &file.display().to_string())?;
    let zones = pack.zones.iter().flat_map(|zones| &zones.names);
    match zones.into_iter().find(|zone| TimeZone::get(zone).is_err()) {
        Some(zone) => Err(PacksError::Zone { file: file.to_owned(), zone: zone.clone() }),
        None => Ok(pack),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace;

    #[test]
    fn seven_packs_are_built_in_and_their_zones_are_known() {
        let packs = built_in().unwrap();
        let countries: Vec<&str> = packs.iter().map(|pack| pack.country.as_str()).collect();
        assert_eq!(countries, ["DE", "DK", "EU", "GR", "SE", "UK", "US"]);
        let zones = packs.iter().flat_map(|pack| &pack.zones).flat_map(|zones| &zones.names);
        assert!(zones.into_iter().all(|zone| TimeZone::get(zone).is_ok()));
    }

    #[test]
    fn a_pack_of_ones_own_stands_in_the_place_of_the_built_in_one() {
        let folder = tempfile::tempdir().unwrap();
        let germany = workspace::built_in("packs/DE.toml").unwrap();
        std::fs::write(folder.path().join("own.toml"), germany.replacen("2026-11-22", "own", 1)).unwrap();
        let packs = with_folder(folder.path()).unwrap();
        assert_eq!((packs.get("DE").unwrap().version.as_str(), packs.iter().count()), ("own", 7));
        std::fs::write(folder.path().join("second.toml"), germany).unwrap();
        assert!(matches!(with_folder(folder.path()), Err(PacksError::Twice { country, .. }) if country == "DE"));
        let zone = germany.replacen("Europe/Berlin", "Europe/Berlyn", 1);
        std::fs::write(folder.path().join("own.toml"), zone).unwrap();
        assert!(matches!(with_folder(folder.path()), Err(PacksError::Zone { zone, .. }) if zone == "Europe/Berlyn"));
        let empty = tempfile::tempdir().unwrap();
        assert!(matches!(with_folder(empty.path()), Err(PacksError::Empty(_))));
    }
}
