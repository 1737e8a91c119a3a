//! A percentage with at most four decimals, exact.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::fraction::Fraction;

/// In ten-thousandths of a percent: 9.75 % is 97 500. May be negative: reference rates were.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(i32);

/// Decimals of a percentage.
const DECIMALS: usize = 4;
/// Larger than any rate of law; a slip of the decimal point is not.
const WHOLE_MAX: i32 = 1_000;

impl Percent {
    pub const ZERO: Self = Self(0);

    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    pub fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// In thousandths of a percent, the nearest: 10.27 % is 10 270.
    pub fn thousandths(self) -> i64 {
        i64::from((self.0 + 5 * self.0.signum()) / 10)
    }

    /// As a share of one: 9.75 % is 39/400.
    pub fn share(self) -> Fraction {
        Fraction::new(i128::from(self.0), 1_000_000).unwrap_or(Fraction::ZERO)
    }
}

impl FromStr for Percent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no percentage: digits, at most one decimal point and {DECIMALS} decimals");
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|letter| letter.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(rest) || rest.len() > DECIMALS || digits.ends_with('.') {
            return Err(wrong());
        }
        let whole: i32 = whole.parse().map_err(|_| wrong())?;
        if whole > WHOLE_MAX {
            return Err(format!("`{text}` is more than {WHOLE_MAX} %"));
        }
        let rest: i32 = format!("{rest:0<DECIMALS$}").parse().map_err(|_| wrong())?;
        Ok(Self(sign * (whole * 10_000 + rest)))
    }
}

/// At least two decimals: `10.27`, `9.125`.
impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, rest) = (self.0.unsigned_abs() / 10_000, self.0.unsigned_abs() % 10_000);
        let rest = format!("{rest:04}");
        let (shown, more) = rest.split_at(2);
        write!(f, "{sign}{whole}.{shown}{}", more.trim_end_matches('0'))
    }
}

impl Serialize for Percent {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_read_and_written_exactly() {
        for (text, shown) in [("1.27", "1.27"), ("9", "9.00"), ("-0.88", "-0.88"), ("9.125", "9.125"), ("0.5", "0.50")]
        {
            assert_eq!(text.parse::<Percent>().unwrap().to_string(), shown);
        }
        for wrong in ["", "1,27", "1.27%", "1.", "--1", "1.23456", "1001", "1e3"] {
            assert!(wrong.parse::<Percent>().is_err(), "{wrong}");
        }
        assert_eq!("9.75".parse::<Percent>().unwrap().share(), Fraction::new(39, 400).unwrap());
    }
}
