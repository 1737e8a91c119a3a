//! Terms of payment: when the money is due, and what is taken off for paying early.

use std::time::Duration;

use dunlin_plugin_sdk::accounting::Discount;
use dunlin_plugin_sdk::{Date, Note};

use super::{flaw, value};
use crate::wire::{Discount as Written, Document, Field, Flaw};

/// Discounts of one invoice.
const MAX_DISCOUNTS: usize = 10;
/// Instalments that are passed on as notes.
const MAX_INSTALMENTS: usize = 60;
/// Characters of the terms in words.
const MAX_WORDS: usize = 4_000;
/// A discount runs no longer than this many days.
const MAX_DAYS: u64 = 999;
const A_DAY: u64 = 24 * 60 * 60;
/// How German senders write a discount inside the words: `#SKONTO#TAGE=14#PROZENT=2.00#`.
const SKONTO: &str = "#SKONTO#";

/// The day on which the whole amount is due: the last one that is stated, so that nobody is reminded of an instalment
/// before its day. A day that only ends a discount counts if there is no other.
pub fn due_on(document: &Document) -> Result<Option<Date>, Flaw> {
    let net = document.terms.iter().filter(|terms| terms.discount.is_none()).filter_map(|terms| terms.due_on.as_ref());
    let net: Vec<&Field> = document.due_on.iter().chain(net).collect();
    let all = match net.is_empty() {
        true => document.terms.iter().filter_map(|terms| terms.due_on.as_ref()).collect(),
        false => net,
    };
    let days: Vec<Date> = all.into_iter().map(value::date).collect::<Result<_, _>>()?;
    Ok(days.into_iter().max())
}

/// Amounts that are due on days of their own, as notes `instalment` with `2026-03-01 500.00 EUR`.
pub fn instalments(document: &Document) -> Result<Vec<Note>, Flaw> {
    let parts = document.terms.iter().filter_map(|terms| Some((terms.due_on.as_ref()?, terms.part.as_ref()?)));
    let note = |(day, part): (&Field, &Field)| {
        let amount = value::money(part, &document.currency)?;
        Ok(Note::new("instalment", format!("{} {amount}", value::date(day)?)))
    };
    parts.take(MAX_INSTALMENTS).map(note).collect()
}

/// All terms in the words of the invoice.
pub fn words(document: &Document) -> String {
    let words: Vec<&str> =
        document.terms.iter().filter_map(|terms| terms.text.as_ref()).map(|f| f.text.as_str()).collect();
    words.join("\n").chars().take(MAX_WORDS).collect()
}

/// Discounts stated in elements, then those written into the words.
pub fn discounts(document: &Document, issued_on: Date) -> Result<Vec<Discount>, Flaw> {
    let mut found: Vec<Discount> = Vec::new();
    for terms in &document.terms {
        let stated = match &terms.discount {
            Some(written) => stated(written, terms.due_on.as_ref(), issued_on)?,
            None => None,
        };
        let words = terms.text.as_ref().map_or("", |field| field.text.as_str());
        for discount in stated.into_iter().chain(skonto(words, issued_on)) {
            if !found.contains(&discount) && found.len() < MAX_DISCOUNTS {
                found.push(discount);
            }
        }
    }
    Ok(found)
}

/// None if it is no discount (0 %) or its last day is not said.
fn stated(written: &Written, due_on: Option<&Field>, issued_on: Date) -> Result<Option<Discount>, Flaw> {
    let text = &written.percent.text;
    let Some(percent) = value::percent(text) else {
        let nothing = text.bytes().all(|digit| digit == b'0' || digit == b'.');
        return if nothing { Ok(None) } else { Err(flaw(&written.percent, format!("`{text}` is not a percentage"))) };
    };
    let from = written.from.as_ref().map(value::date).transpose()?.unwrap_or(issued_on);
    let until = match (&written.until, &written.days, due_on) {
        (Some(day), _, _) => Some(value::date(day)?),
        (None, Some(days), _) if days.qualifier.is_empty() || days.qualifier == "DAY" => after(from, &days.text),
        (None, None, Some(day)) => Some(value::date(day)?),
        (None, _, _) => None,
    };
    Ok(until.map(|until| Discount { percent, until }))
}

/// Reads every `#SKONTO#TAGE=…#PROZENT=…#` of the words; what is not written that way stays words.
fn skonto(words: &str, issued_on: Date) -> Vec<Discount> {
    let one = |entry: &str| {
        let entry = entry.lines().next()?;
        let value = |name: &str| entry.split('#').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
        Some(Discount { percent: value::percent(value("PROZENT")?.trim())?, until: after(issued_on, value("TAGE")?)? })
    };
    words.split(SKONTO).skip(1).filter_map(one).collect()
}

fn after(from: Date, days: &str) -> Option<Date> {
    let days: u64 = days.trim().trim_end_matches(".0").parse().ok().filter(|days| *days <= MAX_DAYS)?;
    from.checked_add(Duration::from_secs(days * A_DAY)).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(month: i8, day: i8) -> Date {
        Date::new(2026, month, day).unwrap()
    }

    fn found(words: &str) -> Vec<(String, Date)> {
        skonto(words, day(1, 5)).into_iter().map(|discount| (discount.percent, discount.until)).collect()
    }

    #[test]
    fn discounts_are_read_from_german_words() {
        let words =
            "#SKONTO#TAGE=7#PROZENT=2.00#\n#SKONTO#TAGE=14#PROZENT=1.00#BASISBETRAG=357.93#\nsonst 30 Tage netto";
        assert_eq!(found(words), [("2.00".to_owned(), day(1, 12)), ("1.00".to_owned(), day(1, 19))]);
        assert_eq!(found("bitte #SKONTO#PROZENT=3#TAGE=28#"), [("3".to_owned(), day(2, 2))]);
    }

    #[test]
    fn what_is_no_discount_stays_words() {
        for words in [
            "",
            "2% 10 days",
            "#SKONTO#",
            "#SKONTO#TAGE=30#PROZENT=0.00#",
            "#SKONTO#TAGE=x#PROZENT=2.00#",
            "#SKONTO#TAGE=4000#PROZENT=2.00#",
            "#SKONTO#TAGE=14\n#PROZENT=2.00#",
            "#VERZUG#TAGE=14#PROZENT=2.00#",
        ] {
            assert_eq!(found(words), [], "{words}");
        }
    }

    proptest! {
        #[test]
        fn any_words_are_answered(words in "(#|SKONTO|TAGE=|PROZENT=|[0-9.]{1,4}|\\PC|\n){0,40}") {
            let last = day(1, 5).checked_add(Duration::from_secs(MAX_DAYS * A_DAY)).unwrap();
            for (_, until) in found(&words) {
                prop_assert!(until >= day(1, 5) && until <= last);
            }
        }
    }
}
