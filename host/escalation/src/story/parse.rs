//! A story's text becomes entries: a day, what is reported, how effects end, what is expected.

use std::str::FromStr;

use jiff::civil::Date;

use super::expect::{self, Expectation};
use super::outcome::Outcome;
use super::says::{self, Says, Trait};
use super::text::Words;
use super::{Book, StoryError};

/// A longer story is two stories.
const LINES_MAX: usize = 5_000;

pub(super) struct Story {
    /// Everything that happens has to be told.
    pub complete: bool,
    pub debtors: Vec<(String, Vec<Trait>)>,
    pub entries: Vec<Entry>,
}

/// A dated line with what belongs to it.
pub(super) struct Entry {
    pub line: usize,
    pub on: Date,
    pub says: Says,
    pub outcome: Outcome,
    pub expects: Vec<Expectation>,
}

pub(super) fn parse(text: &str, book: Book<'_>) -> Result<Story, StoryError> {
    let mut story = Story { complete: false, debtors: Vec::new(), entries: Vec::new() };
    for (at, line) in text.lines().enumerate() {
        let number = at + 1;
        let error = |text: String| StoryError { file: String::new(), line: number, text };
        if number > LINES_MAX {
            return Err(error(format!("a story has at most {LINES_MAX} lines")));
        }
        let told = line.trim();
        if !told.is_empty() && !told.starts_with('#') {
            read_line(&mut story, number, told, book).map_err(error)?;
        }
    }
    if story.entries.is_empty() {
        let text = "no line begins with a date: nothing is told".to_owned();
        return Err(StoryError { file: String::new(), line: text.lines().count(), text });
    }
    Ok(story)
}

fn read_line(story: &mut Story, line: usize, told: &str, book: Book<'_>) -> Result<(), String> {
    if let Some(expected) = told.strip_prefix('>') {
        let expectation = expect::read(line, expected, book)?;
        let entry = story.entries.last_mut().ok_or("an expectation stands before the first date")?;
        entry.expects.push(expectation);
        return Ok(());
    }
    if let Some(outcome) = told.strip_prefix('!') {
        let entry = story.entries.last_mut().ok_or("an outcome stands before the first date")?;
        if !entry.expects.is_empty() {
            return Err("an outcome stands after an expectation: put it right under its date".to_owned());
        }
        entry.outcome = Outcome::read(outcome.trim())?;
        return Ok(());
    }
    let first = told.split_whitespace().next().unwrap_or_default();
    if let Ok(on) = Date::from_str(first) {
        if story.entries.last().is_some_and(|before| before.on > on) {
            return Err(format!("{on} is earlier than the line before"));
        }
        let says = says::read(&told[first.len()..])?;
        story.entries.push(Entry { line, on, says, outcome: Outcome::Done, expects: Vec::new() });
        return Ok(());
    }
    if first.starts_with(|letter: char| letter.is_ascii_digit()) {
        return Err(format!("`{first}` is not a date: YYYY-MM-DD"));
    }
    if !story.entries.is_empty() {
        return Err(format!(
            "`{first}` is not a date, and the head of the story is over\n\nhint: `YYYY-MM-DD`, `>` or `!`"
        ));
    }
    head(story, told)
}

fn head(story: &mut Story, told: &str) -> Result<(), String> {
    let mut words = Words::new(told);
    if words.takes("policy:") {
        words.word("a policy's name")?;
    } else if words.takes("complete") {
        story.complete = true;
    } else if words.takes("debtor") {
        story.debtors.push(says::debtor(&mut words)?);
    } else {
        return Err(format!(
            "`{told}` is not understood\n\nhint: `policy: NAME`, `complete`, `debtor NAME: ...`, or a date"
        ));
    }
    words.ends()
}
