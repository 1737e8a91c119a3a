//! What a status code of the agency means.

use dunlin_plugin_sdk::{Error, Result};
use std::collections::BTreeMap;

/// A note without a meaning of its own, in both directions.
pub const NOTE: &str = "*CC:W122";
/// All codes begin so; the letter behind it is the family.
const PREFIX: &str = "*CC:";
/// Codes that end the agency's work.
const CLOSING: char = 'C';

/// As the exchange's users write them; README.md says where they were found.
const KNOWN: [(&str, &str); 16] = [
    ("*CC:S101", "accepted"),
    ("*CC:C102", "recalled"),
    ("*CC:C111", "recalled"),
    ("*CC:S106", "disputed"),
    ("*CC:S115", "disputed"),
    ("*CC:C101", "closed:insolvent"),
    ("*CC:C104", "closed:deceased"),
    ("*CC:C105", "closed:uncollectable"),
    ("*CC:C107", "closed:legal-problem"),
    ("*CC:C109", "closed:collected"),
    ("*CC:C118", "closed:collected"),
    ("*CC:C135", "closed:cease-and-desist"),
    ("*CC:C140", "closed:military-service"),
    ("*CC:C163", "closed:deceased"),
    ("*CC:C196", "closed:litigation-risk"),
    (NOTE, "note"),
];

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    Accepted,
    Rejected,
    Recalled,
    Disputed,
    Closed(String),
    Note,
}

/// The codes of the exchange, and what the operator knows beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codes(BTreeMap<String, Meaning>);

impl Codes {
    pub fn new(own: &BTreeMap<String, String>) -> Result<Codes> {
        let mut codes = BTreeMap::new();
        let own = own.iter().map(|(code, word)| (code.as_str(), word.as_str()));
        for (code, word) in KNOWN.into_iter().chain(own) {
            let Some(meaning) = meaning(word) else {
                return Err(Error::misconfigured(format!("`codes`: `{code}` means `{word}`, which is not known"))
                    .hint("`accepted`, `rejected`, `recalled`, `disputed`, `note`, or `closed:` and a reason"));
            };
            codes.insert(code.to_owned(), meaning);
        }
        Ok(Codes(codes))
    }

    /// A code that nobody knows is a note of the diary, unless it may end the agency's work. The error is for a person.
    pub fn meaning(&self, code: &str) -> std::result::Result<Meaning, String> {
        if let Some(meaning) = self.0.get(code) {
            return Ok(meaning.clone());
        }
        match code.strip_prefix(PREFIX).and_then(|rest| rest.chars().next()) {
            Some(CLOSING) => Err(format!("is the closing code `{code}`, which is not known: add it to `codes`")),
            Some(_) => Ok(Meaning::Note),
            None => Err(format!("is `{code}`, which is no status code: they begin with `{PREFIX}`")),
        }
    }
}

fn meaning(word: &str) -> Option<Meaning> {
    Some(match word {
        "accepted" => Meaning::Accepted,
        "rejected" => Meaning::Rejected,
        "recalled" => Meaning::Recalled,
        "disputed" => Meaning::Disputed,
        "note" => Meaning::Note,
        _ => match word.strip_prefix("closed:").map(str::trim) {
            Some(reason) if (1..=60).contains(&reason.len()) => Meaning::Closed(reason.to_owned()),
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_end_the_work_is_not_guessed() {
        let own = BTreeMap::from([("*CC:C199".to_owned(), "closed: moved away".to_owned())]);
        let codes = Codes::new(&own).unwrap();
        assert_eq!(codes.meaning("*CC:C199"), Ok(Meaning::Closed("moved away".to_owned())));
        assert_eq!(codes.meaning("*CC:S101"), Ok(Meaning::Accepted));
        assert_eq!(codes.meaning("*CC:W100"), Ok(Meaning::Note));
        assert!(codes.meaning("*CC:C198").unwrap_err().contains("add it to `codes`"));
        assert!(codes.meaning("S101").unwrap_err().contains("no status code"));
        assert!(codes.meaning("").is_err());
    }

    #[test]
    fn a_meaning_that_does_not_exist_is_named() {
        for word in ["close", "closed:", "closed: "] {
            let own = BTreeMap::from([("*CC:C199".to_owned(), word.to_owned())]);
            assert!(Codes::new(&own).unwrap_err().message.contains("`*CC:C199` means"));
        }
    }
}
