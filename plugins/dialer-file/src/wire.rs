//! The CSV of call lists, withdrawals and results, as it is: header row, quoted where needed (RFC 4180), UTF-8.

use dunlin_plugin_sdk::{Error, Result};
use serde::Deserialize;

/// Columns of a call list; `list_id` follows when it is configured.
pub const CALL_COLUMNS: [&str; 13] = [
    "lead_id",
    "rank",
    "phone",
    "name",
    "country",
    "language",
    "amount_due",
    "currency",
    "days_past_due",
    "invoices",
    "reason",
    "expires_on",
    "account",
];

pub const WITHDRAWAL_COLUMNS: [&str; 4] = ["lead_id", "phone", "account", "reason"];

/// Without these a result says nothing.
const NEEDED_RESULT_COLUMNS: [&str; 4] = ["result_id", "account", "disposition", "called_at"];

/// One row of a result file. Columns stand in any order; a missing one counts as empty, a foreign one is ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ResultRow {
    pub result_id: String,
    pub lead_id: String,
    pub account: String,
    pub disposition: String,
    pub called_at: String,
    pub duration_s: String,
    pub agent: String,
    pub promise_amount: String,
    pub promise_currency: String,
    pub promise_date: String,
    pub invoice: String,
    pub dispute_amount: String,
    pub dispute_currency: String,
    pub dispute_reason: String,
    pub stop_medium: String,
    pub note: String,
}

/// What separates the cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "char")]
pub struct Delimiter(u8);

impl Default for Delimiter {
    fn default() -> Delimiter {
        Delimiter(b',')
    }
}

impl TryFrom<char> for Delimiter {
    type Error = String;

    fn try_from(sign: char) -> std::result::Result<Delimiter, String> {
        match u8::try_from(sign) {
            Ok(byte) if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"'\r\n.-+".contains(&byte) => {
                Ok(Delimiter(byte))
            }
            _ => Err(format!("`{sign}` cannot separate cells; usual are `,`, `;`, `|` and a tab")),
        }
    }
}

/// A CSV file with these columns.
pub fn write_table(columns: &[&str], rows: &[Vec<String>], delimiter: Delimiter) -> Result<Vec<u8>> {
    let broken = |error: csv::Error| Error::broken(format!("a list that cannot be written: {error}"));
    let mut table = csv::WriterBuilder::new().delimiter(delimiter.0).from_writer(Vec::new());
    table.write_record(columns).map_err(broken)?;
    for row in rows {
        table.write_record(row.iter().map(|cell| harmless(cell))).map_err(broken)?;
    }
    table.into_inner().map_err(|error| Error::broken(format!("a list that cannot be written: {error}")))
}

/// Number (the header is row 1) and content of a row, or what is wrong with it.
pub type NumberedRow = (usize, std::result::Result<ResultRow, String>);

/// The rows of a result file. Err: the file as a whole is none.
pub fn read_results(bytes: &[u8], delimiter: Delimiter) -> std::result::Result<Vec<NumberedRow>, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| format!("not UTF-8 at byte {}", error.valid_up_to()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut table = table(text.as_bytes(), delimiter);
    let header = table.headers().map_err(|error| format!("no header row: {error}"))?;
    let header: csv::StringRecord = header.iter().map(str::to_ascii_lowercase).collect();
    let missing: Vec<_> =
        NEEDED_RESULT_COLUMNS.into_iter().filter(|needed| !header.iter().any(|c| c == *needed)).collect();
    if !missing.is_empty() {
        return Err(format!("the header row lacks `{}`; it has `{}`", missing.join("`, `"), join(&header)));
    }
    let row = |record: csv::Result<csv::StringRecord>| {
        let record = record.map_err(|error| reason(&error))?;
        let record: csv::StringRecord = record.iter().map(as_meant).collect();
        record.deserialize(Some(&header)).map_err(|error| reason(&error))
    };
    Ok(table.records().enumerate().map(|(index, record)| (index + 2, row(record))).collect())
}

/// The first cells of a call list: the keys that it carries.
pub fn lead_ids(bytes: &[u8], delimiter: Delimiter) -> Vec<String> {
    let mut table = table(bytes, delimiter);
    table.records().filter_map(|record| Some(as_meant(record.ok()?.get(0)?).to_owned())).collect()
}

fn table(bytes: &[u8], delimiter: Delimiter) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().delimiter(delimiter.0).trim(csv::Trim::All).from_reader(bytes)
}

/// A spreadsheet runs a cell that begins like a formula; an apostrophe before it keeps it a text. Numbers and telephone
/// numbers stay as they are.
fn harmless(cell: &str) -> String {
    if looks_like_formula(cell) { format!("'{cell}") } else { cell.to_owned() }
}

/// The cell without the apostrophe that [`harmless`] put before it.
fn as_meant(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| looks_like_formula(rest)).unwrap_or(cell)
}

fn looks_like_formula(cell: &str) -> bool {
    // What begins with apostrophes before a formula counts as one too, so that reading undoes writing in every case.
    let bare = cell.trim_start_matches('\'');
    bare.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number(bare) && !is_phone(bare)
}

fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_phone(cell: &str) -> bool {
    cell.strip_prefix('+').is_some_and(|rest| {
        rest.starts_with(|first: char| first.is_ascii_digit())
            && rest.chars().all(|sign| sign.is_ascii_digit() || " ()-./".contains(sign))
    })
}

fn reason(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} cells where the header row has {expected_len}")
        }
        _ => error.to_string(),
    }
}

fn join(record: &csv::StringRecord) -> String {
    record.iter().collect::<Vec<_>>().join("`, `")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_made_harmless_and_read_back_as_they_were() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("-2+3", "'-2+3"),
            ("'=x", "''=x"),
            ("-12.50", "-12.50"),
            ("+49 (40) 123-456", "+49 (40) 123-456"),
            ("O'Neill", "O'Neill"),
            ("'quoted'", "'quoted'"),
            ("", ""),
        ] {
            assert_eq!(harmless(cell), written);
            assert_eq!(as_meant(written), cell);
        }
    }

    #[test]
    fn columns_stand_in_any_order_and_a_bad_row_is_only_itself() {
        let bytes = "\u{feff}Account; Disposition ;called_at;RESULT_ID;colour\nC1;busy;2026-03-02T10:00:00;R1;red\nC2;busy\nC3;busy;2026-03-02T10:00:00;\"R;3\";\n";
        let rows = read_results(bytes.as_bytes(), Delimiter(b';')).unwrap();
        assert_eq!(rows.len(), 3);
        let row = rows[0].1.as_ref().unwrap();
        assert_eq!((row.account.as_str(), row.result_id.as_str(), row.note.as_str()), ("C1", "R1", ""));
        assert_eq!(rows[1], (3, Err("2 cells where the header row has 5".to_owned())));
        assert_eq!(rows[2].1.as_ref().unwrap().result_id, "R;3");
    }

    #[test]
    fn what_is_no_result_file_is_refused_whole() {
        let refused = |bytes: &[u8]| read_results(bytes, Delimiter::default()).unwrap_err();
        assert_eq!(
            refused(b"result_id,when\n1,2\n"),
            "the header row lacks `account`, `disposition`, `called_at`; it has `result_id`, `when`"
        );
        assert_eq!(refused(b"result_id\xff,account\n"), "not UTF-8 at byte 9");
        assert!(refused(b"").starts_with("the header row lacks"));
    }

    #[test]
    fn a_letter_cannot_separate() {
        assert_eq!(Delimiter::try_from(';'), Ok(Delimiter(b';')));
        assert_eq!(Delimiter::try_from('\t'), Ok(Delimiter(b'\t')));
        for sign in ['a', '1', '"', '\n', 'ä', '.'] {
            assert!(Delimiter::try_from(sign).is_err(), "{sign:?}");
        }
    }
}
