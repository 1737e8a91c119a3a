//! How the words of a pack become values: days as TOML dates, amounts with their currency.

use jiff::civil::Date;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use toml::value::Datetime;

use crate::money::Money;

/// `2026-01-01`, without quotes.
pub(super) fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    date(Datetime::deserialize(deserializer)?).map_err(Error::custom)
}

/// The same, where it may be missing.
pub(super) fn day_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    day(deserializer).map(Some)
}

/// A list of days.
pub(super) fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Date>, D::Error> {
    let read = Vec::<Datetime>::deserialize(deserializer)?;
    read.into_iter().map(|day| date(day).map_err(Error::custom)).collect()
}

/// `"40.00 EUR"`
pub(super) fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
    let text = String::deserialize(deserializer)?;
    let wrong = || Error::custom(format!("`{text}` is no amount: such as `40.00 EUR`"));
    let (number, currency) = text.split_once(' ').ok_or_else(wrong)?;
    let currency = currency.parse().map_err(Error::custom)?;
    let amount = Money::parse(number, currency).map_err(Error::custom)?;
    if amount.minor < 0 { Err(Error::custom(format!("`{text}` is negative"))) } else { Ok(amount) }
}

/// The same, where it may be missing.
pub(super) fn amount_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Money>, D::Error> {
    amount(deserializer).map(Some)
}

fn date(read: Datetime) -> Result<Date, String> {
    let wrong = || format!("`{read}` is no day: such as 2026-01-01, without quotes");
    let (Some(date), None, None) = (read.date, read.time, read.offset) else { return Err(wrong()) };
    let (Ok(year), Ok(month), Ok(day)) = (i16::try_from(date.year), i8::try_from(date.month), i8::try_from(date.day))
    else {
        return Err(wrong());
    };
    Date::new(year, month, day).map_err(|_| wrong())
}
