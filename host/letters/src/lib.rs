//! Every word that a debtor reads: one text and the facts of an account become an e-mail, a page and a PDF.
//!
//! A **template** (`<language>/<template>.txt`) is filled with the **facts** of a letter and becomes **blocks**: paragraphs, the
//! table of items, the payment box. The blocks are written three times, as plain text, as HTML and as a page that Typst
//! sets; so the three cannot say different things. Nothing leaves before it was looked at: what a country requires must be
//! there, and what nobody should read must not.
//!
//! The modules, in reading order:

pub mod facts;
pub mod ledger;
pub mod notation;
pub mod reference;
pub mod qr;
pub mod words;
pub mod templates;
pub mod kind;
pub mod block;
pub mod text;
pub mod html;
pub mod sheet;
pub mod press;
pub mod required;
pub mod tone;
pub mod sample;
pub mod error;
mod load;
mod values;

pub use error::LetterError;
pub use facts::Facts;
pub use kind::Kind;
pub use reference::Reference;
pub use templates::{Letters, Written};

/// The language that every template must exist in.
pub const FALLBACK: &str = "en";
