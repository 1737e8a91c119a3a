//! Amounts, days, counts and names, as every bank format writes them.

use dunlin_plugin_sdk::{Date, Money};

/// Bytes of a name or reference; camt has 140 at most, in letters that may take two bytes.
const WORD_MAX: usize = 200;
/// Words that banks write where a reference is missing or stands elsewhere, compared without regard to case.
const PLACEHOLDERS: [&str; 10] =
    ["NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOREF", "NONE", "-", "EREF", "EREF+", "KREF", "KREF+"];

/// An unsigned decimal with a point. camt allows five decimals; only those that the currency has may differ from zero.
pub fn money(text: &str, currency: &str) -> Result<Money, String> {
    positive(Money::parse(text, currency).map_err(|why| why.message)?, text)
}

/// An unsigned decimal with a comma, as MT940 has it.
pub fn money_with_comma(text: &str, currency: &str) -> Result<Money, String> {
    positive(Money::parse_with(text, currency, ',', None).map_err(|why| why.message)?, text)
}

fn positive(amount: Money, text: &str) -> Result<Money, String> {
    if amount.is_negative() { Err(format!("`{text}` is negative; a sign stands beside an amount")) } else { Ok(amount) }
}

/// The amount with its effect on the account.
pub fn signed(amount: Money, credit: bool) -> Money {
    // An amount is never negative, so that its negation fits.
    if credit { amount } else { Money { minor: -amount.minor, ..amount } }
}

/// `2026-03-04`, with or without a time or zone behind it: the bank's calendar day.
pub fn date(text: &str) -> Result<Date, String> {
    let wrong = || format!("`{text}` is not a day such as `2026-03-04`");
    text.get(..10).ok_or_else(wrong)?.parse().map_err(|_| wrong())
}

pub fn count(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("`{text}` is not a number of entries"))
}

/// An account number without the spaces that people write into it.
pub fn account(text: &str) -> String {
    let letters = text.chars().filter(|letter| !letter.is_whitespace() && !letter.is_control());
    let number: String = letters.map(|letter| letter.to_ascii_uppercase()).collect();
    cut(&number, WORD_MAX).to_owned()
}

/// A name or reference as the hub takes it: one line, single spaces, bounded.
pub fn word(text: &str) -> String {
    let mut word = String::new();
    for part in text.split(|sign: char| sign.is_whitespace() || sign.is_control()).filter(|part| !part.is_empty()) {
        if !word.is_empty() {
            word.push(' ');
        }
        word.push_str(part);
    }
    cut(&word, WORD_MAX).trim_end().to_owned()
}

/// The beginning of a text, at most so many bytes.
pub fn cut(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
}

/// A reference, unless it says that there is none.
pub fn provided(text: &str) -> Option<String> {
    let text = word(text);
    let missing = text.is_empty() || PLACEHOLDERS.iter().any(|word| word.eq_ignore_ascii_case(&text));
    (!missing).then_some(text)
}

/// Lines that belong together, a space between them.
pub fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for line in lines.map(str::trim).filter(|line| !line.is_empty()) {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(line);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_and_unsigned() {
        assert_eq!(money("1200.50000", "EUR"), Ok(Money::new(120_050, "EUR")));
        assert_eq!(
            money("1.001", "EUR").unwrap_err(),
            "`1.001` is not an amount in EUR: it has more decimals than the currency"
        );
        assert_eq!(money("-1", "EUR").unwrap_err(), "`-1` is negative; a sign stands beside an amount");
        assert_eq!(money_with_comma("1200,", "JPY"), Ok(Money::new(1200, "JPY")));
        assert_eq!(money_with_comma("0,5", "EUR"), Ok(Money::new(50, "EUR")));
        assert!(money_with_comma("1200.50", "EUR").is_err());
    }

    #[test]
    fn a_day_may_carry_a_time() {
        let day = Date::constant(2026, 3, 4);
        assert_eq!(date("2026-03-04"), Ok(day));
        assert_eq!(date("2026-03-04T23:59:59+02:00"), Ok(day));
        assert_eq!(date("2026-02-30").unwrap_err(), "`2026-02-30` is not a day such as `2026-03-04`");
        assert!(date("2026-3-4").is_err());
        assert!(date("März 2026, am vierten").is_err());
    }

    #[test]
    fn a_missing_reference_is_none() {
        assert_eq!(provided("NotProvided"), None);
        assert_eq!(provided(" INV-7 "), Some("INV-7".to_owned()));
        assert_eq!(provided("INV\n  7\u{1}8"), Some("INV 7 8".to_owned()));
    }

    #[test]
    fn names_are_one_bounded_line() {
        assert_eq!(word(" Anna\n\tBerg "), "Anna Berg");
        assert_eq!(word(&"ä".repeat(200)), "ä".repeat(100));
        assert_eq!(account("de02 1203\u{a0}0000\n"), "DE0212030000");
    }
}
