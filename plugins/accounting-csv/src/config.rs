//! How one accounting package writes its lists: the operator's configuration, checked once.

use std::collections::BTreeMap;

use dunlin_plugin_sdk::{Error, Result};
use encoding_rs::Encoding;
use serde::Deserialize;

use crate::wire::day::Format;

/// Lines before the header.
const MAX_SKIP: usize = 1_000;
/// Kinds of a debtor that the contract knows.
const KINDS: [&str; 4] = ["business", "consumer", "sole-trader", "public-authority"];

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Between cells: one ASCII character.
    #[serde(default = "comma")]
    pub delimiter: char,
    /// `,` or `.`; the other one, a space or an apostrophe may separate thousands.
    #[serde(default = "point")]
    pub decimal: char,
    /// A byte order mark at the start of a file is believed rather than this.
    #[serde(default = "utf_8")]
    pub encoding: String,
    #[serde(default = "iso_date")]
    pub date_format: String,
    /// Lines above the header row.
    #[serde(default)]
    pub skip_rows: usize,
    /// For rows without a currency.
    pub default_currency: Option<String>,
    /// For debtors without one; ISO 3166-1 alpha-2.
    pub default_country: Option<String>,
    /// The list has every open item: one that is no longer in it is paid.
    #[serde(default)]
    pub full_list: bool,
    /// What two rows with the same debtor and number mean.
    #[serde(default)]
    pub repeated: Repeated,
    pub as_of: AsOf,
    pub columns: Columns,
    #[serde(default)]
    pub sides: Sides,
    /// The package's words for the kind of a debtor, each with the word of the contract.
    #[serde(default)]
    pub kinds: BTreeMap<String, String>,
}

/// Where the day stands that a list speaks of. A later day wins over an earlier one.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AsOf {
    /// A pattern anywhere in the file's name, such as `YYYYMMDD` or `YYYYMMDDhhmm`.
    FileName(String),
    /// A column with the same day in every row.
    Column(String),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeated {
    /// Nobody can say; all of them are refused.
    #[default]
    Refuse,
    /// They are parts of one item: the open amounts are added.
    Add,
}

/// The header of each column, as the package writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    pub number: String,
    pub debtor_id: String,
    pub debtor_name: String,
    pub issued_on: String,
    pub open: String,
    pub due_on: Option<String>,
    pub total: Option<String>,
    pub currency: Option<String>,
    /// Debit or credit; see `sides`.
    pub side: Option<String>,
    /// One column a line.
    #[serde(default)]
    pub address: Vec<String>,
    pub country: Option<String>,
    pub language: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub vat_id: Option<String>,
    pub kind: Option<String>,
    pub payment_reference: Option<String>,
    /// What was sold: an article number or a product group.
    pub product: Option<String>,
}

/// What the cells of the column `side` say; an empty cell is a debit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sides {
    pub debit: Vec<String>,
    pub credit: Vec<String>,
}

impl Default for Sides {
    fn default() -> Self {
        let words = |words: [&str; 5]| words.map(str::to_owned).to_vec();
        Self { debit: words(["S", "D", "DR", "Soll", "Debit"]), credit: words(["H", "C", "CR", "Haben", "Credit"]) }
    }
}

/// A configuration that was checked.
#[derive(Debug)]
pub struct Layout<'c> {
    pub config: &'c Config,
    pub delimiter: u8,
    pub encoding: &'static Encoding,
    pub date: Format,
    /// None: a column says it.
    pub as_of_name: Option<Format>,
}

impl<'c> Layout<'c> {
    pub fn new(config: &'c Config) -> Result<Self> {
        let delimiter = u8::try_from(config.delimiter).ok().filter(|sign| sign.is_ascii() && *sign != b'"');
        let delimiter = delimiter.ok_or_else(|| wrong("delimiter", config.delimiter, "one ASCII character"))?;
        if !matches!(config.decimal, ',' | '.') {
            return Err(wrong("decimal", config.decimal, "`,` or `.`"));
        }
        let encoding = Encoding::for_label(config.encoding.as_bytes());
        let known = "`utf-8`, `utf-16le`, `windows-1252`, `windows-1253`, `iso-8859-1`, `iso-8859-15` or alike";
        let encoding = encoding.ok_or_else(|| wrong("encoding", &config.encoding, known))?;
        if config.skip_rows > MAX_SKIP {
            return Err(wrong("skip_rows", config.skip_rows, &format!("at most {MAX_SKIP}")));
        }
        if let Some(code) = config.default_currency.as_ref().filter(|code| !is_code(code, 3)) {
            return Err(wrong("default_currency", code, "an ISO 4217 code such as `EUR`"));
        }
        if let Some(code) = config.default_country.as_ref().filter(|code| !is_code(code, 2)) {
            return Err(wrong("default_country", code, "an ISO 3166-1 code such as `DE`"));
        }
        if config.default_currency.is_none() && config.columns.currency.is_none() {
            let message = "neither `default_currency` nor `columns.currency` says in which currency the amounts are";
            return Err(Error::misconfigured(message).hint("set one of them"));
        }
        if let Some(kind) = config.kinds.values().find(|kind| !KINDS.contains(&kind.as_str())) {
            return Err(wrong("kinds", kind, &KINDS.map(|kind| format!("`{kind}`")).join(", ")));
        }
        let as_of_name = match &config.as_of {
            AsOf::FileName(pattern) => Some(format("as_of.file_name", pattern)?),
            AsOf::Column(_) => None,
        };
        Ok(Self { config, delimiter, encoding, date: format("date_format", &config.date_format)?, as_of_name })
    }

    /// The word of the contract for what stands in the column `kind`; empty when it is not known.
    pub fn kind(&self, word: &str) -> String {
        let mapped = self.config.kinds.get(word).map(String::as_str);
        mapped.or_else(|| KINDS.into_iter().find(|kind| *kind == word)).unwrap_or_default().to_owned()
    }
}

fn format(key: &str, pattern: &str) -> Result<Format> {
    Format::new(pattern)
        .map_err(|reason| wrong(key, pattern, &format!("year, month and day as `YYYY`, `MM`, `DD`; {reason}")))
}

fn is_code(text: &str, letters: usize) -> bool {
    text.len() == letters && text.bytes().all(|letter| letter.is_ascii_uppercase())
}

fn wrong(key: &str, found: impl std::fmt::Display, allowed: &str) -> Error {
    Error::misconfigured(format!("`{key}` is `{found}`; allowed: {allowed}"))
        .hint("correct the `[config]` part of this plugin")
}

fn comma() -> char {
    ','
}

fn point() -> char {
    '.'
}

fn utf_8() -> String {
    "utf-8".to_owned()
}

fn iso_date() -> String {
    "YYYY-MM-DD".to_owned()
}
