//! The exchange: the only place where town and hub meet. The town reads what was left for it and leaves files of its own.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::TownError;

/// Files of one folder that are looked at in a day; more than this in one folder is no demo any more.
const FILES_PER_FOLDER_MAX: usize = 200_000;
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A file that the town wants to leave in the exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Delivery {
    /// Folder and name inside the exchange, with `/`.
    pub folder: String,
    pub name: String,
    pub text: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    root: PathBuf,
}

impl Exchange {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// The names in a folder, sorted; a folder that is not there is empty.
    pub(crate) fn names(&self, folder: &str, ending: &str) -> Result<Vec<String>, TownError> {
        let path = self.root.join(folder);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(TownError::File { path, source }),
        };
        let mut names = Vec::new();
        for entry in entries.take(FILES_PER_FOLDER_MAX) {
            let entry = entry.map_err(|source| TownError::File { path: path.clone(), source })?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // A name with a leading dot is still being written.
            if name.ends_with(ending) && !name.starts_with('.') {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    pub(crate) fn path(&self, folder: &str, name: &str) -> PathBuf {
        self.root.join(folder).join(name)
    }

    /// None: it was taken away since its folder was read.
    pub(crate) fn read(&self, folder: &str, name: &str) -> Result<Option<Vec<u8>>, TownError> {
        let path = self.path(folder, name);
        match fs::metadata(&path) {
            Ok(facts) if facts.len() > FILE_BYTES_MAX => {
                return Err(TownError::Unreadable {
                    path,
                    place: "size".to_owned(),
                    reason: format!("larger than {FILE_BYTES_MAX} bytes"),
                });
            }
            _ => {}
        }
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(TownError::File { path, source }),
        }
    }

    /// A CSV file with a header row, its columns by name.
    pub(crate) fn table<T: DeserializeOwned>(&self, folder: &str, name: &str) -> Result<Vec<T>, TownError> {
        let Some(bytes) = self.read(folder, name)? else { return Ok(Vec::new()) };
        csv::Reader::from_reader(bytes.as_slice())
            .deserialize()
            .enumerate()
            .map(|(row, found)| found.map_err(|error| self.unreadable(folder, name, row + 2, &error)))
            .collect()
    }

    /// A CSV file of records of different kinds and lengths.
    pub(crate) fn records(&self, folder: &str, name: &str) -> Result<Vec<csv::StringRecord>, TownError> {
        let Some(bytes) = self.read(folder, name)? else { return Ok(Vec::new()) };
        csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(bytes.as_slice())
            .records()
            .enumerate()
            .map(|(row, found)| found.map_err(|error| self.unreadable(folder, name, row + 1, &error)))
            .collect()
    }

    pub(crate) fn unreadable(&self, folder: &str, name: &str, line: usize, why: &dyn std::fmt::Display) -> TownError {
        TownError::Unreadable { path: self.path(folder, name), place: format!("line {line}"), reason: why.to_string() }
    }

    /// Leaves a file, whole or not at all. One that is there already, or was already taken, is not left again.
    pub(crate) fn deliver(&self, delivery: &Delivery, scratch: &Path) -> Result<(), TownError> {
        let folder = self.root.join(&delivery.folder);
        let seen = ["", "processed", "quarantine"];
        if seen.iter().any(|place| folder.join(place).join(&delivery.name).exists()) {
            return Ok(());
        }
        fs::create_dir_all(&folder).map_err(|source| TownError::File { path: folder.clone(), source })?;
        write_whole(&folder.join(&delivery.name), scratch, delivery.text.as_bytes())
    }
}

/// Written beside, then moved into place: nobody ever sees half of it.
pub(crate) fn write_whole(path: &Path, scratch: &Path, bytes: &[u8]) -> Result<(), TownError> {
    let written = fs::File::create(scratch).and_then(|mut file| file.write_all(bytes));
    written.map_err(|source| TownError::File { path: scratch.to_owned(), source })?;
    fs::rename(scratch, path).map_err(|source| TownError::File { path: path.to_owned(), source })
}

/// Rows of a CSV file as text.
pub(crate) fn csv_text<R, C>(rows: R) -> String
where
    R: IntoIterator<Item = C>,
    C: IntoIterator,
    C::Item: AsRef<[u8]>,
{
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in rows {
        // Writing into memory cannot fail.
        let _ = writer.write_record(row);
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_taken_is_not_left_again() {
        let folder = std::env::temp_dir().join(format!("dunlin-town-exchange-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("bank/processed")).unwrap();
        let exchange = Exchange::new(folder.clone());
        let scratch = folder.join("scratch");
        let file = |name: &str| Delivery { folder: "bank".to_owned(), name: name.to_owned(), text: "new".to_owned() };
        fs::write(folder.join("bank/processed/a.xml"), "old").unwrap();
        exchange.deliver(&file("a.xml"), &scratch).unwrap();
        exchange.deliver(&file("b.xml"), &scratch).unwrap();
        assert_eq!(exchange.names("bank", ".xml").unwrap(), ["b.xml"]);
        assert_eq!(exchange.names("nowhere", ".xml").unwrap(), [] as [&str; 0]);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn rows_of_different_lengths_are_one_file() {
        let rows = [vec!["H", "1"], vec!["K", "a, b", ""]];
        assert_eq!(csv_text(rows), "H,1\nK,\"a, b\",\n");
    }
}
