//! The agency's files as they are: CSV whose first cell names the record, with a trailer that must agree.

pub mod incoming;
pub mod outgoing;
mod trailer;

/// Why a file cannot be taken, and the line in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub line: u64,
    pub reason: String,
}

impl Fault {
    pub fn at(line: u64, reason: impl Into<String>) -> Self {
        Fault { line, reason: reason.into() }
    }
}

/// The sign between cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
pub enum Delimiter {
    #[default]
    #[serde(rename = ",")]
    Comma,
    #[serde(rename = ";")]
    Semicolon,
    #[serde(rename = "\t")]
    Tab,
}

impl Delimiter {
    fn byte(self) -> u8 {
        match self {
            Delimiter::Comma => b',',
            Delimiter::Semicolon => b';',
            Delimiter::Tab => b'\t',
        }
    }
}

/// The version of the format, in the second cell of every header.
const VERSION: &str = "1";
