//! Days in a configured format: `DD.MM.YYYY`, `M/D/YYYY`, and inside a file name `YYYYMMDD-hhmm`.

use dunlin_plugin_sdk::Date;

/// Characters of a pattern.
const MAX_PATTERN: usize = 60;

#[derive(Clone, Debug)]
pub struct Format {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// A number of so many digits; `one` says that a leading zero may be missing.
    Number {
        what: What,
        digits: usize,
        one: bool,
    },
    Sign(char),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

/// A day, and the time on it where the pattern has one. Its order is the order in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    pub day: Date,
    /// Seconds since midnight.
    pub second: u32,
}

const TOKENS: [(&str, Part); 9] = [
    ("YYYY", number(What::Year, 4, false)),
    ("YY", number(What::Year, 2, false)),
    ("MM", number(What::Month, 2, false)),
    ("M", number(What::Month, 2, true)),
    ("DD", number(What::Day, 2, false)),
    ("D", number(What::Day, 2, true)),
    ("hh", number(What::Hour, 2, false)),
    ("mm", number(What::Minute, 2, false)),
    ("ss", number(What::Second, 2, false)),
];

const fn number(what: What, digits: usize, one: bool) -> Part {
    Part::Number { what, digits, one }
}

impl Format {
    /// Year, month and day each once; every other letter stands for itself.
    pub fn new(pattern: &str) -> Result<Self, String> {
        if pattern.len() > MAX_PATTERN {
            return Err(format!("a pattern has at most {MAX_PATTERN} characters"));
        }
        let mut parts = Vec::new();
        let mut rest = pattern;
        while let Some(sign) = rest.chars().next() {
            let token = TOKENS.iter().find(|(token, _)| rest.starts_with(token));
            let (part, length) = match token {
                Some((token, part)) => (part.clone(), token.len()),
                None => (Part::Sign(sign), sign.len_utf8()),
            };
            parts.push(part);
            rest = &rest[length..];
        }
        let times = |wanted: What| {
            parts.iter().filter(|part| matches!(part, Part::Number { what, .. } if *what == wanted)).count()
        };
        for (what, name) in [(What::Year, "the year"), (What::Month, "the month"), (What::Day, "the day")] {
            if times(what) != 1 {
                return Err(format!("{name} is to be in it once"));
            }
        }
        Ok(Self { parts })
    }

    /// The whole text is a day.
    pub fn day(&self, text: &str) -> Option<Date> {
        let (moment, rest) = self.start(text.trim())?;
        // An export may add a time that is always midnight.
        let midnight = rest.trim().bytes().all(|sign| matches!(sign, b'0' | b':' | b'.' | b'T'));
        (rest.is_empty() || rest.starts_with([' ', 'T']) && midnight).then_some(moment.day)
    }

    /// The first place in a text where the pattern fits.
    pub fn find(&self, text: &str) -> Option<Moment> {
        text.char_indices().find_map(|(start, _)| self.start(&text[start..])).map(|(moment, _)| moment)
    }

    /// The day as the format writes it.
    pub fn write(&self, day: Date) -> String {
        let mut text = String::new();
        for part in &self.parts {
            let (value, digits) = match part {
                Part::Sign(sign) => {
                    text.push(*sign);
                    continue;
                }
                Part::Number { what: What::Year, digits: 2, .. } => (day.year().unsigned_abs() % 100, 2),
                Part::Number { what: What::Year, .. } => (day.year().unsigned_abs(), 4),
                Part::Number { what: What::Month, one, .. } => {
                    (day.month().unsigned_abs().into(), if *one { 1 } else { 2 })
                }
                Part::Number { what: What::Day, one, .. } => {
                    (day.day().unsigned_abs().into(), if *one { 1 } else { 2 })
                }
                Part::Number { .. } => (0, 2),
            };
            text.push_str(&format!("{value:0digits$}"));
        }
        text
    }

    fn start<'t>(&self, text: &'t str) -> Option<(Moment, &'t str)> {
        let (mut year, mut month, mut day) = (0_i16, 0_i8, 0_i8);
        let (mut hour, mut minute, mut second) = (0_u32, 0_u32, 0_u32);
        let mut rest = text;
        for part in &self.parts {
            let (what, digits, one) = match part {
                Part::Sign(sign) => {
                    rest = rest.strip_prefix(*sign)?;
                    continue;
                }
                Part::Number { what, digits, one } => (*what, *digits, *one),
            };
            let found = rest.bytes().take(digits).take_while(u8::is_ascii_digit).count();
            if found == 0 || found < digits && !one {
                return None;
            }
            let value: u16 = rest[..found].parse().ok()?;
            rest = &rest[found..];
            match what {
                // Two digits: no list is older than this century.
                What::Year => year = i16::try_from(if digits == 2 { 2000 + value } else { value }).ok()?,
                What::Month => month = i8::try_from(value).ok()?,
                What::Day => day = i8::try_from(value).ok()?,
                What::Hour => hour = Some(value.into()).filter(|hour| *hour < 24)?,
                What::Minute => minute = Some(value.into()).filter(|minute| *minute < 60)?,
                What::Second => second = Some(value.into()).filter(|second| *second < 60)?,
            }
        }
        let day = Date::new(year, month, day).ok().filter(|day| day.year() >= 1900)?;
        Some((Moment { day, second: hour * 3600 + minute * 60 + second }, rest))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(format: &str, text: &str) -> Option<String> {
        Format::new(format).unwrap().day(text).map(|day| day.to_string())
    }

    #[test]
    fn days_are_read_as_configured() {
        for (format, text) in [
            ("DD.MM.YYYY", "05.03.2026"),
            ("D.M.YYYY", "5.3.2026"),
            ("D.M.YYYY", "05.03.2026"),
            ("M/D/YYYY", "3/5/2026"),
            ("DDMMYY", "050326"),
            ("YYYY-MM-DD", " 2026-03-05 "),
            ("YYYY-MM-DD", "2026-03-05 00:00:00"),
            ("YYYY-MM-DD", "2026-03-05T00:00:00.000"),
        ] {
            assert_eq!(day(format, text).as_deref(), Some("2026-03-05"), "{format} {text}");
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in
            ["", "31.02.2026", "5.3.2026", "05.03.26", "05/03/2026", "05.03.2026x", "00.00.0000", "05.03.2026 12:00"]
        {
            assert_eq!(day("DD.MM.YYYY", text), None, "{text}");
        }
        for pattern in ["", "MM.YYYY", "DD.MM.YYYY DD", "D.D.YYYY"] {
            assert!(Format::new(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn the_day_of_a_list_is_found_in_its_name() {
        let find =
            |pattern: &str, name: &str| Format::new(pattern).unwrap().find(name).map(|m| (m.day.to_string(), m.second));
        assert_eq!(find("YYYYMMDD", "OPOS_20260305.csv"), Some(("2026-03-05".to_owned(), 0)));
        assert_eq!(find("YYYY-MM-DD_hhmm", "a 2026-03-05_1430.csv"), Some(("2026-03-05".to_owned(), 52_200)));
        assert_eq!(find("YYYYMMDD", "mandant-99999999-20260305.csv"), Some(("2026-03-05".to_owned(), 0)));
        assert_eq!(find("YYYYMMDD", "list.csv"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "\\PC{0,20}") {
            let _ = (day("D.M.YYYY", &text), Format::new("YYYYMMDD").unwrap().find(&text));
        }

        #[test]
        fn a_day_that_is_written_is_read_again(days in 0..40_000_i64, format in 0..4_usize) {
            let format = Format::new(["DD.MM.YYYY", "M/D/YYYY", "YYYY-MM-DD", "YYYYMMDD"][format]).unwrap();
            let first = Date::new(1990, 1, 1).unwrap();
            let seconds = u64::try_from(days).unwrap() * 86_400;
            let day = first.checked_add(std::time::Duration::from_secs(seconds)).unwrap();
            prop_assert_eq!(format.day(&format.write(day)), Some(day));
        }
    }
}
