//! What the tests see of the exchange: the files, read without the code that wrote them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder of its own that is removed at the end.
pub(super) struct Folder(PathBuf);

static COUNT: AtomicU32 = AtomicU32::new(0);

impl Folder {
    pub(super) fn new() -> Self {
        let name = format!("dunlin-town-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(super) fn join(&self, path: impl AsRef<Path>) -> PathBuf {
        self.0.join(path)
    }

    /// All files by their place in the folder.
    pub(super) fn contents(&self) -> BTreeMap<PathBuf, String> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.0.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let text = fs::read_to_string(&path).unwrap();
                    found.insert(path.strip_prefix(&self.0).unwrap().to_owned(), text);
                }
            }
        }
        found
    }

    pub(super) fn restore(&self, contents: &BTreeMap<PathBuf, String>) {
        self.contents().keys().for_each(|path| fs::remove_file(self.join(path)).unwrap());
        contents.iter().for_each(|(path, text)| fs::write(self.join(path), text).unwrap());
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Names and texts in a folder, processed or not, by name.
pub(super) fn texts(folder: &Folder, inside: &str) -> Vec<(String, String)> {
    let all = folder.contents();
    let mut texts: Vec<(String, String)> = all
        .into_iter()
        .filter(|(path, _)| path.starts_with(inside))
        .map(|(path, text)| (path.file_name().unwrap().to_str().unwrap().to_owned(), text))
        .collect();
    texts.sort();
    texts
}

pub(super) fn values<'a>(text: &'a str, element: &str) -> Vec<&'a str> {
    let close = format!("</{element}>");
    let opened = |part: &'a str| {
        let value = &part[part.rfind('>')? + 1..];
        let tag = &part[..part.rfind('>')?];
        let name = tag.rsplit('<').next()?.split(' ').next()?;
        (name == element).then_some(value)
    };
    let parts: Vec<&str> = text.split(close.as_str()).collect();
    parts[..parts.len() - 1].iter().filter_map(|part| opened(part)).collect()
}

pub(super) fn minor(decimal: &str) -> i64 {
    assert_eq!(decimal.rsplit_once('.').unwrap().1.len(), 2, "`{decimal}`");
    decimal.replace('.', "").parse().unwrap()
}

pub(super) fn amounts(text: &str, element: &str) -> Vec<i64> {
    values(text, element).into_iter().map(minor).collect()
}

pub(super) fn assert_well_formed(name: &str, text: &str) {
    let mut reader = quick_xml::Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => return,
            Ok(_) => {}
            Err(error) => panic!("`{name}`: {error}"),
        }
    }
}

pub(super) struct Statement {
    pub name: String,
    pub currency: String,
    pub opening: i64,
    pub closing: i64,
    pub credits: i64,
    pub debits: i64,
}

/// All camt.053 statements, in their order.
pub(super) fn statements(folder: &Folder) -> Vec<Statement> {
    let files = texts(folder, "exchange/bank").into_iter().filter(|(name, _)| name.ends_with("camt053.xml"));
    files
        .map(|(name, text)| {
            assert_well_formed(&name, &text);
            let balances: Vec<i64> = text.split("<Bal>").skip(1).map(|part| amounts(part, "Amt")[0]).collect();
            let mut statement = Statement {
                currency: values(&text, "Ccy")[0].to_owned(),
                opening: balances[0],
                closing: balances[1],
                credits: 0,
                debits: 0,
                name,
            };
            for entry in text.split("<Ntry>").skip(1) {
                let details: Vec<i64> = entry.split("<TxDtls>").skip(1).map(|part| amounts(part, "Amt")[0]).collect();
                let amount = amounts(entry, "Amt")[0];
                assert_eq!(amount, details.iter().sum::<i64>(), "an entry of `{}`", statement.name);
                match (entry.contains("<Cd>BOOK</Cd>"), values(entry, "CdtDbtInd")[0]) {
                    (true, "CRDT") => statement.credits += amount,
                    (true, _) => statement.debits += amount,
                    (false, _) => assert!(entry.contains("<Cd>PDNG</Cd>")),
                }
            }
            statement
        })
        .collect()
}

pub(super) struct AgencyFile {
    pub name: String,
    /// Gross, commission and net by currency; the number of records under no currency.
    pub stated: BTreeMap<String, [i64; 3]>,
    pub counted: BTreeMap<String, [i64; 3]>,
}

pub(super) fn agency_files(folder: &Folder) -> Vec<AgencyFile> {
    texts(folder, "exchange/agency/incoming").into_iter().map(|(name, text)| agency_file(name, &text)).collect()
}

fn agency_file(name: String, text: &str) -> AgencyFile {
    let (mut stated, mut counted) = (BTreeMap::new(), BTreeMap::new());
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
    let mut records = 0;
    for row in &rows {
        let three = |from: usize| [minor(&row[from]), minor(&row[from + 1]), minor(&row[from + 2])];
        let (currency, amounts, sign) = match &row[0] {
            "H" | "T" => continue,
            "C" => (&row[4], three(5), 1),
            "V" => (&row[5], three(6), -1),
            _ => {
                records += 1;
                continue;
            }
        };
        records += 1;
        let sum: &mut [i64; 3] = counted.entry(currency.to_owned()).or_default();
        sum.iter_mut().zip(amounts).for_each(|(sum, amount)| *sum += sign * amount);
    }
    for row in rows.iter().filter(|row| &row[0] == "T") {
        assert_eq!(row[1].parse::<i64>().unwrap(), records, "`{name}`");
        if row.len() > 2 {
            stated.insert(row[2].to_owned(), [minor(&row[3]), minor(&row[4]), minor(&row[5])]);
        }
    }
    AgencyFile { name, stated, counted }
}
