//! A law firm's authority to write for the creditor: without one on record a letter in its name would mislead.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::party::Party;

/// The template of a letter that a law firm signs: it goes out only under a mandate.
pub const LAW_FIRM_LETTER: &str = "law-firm-letter";

/// Given to a firm for one account, put on record by a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mandate {
    /// Name, address and contact of the firm.
    pub firm: Party,
    /// The firm's own number of the matter.
    pub file: String,
    pub given_on: Date,
}
