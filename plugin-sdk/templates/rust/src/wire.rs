//! Acme's format as it is.

use serde::Deserialize;

/// A field that Acme adds later does no harm.
#[derive(Debug, Deserialize)]
pub struct Row {
    /// Grows with every event.
    pub id: u64,
    pub kind: String,
    /// `2026-03-02`.
    pub day: String,
    #[serde(default)]
    pub text: String,
}
