//! A line of a story, word by word.

use std::str::FromStr;

use jiff::civil::Date;

use crate::id::InvoiceNumber;
use crate::money::{Currency, Money};

/// What is left of a line.
#[derive(Clone)]
pub(super) struct Words<'a> {
    rest: &'a str,
}

pub(super) type Read<T> = Result<T, String>;

impl<'a> Words<'a> {
    pub fn new(line: &'a str) -> Self {
        Self { rest: line.trim() }
    }

    pub fn peek(&self) -> &'a str {
        self.rest.split_whitespace().next().unwrap_or("")
    }

    /// The next word; `what` says what should stand there.
    pub fn word(&mut self, what: &str) -> Read<&'a str> {
        let word = self.peek();
        if word.is_empty() {
            return Err(format!("{what} is missing at the end of the line"));
        }
        self.rest = self.rest[word.len()..].trim_start();
        Ok(word)
    }

    /// Takes the words if they stand here.
    pub fn takes(&mut self, words: &str) -> bool {
        let mut after = self.clone();
        for wanted in words.split(' ') {
            if after.peek() != wanted {
                return false;
            }
            after.rest = after.rest[wanted.len()..].trim_start();
        }
        *self = after;
        true
    }

    pub fn needs(&mut self, words: &str) -> Read<()> {
        if self.takes(words) { Ok(()) } else { Err(format!("expected `{words}` before `{}`", self.rest)) }
    }

    /// A debtor's name: one word.
    pub fn name(&mut self) -> Read<String> {
        let name = self.word("a debtor's name")?;
        let plain = |letter: char| letter.is_alphanumeric() || "-&._".contains(letter);
        if !name.chars().all(plain) || name.chars().all(|letter| letter.is_lowercase()) {
            return Err(format!("`{name}` is not a debtor's name: one word, not in small letters"));
        }
        Ok(name.to_owned())
    }

    pub fn number(&mut self) -> Read<InvoiceNumber> {
        Ok(InvoiceNumber::new(self.word("an invoice number")?))
    }

    pub fn date(&mut self) -> Read<Date> {
        let word = self.word("a date")?;
        Date::from_str(word).map_err(|_| format!("`{word}` is not a date: YYYY-MM-DD"))
    }

    /// `1200.00 EUR`
    pub fn money(&mut self) -> Read<Money> {
        let amount = self.word("an amount")?;
        let code = self.word("a currency")?;
        let currency = Currency::from_str(code).map_err(|wrong| wrong.to_string())?;
        Money::parse(amount, currency).map_err(|wrong| wrong.to_string())
    }

    /// `INV-7, INV-8`
    pub fn numbers(&mut self) -> Read<Vec<InvoiceNumber>> {
        let mut numbers = Vec::new();
        loop {
            let word = self.word("an invoice number")?;
            numbers.push(InvoiceNumber::new(word.trim_end_matches(',')));
            if !word.ends_with(',') {
                return Ok(numbers);
            }
        }
    }

    /// `"words between quotes"`
    pub fn quoted(&mut self) -> Read<String> {
        let inner = self.rest.strip_prefix('"').and_then(|rest| rest.split_once('"'));
        let Some((text, rest)) = inner else { return Err(format!("expected a text in quotes before `{}`", self.rest)) };
        self.rest = rest.trim_start();
        Ok(text.to_owned())
    }

    pub fn rest(&mut self) -> &'a str {
        std::mem::take(&mut self.rest)
    }

    pub fn ends(&self) -> Read<()> {
        if self.rest.is_empty() { Ok(()) } else { Err(format!("`{}` is not understood here", self.rest)) }
    }
}
