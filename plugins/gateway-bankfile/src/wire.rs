//! Bank files as they are: the format is found by content, and every format says the same in the end.

mod camt;
mod charset;
pub mod figures;
mod mt940;
mod xml;

pub use charset::Charset;
use dunlin_plugin_sdk::{Date, Money};

/// Why a file cannot be taken, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line, with the element or tag where there is one.
    pub place: String,
    pub reason: String,
}

impl Fault {
    /// `element`: its name or tag, or nothing.
    pub fn at(line: u32, element: &str, reason: impl Into<String>) -> Self {
        let place = if element.is_empty() { format!("line {line}") } else { format!("line {line}, `{element}`") };
        Fault { place, reason: reason.into() }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

/// What a bank says about one account and one stretch of time.
#[derive(Debug)]
pub struct Statement {
    pub line: u32,
    pub id: String,
    pub account: String,
    pub from: Date,
    pub until: Date,
    /// None: a notice, which lists entries and no balances.
    pub balances: Option<Balances>,
    pub stated: Stated,
    pub entries: Vec<Entry>,
}

/// Negative: the account is overdrawn.
#[derive(Debug)]
pub struct Balances {
    pub opening: Money,
    pub closing: Money,
}

/// The control sums of a statement, as far as the bank states them.
#[derive(Debug, Default)]
pub struct Stated {
    /// The sum is of amounts without their sign.
    pub all: Sum,
    pub credits: Sum,
    pub debits: Sum,
    /// Credits less debits.
    pub net: Option<Money>,
}

#[derive(Debug, Default)]
pub struct Sum {
    pub entries: Option<u32>,
    pub amount: Option<Money>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Booked,
    Pending,
    Information,
}

/// One line of the account. It has at least one transaction; several are a batch.
#[derive(Debug)]
pub struct Entry {
    pub line: u32,
    /// Never negative.
    pub amount: Money,
    pub credit: bool,
    pub status: Status,
    pub booked_on: Date,
    pub value_on: Date,
    pub bank_reference: Option<String>,
    pub entry_reference: Option<String>,
    pub transactions: Vec<Transaction>,
}

#[derive(Debug)]
pub struct Transaction {
    /// Never negative, in the currency of the entry.
    pub amount: Money,
    pub credit: bool,
    /// It undoes an earlier one.
    pub returned: bool,
    pub details: Details,
}

/// Who paid and for what, as far as the bank knows.
#[derive(Debug, Default)]
pub struct Details {
    pub references: Vec<String>,
    pub end_to_end: Option<String>,
    pub bank_reference: Option<String>,
    pub payer_name: Option<String>,
    pub payer_account: Option<String>,
    pub text: String,
    pub reason: Option<String>,
    pub notes: Vec<(&'static str, String)>,
}

/// Reads a bank file. `charset` is that of MT940, which does not say it; XML says its own.
pub fn read(content: &[u8], charset: Charset) -> Result<Vec<Statement>, Fault> {
    if charset::is_xml(content) {
        return camt::read(&charset::xml(content)?);
    }
    let text = charset::text(content, charset)?;
    if mt940::is_it(&text) {
        return mt940::read(&text);
    }
    Err(Fault::at(1, "", "neither XML nor MT940: expected camt.053, camt.054 or MT940"))
}
