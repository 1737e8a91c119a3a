//! The statement line `:61:`, cut into its parts.

use crate::wire::figures::money_with_comma;
use dunlin_plugin_sdk::{Date, Money};

/// `YYMMDD[MMDD](C|D|RC|RD)[letter]amount type reference[//bank reference]`
#[derive(Debug)]
pub struct Line<'a> {
    pub value_on: Date,
    pub booked_on: Date,
    /// Its effect on the account: a reversed credit takes money away.
    pub credit: bool,
    pub reversal: bool,
    pub amount: Money,
    pub reference: Option<&'a str>,
    pub bank_reference: Option<&'a str>,
}

impl<'a> Line<'a> {
    pub fn parse(text: &'a str, currency: &str) -> Result<Line<'a>, String> {
        let wrong = |part: &str| format!("`{text}` has no {part}, as in `2603040304C1200,50NTRFINV-7//BANK-1`");
        let value_on = text.get(..6).and_then(short_date).ok_or_else(|| wrong("value date"))?;
        let rest = &text[6..];
        let (booked_on, rest) = match rest.get(..4).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))
        {
            Some(digits) => (near(value_on, digits).ok_or_else(|| wrong("entry date"))?, &rest[4..]),
            // Some banks fill the place of a missing entry date with spaces.
            None => (value_on, rest.trim_start()),
        };
        let marks = [("RC", false, true), ("RD", true, true), ("C", true, false), ("D", false, false)];
        let mark = marks.into_iter().find(|(mark, ..)| rest.starts_with(mark));
        let (mark, credit, reversal) = mark.ok_or_else(|| wrong("mark `C`, `D`, `RC` or `RD`"))?;
        let rest = &rest[mark.len()..];
        // The third letter of the currency may stand before the amount.
        let rest = rest.strip_prefix(|letter: char| letter.is_ascii_uppercase()).unwrap_or(rest);
        let length = rest.find(|sign: char| !sign.is_ascii_digit() && sign != ',').unwrap_or(rest.len());
        let amount = money_with_comma(&rest[..length], currency)?;
        // One letter and three signs say what kind of transaction it is.
        let rest = &rest[length..];
        let after = rest.char_indices().nth(4).map_or(rest.len(), |(place, _)| place);
        let (reference, bank_reference) = match rest[after..].split_once("//") {
            Some((reference, bank)) => (reference, Some(bank)),
            None => (&rest[after..], None),
        };
        let some = |text: &'a str| Some(text.trim()).filter(|text| !text.is_empty());
        Ok(Line {
            value_on,
            booked_on,
            credit,
            reversal,
            amount,
            reference: some(reference),
            bank_reference: bank_reference.and_then(some),
        })
    }
}

/// `YYMMDD`; years from 80 on belong to the last century.
pub fn short_date(text: &str) -> Option<Date> {
    if text.len() != 6 || !text.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let year: i16 = text[..2].parse().ok()?;
    let century = if year >= 80 { 1900 } else { 2000 };
    Date::new(century + year, text[2..4].parse().ok()?, text[4..].parse().ok()?).ok()
}

/// `MMDD` in the year that brings it nearest to the value date.
fn near(value_on: Date, digits: &str) -> Option<Date> {
    let month: i8 = digits[..2].parse().ok()?;
    let day: i8 = digits[2..].parse().ok()?;
    let distance = i16::from(month) - i16::from(value_on.month());
    let year = match distance {
        7.. => value_on.year() - 1,
        ..=-7 => value_on.year() + 1,
        _ => value_on.year(),
    };
    Date::new(year, month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        match Line::parse(text, "EUR") {
            Ok(line) => format!(
                "{} {} {}{}{} {} {}",
                line.value_on,
                line.booked_on,
                if line.reversal { "R" } else { "" },
                if line.credit { "+" } else { "-" },
                line.amount.plain(),
                line.reference.unwrap_or("none"),
                line.bank_reference.unwrap_or("none")
            ),
            Err(why) => why,
        }
    }

    #[test]
    fn every_part_is_found() {
        assert_eq!(told("2603040304C1200,50NTRFINV-7//BANK-1"), "2026-03-04 2026-03-04 +1200.50 INV-7 BANK-1");
        assert_eq!(told("2512310102DR7,S051NONREF"), "2025-12-31 2026-01-02 -7.00 NONREF none");
        assert_eq!(told("2601021231RCR0,5NRTI//X"), "2026-01-02 2025-12-31 R-0.50 none X");
        assert_eq!(told("260304RD1,00NMSC"), "2026-03-04 2026-03-04 R+1.00 none none");
        assert_eq!(told("260304    C1,00NMSCA B"), "2026-03-04 2026-03-04 +1.00 A B none");
    }

    #[test]
    fn what_is_missing_is_named() {
        let like = "as in `2603040304C1200,50NTRFINV-7//BANK-1`";
        assert_eq!(told("26030"), format!("`26030` has no value date, {like}"));
        assert_eq!(told("2602300304C1,"), format!("`2602300304C1,` has no value date, {like}"));
        assert_eq!(told("2603041304C1,"), format!("`2603041304C1,` has no entry date, {like}"));
        assert_eq!(told("260304X1,"), format!("`260304X1,` has no mark `C`, `D`, `RC` or `RD`, {like}"));
        assert_eq!(told("260304CNTRF"), "`` is not an amount in EUR: it has no digits");
        assert_eq!(told("260304C1,001NTRF"), "`1,001` is not an amount in EUR: it has more decimals than the currency");
    }
}
