//! A reference rate through time, and the day after which nobody knows it yet.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::rule::Certainty;
use super::{Percent, read};

/// A reference rate, such as a central bank's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    pub title: String,
    pub rhythm: Rhythm,
    /// The last day for which the rate is known. No answer goes past it.
    #[serde(deserialize_with = "read::day")]
    pub known_until: Date,
    /// From the first to the last; each holds until the next.
    pub rates: Vec<Rate>,
}

/// When the rate can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rhythm {
    /// On 1 January and on 1 July; every half-year is stated, also one without a change.
    HalfYear,
    /// On any day.
    OnChange,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    #[serde(deserialize_with = "read::day")]
    pub from: Date,
    /// A year.
    pub percent: Percent,
    pub source: String,
    pub certainty: Certainty,
}

/// Why there is no rate.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoRate {
    #[error("the series `{series}` is not in the pack; {day} cannot be answered")]
    Unknown { series: String, day: Date },
    #[error("the rate `{series}` on {day} is not known: the pack begins on {known_from}")]
    Before { series: String, day: Date, known_from: Date },
    #[error("the rate `{series}` on {day} is not known: known_until is {known_until}, and nothing is extrapolated")]
    Past { series: String, day: Date, known_until: Date },
}

impl Series {
    /// The rate on a day; `name` is for the refusal.
    pub fn on(&self, name: &str, day: Date) -> Result<&Rate, NoRate> {
        let series = || name.to_owned();
        if day > self.known_until {
            return Err(NoRate::Past { series: series(), day, known_until: self.known_until });
        }
        match (self.rates.iter().rev().find(|rate| rate.from <= day), self.rates.first()) {
            (Some(rate), _) => Ok(rate),
            (None, Some(first)) => Err(NoRate::Before { series: series(), day, known_from: first.from }),
            (None, None) => Err(NoRate::Unknown { series: series(), day }),
        }
    }

    /// The last day, up to `until`, on which the rate is the one of `day`.
    pub fn unchanged_until(&self, day: Date, until: Date) -> Date {
        let next = self.rates.iter().map(|rate| rate.from).find(|from| *from > day);
        next.and_then(|next| next.yesterday().ok()).map_or(until, |last| last.min(until))
    }
}
