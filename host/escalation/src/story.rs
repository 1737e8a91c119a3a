//! A story: dates, what the world reports, and what must and must not follow. Policy authors try their policies with it, and
//! so do our own tests. The grammar stands in tests/scenarios/README.md.

mod agreed;
mod debtor;
mod deed;
mod expect;
mod hear;
mod judge;
mod outcome;
mod parse;
mod says;
mod text;
mod upfront;
mod work;
mod world;

use std::fmt;

use crate::assignment::PolicyRef;
use crate::pack::Packs;
use crate::policy::Policy;

/// How a story went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryReport {
    pub ok: bool,
    /// Expectations that were checked.
    pub checked: usize,
    /// What differed, readable; empty when all went as told.
    pub lines: Vec<String>,
}

/// A line of a story that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryError {
    pub file: String,
    pub line: usize,
    pub text: String,
}

impl fmt::Display for StoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.text)
    }
}

impl std::error::Error for StoryError {}

/// The policy that a story begins with, and those that it may publish.
#[derive(Clone, Copy)]
struct Book<'a> {
    policy: &'a Policy,
    others: &'a [Policy],
    packs: &'a Packs,
}

impl<'a> Book<'a> {
    fn all(self) -> impl Iterator<Item = &'a Policy> {
        std::iter::once(self.policy).chain(self.others)
    }

    fn version(self, wanted: &PolicyRef) -> Option<&'a Policy> {
        self.all().find(|policy| policy.reference() == *wanted)
    }
}

/// The policy that the story names in its head, if it does.
pub fn policy_name(text: &str) -> Option<&str> {
    let named = text.lines().map(str::trim).find_map(|line| line.strip_prefix("policy:"));
    named.map(str::trim).filter(|name| !name.is_empty())
}

/// Tells the story to the real core, day by day, and compares. A story that cannot be read has failed.
pub fn run(text: &str, file: &str, policy: &Policy, packs: &Packs) -> StoryReport {
    run_among(text, file, policy, packs, &[])
}

/// The same, with further policies that the story may publish on its way.
pub fn run_among(text: &str, file: &str, policy: &Policy, packs: &Packs, others: &[Policy]) -> StoryReport {
    let book = Book { policy, others, packs };
    match parse::parse(text, book) {
        Ok(story) => world::tell(&story, file, book),
        Err(wrong) => {
            let error = StoryError { file: file.to_owned(), ..wrong };
            StoryReport { ok: false, checked: 0, lines: vec![error.to_string()] }
        }
    }
}

#[cfg(test)]
mod tests;
