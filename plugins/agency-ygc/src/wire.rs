//! Lines of fixed width, read and written field by field.

use crate::layout::{Field, Kind};
use dunlin_plugin_sdk::{Date, Money};
use encoding_rs::WINDOWS_1252;

/// Lines of one file.
pub const LINES_MAX: usize = 20_000;
/// Characters of a line; the longest published record has 1 235.
const LINE_MAX: usize = 4_000;

/// Why something cannot be taken, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub place: String,
    pub reason: String,
}

/// A value that does not fit into its field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit(pub String);

/// A line as it came. One byte is one column, in the encoding that has a letter for each.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    pub number: usize,
    bytes: &'a [u8],
}

/// The lines of a file that have something in them.
pub fn lines(content: &[u8]) -> Result<Vec<Line<'_>>, Fault> {
    let mut lines = Vec::new();
    for (index, line) in content.split(|byte| *byte == b'\n').enumerate() {
        // Old systems end a file with a sign of its own.
        let end = line.iter().rposition(|byte| !matches!(byte, b' ' | b'\r' | 0x1a));
        let Some(bytes) = end.and_then(|end| line.get(..=end)) else { continue };
        if lines.len() >= LINES_MAX {
            return Err(Fault {
                place: format!("line {}", index + 1),
                reason: format!("more than {LINES_MAX} records"),
            });
        }
        lines.push(Line { number: index + 1, bytes });
    }
    Ok(lines)
}

impl Line<'_> {
    /// What is wrong with the line as a whole.
    pub fn check(&self) -> Result<(), Fault> {
        if self.bytes.len() > LINE_MAX {
            return Err(self.fault(format!("longer than {LINE_MAX} columns")));
        }
        match self.bytes.iter().position(u8::is_ascii_control) {
            Some(at) => Err(self.fault(format!("column {}: a control character", at + 1))),
            None => Ok(()),
        }
    }

    pub fn place(&self) -> String {
        format!("line {}", self.number)
    }

    pub fn fault(&self, reason: impl Into<String>) -> Fault {
        Fault { place: self.place(), reason: reason.into() }
    }

    pub fn wrong(&self, field: Field, reason: impl std::fmt::Display) -> Fault {
        self.fault(format!("columns {}-{}: `{}` {reason}", field.first, field.last, field.name))
    }

    /// Without the spaces around it; empty where the line ends before.
    pub fn text(&self, field: Field) -> String {
        let end = self.bytes.len().min(field.last);
        let cut = self.bytes.get(field.first - 1..end).unwrap_or_default();
        WINDOWS_1252.decode_without_bom_handling(cut).0.trim().to_owned()
    }

    pub fn some(&self, field: Field) -> Result<String, Fault> {
        let text = self.text(field);
        match text.is_empty() {
            true => Err(self.wrong(field, "is empty")),
            false => Ok(text),
        }
    }

    /// A number without the zeros before it; empty where there is none.
    pub fn number(&self, field: Field) -> Result<String, Fault> {
        let text = self.text(field);
        if !text.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(self.wrong(field, format!("is `{text}`, which is not a number")));
        }
        self.whole(field, &text)?;
        Ok(text.trim_start_matches('0').to_owned())
    }

    pub fn day(&self, field: Field) -> Result<Date, Fault> {
        let text = self.some(field)?;
        let digits = text.len() == 8 && text.bytes().all(|digit| digit.is_ascii_digit());
        let day = if digits { Date::strptime("%Y%m%d", &text).ok() } else { None };
        day.ok_or_else(|| self.wrong(field, format!("is `{text}`, which is not a day such as `20260304`")))
    }

    /// The point has to be there: without it nobody knows whether cents are meant.
    pub fn amount(&self, field: Field, currency: &str) -> Result<Money, Fault> {
        let text = self.some(field)?;
        let (whole, cents) = text.rsplit_once('.').unwrap_or((&text, ""));
        let digits = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
        if cents.len() != 2 || !digits(cents) || !digits(whole.strip_prefix('-').unwrap_or(whole)) {
            return Err(self.wrong(field, format!("is `{text}`, which is not an amount such as `-1200.50`")));
        }
        self.whole(field, &text)?;
        Money::parse(&text, currency).map_err(|why| self.wrong(field, why.message))
    }

    /// What is written from the right may have lost its end with the end of the line.
    fn whole(&self, field: Field, text: &str) -> Result<(), Fault> {
        match text.is_empty() || self.bytes.len() >= field.last {
            true => Ok(()),
            false => Err(self.wrong(field, format!("is `{text}`, and the line ends within it"))),
        }
    }
}

/// A line that is being written.
#[derive(Debug)]
pub struct Draft {
    signs: Vec<char>,
}

impl Draft {
    pub fn new() -> Draft {
        Draft { signs: Vec::new() }
    }

    pub fn put(&mut self, field: Field, value: &str) -> Result<(), Misfit> {
        let place = format!("`{}` (columns {}-{})", field.name, field.first, field.last);
        let signs: Vec<char> = value.chars().collect();
        let (_, _, unknown) = WINDOWS_1252.encode(value);
        if let Some(sign) = signs.iter().find(|sign| sign.is_control()) {
            return Err(Misfit(format!("{place} cannot hold `{}`", sign.escape_default())));
        }
        if unknown {
            return Err(Misfit(format!("{place} cannot hold all letters of `{value}`: write it in Latin letters")));
        }
        if signs.len() > field.width() {
            let reason =
                format!("{place} has room for {} characters, and `{value}` has {}", field.width(), signs.len());
            return Err(Misfit(reason));
        }
        if self.signs.len() < field.last {
            self.signs.resize(field.last, ' ');
        }
        let from = match field.kind {
            Kind::Amount | Kind::Number => field.last - signs.len(),
            Kind::Text | Kind::Day => field.first - 1,
        };
        for (target, sign) in self.signs.iter_mut().skip(from).zip(signs) {
            *target = sign;
        }
        Ok(())
    }

    pub fn put_day(&mut self, field: Field, day: Date) -> Result<(), Misfit> {
        self.put(field, &day.strftime("%Y%m%d").to_string())
    }

    pub fn put_amount(&mut self, field: Field, amount: &Money) -> Result<(), Misfit> {
        self.put(field, &amount.plain())
    }

    pub fn line(self) -> Vec<u8> {
        let text: String = self.signs.into_iter().collect();
        let text = format!("{}\r\n", text.trim_end());
        WINDOWS_1252.encode(&text).0.into_owned()
    }
}
