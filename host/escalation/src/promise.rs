//! A promise to pay: it holds the ladder until it is kept or broken.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{InvoiceNumber, PromiseId};
use crate::money::Money;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    pub id: PromiseId,
    pub amount: Money,
    pub made_on: Date,
    pub due_on: Date,
    /// Empty: for the account as a whole.
    #[serde(default)]
    pub invoices: Vec<InvoiceNumber>,
    #[serde(default)]
    pub text: String,
    #[serde(default)]
    pub state: PromiseState,
    /// Cash that came in for it since it was made.
    pub received: Money,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PromiseState {
    #[default]
    Running,
    Kept,
    PartlyKept,
    Broken,
    /// Another promise took its place.
    Superseded,
    /// A dispute, a placement or a person ended it.
    Cancelled,
}
