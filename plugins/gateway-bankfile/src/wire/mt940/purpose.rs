//! The text of an entry, `:86:`: German sub-fields with their keywords, or plain lines.

use crate::wire::Transaction;
use crate::wire::figures::{account, joined, provided, word};

/// Characters of a purpose sub-field that is full: what follows belongs to the same word.
const CHUNK_LEN: usize = 27;
/// German transaction codes of a direct debit that came back.
const RETURNED_DEBITS: [&str; 2] = ["108", "109"];
const KEYWORDS: [&str; 14] = [
    "EREF+", "KREF+", "MREF+", "CRED+", "DEBT+", "COAM+", "OAMT+", "SVWZ+", "ABWA+", "ABWE+", "IBAN+", "BIC+", "PURP+",
    "RREF+",
];

/// Adds to a transaction what its text says.
pub fn describe(transaction: &mut Transaction, lines: &[&str]) {
    let Some(parts) = Parts::read(lines) else {
        let before = std::mem::take(&mut transaction.details.text);
        transaction.details.text = joined(std::iter::once(before.as_str()).chain(lines.iter().copied()));
        return;
    };
    let purpose = Purpose::read(&parts.purpose);
    transaction.details.end_to_end = purpose.value("EREF+").and_then(provided);
    transaction.details.payer_account =
        parts.account.as_deref().or(purpose.value("IBAN+")).map(account).filter(|number| !number.is_empty());
    let behind = purpose.value("ABWA+").map(word);
    let name = Some(word(&parts.name)).filter(|name| !name.is_empty());
    for (keyword, note) in [("MREF+", "mandate"), ("KREF+", "customer-reference")] {
        if let Some(value) = purpose.value(keyword).and_then(provided) {
            transaction.details.notes.push((note, value));
        }
    }
    if let (Some(_), Some(behind)) = (&name, &behind) {
        transaction.details.notes.push(("ultimate-debtor", behind.clone()));
    }
    transaction.details.payer_name = name.or(behind);
    if let Some(said) = purpose.value("SVWZ+").or(purpose.plain()) {
        transaction.details.text = said.to_owned();
    }
    transaction.returned |= !transaction.credit && RETURNED_DEBITS.contains(&parts.code.as_str());
    if transaction.returned {
        transaction.details.reason = Some(parts.kind).filter(|kind| !kind.is_empty());
    }
}

/// `166?00GUTSCHRIFT?20EREF+…`: three digits, then sub-fields behind a separator that the bank chooses.
#[derive(Default)]
struct Parts {
    code: String,
    kind: String,
    purpose: String,
    account: Option<String>,
    name: String,
}

impl Parts {
    fn read(lines: &[&str]) -> Option<Parts> {
        // A line ends where it is full, even within a word.
        let whole = lines.concat();
        let code = whole.get(..3).filter(|code| code.bytes().all(|digit| digit.is_ascii_digit()))?;
        let rest = &whole[3..];
        let separator = rest.chars().next().filter(|sign| sign.is_ascii_punctuation())?;
        number(&rest[1..])?;
        let mut parts = Parts { code: code.to_owned(), ..Parts::default() };
        let mut last = 0u8;
        let mut full = false;
        for piece in rest[1..].split(separator) {
            let Some(field) = number(piece) else {
                // The separator was a letter of the text.
                parts.add(last, &format!("{separator}{piece}"), true);
                continue;
            };
            parts.add(field, &piece[2..], full);
            full = piece.chars().count() >= CHUNK_LEN + 2;
            last = field;
        }
        parts.purpose = parts.purpose.trim().to_owned();
        Some(parts)
    }

    /// `directly`: without a space before it.
    fn add(&mut self, field: u8, text: &str, directly: bool) {
        let goal = match field {
            0 => &mut self.kind,
            20..=29 | 60..=63 => &mut self.purpose,
            31 | 38 => self.account.get_or_insert_default(),
            32 | 33 => &mut self.name,
            _ => return,
        };
        if !directly && !goal.is_empty() && !goal.ends_with(' ') {
            goal.push(' ');
        }
        goal.push_str(text);
    }
}

fn number(piece: &str) -> Option<u8> {
    piece.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))?.parse().ok()
}

/// A purpose cut at its keywords.
struct Purpose<'a> {
    parts: Vec<(&'a str, &'a str)>,
}

impl<'a> Purpose<'a> {
    fn read(text: &'a str) -> Purpose<'a> {
        let mut starts: Vec<(usize, &str)> = KEYWORDS
            .into_iter()
            .filter_map(|keyword| Some((text.find(keyword)?, &text[text.find(keyword)?..][..keyword.len()])))
            .collect();
        starts.sort_unstable();
        let mut parts = vec![("", text[..starts.first().map_or(text.len(), |(place, _)| *place)].trim())];
        for (index, (place, keyword)) in starts.iter().enumerate() {
            let end = starts.get(index + 1).map_or(text.len(), |(next, _)| *next);
            parts.push((keyword, text[place + keyword.len()..end].trim()));
        }
        Purpose { parts }
    }

    fn value(&self, keyword: &str) -> Option<&'a str> {
        self.parts.iter().find(|(key, value)| *key == keyword && !value.is_empty()).map(|(_, value)| *value)
    }

    /// What stands before the first keyword.
    fn plain(&self) -> Option<&'a str> {
        self.value("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Details;
    use dunlin_plugin_sdk::Money;

    fn described(lines: &[&str], credit: bool) -> Transaction {
        let amount = Money::new(1, "EUR");
        let mut transaction = Transaction { amount, credit, returned: false, details: Details::default() };
        describe(&mut transaction, lines);
        transaction
    }

    #[test]
    fn german_sub_fields_are_put_together() {
        let lines = [
            "166?00GUTSCHRIFT?100399?20EREF+E2E-2026-000000000000?2101?22KREF",
            "+K1?23SVWZ+Rechnung INV-7 vom?241.3.2026 danke?30COBADEFFXXX?31",
            "DE02120300000000202051?32Anna?33 Berg GmbH?60ABWA+Berta Berg",
        ];
        let seen = described(&lines, true);
        assert_eq!(seen.details.end_to_end.as_deref(), Some("E2E-2026-000000000000 01"));
        assert_eq!(seen.details.text, "Rechnung INV-7 vom 1.3.2026 danke");
        assert_eq!(seen.details.payer_account.as_deref(), Some("DE02120300000000202051"));
        assert_eq!(seen.details.payer_name.as_deref(), Some("Anna Berg GmbH"));
        assert_eq!(
            seen.details.notes,
            [("customer-reference", "K1".to_owned()), ("ultimate-debtor", "Berta Berg".to_owned())]
        );
        assert!(!seen.returned);
    }

    #[test]
    fn a_full_sub_field_goes_on_without_a_space() {
        let seen = described(&["166?20EREF+E2E-2026-0000000000001?2123?22SVWZ+INV-7"], true);
        assert_eq!(seen.details.end_to_end.as_deref(), Some("E2E-2026-000000000000123"));
    }

    #[test]
    fn a_debit_that_came_back_says_so() {
        let seen = described(&["109?00RUECKLASTSCHRIFT?20EREF+E2E-1?21MREF+M-1?22SVWZ+RETURN?32ANNA BERG"], false);
        assert!(seen.returned);
        assert_eq!(seen.details.reason.as_deref(), Some("RUECKLASTSCHRIFT"));
        assert_eq!(seen.details.notes, [("mandate", "M-1".to_owned())]);
        assert!(!described(&["105?00LASTSCHRIFT?20SVWZ+Strom"], false).returned);
    }

    #[test]
    fn plain_lines_stay_text() {
        let seen = described(&["PAYMENT INV-7", "ANNA BERG"], true);
        assert_eq!(seen.details.text, "PAYMENT INV-7 ANNA BERG");
        assert_eq!(described(&["166", "INV-7"], true).details.text, "166 INV-7");
        assert_eq!(described(&["166?00X?20Warum? INV-7"], true).details.text, "Warum? INV-7");
        assert_eq!(described(&["166?00X?20INV-7 ohne?21Kennwort"], true).details.text, "INV-7 ohne Kennwort");
    }
}
