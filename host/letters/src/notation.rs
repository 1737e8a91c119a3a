//! How a language writes amounts, days and rates, and its capitals.

use escalation::{Date, Money};

use crate::facts::Percent;

/// How amounts are written: decimal sign, group sign. (de, da, el `1.234,56`; sv `1 234,56`; en `1,234.56`.)
///
/// The groups of Swedish are set apart by a no-break space, so that no line breaks inside an amount; so is the currency of all.
pub fn amount(money: Money, language: &str) -> String {
    let (decimal, group) = signs(language);
    let plain = money.plain();
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(group);
        }
        grouped.push(digit);
    }
    let fraction = if fraction.is_empty() { String::new() } else { format!("{decimal}{fraction}") };
    format!("{sign}{grouped}{fraction}\u{a0}{}", money.currency)
}

/// Sums of several currencies side by side.
pub fn amounts(sums: &[Money], language: &str) -> String {
    sums.iter().map(|sum| amount(*sum, language)).collect::<Vec<_>>().join(" + ")
}

/// How days are written; English names the month, because 02/03 is two different days in two countries.
pub fn day(date: Date, language: &str) -> String {
    match language {
        "de" | "da" => format!("{:02}.{:02}.{}", date.day(), date.month(), date.year()),
        "el" => format!("{:02}/{:02}/{}", date.day(), date.month(), date.year()),
        "sv" => date.to_string(),
        _ => format!("{} {} {}", date.day(), english_month(date.month()), date.year()),
    }
}

/// A rate with at least two decimals: `10.27 %`, `9,75 %`.
pub fn percent(rate: Percent, language: &str) -> String {
    let (decimal, _) = signs(language);
    let sign = if rate.0 < 0 { "-" } else { "" };
    let digits = rate.0.unsigned_abs();
    let (whole, thousandths) = (digits / 1000, digits % 1000);
    let fraction = format!("{thousandths:03}");
    let fraction = fraction.strip_suffix('0').unwrap_or(&fraction);
    format!("{sign}{whole}{decimal}{fraction}\u{a0}%")
}

/// Capitals as the language writes them: Greek ones lose their accents, `ß` stays readable as `SS`.
pub fn capitals(text: &str, language: &str) -> String {
    if language != "el" {
        return text.to_uppercase();
    }
    // These two have no capital of one sign: the accent goes, the dots stay.
    text.replace('ΐ', "ϊ")
        .replace('ΰ', "ϋ")
        .to_uppercase()
        .chars()
        .map(|letter| match letter {
            'Ά' => 'Α',
            'Έ' => 'Ε',
            'Ή' => 'Η',
            'Ί' => 'Ι',
            'Ό' => 'Ο',
            'Ύ' => 'Υ',
            'Ώ' => 'Ω',
            other => other,
        })
        .collect()
}

/// An account number in groups of four, as it is printed on paper.
pub fn iban(iban: &str) -> String {
    let bare: Vec<char> = iban.chars().filter(|letter| !letter.is_whitespace()).collect();
    bare.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("\u{a0}")
}

fn signs(language: &str) -> (char, char) {
    match language {
        "de" | "da" | "el" => (',', '.'),
        "sv" => (',', '\u{a0}'),
        _ => ('.', ','),
    }
}

fn english_month(month: i8) -> &'static str {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    usize::try_from(month - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use escalation::Currency;

    use super::*;

    #[test]
    fn amounts_and_days_follow_the_language() {
        let money = Money::new(123_456_789, Currency::EUR);
        assert_eq!(amount(money, "de"), "1.234.567,89\u{a0}EUR");
        assert_eq!(amount(money, "sv"), "1\u{a0}234\u{a0}567,89\u{a0}EUR");
        assert_eq!(amount(money, "en"), "1,234,567.89\u{a0}EUR");
        assert_eq!(amount(Money::new(-5, Currency::EUR), "el"), "-0,05\u{a0}EUR");
        let yen = "JPY".parse().unwrap();
        assert_eq!(amount(Money::new(1234, yen), "da"), "1.234\u{a0}JPY");
        let date = jiff_date(2026, 3, 2);
        assert_eq!(day(date, "de"), "02.03.2026");
        assert_eq!(day(date, "da"), "02.03.2026");
        assert_eq!(day(date, "el"), "02/03/2026");
        assert_eq!(day(date, "sv"), "2026-03-02");
        assert_eq!(day(date, "en"), "2 March 2026");
    }

    #[test]
    fn rates_keep_what_they_are() {
        assert_eq!(percent(Percent(10_270), "de"), "10,27\u{a0}%");
        assert_eq!(percent(Percent(9_750), "en"), "9.75\u{a0}%");
        assert_eq!(percent(Percent(8_125), "sv"), "8,125\u{a0}%");
        assert_eq!(percent(Percent(10_000), "da"), "10,00\u{a0}%");
        assert_eq!(percent(Percent(-380), "el"), "-0,38\u{a0}%");
    }

    #[test]
    fn greek_capitals_have_no_accents() {
        assert_eq!(capitals("Πληρωμή έως", "el"), "ΠΛΗΡΩΜΗ ΕΩΣ");
        assert_eq!(capitals("Τέλος", "el"), "ΤΕΛΟΣ");
        assert_eq!(capitals("προΐσταμαι", "el"), "ΠΡΟΪΣΤΑΜΑΙ");
        assert_eq!(capitals("Straße", "de"), "STRASSE");
        assert_eq!(capitals("påkrav", "da"), "PÅKRAV");
    }

    fn jiff_date(year: i16, month: i8, day: i8) -> Date {
        Date::new(year, month, day).unwrap()
    }
}
