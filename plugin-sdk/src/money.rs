//! Money: whole minor units of a currency, read from decimals without a float.

use std::fmt;

use crate::{Error, Result};

/// An amount in the minor unit of its currency: cents for EUR, whole yen for JPY.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    pub minor: i64,
    /// ISO 4217, upper case.
    pub currency: String,
}

impl Money {
    pub fn new(minor: i64, currency: impl Into<String>) -> Money {
        Money { minor, currency: currency.into() }
    }

    /// A plain decimal with a point: `Money::parse("1200.50", "EUR")`.
    pub fn parse(text: &str, currency: &str) -> Result<Money> {
        Money::parse_with(text, currency, '.', None)
    }

    /// A decimal as it is written in a country: `Money::parse_with("1.200,50", "EUR", ',', Some('.'))`.
    ///
    /// The sign may stand before or behind. More digits than the currency has are taken only if they are zeros: an
    /// amount is never rounded here.
    pub fn parse_with(text: &str, currency: &str, decimal: char, group: Option<char>) -> Result<Money> {
        if currency.len() != 3 || !currency.bytes().all(|letter| letter.is_ascii_uppercase()) {
            return Err(Error::refused(format!("`{currency}` is not an ISO 4217 currency code")));
        }
        let minor = minor_units(text.trim(), decimals(currency), decimal, group)
            .map_err(|reason| Error::refused(format!("`{text}` is not an amount in {currency}: {reason}")))?;
        Ok(Money { minor, currency: currency.to_owned() })
    }

    /// The decimal alone, with a point: `1200.50`.
    pub fn plain(&self) -> String {
        let places = decimals(&self.currency);
        let scale = 10_u64.pow(places);
        let (sign, size) = (if self.minor < 0 { "-" } else { "" }, self.minor.unsigned_abs());
        match places {
            0 => format!("{sign}{size}"),
            _ => format!("{sign}{}.{:0width$}", size / scale, size % scale, width = places as usize),
        }
    }

    /// None on another currency or an overflow.
    pub fn checked_add(&self, other: &Money) -> Option<Money> {
        let minor = self.minor.checked_add(other.minor)?;
        (self.currency == other.currency).then(|| Money { minor, currency: self.currency.clone() })
    }

    /// None on another currency or an overflow.
    pub fn checked_sub(&self, other: &Money) -> Option<Money> {
        let minor = self.minor.checked_sub(other.minor)?;
        (self.currency == other.currency).then(|| Money { minor, currency: self.currency.clone() })
    }

    pub fn checked_neg(&self) -> Option<Money> {
        Some(Money { minor: self.minor.checked_neg()?, currency: self.currency.clone() })
    }

    pub fn is_zero(&self) -> bool {
        self.minor == 0
    }

    pub fn is_negative(&self) -> bool {
        self.minor < 0
    }

    pub fn is_positive(&self) -> bool {
        self.minor > 0
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.plain(), self.currency)
    }
}

/// Digits after the decimal sign, by ISO 4217 (list one, amendment 177); two for what is not listed here.
pub fn decimals(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    }
}

fn minor_units(text: &str, places: u32, decimal: char, group: Option<char>) -> std::result::Result<i64, &'static str> {
    let (negative, digits) = match (text.strip_prefix(['-', '\u{2212}']), text.strip_suffix('-')) {
        (Some(rest), None) => (true, rest),
        (None, Some(rest)) => (true, rest),
        (Some(_), Some(_)) => return Err("it has two signs"),
        (None, None) => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once(decimal).unwrap_or((digits, ""));
    let fraction_kept = fraction.trim_end_matches('0');
    if fraction_kept.len() > places as usize {
        return Err("it has more decimals than the currency");
    }
    let mut whole_digits = String::with_capacity(whole.len());
    for (index, part) in group.map_or(vec![whole], |sign| whole.split(sign).collect()).into_iter().enumerate() {
        if index > 0 && part.len() != 3 {
            return Err("a group has not three digits");
        }
        whole_digits.push_str(part);
    }
    if whole_digits.is_empty() && fraction.is_empty() {
        return Err("it has no digits");
    }
    if !whole_digits.bytes().chain(fraction.bytes()).all(|digit| digit.is_ascii_digit()) {
        return Err("it has other signs than digits");
    }
    let padding = std::iter::repeat_n(b'0', places as usize - fraction_kept.len());
    let mut minor: i64 = 0;
    for digit in whole_digits.bytes().chain(fraction_kept.bytes()).chain(padding) {
        minor = minor
            .checked_mul(10)
            .and_then(|value| value.checked_add(i64::from(digit - b'0')))
            .ok_or("it is too large")?;
    }
    Ok(if negative { -minor } else { minor })
}

#[cfg(target_arch = "wasm32")]
impl crate::mirror::Mirror for Money {
    type Wire = crate::guest::wire::types::Money;

    fn to_wire(self) -> Self::Wire {
        crate::guest::wire::types::Money { minor: self.minor, currency: self.currency }
    }

    fn from_wire(wire: Self::Wire) -> Result<Money> {
        Ok(Money { minor: wire.minor, currency: wire.currency })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_without_rounding() {
        let minor = |text, currency| Money::parse(text, currency).map(|money| money.minor).map_err(|e| e.message);
        assert_eq!(minor("1200.50", "EUR"), Ok(120_050));
        assert_eq!(minor(" 1200.5 ", "EUR"), Ok(120_050));
        assert_eq!(minor("1200", "EUR"), Ok(120_000));
        assert_eq!(minor("-0.01", "EUR"), Ok(-1));
        assert_eq!(minor("0.01-", "EUR"), Ok(-1));
        assert_eq!(minor(".5", "USD"), Ok(50));
        assert_eq!(minor("1200", "JPY"), Ok(1200));
        assert_eq!(minor("1200.00", "JPY"), Ok(1200));
        assert_eq!(minor("1.234", "KWD"), Ok(1234));
        assert_eq!(minor("1200.5000", "EUR"), Ok(120_050));
        assert_eq!(
            minor("1.005", "EUR"),
            Err("`1.005` is not an amount in EUR: it has more decimals than the currency".to_owned())
        );
        assert_eq!(minor("1", "eur"), Err("`eur` is not an ISO 4217 currency code".to_owned()));
        for bad in ["", "-", ".", "1,5", "1e3", "--1", "-1-", "1.2.3", "99999999999999999999", "1 000"] {
            assert!(Money::parse(bad, "EUR").is_err(), "{bad}");
        }
    }

    #[test]
    fn countries_write_amounts_their_way() {
        let minor = |text, decimal, group| Money::parse_with(text, "EUR", decimal, group).map(|money| money.minor);
        assert_eq!(minor("1.234.567,89", ',', Some('.')), Ok(123_456_789));
        assert_eq!(minor("1 200,50", ',', Some(' ')), Ok(120_050));
        assert_eq!(minor("1'200.50", '.', Some('\'')), Ok(120_050));
        assert_eq!(minor("1200,50", ',', Some('.')), Ok(120_050));
        assert!(minor("12.00", ',', Some('.')).is_err());
    }

    #[test]
    fn what_is_written_reads_as_it_was() {
        for (minor, currency, plain) in [
            (120_050, "EUR", "1200.50"),
            (-5, "EUR", "-0.05"),
            (7, "JPY", "7"),
            (-1, "KWD", "-0.001"),
            (i64::MIN + 1, "EUR", "-92233720368547758.07"),
        ] {
            let money = Money::new(minor, currency);
            assert_eq!(money.plain(), plain);
            assert_eq!(Money::parse(plain, currency), Ok(money));
        }
        assert_eq!(Money::new(120_050, "EUR").to_string(), "1200.50 EUR");
    }

    #[test]
    fn sums_stay_in_one_currency() {
        let euro = Money::new(5, "EUR");
        assert_eq!(euro.checked_add(&Money::new(2, "EUR")), Some(Money::new(7, "EUR")));
        assert_eq!(euro.checked_sub(&Money::new(7, "EUR")), Some(Money::new(-2, "EUR")));
        assert_eq!(euro.checked_add(&Money::new(2, "SEK")), None);
        assert_eq!(euro.checked_add(&Money::new(i64::MAX, "EUR")), None);
    }
}
