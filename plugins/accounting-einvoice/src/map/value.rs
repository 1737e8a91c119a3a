//! Amounts, days and percentages as e-invoices write them.

use dunlin_plugin_sdk::{Date, Money};

use super::flaw;
use crate::wire::{Field, Flaw};

/// An amount in the currency of the document; one that names another currency is refused.
pub fn money(field: &Field, currency: &Field) -> Result<Money, Flaw> {
    // CII puts a currency on few amounts, UBL on all of them.
    if !field.qualifier.is_empty() && field.qualifier != currency.text {
        let reason = format!("the amount is in `{}`, the document in `{}`", field.qualifier, currency.text);
        return Err(flaw(field, reason));
    }
    Money::parse(&field.text, &currency.text).map_err(|error| flaw(field, error.message))
}

/// `2026-01-31` (UBL, with or without a time zone) or `20260131` (CII, format 102).
pub fn date(field: &Field) -> Result<Date, Flaw> {
    parse_date(&field.text).ok_or_else(|| {
        let format = match field.qualifier.as_str() {
            "" | "102" => String::new(),
            other => format!(" in format `{other}`"),
        };
        flaw(field, format!("`{}`{format} is not a day such as `2026-01-31` or `20260131`", field.text))
    })
}

fn parse_date(text: &str) -> Option<Date> {
    let digits: String = match text.as_bytes() {
        [_, _, _, _, b'-', _, _, b'-', _, _, zone @ ..] if is_zone(zone) => {
            text.get(..10)?.split('-').collect::<Vec<_>>().concat()
        }
        [_, _, _, _, _, _, _, _] => text.to_owned(),
        _ => return None,
    };
    if digits.len() != 8 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    Date::new(digits[..4].parse().ok()?, digits[4..6].parse().ok()?, digits[6..].parse().ok()?).ok()
}

/// The time zone that an XML date may carry: `Z`, `+01:00`.
fn is_zone(text: &[u8]) -> bool {
    matches!(text, [] | [b'Z'] | [b'+' | b'-', b'0'..=b'9', b'0'..=b'9', b':', b'0'..=b'9', b'0'..=b'9'])
}

/// A percentage above 0 and up to 100, as plain digits; None when it is not one.
pub fn percent(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| (1..=6).contains(&part.len()) && part.bytes().all(|digit| digit.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    let number: u32 = whole.parse().ok()?;
    let rest = fraction.bytes().any(|digit| digit != b'0');
    let in_range = if rest { number < 100 } else { (1..=100).contains(&number) };
    in_range.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn field(text: &str, qualifier: &str) -> Field {
        Field { text: text.to_owned(), qualifier: qualifier.to_owned(), element: "cbc:X".to_owned(), line: 3 }
    }

    #[test]
    fn both_ways_to_write_a_day_are_read() {
        let day = Date::new(2026, 1, 31).unwrap();
        for text in ["2026-01-31", "20260131", "2026-01-31Z", "2026-01-31+01:00"] {
            assert_eq!(date(&field(text, "102")), Ok(day), "{text}");
        }
        for text in ["2026-02-30", "31.01.2026", "2026-1-31", "2026-01-31T00:00", "202601311", "2026013é"] {
            assert!(date(&field(text, "")).is_err(), "{text}");
        }
        let told = date(&field("202601", "610")).unwrap_err().to_string();
        assert!(told.starts_with("line 3, `cbc:X`: `202601` in format `610`"), "{told}");
    }

    #[test]
    fn an_amount_in_another_currency_is_refused() {
        let euro = field("EUR", "");
        assert_eq!(money(&field("-12.50", "EUR"), &euro), Ok(Money::new(-1250, "EUR")));
        assert_eq!(money(&field("12.5000", ""), &euro), Ok(Money::new(1250, "EUR")));
        assert!(money(&field("12.50", "SEK"), &euro).unwrap_err().reason.contains("`SEK`"));
        assert!(money(&field("12.505", "EUR"), &euro).unwrap_err().reason.contains("more decimals"));
    }

    #[test]
    fn a_percentage_is_more_than_nothing_and_not_more_than_all() {
        for good in ["2", "2.00", "0.5", "100", "100.00", "99.99"] {
            assert_eq!(percent(good).as_deref(), Some(good));
        }
        for bad in ["0", "0.00", "100.01", "101", "-2", "2%", "2,5", "", ".5", "2.", "1e1"] {
            assert_eq!(percent(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            let _ = (date(&field(&text, "")), percent(&text), money(&field(&text, ""), &field("EUR", "")));
        }

        #[test]
        fn an_amount_comes_back_as_it_was_written(minor in -1_000_000_000_000_i64..1_000_000_000_000) {
            let amount = Money::new(minor, "EUR");
            prop_assert_eq!(money(&field(&amount.plain(), "EUR"), &field("EUR", "")), Ok(amount));
        }
    }
}
