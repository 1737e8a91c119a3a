//! The words of a language that all its letters share: labels, lines of lists, the closing, the route for objections.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::LetterError;

/// `<language>/words.toml`. Every key must be there; the texts with `{{ }}` are templates of one line or paragraph.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    // the sheet
    pub date: String,
    pub customer: String,
    pub phone: String,
    pub email: String,
    pub vat_id: String,
    pub file: String,
    pub page: String,
    pub on_behalf: String,
    // the table of items
    pub invoice: String,
    pub issued: String,
    pub due: String,
    pub original: String,
    pub open: String,
    pub principal: String,
    pub total: String,
    // the payment box
    pub payment: String,
    pub amount: String,
    pub pay_to: String,
    pub pay_by: String,
    pub reference: String,
    pub slip: String,
    pub ocr: String,
    pub scan: String,
    // statement, plan, correspondence
    pub entry: String,
    pub balance: String,
    pub movement_payment: String,
    pub movement_credit: String,
    pub movement_other: String,
    pub instalment: String,
    pub what: String,
    pub how: String,
    pub signature: String,
    // lines and paragraphs, filled
    pub item_line: String,
    /// The fee that a law allows for a reminder or demand.
    pub reminder_fee: String,
    pub interest_line: String,
    pub fee_line: String,
    pub compensation_line: String,
    pub movement_line: String,
    pub instalment_line: String,
    pub history_line: String,
    pub dispute: String,
    pub privacy: String,
    pub closing: String,
    /// What a contact's medium is called.
    pub media: Media,
    /// What a contact was about: the policy's levels, by id.
    pub levels: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Media {
    pub email: String,
    pub letter: String,
    pub registered_letter: String,
    pub sms: String,
    pub call: String,
}

/// The texts of [`Words`] that are filled, by key.
pub const FILLED: [&str; 9] = [
    "item_line",
    "interest_line",
    "fee_line",
    "compensation_line",
    "movement_line",
    "instalment_line",
    "history_line",
    "dispute",
    "privacy",
];

/// The words that come with the program, for a folder that has none of its own.
const BUILT_IN: [(&str, &str); 5] = [
    ("en", include_str!("../../../config/letters/en/words.toml")),
    ("de", include_str!("../../../config/letters/de/words.toml")),
    ("el", include_str!("../../../config/letters/el/words.toml")),
    ("da", include_str!("../../../config/letters/da/words.toml")),
    ("sv", include_str!("../../../config/letters/sv/words.toml")),
];

/// The built-in words of a language.
pub fn built_in(language: &str) -> Option<&'static str> {
    BUILT_IN.iter().find(|(name, _)| *name == language).map(|(_, text)| *text)
}

impl Words {
    /// Reads the words of a language; `file` is named where they are wrong.
    pub fn parse(text: &str, file: &std::path::Path) -> Result<Self, LetterError> {
        toml::from_str(text).map_err(|error: toml::de::Error| {
            let line = error
                .span()
                .and_then(|span| text.get(..span.start))
                .map_or(1, |before| before.matches('\n').count() + 1);
            LetterError::File { file: file.to_owned(), line, why: error.message().to_owned() }
        })
    }

    /// The text of a key of [`FILLED`].
    pub fn filled(&self, key: &str) -> &str {
        match key {
            "item_line" => &self.item_line,
            "interest_line" => &self.interest_line,
            "fee_line" => &self.fee_line,
            "compensation_line" => &self.compensation_line,
            "movement_line" => &self.movement_line,
            "instalment_line" => &self.instalment_line,
            "history_line" => &self.history_line,
            "dispute" => &self.dispute,
            _ => &self.privacy,
        }
    }

    /// What a level is called; one that has no word is named by its id.
    pub fn level(&self, id: &str) -> String {
        self.levels.get(id).cloned().unwrap_or_else(|| id.replace('-', " "))
    }

    /// What a medium is called; one that has no word is named as it is recorded.
    pub fn medium<'a>(&'a self, medium: &'a str) -> &'a str {
        match medium {
            "email" => &self.media.email,
            "letter" => &self.media.letter,
            "registered-letter" => &self.media.registered_letter,
            "sms" => &self.media.sms,
            "call" => &self.media.call,
            other => other,
        }
    }
}
