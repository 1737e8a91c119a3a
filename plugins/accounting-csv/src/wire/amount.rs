//! Amounts as people and packages write them.

use dunlin_plugin_sdk::Money;

/// Signs and words of a currency that may stand beside an amount.
const SIGNS: [&str; 6] = ["€", "$", "£", "kr.", "kr", "Kr"];

/// `1.234,56`, `1 234,56`, `1'234.56`, `(12.00)`, `12,00-`, `12.00 CR`, `12,00 €`. The error is a reason for a refusal.
pub fn parse(text: &str, currency: &str, decimal: char) -> Result<Money, String> {
    let written = text.replace(['\u{a0}', '\u{202f}', '\u{2009}'], " ").replace('\u{2212}', "-");
    let mut rest = written.trim();
    let mut negative = false;
    if let Some(inside) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        (rest, negative) = (inside.trim(), true);
    }
    rest = without_currency(rest, currency);
    if let Some(credit) = without_word(rest, "CR") {
        (rest, negative) = (credit, one_sign(negative, text)?);
    } else if let Some(debit) = without_word(rest, "DR") {
        rest = debit;
    }
    if let Some(inside) = rest.strip_prefix('-').or_else(|| rest.strip_suffix('-')) {
        (rest, negative) = (inside.trim(), one_sign(negative, text)?);
    }
    rest = without_currency(rest, currency);
    if !rest.starts_with(|sign: char| sign.is_ascii_digit() || sign == decimal || sign == '+') {
        return Err(format!("`{text}` is not an amount"));
    }
    let other = if decimal == ',' { '.' } else { ',' };
    let group = [' ', '\''].into_iter().find(|sign| rest.contains(*sign)).unwrap_or(other);
    let amount = Money::parse_with(rest, currency, decimal, Some(group)).map_err(|error| error.message)?;
    match negative {
        true => amount.checked_neg().ok_or_else(|| format!("`{text}` is too large")),
        false => Ok(amount),
    }
}

fn one_sign(negative: bool, text: &str) -> Result<bool, String> {
    if negative { Err(format!("`{text}` has two signs")) } else { Ok(true) }
}

fn without_currency<'t>(text: &'t str, currency: &str) -> &'t str {
    let one = |text: &'t str, sign: &str| text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)).map(str::trim);
    SIGNS.into_iter().chain([currency]).find_map(|sign| one(text, sign)).unwrap_or(text)
}

fn without_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let start = text.len().checked_sub(word.len())?;
    let (rest, end) = (text.get(..start)?, text.get(start..)?);
    end.eq_ignore_ascii_case(word).then(|| rest.trim())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn minor(text: &str, decimal: char) -> Option<i64> {
        parse(text, "EUR", decimal).ok().map(|money| money.minor)
    }

    #[test]
    fn amounts_of_many_countries_are_read() {
        for text in [
            "1234,56",
            "1.234,56",
            "1 234,56",
            "1\u{a0}234,56",
            "1\u{202f}234,56",
            "1'234,56",
            "1.234,56 €",
            "EUR 1.234,56",
        ] {
            assert_eq!(minor(text, ','), Some(123_456), "{text}");
        }
        for text in ["1234.56", "1,234.56", "$1,234.56", "1'234.56", "+1,234.56", "1,234.56 DR"] {
            assert_eq!(minor(text, '.'), Some(123_456), "{text}");
        }
        for text in [
            "-1,234.56",
            "1,234.56-",
            "(1,234.56)",
            "($1,234.56)",
            "-$1,234.56",
            "$-1,234.56",
            "1,234.56 CR",
            "1,234.56cr",
            "\u{2212}1,234.56",
            "- 1,234.56",
        ] {
            assert_eq!(minor(text, '.'), Some(-123_456), "{text}");
        }
        assert_eq!(minor("0,00", ','), Some(0));
        assert_eq!(minor(",5", ','), Some(50));
        assert_eq!(minor("1.234.567", ','), Some(123_456_700));
        assert_eq!(parse("1.234", "JPY", ',').unwrap().minor, 1234);
        assert_eq!(parse("100,00 kr", "SEK", ',').unwrap().minor, 10_000);
    }

    #[test]
    fn what_can_be_read_two_ways_is_refused() {
        for text in ["1.23", "12.34", "1,234", "1.2345,00", "1 2,00", "1.234 567,00", "1,2,3"] {
            assert_eq!(minor(text, ','), None, "{text}");
        }
        for text in ["", " ", "-", "()", "abc", "--1", "(-1)", "-1 CR", "1-2", "€", "12,345.6.7", "1e3", "NaN", "1-,"]
        {
            assert_eq!(minor(text, '.'), None, "{text}");
        }
    }

    fn grouped(digits: &str, group: &str) -> String {
        let parts: Vec<&str> =
            digits.as_bytes().rchunks(3).rev().map(|part| std::str::from_utf8(part).unwrap()).collect();
        parts.join(group)
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "\\PC{0,30}") {
            let _ = (minor(&text, ','), minor(&text, '.'));
        }

        #[test]
        fn an_amount_is_read_however_it_is_written(
            minor_units in -999_999_999_999_i64..1_000_000_000_000,
            point in any::<bool>(),
            group in 0..4_usize,
            sign in 0..4_usize,
        ) {
            let (decimal, other) = if point { ('.', ",") } else { (',', ".") };
            let size = minor_units.unsigned_abs();
            let whole = grouped(&(size / 100).to_string(), ["", other, "\u{a0}", "'"][group]);
            let plain = format!("{whole}{decimal}{:02}", size % 100);
            let text = match (minor_units < 0, sign) {
                (false, _) => plain,
                (true, 0) => format!("-{plain}"),
                (true, 1) => format!("{plain}-"),
                (true, 2) => format!("({plain})"),
                (true, _) => format!("{plain} CR"),
            };
            prop_assert_eq!(minor(&text, decimal), Some(minor_units), "{}", text);
        }
    }
}
