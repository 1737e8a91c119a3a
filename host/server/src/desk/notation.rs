//! How amounts, days, levels and flags are written on every page.

use maud::{Markup, html};

use crate::api::money::MoneyView;

/// A narrow space that does not break, between groups of three digits.
const GROUP: char = '\u{202f}';

/// `12 345.60 EUR`, the currency smaller.
pub fn amount(money: &MoneyView) -> Markup {
    let class = if money.minor < 0 { "amount minus" } else { "amount" };
    html! { span class=(class) { (digits(money)) " " small { (money.currency) } } }
}

/// One amount for each currency, or a dash.
pub fn amounts(all: &[MoneyView]) -> Markup {
    html! {
        @if all.is_empty() { span.soft { "–" } }
        @for money in all { div { (amount(money)) } }
    }
}

/// As text: `12 345.60 EUR`.
pub fn written(money: &MoneyView) -> String {
    format!("{} {}", digits(money), money.currency)
}

/// `2026-03-02T10:15:00` as `2026-03-02 10:15`; a day that just begins as `2026-03-02`.
pub fn moment(iso: &str) -> String {
    let iso = iso.get(..16).unwrap_or(iso);
    iso.strip_suffix("T00:00").unwrap_or(iso).replace('T', " ")
}

/// A sentence with its first letter large.
pub fn sentence(text: &str) -> Markup {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    marked(&(first + letters.as_str()))
}

/// What stands between backticks becomes code.
pub fn marked(text: &str) -> Markup {
    html! {
        @for (n, piece) in text.split('`').enumerate() {
            @if n % 2 == 1 { code { (piece) } } @else { (piece) }
        }
    }
}

/// `Monday 2 March 2026`
pub fn long_day(iso: &str) -> String {
    let day = iso.get(..10).unwrap_or(iso);
    day.parse::<escalation::Date>().map_or_else(|_| day.to_owned(), |day| day.strftime("%A %-d %B %Y").to_string())
}

pub fn days(n: i32) -> String {
    if n == 1 { "1 day".to_owned() } else { format!("{n} days") }
}

pub fn flag(name: &str) -> Markup {
    let (class, text) = match name {
        "promise" => ("chip good", "promise"),
        "dispute" => ("chip warn", "dispute"),
        "hold" => ("chip bad", "credit hold"),
        "placed" => ("chip bad", "at agency"),
        "plan" => ("chip accent", "payment plan"),
        "cash-in-advance" => ("chip bad", "cash in advance"),
        "to-approve" => ("chip warn", "to approve"),
        "blocked" => ("chip", "dunning blocked"),
        "parked" => ("chip warn", "parked"),
        "stopped" => ("chip warn", "asked to stop"),
        "stray-reversal" => ("chip warn", "stray reversal"),
        "missing-at-source" => ("chip warn", "missing at the source"),
        "task" => ("chip", "task"),
        "call" => ("chip accent", "call"),
        other => ("chip", other.strip_prefix("collector:").unwrap_or(other)),
    };
    html! { span class=(class) { (text) } }
}

/// All that apply, or a dash.
pub fn flags(names: &[String]) -> Markup {
    html! {
        span.flags {
            @if names.is_empty() { span.soft { "–" } }
            @for name in names { (flag(name)) " " }
        }
    }
}

/// The state of a promise, an effect, a placement.
pub fn state(name: &str) -> Markup {
    let class = match name {
        "succeeded" | "kept" | "active" | "healthy" => "chip good",
        "rejected" | "broken" | "paused" => "chip bad",
        "unknown" | "held" | "failing" | "partly-kept" | "recall-requested" => "chip warn",
        "running" | "dispatching" | "handed" | "sent" => "chip accent",
        _ => "chip",
    };
    html! { span class=(class) { (name.replace('-', " ")) } }
}

fn digits(money: &MoneyView) -> String {
    let plain = money.text.split(' ').next().unwrap_or_default();
    let (sign, plain) = plain.strip_prefix('-').map_or(("", plain), |rest| ("−", rest));
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let mut out = String::from(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(GROUP);
        }
        out.push(digit);
    }
    if fraction.is_empty() { out } else { format!("{out}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use escalation::Money;

    #[test]
    fn digits_stand_in_groups_of_three() {
        let written = |minor, code: &str| written(&Money::new(minor, code.parse().unwrap()).into());
        assert_eq!(written(123_456_789, "EUR"), "1\u{202f}234\u{202f}567.89 EUR");
        assert_eq!(written(-99_950, "SEK"), "−999.50 SEK");
        assert_eq!(written(123_456, "JPY"), "123\u{202f}456 JPY");
        assert_eq!(written(0, "EUR"), "0.00 EUR");
    }

    #[test]
    fn sentences_begin_large_and_names_in_them_are_code() {
        assert_eq!(sentence("é-mail `a<b` to `c").into_string(), "É-mail <code>a&lt;b</code> to <code>c</code>");
    }

    #[test]
    fn days_have_their_weekday() {
        assert_eq!(long_day("2026-03-02T10:15:00"), "Monday 2 March 2026");
        assert_eq!(long_day("what"), "what");
        assert_eq!(moment("2026-03-02T10:15:00"), "2026-03-02 10:15");
        assert_eq!(moment("2026-03-02T00:00:00"), "2026-03-02");
    }
}
