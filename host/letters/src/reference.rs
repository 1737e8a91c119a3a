//! What a payer quotes: structured references with their check digits, and plain ones.

use std::fmt;

use thiserror::Error;

/// A payment reference. The structured ones are valid by construction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// Any words: invoice numbers, most often.
    Plain(String),
    /// ISO 11649: `RF18539007547034`.
    Rf(String),
    /// A Danish payment slip of kind 71: 15 digits, then the creditor's number of 8.
    Fik { number: String, creditor: String },
    /// A Swedish reference of the bankgiro: digits with a check digit at the end.
    Ocr(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReferenceError {
    #[error("`{0}` cannot be an RF reference: it takes 1 to 21 letters and digits")]
    Rf(String),
    #[error("`{0}` cannot be a payment slip's number: it takes 1 to 14 digits")]
    Fik(String),
    #[error("`{0}` is not a creditor's number on a payment slip: it has 8 digits")]
    FikCreditor(String),
    #[error("`{0}` cannot be an OCR number: it takes 1 to 23 digits")]
    Ocr(String),
}

impl Reference {
    /// An RF reference from a body such as an invoice number (ISO 11649: check digits 98 less the remainder by 97).
    pub fn rf(body: &str) -> Result<Self, ReferenceError> {
        let body = body.to_ascii_uppercase();
        if !(1..=21).contains(&body.len()) || !body.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(ReferenceError::Rf(body));
        }
        let check = 98 - remainder_97(&format!("{body}RF00"));
        Ok(Self::Rf(format!("RF{check:02}{body}")))
    }

    /// A slip of kind 71 from a number of up to 14 digits: filled with zeros, then the check digit by Luhn.
    pub fn fik(number: &str, creditor: &str) -> Result<Self, ReferenceError> {
        if !(1..=14).contains(&number.len()) || !all_digits(number) {
            return Err(ReferenceError::Fik(number.to_owned()));
        }
        if creditor.len() != 8 || !all_digits(creditor) {
            return Err(ReferenceError::FikCreditor(creditor.to_owned()));
        }
        let data = format!("{number:0>14}");
        Ok(Self::Fik { number: format!("{data}{}", luhn(&data)), creditor: creditor.to_owned() })
    }

    /// An OCR number with its check digit. `with_length`: the digit before it is the whole length modulo ten, as some
    /// agreements with the bank ask for.
    pub fn ocr(number: &str, with_length: bool) -> Result<Self, ReferenceError> {
        if !(1..=23).contains(&number.len()) || !all_digits(number) {
            return Err(ReferenceError::Ocr(number.to_owned()));
        }
        let length = if with_length { ((number.len() + 2) % 10).to_string() } else { String::new() };
        let data = format!("{number}{length}");
        Ok(Self::Ocr(format!("{data}{}", luhn(&data))))
    }

    /// Reads what an invoice says should be quoted: structured if its form and its check digits say so, else as it is.
    /// An OCR number is only digits, as invoice numbers are too, so nothing is taken for one that did not say so.
    pub fn read(text: &str) -> Self {
        let bare: String = text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>().to_uppercase();
        if is_rf(&bare) {
            return Self::Rf(bare);
        }
        let slip =
            bare.strip_prefix("+71<").and_then(|rest| rest.strip_suffix('<')).and_then(|rest| rest.split_once('+'));
        if let Some((number, creditor)) = slip
            && number.len() == 15
            && creditor.len() == 8
            && all_digits(creditor)
            && has_luhn(number)
        {
            return Self::Fik { number: number.to_owned(), creditor: creditor.to_owned() };
        }
        Self::Plain(text.to_owned())
    }

    /// Without the groups that paper has: what a machine reads.
    pub fn bare(&self) -> String {
        match self {
            Self::Plain(text) | Self::Rf(text) | Self::Ocr(text) => text.clone(),
            Self::Fik { number, creditor } => format!("+71<{number}+{creditor}<"),
        }
    }
}

/// As it is printed: RF in groups of four.
impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rf(text) => f.write_str(&crate::notation::iban(text)),
            other => f.write_str(&other.bare()),
        }
    }
}

/// Whether a text without spaces is an RF reference whose check digits fit.
pub fn is_rf(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("RF") else { return false };
    if !(3..=23).contains(&rest.len()) || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return false;
    }
    let (check, body) = rest.split_at(2);
    all_digits(check) && remainder_97(&format!("{body}RF{check}")) == 1
}

/// Whether an IBAN has the form and the check digits of one (ISO 13616), spaces aside.
pub fn is_iban(text: &str) -> bool {
    let bare: String = text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>().to_uppercase();
    if !(15..=34).contains(&bare.len()) || !bare.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return false;
    }
    let (head, body) = bare.split_at(4);
    let (country, check) = head.split_at(2);
    country.bytes().all(|byte| byte.is_ascii_uppercase())
        && all_digits(check)
        && remainder_97(&format!("{body}{head}")) == 1
}

/// Luhn: from the right every second digit is doubled, the rightmost first.
fn luhn(digits: &str) -> u32 {
    let sum: u32 = digits
        .bytes()
        .rev()
        .map(|byte| u32::from(byte.saturating_sub(b'0')))
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { digit })
        .sum();
    (10 - sum % 10) % 10
}

fn has_luhn(number: &str) -> bool {
    all_digits(number)
        && number
            .split_at_checked(number.len().saturating_sub(1))
            .is_some_and(|(data, check)| check == luhn(data).to_string())
}

/// Letters count as two digits, `A` as 10.
fn remainder_97(text: &str) -> u32 {
    text.chars()
        .filter_map(|letter| letter.to_digit(36))
        .fold(0, |rest, value| if value < 10 { (rest * 10 + value) % 97 } else { (rest * 100 + value) % 97 })
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rf_has_its_check_digits() {
        for (body, whole) in [
            ("539007547034", "RF18539007547034"),
            ("20260001234", "RF2520260001234"),
            ("INV20260042", "RF73INV20260042"),
        ] {
            assert_eq!(Reference::rf(body).unwrap().bare(), whole);
            assert!(is_rf(whole));
            assert_eq!(Reference::read(whole), Reference::Rf(whole.to_owned()));
        }
        assert_eq!(Reference::rf("539007547034").unwrap().to_string(), "RF18\u{a0}5390\u{a0}0754\u{a0}7034");
        assert!(!is_rf("RF19539007547034"));
        assert!(Reference::rf("INV-7").is_err(), "a hyphen is no letter or digit");
        assert!(Reference::rf(&"1".repeat(22)).is_err());
    }

    #[test]
    fn a_danish_slip_ends_with_luhn() {
        // 1 doubled is 2: 8 is missing to 10. 2 doubled is 4: 6 is missing.
        assert_eq!(luhn("1"), 8);
        assert_eq!(luhn("2"), 6);
        let slip = Reference::fik("1234567", "12345678").unwrap();
        assert_eq!(slip.bare(), "+71<000000012345674+12345678<");
        assert_eq!(Reference::read("+71< 000000012345674 + 12345678 <"), slip);
        assert_eq!(
            Reference::read("+71<000000012345675+12345678<"),
            Reference::Plain("+71<000000012345675+12345678<".to_owned())
        );
        assert!(Reference::fik("12a", "12345678").is_err());
        assert!(Reference::fik("1", "1234567").is_err());
    }

    #[test]
    fn a_swedish_number_may_have_its_length() {
        assert_eq!(Reference::ocr("123456", false).unwrap().bare(), "1234566");
        assert_eq!(Reference::ocr("123456", true).unwrap().bare(), "12345682");
        assert_eq!(Reference::ocr("10011", true).unwrap().bare(), "1001171");
        assert!(Reference::ocr("", false).is_err());
    }

    #[test]
    fn an_iban_is_checked() {
        assert!(is_iban("DE02 1203 0000 0000 2020 51"));
        assert!(!is_iban("DE03 1203 0000 0000 2020 51"));
        assert!(!is_iban("DE02"));
    }
}
