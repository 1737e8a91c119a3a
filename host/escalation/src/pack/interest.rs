//! Interest on what is late: which rate, from when, counted how; and how long a debt can be sued for.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::rule::Certainty;
use super::{Percent, read};
use crate::fraction::Fraction;
use crate::party::PartyKind;

/// Interest of law. Its days are due dates: which law a debt has is settled when it falls due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InterestRule {
    pub id: String,
    pub title: String,
    #[serde(deserialize_with = "read::day")]
    pub from: Date,
    #[serde(default, deserialize_with = "read::day_or_none")]
    pub until: Option<Date>,
    pub debtors: Vec<PartyKind>,
    pub mode: InterestMode,
    /// The reference rate; none with `mode = "none"`.
    #[serde(default)]
    pub series: Option<String>,
    /// Percentage points on top of it.
    #[serde(default)]
    pub margin: Option<Percent>,
    #[serde(default)]
    pub day_count: DayCount,
    /// Interest runs from the day after the due date; this is for claims without one.
    #[serde(default)]
    pub without_due_date: Option<WithoutDueDate>,
    #[serde(default)]
    pub rounding: Rounding,
    /// A rate that both sides agreed before the debt arose stands in the place of this one; else it is not claimed.
    #[serde(default)]
    pub contract_may_differ: bool,
    pub source: String,
    pub certainty: Certainty,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InterestMode {
    /// The law gives none; only a contract can.
    None,
    /// Moves with the reference rate on 1 January and 1 July.
    FloatingHalfYear,
    /// The rate of the day on which interest begins, for as long as the debt lives.
    FixedAtStart,
    /// Moves with the reference rate on any day.
    FloatingOnChange,
}

/// What part of a year some days are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DayCount {
    /// Days over 365, in leap years too.
    #[default]
    #[serde(rename = "act-365")]
    Act365,
    /// Days over 365, days of leap years over 366.
    #[serde(rename = "act-act")]
    ActAct,
    /// Days over 360.
    #[serde(rename = "act-360")]
    Act360,
    /// Months of 30 days over 360; the 31st is the 30th.
    #[serde(rename = "30-360")]
    Thirty360,
}

/// A claim that states no due date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithoutDueDate {
    /// Interest runs so many days after ...
    pub days: u16,
    /// ... this.
    pub after: Clock,
    /// Only if the invoice said so.
    #[serde(default)]
    pub told: Told,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    Demand,
    Receipt,
    /// Whichever comes later.
    DueAndReceipt,
    Issue,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    #[default]
    NotNeeded,
    OnTheInvoice,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    /// The exact sum of all segments is rounded.
    #[default]
    Once,
    PerSegment,
}

/// How long a debt can be sued for. Its days are due dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limitation {
    pub id: String,
    pub title: String,
    #[serde(deserialize_with = "read::day")]
    pub from: Date,
    #[serde(default, deserialize_with = "read::day_or_none")]
    pub until: Option<Date>,
    pub debtors: Vec<PartyKind>,
    pub years: u8,
    /// Years are counted from the end of the due date's year, not from the due date itself.
    #[serde(default)]
    pub from_year_end: bool,
    pub source: String,
    pub certainty: Certainty,
}

impl Limitation {
    /// The last day on which a debt can be sued for; interruptions are not considered.
    pub fn last_day(&self, due: Date) -> Option<Date> {
        let start = if self.from_year_end { due.last_of_year() } else { due };
        let years = jiff::Span::new().try_years(i64::from(self.years)).ok()?;
        start.checked_add(years).ok()
    }
}

impl DayCount {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Act365 => "act-365",
            Self::ActAct => "act-act",
            Self::Act360 => "act-360",
            Self::Thirty360 => "30-360",
        }
    }

    /// The share of a year that the days from `first` to `last` are, both inclusive. They must lie in one year
    /// (see [`DayCount::splits_years`]). Shares of days that follow each other add up to the share of all of them.
    pub fn share(self, first: Date, last: Date) -> Option<Fraction> {
        let before = first.yesterday().ok()?;
        let days = i128::from(before.until(last).ok()?.get_days());
        match self {
            Self::Act365 => Fraction::new(days, 365),
            Self::Act360 => Fraction::new(days, 360),
            Self::ActAct => Fraction::new(days, i128::from(last.days_in_year())),
            Self::Thirty360 => Fraction::new(thirties(last) - thirties(before), 360),
        }
    }

    /// A segment must not cross a year's end.
    pub fn splits_years(self) -> bool {
        self == Self::ActAct
    }
}

/// A day's number where every month has 30 days.
fn thirties(day: Date) -> i128 {
    let (year, month, day) = (i128::from(day.year()), i128::from(day.month()), i128::from(day.day()));
    year * 360 + month * 30 + day.min(30)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_each_convention_says() {
        let day = |year, month, day| jiff::civil::date(year, month, day);
        let share = |count: DayCount, first, last| count.share(first, last).unwrap();
        let of = |over, under| Fraction::new(over, under).unwrap();
        // 1 to 31 January 2024: 31 days, and 30 where the 31st is the 30th (from 30 December to 30 January).
        let (first, last) = (day(2024, 1, 1), day(2024, 1, 31));
        assert_eq!(share(DayCount::Act365, first, last), of(31, 365));
        assert_eq!(share(DayCount::ActAct, first, last), of(31, 366));
        assert_eq!(share(DayCount::Act360, first, last), of(31, 360));
        assert_eq!(share(DayCount::Thirty360, first, last), of(30, 360));
    }
}
