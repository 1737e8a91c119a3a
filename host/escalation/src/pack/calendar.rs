//! Public holidays and working days of a country, by rule: fixed days, Easter, weekdays, and days that are listed.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::read;
use super::rule::Certainty;
use crate::easter::{easter, orthodox_easter};

/// A country's calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    pub weekend: Vec<Day>,
    /// Parts of the country with holidays of their own.
    #[serde(default)]
    pub regions: BTreeSet<String>,
    /// The years for which days are listed one by one; where no holiday is listed, every year follows from the rules.
    #[serde(default)]
    pub years: BTreeSet<i16>,
    #[serde(default, rename = "holiday")]
    pub holidays: Vec<Holiday>,
    pub source: String,
    pub certainty: Certainty,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    pub name: String,
    pub when: When,
    /// Empty: the whole country.
    #[serde(default)]
    pub regions: BTreeSet<String>,
    #[serde(default)]
    pub from_year: Option<i16>,
    #[serde(default)]
    pub until_year: Option<i16>,
    #[serde(default)]
    pub observed: Observed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Month and day.
    Fixed {
        month: i8,
        day: i8,
    },
    /// Days after Easter Sunday; negative: before.
    WesternEaster(i16),
    OrthodoxEaster(i16),
    /// The first is 1; from the end -1.
    NthWeekday {
        nth: i8,
        weekday: Day,
        month: i8,
    },
    /// The first such weekday on or after a day.
    WeekdayFrom {
        weekday: Day,
        month: i8,
        day: i8,
    },
    #[serde(deserialize_with = "read::days")]
    Dates(Vec<Date>),
}

/// What becomes of a holiday that falls on a weekend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Observed {
    #[default]
    OnTheDay,
    /// The next weekday that is no holiday is free too.
    NextWeekday,
    /// Saturday's on Friday, Sunday's on Monday.
    NearestWeekday,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// Why a calendar does not answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoCalendar {
    #[error("the holidays of {year} are not known: the pack lists {known}")]
    Year { year: i16, known: String },
    #[error("`{region}` is no region of the calendar; there are {known}")]
    Region { region: String, known: String },
}

impl Calendar {
    /// Whether people work on a day. With no region known, a holiday of any region counts: then nobody is disturbed on one.
    pub fn working_day(&self, day: Date, region: Option<&str>) -> Result<bool, NoCalendar> {
        if self.is_weekend(day) {
            return Ok(false);
        }
        // New Year of the next year may be observed on the last day of this one.
        let next = day.tomorrow().map_or(day.year(), |next| next.year());
        let mut free = self.holidays_of(day.year(), region)?;
        if next != day.year() && self.years.is_empty() {
            free.extend(self.holidays_of(next, region)?);
        }
        Ok(!free.contains(&day))
    }

    /// The day that lies so many working days after another; none where the calendar ends.
    pub fn working_days_after(&self, day: Date, count: u16, region: Option<&str>) -> Result<Date, NoCalendar> {
        let mut reached = day;
        let mut left = count;
        while left > 0 {
            reached = reached.saturating_add(1.day());
            if reached == Date::MAX || self.working_day(reached, region)? {
                left -= 1;
            }
        }
        Ok(reached)
    }

    /// The free days of a year that rules make so, weekends aside; those that are observed elsewhere stand there too.
    pub fn holidays_of(&self, year: i16, region: Option<&str>) -> Result<BTreeSet<Date>, NoCalendar> {
        self.known(year, region)?;
        let here = |holiday: &&Holiday| {
            let of_region = region.is_none_or(|region| holiday.regions.contains(region));
            let of_year = holiday.from_year.is_none_or(|from| from <= year)
                && holiday.until_year.is_none_or(|until| year <= until);
            (holiday.regions.is_empty() || of_region) && of_year
        };
        let days: Vec<(Date, Observed)> = (self.holidays.iter().filter(here))
            .flat_map(|holiday| holiday.when.days(year).into_iter().map(move |day| (day, holiday.observed)))
            .collect();
        let mut free: BTreeSet<Date> = days.iter().map(|(day, _)| *day).collect();
        for (day, observed) in days.into_iter().filter(|(day, _)| self.is_weekend(*day)) {
            free.extend(self.observed(day, observed, &free));
        }
        Ok(free)
    }

    fn known(&self, year: i16, region: Option<&str>) -> Result<(), NoCalendar> {
        if !self.years.is_empty() && !self.years.contains(&year) {
            let known = self.years.iter().map(i16::to_string).collect::<Vec<_>>().join(", ");
            return Err(NoCalendar::Year { year, known });
        }
        if !(YEAR_MIN..=YEAR_MAX).contains(&year) {
            return Err(NoCalendar::Year { year, known: format!("{YEAR_MIN} to {YEAR_MAX}") });
        }
        match region {
            Some(region) if !self.regions.is_empty() && !self.regions.contains(region) => {
                let known = self.regions.iter().cloned().collect::<Vec<_>>().join(", ");
                Err(NoCalendar::Region { region: region.to_owned(), known })
            }
            _ => Ok(()),
        }
    }

    fn is_weekend(&self, day: Date) -> bool {
        self.weekend.iter().any(|free| free.weekday() == day.weekday())
    }

    fn observed(&self, day: Date, observed: Observed, free: &BTreeSet<Date>) -> Option<Date> {
        match observed {
            Observed::OnTheDay => None,
            Observed::NearestWeekday if day.weekday() == Weekday::Saturday => day.yesterday().ok(),
            Observed::NearestWeekday => day.tomorrow().ok(),
            Observed::NextWeekday => (1..=14i64)
                .filter_map(|days| day.checked_add(days.days()).ok())
                .find(|next| !self.is_weekend(*next) && !free.contains(next)),
        }
    }
}

/// Between these years both churches' Easter is computed rightly.
pub(super) const YEAR_MIN: i16 = 1_900;
pub(super) const YEAR_MAX: i16 = 2_099;

impl When {
    /// The days of a year; usually one, none where the year has no such day.
    pub fn days(&self, year: i16) -> Vec<Date> {
        let after = |easter: Date, days: i16| easter.checked_add(i64::from(days).days()).ok();
        let day = match self {
            Self::Fixed { month, day } => Date::new(year, *month, *day).ok(),
            Self::WesternEaster(days) => easter(year).and_then(|easter| after(easter, *days)),
            Self::OrthodoxEaster(days) => orthodox_easter(year).and_then(|easter| after(easter, *days)),
            Self::NthWeekday { nth, weekday, month } => Date::new(year, *month, 1)
                .ok()
                .and_then(|first| first.nth_weekday_of_month(*nth, weekday.weekday()).ok()),
            Self::WeekdayFrom { weekday, month, day } => Date::new(year, *month, *day)
                .and_then(|from| from.yesterday())
                .and_then(|before| before.nth_weekday(1, weekday.weekday()))
                .ok(),
            Self::Dates(dates) => return dates.iter().copied().filter(|day| day.year() == year).collect(),
        };
        day.into_iter().collect()
    }
}

impl Day {
    fn weekday(self) -> Weekday {
        match self {
            Self::Monday => Weekday::Monday,
            Self::Tuesday => Weekday::Tuesday,
            Self::Wednesday => Weekday::Wednesday,
            Self::Thursday => Weekday::Thursday,
            Self::Friday => Weekday::Friday,
            Self::Saturday => Weekday::Saturday,
            Self::Sunday => Weekday::Sunday,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn weekdays_are_counted_from_both_ends_of_a_month() {
        let nth = |nth, weekday, month| When::NthWeekday { nth, weekday, month }.days(2026);
        assert_eq!(nth(1, Day::Monday, 5), [date(2026, 5, 4)]);
        assert_eq!(nth(-1, Day::Monday, 5), [date(2026, 5, 25)]);
        assert_eq!(nth(4, Day::Thursday, 11), [date(2026, 11, 26)]);
        // 20 June 2026 is a Saturday itself.
        let midsummer = When::WeekdayFrom { weekday: Day::Saturday, month: 6, day: 20 };
        assert_eq!((midsummer.days(2026), midsummer.days(2027)), (vec![date(2026, 6, 20)], vec![date(2027, 6, 26)]));
    }

    fn british() -> Calendar {
        let fixed = |name: &str, month, day| Holiday {
            name: name.to_owned(),
            when: When::Fixed { month, day },
            regions: BTreeSet::new(),
            from_year: None,
            until_year: None,
            observed: Observed::NextWeekday,
        };
        Calendar {
            weekend: vec![Day::Saturday, Day::Sunday],
            regions: BTreeSet::new(),
            years: BTreeSet::new(),
            holidays: vec![fixed("New Year", 1, 1), fixed("Christmas", 12, 25), fixed("Boxing Day", 12, 26)],
            source: "for the test".to_owned(),
            certainty: Certainty::Unverified,
        }
    }

    #[test]
    fn holidays_on_a_weekend_are_observed_on_weekdays_of_their_own() {
        let calendar = british();
        let works = |day| calendar.working_day(day, None).unwrap();
        // Christmas 2027 is a Saturday, Boxing Day a Sunday: Monday and Tuesday are free.
        assert!(!works(date(2027, 12, 27)) && !works(date(2027, 12, 28)) && works(date(2027, 12, 29)));
        // Christmas 2022 was a Sunday, Boxing Day a Monday: Tuesday was free.
        assert!(!works(date(2022, 12, 26)) && !works(date(2022, 12, 27)) && works(date(2022, 12, 28)));
        assert_eq!(calendar.working_days_after(date(2027, 12, 24), 2, None), Ok(date(2027, 12, 30)));
    }

    #[test]
    fn new_year_of_the_next_year_may_be_observed_in_this_one() {
        let mut calendar = british();
        calendar.holidays.iter_mut().for_each(|holiday| holiday.observed = Observed::NearestWeekday);
        // 1 January 2028 is a Saturday.
        assert_eq!(calendar.working_day(date(2027, 12, 31), None), Ok(false));
    }

    #[test]
    fn a_year_that_is_not_listed_and_a_region_that_is_not_there_are_refused() {
        let mut calendar = british();
        calendar.years = BTreeSet::from([2026, 2027]);
        calendar.regions = BTreeSet::from(["SCT".to_owned()]);
        let refused = calendar.working_day(date(2028, 3, 1), None).unwrap_err();
        assert_eq!(refused.to_string(), "the holidays of 2028 are not known: the pack lists 2026, 2027");
        let refused = calendar.working_day(date(2027, 3, 1), Some("WLS")).unwrap_err();
        assert_eq!(refused.to_string(), "`WLS` is no region of the calendar; there are SCT");
    }

    #[test]
    fn where_the_region_is_not_known_every_regions_holiday_is_free() {
        let mut calendar = british();
        calendar.regions = BTreeSet::from(["NIR".to_owned(), "SCT".to_owned()]);
        calendar.holidays[0].regions = BTreeSet::from(["SCT".to_owned()]);
        let new_year = date(2026, 1, 1);
        assert_eq!(calendar.working_day(new_year, None), Ok(false));
        assert_eq!(calendar.working_day(new_year, Some("SCT")), Ok(false));
        assert_eq!(calendar.working_day(new_year, Some("NIR")), Ok(true));
    }
}
