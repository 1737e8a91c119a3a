//! An exact fraction, how it is written, and the reason where there is none.

use super::metric::Unit;

/// A fraction in lowest terms, its lower part positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    over: i128,
    under: i128,
}

/// The value of a metric, or why it has none: what would be divided by is 0, or the record does not tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    pub unit: Unit,
    pub value: Result<Ratio, &'static str>,
}

impl Ratio {
    /// None when `under` is 0, or the fraction cannot be kept.
    pub fn new(over: i128, under: i128) -> Option<Self> {
        if under == 0 || over == i128::MIN || under == i128::MIN {
            return None;
        }
        let divisor = gcd(over.unsigned_abs(), under.unsigned_abs()) as i128 * under.signum();
        Some(Self { over: over / divisor, under: under / divisor })
    }

    pub fn plus(self, other: Self) -> Option<Self> {
        let over = self.over.checked_mul(other.under)?.checked_add(other.over.checked_mul(self.under)?)?;
        Self::new(over, self.under.checked_mul(other.under)?)
    }

    /// `3203/90`, or a whole number.
    pub fn exact(&self) -> String {
        if self.under == 1 { self.over.to_string() } else { format!("{}/{}", self.over, self.under) }
    }

    /// As a decimal, rounded once, half away from zero.
    pub fn decimal(&self, places: u32) -> String {
        let scale = 10_u128.pow(places.min(9));
        let (over, under) = (self.over.unsigned_abs(), self.under.unsigned_abs());
        let (mut whole, rest) = (over / under, over % under);
        // Twice the rest against the lower part: exactly a half goes up.
        let mut part = rest.saturating_mul(scale) / under;
        if (rest.saturating_mul(scale) % under).saturating_mul(2) >= under {
            part += 1;
        }
        if part == scale {
            (whole, part) = (whole + 1, 0);
        }
        let sign = if self.over < 0 && (whole, part) != (0, 0) { "-" } else { "" };
        if places == 0 {
            return format!("{sign}{whole}");
        }
        format!("{sign}{whole}.{part:0>width$}", width = places.min(9) as usize)
    }

    /// Rounded to a whole number, half away from zero.
    pub fn rounded(&self) -> i128 {
        let (whole, rest) = (self.over / self.under, self.over % self.under);
        if rest.unsigned_abs().saturating_mul(2) >= self.under.unsigned_abs() { whole + rest.signum() } else { whole }
    }
}

impl Figure {
    pub(super) fn of(unit: Unit, over: i128, under: i128, without: &'static str) -> Self {
        Self { unit, value: Ratio::new(over, under).ok_or(without) }
    }

    /// The value as a decimal string with the places that its unit has; none where it is undefined.
    pub fn decimal(&self) -> Option<String> {
        self.value.as_ref().ok().map(|ratio| ratio.decimal(self.unit.places()))
    }
}

fn gcd(a: u128, b: u128) -> u128 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}
