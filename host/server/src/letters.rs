//! Every word that a debtor reads: templates by language, filled with the facts of the account.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use escalation::{Date, InvoiceNumber, Money, Party};
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use crate::config::{ConfigError, read_text};

/// The language that every template must exist in.
const FALLBACK: &str = "en";

pub struct Letters {
    environment: Environment<'static>,
    folder: PathBuf,
}

/// What a template may use. Amounts and dates are already written the way of the language.
#[derive(Clone, Debug, Serialize)]
pub struct Facts {
    pub creditor: CreditorFacts,
    pub debtor: DebtorFacts,
    pub items: Vec<ItemFacts>,
    pub total: String,
    pub deadline: Option<String>,
    pub today: String,
    pub reference: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct CreditorFacts {
    pub name: String,
    pub address: Vec<String>,
    pub email: String,
    pub phone: String,
    pub iban: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct DebtorFacts {
    pub id: String,
    pub name: String,
    pub address: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ItemFacts {
    pub invoice: String,
    pub issued_on: String,
    pub due_on: String,
    pub original: String,
    pub open: String,
    pub days_past_due: i32,
}

/// An open item as a letter needs it.
#[derive(Clone, Debug)]
pub struct LetterItem {
    pub invoice: InvoiceNumber,
    pub issued_on: Date,
    pub due_on: Date,
    pub original: Money,
    pub open: Money,
    pub days_past_due: i32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub language: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Letters {
    /// Reads `<folder>/<language>/<template>.txt`; a template that cannot be parsed is refused with its line.
    pub fn load(folder: &Path) -> Result<Self, ConfigError> {
        const HINT: &str = "`letters` names a folder with one folder for each language";
        let unreadable =
            |why: std::io::Error| ConfigError::Unreadable { file: folder.to_owned(), why: why.to_string(), hint: HINT };
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let mut languages: Vec<PathBuf> = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.is_dir() {
                languages.push(path);
            }
        }
        for language in languages {
            for entry in std::fs::read_dir(&language).map_err(unreadable)? {
                let file = entry.map_err(unreadable)?.path();
                if file.extension().is_none_or(|extension| extension != "txt") {
                    continue;
                }
                let part =
                    |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
                let name = format!("{}/{}", part(&language), part(&file));
                let text = read_text(&file, HINT)?;
                environment.add_template_owned(name, text).map_err(|error| ConfigError::Wrong {
                    file: file.clone(),
                    why: format!("line {}: {error}", error.line().unwrap_or(1)),
                })?;
            }
        }
        Ok(Self { environment, folder: folder.to_owned() })
    }

    /// Refuses a policy whose templates are missing.
    pub fn check(&self, templates: &[&str]) -> Result<(), ConfigError> {
        for template in templates {
            if self.environment.get_template(&format!("{FALLBACK}/{template}")).is_err() {
                return Err(ConfigError::Wrong {
                    file: self.folder.join(FALLBACK).join(format!("{template}.txt")),
                    why: format!("the policy names the template `{template}`, and this file is not there"),
                });
            }
        }
        Ok(())
    }

    /// The language in which a template will speak to this party.
    pub fn language(&self, template: &str, party: &Party) -> String {
        let has = |language: &str| self.environment.get_template(&format!("{language}/{template}")).is_ok();
        if has(&party.language) { party.language.clone() } else { FALLBACK.to_owned() }
    }

    /// Fills a template. The first line is the subject.
    pub fn render(&self, template: &str, language: &str, facts: &Facts) -> Result<Rendered, String> {
        let template =
            self.environment.get_template(&format!("{language}/{template}")).map_err(|error| error.to_string())?;
        let whole = template.render(minijinja::value::Serde(facts)).map_err(|error| error.to_string())?;
        let (first, rest) = whole.split_once('\n').unwrap_or((&whole, ""));
        let subject = first.strip_prefix("Subject:").unwrap_or(first).trim().to_owned();
        let text = squeeze(rest);
        let html = html(&text, language);
        Ok(Rendered { language: language.to_owned(), subject, text, html })
    }
}

/// Several blank lines, as left by conditions in a template, become one.
fn squeeze(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && lines.last().is_none_or(|last| last.is_empty())) {
            lines.push(line);
        }
    }
    let mut text = lines.join("\n").trim_end().to_owned();
    text.push('\n');
    text
}

fn html(text: &str, language: &str) -> String {
    let paragraphs: String = text
        .trim()
        .split("\n\n")
        .map(|paragraph| format!("<p>{}</p>\n", escape(paragraph).replace('\n', "<br>\n")))
        .collect();
    format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"></head><body>\n{paragraphs}</body></html>\n",
        escape(language)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// How amounts are written: decimal sign, group sign. (de, da, el `1.234,56`; sv `1 234,56`; en `1,234.56`.)
pub fn amount(money: Money, language: &str) -> String {
    let (decimal, group) = match language {
        "de" | "da" | "el" => (',', '.'),
        "sv" => (',', '\u{a0}'),
        _ => ('.', ','),
    };
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
    format!("{sign}{grouped}{fraction} {}", money.currency)
}

/// How days are written; English names the month, because 02/03 is two different days in two countries.
pub fn day(date: Date, language: &str) -> String {
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
    match language {
        "de" | "da" => format!("{:02}.{:02}.{}", date.day(), date.month(), date.year()),
        "el" => format!("{:02}/{:02}/{}", date.day(), date.month(), date.year()),
        "sv" => date.to_string(),
        _ => {
            let month =
                usize::try_from(date.month() - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or("");
            format!("{} {month} {}", date.day(), date.year())
        }
    }
}

/// The sum of items, one text for each currency.
pub fn total(items: &[LetterItem], language: &str) -> String {
    let mut sums: BTreeMap<escalation::Currency, i64> = BTreeMap::new();
    for item in items {
        let sum = sums.entry(item.open.currency).or_default();
        *sum = sum.saturating_add(item.open.minor);
    }
    let texts: Vec<String> =
        sums.into_iter().map(|(currency, minor)| amount(Money::new(minor, currency), language)).collect();
    texts.join(" + ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_days_follow_the_language() {
        let money = Money::new(123_456_789, Currency::EUR);
        assert_eq!(amount(money, "de"), "1.234.567,89 EUR");
        assert_eq!(amount(money, "sv"), "1\u{a0}234\u{a0}567,89 EUR");
        assert_eq!(amount(money, "en"), "1,234,567.89 EUR");
        assert_eq!(amount(Money::new(-5, Currency::EUR), "el"), "-0,05 EUR");
        let date = jiff::civil::date(2026, 3, 2);
        assert_eq!(day(date, "de"), "02.03.2026");
        assert_eq!(day(date, "el"), "02/03/2026");
        assert_eq!(day(date, "sv"), "2026-03-02");
        assert_eq!(day(date, "en"), "2 March 2026");
    }

    #[test]
    fn a_hostile_name_stays_text() {
        assert!(html("Dear <script>alert(1)</script>", "en").contains("&lt;script&gt;"));
    }

    use escalation::Currency;
}
