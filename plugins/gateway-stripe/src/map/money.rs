//! Stripe's amounts and times as money and days of the contract.

use dunlin_plugin_sdk::{Date, Money, decimals};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Currencies whose amounts Stripe gives in whole units.
const WHOLE: [&str; 15] =
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"];
/// Currencies whose amounts Stripe gives in thousandths.
const THOUSANDTHS: [&str; 5] = ["BHD", "JOD", "KWD", "OMR", "TND"];

/// An amount of Stripe in the minor unit of ISO 4217, which is not always Stripe's.
///
/// Stripe gives krónur and Ugandan shillings in hundredths that do not exist any more, and whole ariary. What is neither in its
/// lists nor has two decimals in ISO 4217 is refused: nobody verified what Stripe means by it.
pub fn money(amount: i64, currency: &str) -> Result<Money, String> {
    let code = currency.to_ascii_uppercase();
    if code.len() != 3 || !code.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return Err(format!("`{currency}` is not a currency"));
    }
    let places: u32 = match code.as_str() {
        known if WHOLE.contains(&known) => 0,
        known if THOUSANDTHS.contains(&known) => 3,
        _ => 2,
    };
    let minor = match (code.as_str(), places, decimals(&code)) {
        ("ISK" | "UGX", _, _) if amount % 100 == 0 => Ok(amount / 100),
        ("ISK" | "UGX", _, _) => {
            Err(format!("`{amount}` is not a whole number of {code}, which Stripe gives times 100"))
        }
        ("MGA", _, _) => amount.checked_mul(100).ok_or_else(|| format!("`{amount}` {code} is too large")),
        (_, ours, iso) if ours == iso => Ok(amount),
        _ => Err(format!("what Stripe means by an amount in {code} is not known to this plugin")),
    }?;
    Ok(Money::new(minor, code))
}

/// The day in UTC.
pub fn day(seconds: i64) -> Result<Date, String> {
    let time = Timestamp::from_second(seconds).map_err(|_| format!("`{seconds}` is beyond the calendar"))?;
    Ok(TimeZone::UTC.to_datetime(time).date())
}

/// The first second of a day in UTC.
pub fn midnight(day: Date) -> Option<i64> {
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}
