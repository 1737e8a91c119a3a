//! The days that a metric is about: after one day, up to and including another.

use jiff::civil::Date;

use super::MetricsError;
use crate::invoice::{days_between, plus_days};

/// Ten years.
pub const PERIOD_DAYS_MAX: i32 = 3_660;
/// How long the period is when nothing else is said: a quarter, as DSO is usually reported.
const USUAL_DAYS: i32 = 90;

/// The days after `from`, `as_of` among them: the balances of both evenings enclose exactly these days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    from: Date,
    as_of: Date,
}

impl Period {
    pub fn new(from: Date, as_of: Date) -> Result<Self, MetricsError> {
        let days = days_between(from, as_of);
        if (1..=PERIOD_DAYS_MAX).contains(&days) {
            Ok(Self { from, as_of })
        } else {
            Err(MetricsError::Period { from, as_of })
        }
    }

    /// From a day, or from 90 days before.
    pub fn until(as_of: Date, from: Option<Date>) -> Result<Self, MetricsError> {
        Self::new(from.unwrap_or_else(|| plus_days(as_of, -USUAL_DAYS)), as_of)
    }

    /// The period of the same length right before this one.
    pub fn previous(&self) -> Result<Self, MetricsError> {
        Self::new(plus_days(self.from, -self.days()), self.from)
    }

    pub fn from(&self) -> Date {
        self.from
    }

    pub fn as_of(&self) -> Date {
        self.as_of
    }

    pub fn days(&self) -> i32 {
        days_between(self.from, self.as_of)
    }

    pub fn contains(&self, day: Date) -> bool {
        self.from < day && day <= self.as_of
    }
}

/// A calendar month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    year: i16,
    month: i8,
}

impl Month {
    pub fn of(day: Date) -> Self {
        Self { year: day.year(), month: day.month() }
    }

    pub fn before(self) -> Self {
        if self.month == 1 {
            Self { year: self.year.saturating_sub(1), month: 12 }
        } else {
            Self { month: self.month - 1, ..self }
        }
    }

    /// The month so many months earlier.
    pub fn back(self, months: u32) -> Self {
        (0..months).fold(self, |month, _| month.before())
    }

    pub fn days(self) -> i32 {
        Date::new(self.year, self.month, 1).map_or(30, |first| i32::from(first.days_in_month()))
    }
}
