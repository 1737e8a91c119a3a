//! Exact fractions: interest is one until it is rounded, once.

use std::fmt;

/// A fraction in its lowest terms, its sign above the line. Every operation says `None` instead of running over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction {
    over: i128,
    under: i128,
}

impl Fraction {
    pub const ZERO: Self = Self { over: 0, under: 1 };

    /// `over / under`; none when `under` is 0.
    pub fn new(over: i128, under: i128) -> Option<Self> {
        if under == 0 {
            return None;
        }
        let shared = shared(over.checked_abs()?, under.checked_abs()?);
        let sign = under.signum();
        Some(Self { over: over / shared * sign, under: under / shared * sign })
    }

    pub fn whole(number: i64) -> Self {
        Self { over: i128::from(number), under: 1 }
    }

    pub fn plus(self, other: Self) -> Option<Self> {
        let left = self.over.checked_mul(other.under)?;
        let right = other.over.checked_mul(self.under)?;
        Self::new(left.checked_add(right)?, self.under.checked_mul(other.under)?)
    }

    pub fn times(self, other: Self) -> Option<Self> {
        Self::new(self.over.checked_mul(other.over)?, self.under.checked_mul(other.under)?)
    }

    pub fn is_negative(self) -> bool {
        self.over < 0
    }

    /// The nearest whole number; a half goes away from zero.
    pub fn rounded(self) -> Option<i64> {
        let twice = self.over.checked_abs()?.checked_mul(2)?.checked_add(self.under)?;
        i64::try_from(twice / self.under.checked_mul(2)? * self.over.signum()).ok()
    }

    /// For people: a decimal with so many places, rounded for show only.
    pub fn decimal(self, places: u32) -> Option<String> {
        let scale = 10i128.checked_pow(places)?;
        let shown = Self::new(self.over.checked_mul(scale)?, self.under)?.rounded()?;
        let digits = format!("{:0>width$}", shown.unsigned_abs(), width = places as usize + 1);
        let (whole, rest) = digits.split_at(digits.len() - places as usize);
        let sign = if shown < 0 { "-" } else { "" };
        Some(if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") })
    }
}

/// `421/5`, and `7` for `7/1`.
impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.under == 1 { write!(f, "{}", self.over) } else { write!(f, "{}/{}", self.over, self.under) }
    }
}

/// The greatest number that divides both; at least 1.
fn shared(mut a: i128, mut b: i128) -> i128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(over: i128, under: i128) -> Fraction {
        Fraction::new(over, under).unwrap()
    }

    #[test]
    fn fractions_are_kept_in_lowest_terms_with_their_sign_above() {
        assert_eq!(of(6, -8), of(-3, 4));
        assert_eq!(of(1, 3).plus(of(1, 6)), Some(of(1, 2)));
        assert_eq!(of(2, 3).times(of(3, 4)), Some(of(1, 2)));
        assert_eq!((of(14, 2).to_string(), of(1, 3).to_string()), ("7".to_owned(), "1/3".to_owned()));
        assert_eq!(Fraction::new(1, 0), None);
    }

    #[test]
    fn a_half_goes_away_from_zero() {
        let rounded = |over, under| of(over, under).rounded().unwrap();
        assert_eq!((rounded(5, 2), rounded(-5, 2), rounded(7, 3), rounded(-1, 3), rounded(1, 2)), (3, -3, 2, 0, 1));
        assert_eq!(of(2, 3).decimal(4).unwrap(), "0.6667");
        assert_eq!(of(-1, 200).decimal(2).unwrap(), "-0.01");
    }

    #[test]
    fn what_runs_over_is_no_number() {
        let large = of(i128::MAX, 1);
        assert_eq!((large.plus(large), large.times(large), large.rounded()), (None, None, None));
    }
}
