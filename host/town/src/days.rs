//! Days: calendar and bank days.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

pub(crate) fn plus(day: Date, days: i64) -> Date {
    day.saturating_add(days.days())
}

/// Calendar days from one day to another; negative when `to` is earlier.
pub(crate) fn between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

/// Banks, agencies and call centres work from Monday to Friday. The town keeps no public holidays.
pub(crate) fn is_bank_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// This day, or the next bank day.
pub(crate) fn bank_day(day: Date) -> Date {
    let mut found = day;
    while !is_bank_day(found) {
        found = plus(found, 1);
    }
    found
}

/// So many bank days later.
pub(crate) fn bank_days_later(day: Date, count: i64) -> Date {
    (0..count).fold(bank_day(day), |reached, _| bank_day(plus(reached, 1)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_weekend_is_no_bank_day() {
        let friday = date(2026, 1, 9);
        assert_eq!(bank_day(plus(friday, 1)), date(2026, 1, 12));
        assert_eq!(bank_days_later(friday, 1), date(2026, 1, 12));
        assert_eq!(bank_days_later(friday, 6), date(2026, 1, 19));
        assert_eq!(between(friday, date(2026, 3, 9)), 59);
    }
}
