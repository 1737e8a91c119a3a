//! Why a letter cannot be read, filled or sent.

use std::path::PathBuf;

use thiserror::Error;

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LetterError {
    #[error("`{}` cannot be read: {why}\n\nhint: `letters` names a folder with one folder for each language", .file.display())]
    Unreadable { file: PathBuf, why: String },
    /// A file of the letters' folder is not what it should be.
    #[error("{}:{line}: {why}", .file.display())]
    File { file: PathBuf, line: usize, why: String },
    #[error("{}: the policy names the template `{template}`, and this file is not there", .file.display())]
    NoTemplate { file: PathBuf, template: String },
    #[error("the letter `{template}` cannot be filled: {why}")]
    Fill { template: String, why: String },
    /// What the country of the debtor requires, or every demand does, is not in the letter.
    #[error("the letter `{template}` lacks {}\n\nhint: {hint}", .lacks.join("; "))]
    Lacks { template: String, lacks: Vec<String>, hint: &'static str },
    #[error(
        "the letter `{template}` is a law firm's, and no mandate of a firm is on record\n\nhint: record the mandate, or send `final-demand`"
    )]
    NoMandate { template: String },
    #[error("the letter `{template}` says `{found}`: {why}")]
    Tone { template: String, found: String, why: String },
    #[error("the letter `{template}` has {lines} lines in one list; at most {max} are allowed")]
    TooLong { template: String, lines: usize, max: usize },
    /// The page could not be set: the layout is wrong, or a sign is in no font.
    #[error("the page cannot be set: {0}")]
    Page(String),
}
