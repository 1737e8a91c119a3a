//! The values of a pack: rates in a row, fees within caps, tiers that rise, hours and days that can be.

use jiff::civil::Date;

use super::{Checked, SOURCE_HINT, fault, twice};
use crate::pack::calendar::{YEAR_MAX, YEAR_MIN};
use crate::pack::{
    Basis, Calendar, Compensation, CountedFrom, FeeRule, Holiday, InterestMode, InterestRule, Pack, Rhythm, Series,
    When,
};

const RATES_MAX: usize = 500;
/// Days of a period, a gap or a budget.
const DAYS_MAX: u16 = 366;

pub(super) fn series(pack: &Pack) -> Checked {
    for (name, series) in &pack.series {
        one_series(&format!("series.{name}"), name, series)?;
    }
    Ok(())
}

fn one_series(section: &str, name: &str, series: &Series) -> Checked {
    let wrong = |find: &str, text: String, hint: &str| fault(section, None, find, text, hint);
    let (Some(first), Some(last)) = (series.rates.first(), series.rates.last()) else {
        return wrong("rates", format!("the series `{name}` is empty"), "at least one rate, or no series");
    };
    if series.rates.len() > RATES_MAX {
        return wrong("rates", format!("{} rates in `{name}`", series.rates.len()), "allowed: 500");
    }
    if let Some(rate) = series.rates.iter().find(|rate| rate.source.trim().is_empty()) {
        return wrong(&at(rate.from), format!("the rate of `{name}` from {} has no source", rate.from), SOURCE_HINT);
    }
    for (rate, next) in series.rates.iter().zip(series.rates.iter().skip(1)) {
        if next.from <= rate.from {
            let text = format!("`{name}`: the rate from {} overlaps the one from {}", next.from, rate.from);
            return wrong(&at(next.from), text, "rates stand from the first to the last, each with a day of its own");
        }
        if series.rhythm == Rhythm::HalfYear && next_half(rate.from) != Some(next.from) {
            let missing = next_half(rate.from).unwrap_or(rate.from);
            let text = format!("`{name}` has a gap: the half-year from {missing} is missing");
            return wrong(&at(next.from), text, "state every half-year, also one without a change");
        }
    }
    let half = |day: Date| day.day() == 1 && matches!(day.month(), 1 | 7);
    if series.rhythm == Rhythm::HalfYear && !half(first.from) {
        let text = format!("`{name}` changes by half-years, but begins on {}", first.from);
        return wrong(&at(first.from), text, "allowed: 1 January and 1 July, or `rhythm = \"on-change\"`");
    }
    let end = next_half(last.from).and_then(|next| next.yesterday().ok());
    if series.rhythm == Rhythm::HalfYear && Some(series.known_until) != end {
        let end = end.map(|end| end.to_string()).unwrap_or_default();
        let text = format!("`{name}`: its last half-year ends on {end}, not on {}", series.known_until);
        return wrong("known_until", text, &format!("allowed: `known_until = {end}`"));
    }
    if series.known_until < last.from {
        let text = format!("`{name}` is known until {}, before its last rate begins", series.known_until);
        return wrong("known_until", text, "the last day for which the rate is known");
    }
    Ok(())
}

/// The line of a rate.
fn at(from: Date) -> String {
    format!("from = {from}")
}

fn next_half(from: Date) -> Option<Date> {
    let (year, month) = if from.month() < 7 { (from.year(), 7) } else { (from.year().checked_add(1)?, 1) };
    Date::new(year, month, 1).ok()
}

pub(super) fn interest(pack: &Pack) -> Checked {
    pack.interest.iter().enumerate().try_for_each(|(n, rule)| one_interest(pack, n, rule))
}

fn one_interest(pack: &Pack, n: usize, rule: &InterestRule) -> Checked {
    let wrong = |find: &str, text: String, hint: &str| fault("interest", Some(n), find, text, hint);
    let id = &rule.id;
    let (series, margin) = match (rule.mode, &rule.series, rule.margin) {
        (InterestMode::None, None, None) => return Ok(()),
        (InterestMode::None, ..) => {
            let text = format!("`{id}` gives no interest, but names a rate");
            return wrong("mode", text, "remove `series` and `margin`, or choose another `mode`");
        }
        (_, Some(series), Some(margin)) => (series, margin),
        _ => {
            let text = format!("`{id}` names no rate");
            return wrong("mode", text, "`series` and `margin` must be there; `margin = \"0\"` where nothing is added");
        }
    };
    let Some(found) = pack.series.get(series) else {
        let known = pack.series.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        return wrong("series", format!("`{id}`: there is no series `{series}`"), &format!("allowed: {known}"));
    };
    let rhythm = match rule.mode {
        InterestMode::FloatingOnChange => Rhythm::OnChange,
        _ => Rhythm::HalfYear,
    };
    if found.rhythm != rhythm {
        let text = format!("`{id}`: its mode does not go with the rhythm of `{series}`");
        return wrong("mode", text, "`floating-on-change` goes with `on-change`, the others go with `half-year`");
    }
    if margin.is_negative() {
        return wrong("margin", format!("`{id}`: the margin {margin} is negative"), "allowed: 0 and more");
    }
    match &rule.without_due_date {
        Some(without) if without.days > DAYS_MAX => {
            wrong("without_due_date", format!("`{id}`: {} days are too many", without.days), "allowed: 0 to 366")
        }
        _ => Ok(()),
    }
}

pub(super) fn costs(pack: &Pack) -> Checked {
    pack.fees.iter().enumerate().try_for_each(|(n, rule)| fee(pack, n, rule))?;
    pack.compensation.iter().enumerate().try_for_each(|(n, rule)| compensation(pack, n, rule))?;
    for (n, rule) in pack.allocation.iter().enumerate() {
        if rule.order.len() != 3 || twice(&rule.order) {
            let hint = "allowed: `costs`, `interest` and `principal`, each once";
            return fault("allocation", Some(n), "order", format!("`{}` is no order", rule.id), hint);
        }
    }
    for (n, rule) in pack.limitation.iter().enumerate() {
        if !(1..=50).contains(&rule.years) {
            let text = format!("`{}`: {} years", rule.id, rule.years);
            return fault("limitation", Some(n), "years", text, "allowed: 1 to 50");
        }
    }
    Ok(())
}

fn fee(pack: &Pack, n: usize, rule: &FeeRule) -> Checked {
    let wrong = |find: &str, text: String, hint: &str| fault("fee", Some(n), find, text, hint);
    let id = &rule.id;
    if (rule.basis == Basis::Amount) != rule.amount.is_some() {
        let text = format!("`{id}`: its basis and its amount do not go together");
        return wrong("basis", text, "`amount` stands there with `basis = \"amount\"`, and only then");
    }
    if let Some(other) = [rule.amount, rule.cap].into_iter().flatten().find(|money| money.currency != pack.currency) {
        return wrong("amount", format!("`{id}`: {other} is not in {}", pack.currency), "the pack's own `currency`");
    }
    if let (Some(amount), Some(cap)) = (rule.amount, rule.cap)
        && amount.minor > cap.minor
    {
        let hint = format!("allowed: {cap} and less");
        return wrong("amount", format!("`{id}`: the fee of {amount} is above its cap of {cap}"), &hint);
    }
    if rule.count_max == Some(0) {
        return wrong(
            "count_max",
            format!("`{id}` may never be charged"),
            "`basis = \"none\"` says that there is no fee",
        );
    }
    if rule.gap_days > DAYS_MAX {
        return wrong("gap_days", format!("`{id}`: {} days are too many", rule.gap_days), "allowed: 0 to 366");
    }
    Ok(())
}

fn compensation(pack: &Pack, n: usize, rule: &Compensation) -> Checked {
    let wrong = |text: String, hint: &str| fault("compensation", Some(n), "tiers", text, hint);
    let id = &rule.id;
    let Some((last, rising)) = rule.tiers.split_last() else {
        return wrong(format!("`{id}` has no tiers"), "such as `tiers = [{ amount = \"40.00 EUR\" }]`");
    };
    let all = rule.tiers.iter().flat_map(|tier| [Some(tier.amount), tier.below]).flatten();
    if let Some(other) = all.into_iter().find(|money| money.currency != pack.currency) {
        return wrong(format!("`{id}`: {other} is not in {}", pack.currency), "the pack's own `currency`");
    }
    if last.below.is_some() || rising.iter().any(|tier| tier.below.is_none()) {
        let hint = "every tier but the last says `below`; the last is for all the rest";
        return wrong(format!("`{id}`: its tiers have a gap or overlap"), hint);
    }
    let limits: Vec<i64> = rising.iter().filter_map(|tier| tier.below).map(|limit| limit.minor).collect();
    if limits.iter().zip(limits.iter().skip(1)).any(|(one, next)| next <= one) {
        return wrong(format!("`{id}`: its tiers do not rise"), "from the smallest to the largest debt");
    }
    Ok(())
}

pub(super) fn letters(pack: &Pack) -> Checked {
    for (n, rule) in pack.notice_period.iter().enumerate() {
        let wrong = |find: &str, text: String, hint: &str| fault("notice_period", Some(n), find, text, hint);
        if !(1..=DAYS_MAX).contains(&rule.days) {
            return wrong("days", format!("`{}`: {} days", rule.id, rule.days), "allowed: 1 to 366");
        }
        if rule.counted_from == CountedFrom::Sending && rule.receipt_assumed_working_days.is_some() {
            let text = format!("`{}` counts from sending: nothing is assumed about its receipt", rule.id);
            return wrong("receipt_assumed_working_days", text, "remove it, or `counted_from = \"receipt\"`");
        }
    }
    for (n, rule) in pack.letters.iter().enumerate() {
        if rule.fields.is_empty() || twice(&rule.fields) {
            let text = format!("`{}` asks for no field, or for one twice", rule.id);
            return fault("letter", Some(n), "fields", text, "a list of fields, each once");
        }
    }
    Ok(())
}

pub(super) fn contact(pack: &Pack) -> Checked {
    for (n, rule) in pack.contact.iter().enumerate() {
        let wrong = |find: &str, text: String, hint: &str| fault("contact", Some(n), find, text, hint);
        if let Some(hours) = rule.hours.filter(|hours| hours.until <= hours.from) {
            let text = format!("`{}`: its hours end at {}, before they begin", rule.id, hours.until);
            return wrong("hours", text, "such as `hours = { from = \"08:00\", until = \"21:00\" }`");
        }
        if rule.at_most.is_some_and(|most| most.contacts == 0 || !(1..=DAYS_MAX).contains(&most.days)) {
            let text = format!("`{}`: such a budget lets nobody be contacted, or never ends", rule.id);
            return wrong("at_most", text, "allowed: 1 contact and more in 1 to 366 days");
        }
        let days = [rule.quiet_days_after_conversation, rule.gap_days, rule.overdue_days_min];
        if days.into_iter().flatten().any(|days| !(1..=DAYS_MAX).contains(&days)) {
            return wrong("id", format!("`{}` counts days that cannot be", rule.id), "allowed: 1 to 366 days");
        }
        if rule.abandoned_percent_max.is_some_and(|percent| percent > 100) {
            return wrong("abandoned_percent_max", format!("`{}`: more than all", rule.id), "allowed: 0 to 100");
        }
    }
    match &pack.zones {
        Some(zones) if zones.names.is_empty() || zones.source.trim().is_empty() => {
            fault("zones", None, "names", "the zones have no names or no source".to_owned(), "such as `Europe/Berlin`")
        }
        _ => Ok(()),
    }
}

pub(super) fn calendar(pack: &Pack) -> Checked {
    let Some(calendar) = &pack.calendar else { return Ok(()) };
    if calendar.source.trim().is_empty() {
        return fault("calendar", None, "source", "the calendar has no source".to_owned(), SOURCE_HINT);
    }
    if calendar.weekend.len() > 6 || twice(&calendar.weekend) {
        return fault("calendar", None, "weekend", "no weekday is left, or one stands there twice".to_owned(), "");
    }
    if calendar.years.iter().any(|year| !(YEAR_MIN..=YEAR_MAX).contains(year)) {
        let hint = format!("allowed: {YEAR_MIN} to {YEAR_MAX}");
        return fault("calendar", None, "years", "a year that no calendar is made for".to_owned(), &hint);
    }
    calendar.holidays.iter().enumerate().try_for_each(|(n, one)| holiday(calendar, n, one))
}

fn holiday(calendar: &Calendar, n: usize, holiday: &Holiday) -> Checked {
    let wrong = |find: &str, text: String, hint: &str| fault("calendar.holiday", Some(n), find, text, hint);
    let name = &holiday.name;
    if let Some(region) = holiday.regions.iter().find(|region| !calendar.regions.contains(*region)) {
        let hint = "name it in `regions` of `[calendar]`";
        return wrong("regions", format!("`{name}`: `{region}` is no region of the calendar"), hint);
    }
    if let When::Dates(dates) = &holiday.when {
        if calendar.years.is_empty() {
            let text = format!("`{name}` lists its days, and the calendar does not say for which years");
            return wrong("when", text, "such as `years = [2026, 2027]` in `[calendar]`");
        }
        let due = calendar.years.iter().filter(|year| {
            holiday.from_year.is_none_or(|from| from <= **year)
                && holiday.until_year.is_none_or(|until| **year <= until)
        });
        if let Some(year) = due.into_iter().find(|year| !dates.iter().any(|day| day.year() == **year)) {
            let text = format!("`{name}` has no day in {year}, which the calendar lists");
            return wrong("when", text, "state its day, or take the year out of `years`");
        }
        return Ok(());
    }
    // 2024 is a leap year: a day that it does not have is no day.
    if holiday.when.days(2024).is_empty() {
        return wrong("when", format!("`{name}` falls on no day"), "a month from 1 to 12 and a day that it has");
    }
    Ok(())
}
