//! The creditor's working days: weekdays, and holidays by date or by rule.

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::easter::{easter, orthodox_easter};
use crate::invoice::plus_days;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Calendar {
    /// `mon` to `sun`; the working days of a week.
    pub weekdays: Vec<String>,
    /// `12-25` each year, `easter+1` and `orthodox-2` counted from Easter Sunday, `2026-06-05` in that year alone. When days of
    /// single years are listed, every year needs its own: in a year without any nobody is contacted.
    pub holidays: Vec<String>,
}

/// What a day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    Working,
    Weekend,
    Holiday,
    /// Days are listed by year, and none for this one.
    UnknownYear,
}

/// A line of `holidays`, read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holiday {
    EachYear(i8, i8),
    Easter(i32),
    Orthodox(i32),
    Once(Date),
}

const WEEK: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];
/// Days in a row that may be free; a longer pause is a calendar without working days.
const PAUSE_MAX: i32 = 60;
/// The furthest holiday from Easter.
const EASTER_DAYS_MAX: i32 = 100;

impl Default for Calendar {
    fn default() -> Self {
        let weekdays = ["mon", "tue", "wed", "thu", "fri"].map(str::to_owned).to_vec();
        Self { weekdays, holidays: Vec::new() }
    }
}

impl Calendar {
    pub fn day(&self, day: Date) -> Day {
        let name = WEEK.iter().find(|(_, weekday)| *weekday == day.weekday()).map_or("", |(name, _)| name);
        if !self.weekdays.iter().any(|known| known == name) {
            return Day::Weekend;
        }
        let mut listed = None;
        for holiday in self.holidays.iter().filter_map(|text| Holiday::read(text)) {
            if holiday.falls_on(day) {
                return Day::Holiday;
            }
            if let Holiday::Once(once) = holiday {
                listed = Some(listed.unwrap_or(false) || once.year() == day.year());
            }
        }
        if listed == Some(false) { Day::UnknownYear } else { Day::Working }
    }

    /// The first day after one that is not known to be free; none: the calendar does not say.
    pub fn next_working(&self, day: Date) -> Option<Date> {
        let asked = |day: &Date| matches!(self.day(*day), Day::Working | Day::UnknownYear);
        (1..=PAUSE_MAX).map(|days| plus_days(day, days)).find(asked)
    }

    /// What is wrong with it: the key, and a sentence.
    pub(super) fn fault(&self) -> Option<(&'static str, String)> {
        let unknown = self.weekdays.iter().find(|day| !WEEK.iter().any(|(name, _)| name == day));
        if let Some(day) = unknown {
            return Some(("weekdays", format!("`{day}` is no day of the week")));
        }
        if self.weekdays.is_empty() {
            return Some(("weekdays", "a week without a working day lets nobody ever be contacted".to_owned()));
        }
        if let Some(text) = self.holidays.iter().find(|text| Holiday::read(text).is_none()) {
            return Some(("holidays", format!("`{text}` is no holiday")));
        }
        let years: std::collections::BTreeSet<i16> =
            self.holidays.iter().filter_map(|text| Holiday::year(text)).collect();
        let gap = years.iter().zip(years.iter().skip(1)).find(|(before, after)| *after - *before > 1);
        gap.map(|(before, _)| ("holidays", format!("days are listed by year, and none for {}", before + 1)))
    }
}

impl Holiday {
    pub(super) fn read(text: &str) -> Option<Self> {
        let offset = |rest: &str| {
            let days: i32 = if rest.is_empty() { 0 } else { rest.parse().ok()? };
            (days.abs() <= EASTER_DAYS_MAX).then_some(days)
        };
        if let Some(rest) = text.strip_prefix("easter") {
            return offset(rest).map(Self::Easter);
        }
        if let Some(rest) = text.strip_prefix("orthodox") {
            return offset(rest).map(Self::Orthodox);
        }
        if text.len() == 10 {
            return text.parse().ok().map(Self::Once);
        }
        let (month, day) = text.split_once('-').filter(|_| text.len() == 5)?;
        let (month, day) = (month.parse().ok()?, day.parse().ok()?);
        // A leap year: 29 February is a day.
        Date::new(2024, month, day).ok().map(|_| Self::EachYear(month, day))
    }

    fn year(text: &str) -> Option<i16> {
        match Self::read(text) {
            Some(Self::Once(day)) => Some(day.year()),
            _ => None,
        }
    }

    fn falls_on(self, day: Date) -> bool {
        match self {
            Self::EachYear(month, on) => (day.month(), day.day()) == (month, on),
            Self::Easter(days) => easter(day.year()).is_some_and(|easter| plus_days(easter, days) == day),
            Self::Orthodox(days) => orthodox_easter(day.year()).is_some_and(|easter| plus_days(easter, days) == day),
            Self::Once(once) => once == day,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn with(holidays: &[&str]) -> Calendar {
        Calendar { holidays: holidays.iter().map(|text| (*text).to_owned()).collect(), ..Calendar::default() }
    }

    #[test]
    fn a_holiday_is_no_working_day() {
        let calendar = with(&["12-25", "easter-2", "easter+1"]);
        assert_eq!(calendar.day(date(2026, 12, 25)), Day::Holiday);
        assert_eq!(calendar.day(date(2026, 4, 3)), Day::Holiday);
        assert_eq!(calendar.day(date(2026, 4, 4)), Day::Weekend);
        // Good Friday, the weekend, Easter Monday: Tuesday is the next working day.
        assert_eq!(calendar.next_working(date(2026, 4, 3)), Some(date(2026, 4, 7)));
    }

    #[test]
    fn a_year_that_is_not_listed_is_not_guessed() {
        let calendar = with(&["2026-06-05"]);
        assert_eq!(calendar.day(date(2026, 6, 5)), Day::Holiday);
        assert_eq!(calendar.day(date(2026, 6, 8)), Day::Working);
        assert_eq!(calendar.day(date(2027, 6, 7)), Day::UnknownYear);
        let (key, text) = with(&["2026-06-05", "2028-06-02"]).fault().unwrap();
        assert_eq!((key, text.as_str()), ("holidays", "days are listed by year, and none for 2027"));
        assert!(with(&["02-30"]).fault().is_some() && with(&["easter+x"]).fault().is_some());
    }
}
