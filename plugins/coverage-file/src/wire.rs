//! The CSV of enquiries and answers, as it is: header row, quoted where needed (RFC 4180), UTF-8.

use dunlin_plugin_sdk::{Error, Result};
use serde::Deserialize;

pub const ENQUIRY_COLUMNS: [&str; 8] =
    ["enquiry_id", "account", "appointment", "service_date", "payer", "member", "name", "service"];

/// Without these an answer says nothing.
const NEEDED_ANSWER_COLUMNS: [&str; 5] = ["answer_id", "account", "appointment", "status", "checked_on"];

/// One row of an answer file. A missing column counts as empty, a foreign one is ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AnswerRow {
    pub answer_id: String,
    pub enquiry_id: String,
    pub account: String,
    pub appointment: String,
    pub status: String,
    pub checked_on: String,
    pub payer: String,
    pub member: String,
    pub active_from: String,
    pub active_until: String,
    pub note: String,
}

/// Number (the header is row 1) and content of a row, or what is wrong with it.
pub type NumberedRow = (usize, std::result::Result<AnswerRow, String>);

pub fn write(rows: &[[String; 8]]) -> Result<Vec<u8>> {
    let broken = |error: csv::Error| Error::broken(format!("enquiries that cannot be written: {error}"));
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(ENQUIRY_COLUMNS).map_err(broken)?;
    for row in rows {
        table.write_record(row.iter().map(|cell| harmless(cell))).map_err(broken)?;
    }
    table.into_inner().map_err(|error| Error::broken(format!("enquiries that cannot be written: {error}")))
}

/// The rows of an answer file. Err: the file as a whole is none.
pub fn read(bytes: &[u8]) -> std::result::Result<Vec<NumberedRow>, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| format!("not UTF-8 at byte {}", error.valid_up_to()))?;
    let mut table = table(text.strip_prefix('\u{feff}').unwrap_or(text).as_bytes());
    let header = table.headers().map_err(|error| format!("no header row: {error}"))?;
    let header: csv::StringRecord = header.iter().map(str::to_ascii_lowercase).collect();
    let missing: Vec<_> =
        NEEDED_ANSWER_COLUMNS.into_iter().filter(|needed| !header.iter().any(|column| column == *needed)).collect();
    if !missing.is_empty() {
        return Err(format!("the header row lacks `{}`", missing.join("`, `")));
    }
    let row = |record: csv::Result<csv::StringRecord>| {
        let record = record.map_err(|error| error.to_string())?;
        let record: csv::StringRecord = record.iter().map(as_meant).collect();
        record.deserialize(Some(&header)).map_err(|error| error.to_string())
    };
    Ok(table.records().enumerate().map(|(index, record)| (index + 2, row(record))).collect())
}

/// The first cells of an enquiry file.
pub fn enquiry_ids(bytes: &[u8]) -> Vec<String> {
    table(bytes).records().filter_map(|record| Some(as_meant(record.ok()?.get(0)?).to_owned())).collect()
}

fn table(bytes: &[u8]) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes)
}

/// A spreadsheet runs a cell that begins like a formula; an apostrophe before it keeps it a text.
fn harmless(cell: &str) -> String {
    if looks_like_formula(cell) { format!("'{cell}") } else { cell.to_owned() }
}

fn as_meant(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| looks_like_formula(rest)).unwrap_or(cell)
}

fn looks_like_formula(cell: &str) -> bool {
    // What begins with apostrophes before a formula counts as one too, so that reading undoes writing in every case.
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}
