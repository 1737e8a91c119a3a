//! The tone of a letter: what threatens, misleads, insults or shames is refused, and so is a placeholder that nobody filled.
//!
//! A list cannot judge a sentence. It catches the wording that guides on collecting and the conduct rules (FDCPA § 806 and 807,
//! Law 3758/2009, god inkassosed) name as out of bounds, in templates that users change. Honest next steps pass: an agency, a
//! law firm, a court order or further costs may be announced by a policy that does it.

mod phrases;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use crate::FALLBACK;
use crate::error::LetterError;
use crate::kind::Kind;
use crate::notation::capitals;
use crate::templates::Written;
use crate::values::Values;

/// Why a wording is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Threat,
    Misleading,
    Insult,
    Shame,
    /// Speaks as a law firm; allowed under a recorded mandate.
    Lawyer,
    Placeholder,
}

impl Fault {
    pub fn reason(self) -> &'static str {
        match self {
            Self::Threat => "a letter threatens with nothing but the next step of the policy",
            Self::Misleading => "a letter claims no authority, order or motive that is not a fact of the account",
            Self::Insult => "a letter does not insult",
            Self::Shame => "a letter does not shame, and tells nobody else",
            Self::Lawyer => "only a law firm with a recorded mandate speaks so",
            Self::Placeholder => "a placeholder was left unfilled",
        }
    }
}

/// A wording that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub wording: String,
    pub fault: Fault,
}

/// A wording of a list, ready to be looked for.
struct Listed {
    phrase: &'static str,
    folded: String,
    fault: Fault,
}

/// Folded once: every line of every template is held against every wording.
static LISTS: LazyLock<BTreeMap<&'static str, Vec<Listed>>> = LazyLock::new(|| {
    let of = |language| {
        let lists = phrases::of(language).iter();
        let listed = lists.flat_map(|(fault, phrases)| phrases.iter().map(move |phrase| (*fault, *phrase)));
        listed.map(|(fault, phrase)| Listed { phrase, folded: fold(phrase, language), fault }).collect()
    };
    ["en", "de", "el", "da", "sv"].into_iter().map(|language| (language, of(language))).collect()
});

/// The first wording of a text that no letter in this language may have. Languages without a list of their own are read by
/// the English one, which finds placeholders only by luck of the words: write a list before adding a language.
pub fn lint(text: &str, language: &str) -> Option<Found> {
    let text = fold(text, language);
    let list = LISTS.get(language).or_else(|| LISTS.get(FALLBACK))?;
    let found = list.iter().find(|listed| begins_word(&text, &listed.folded))?;
    Some(Found { wording: found.phrase.to_owned(), fault: found.fault })
}

/// A placeholder that is still in a finished text: `{{ name }}`, `[Name]`, `<date>`, `XXX`.
pub fn placeholder(text: &str) -> Option<Found> {
    let found = |wording: &str| Some(Found { wording: wording.to_owned(), fault: Fault::Placeholder });
    for mark in ["{{", "}}", "{%", "%}", "XXX", "lorem ipsum"] {
        if text.contains(mark) {
            return found(mark);
        }
    }
    for (open, close) in [('[', ']'), ('<', '>')] {
        for (at, _) in text.match_indices(open) {
            let inside = text.get(at + 1..).and_then(|rest| rest.split_once(close)).map_or("", |(inside, _)| inside);
            let is_word = |sign: char| sign.is_alphabetic() || matches!(sign, ' ' | '-' | '_' | '.');
            if !inside.is_empty() && inside.len() <= 60 && inside.chars().all(is_word) {
                return found(&format!("{open}{inside}{close}"));
            }
        }
    }
    None
}

/// Refuses a template whose own words are out of bounds, with the line on which they begin.
pub(crate) fn check_source(file: &Path, language: &str, kind: Kind, source: &str) -> Result<(), LetterError> {
    let lines: Vec<&str> = source.lines().collect();
    for (number, line) in lines.iter().enumerate() {
        // A wording may run on into the next line.
        let here = lint(line, language);
        let both = || lint(&format!("{line} {}", lines.get(number + 1).unwrap_or(&"")), language);
        let next = || lines.get(number + 1).and_then(|line| lint(line, language));
        let found = here.or_else(|| both().filter(|_| next().is_none()));
        let Some(Found { wording, fault }) = found else { continue };
        if fault == Fault::Lawyer && kind == Kind::LawFirmLetter {
            continue;
        }
        let why = format!("`{wording}`: {}", fault.reason());
        return Err(LetterError::File { file: file.to_owned(), line: number + 1, why });
    }
    Ok(())
}

/// Refuses a finished letter. Names, numbers and addresses are left out of the judgement: a firm may be called anything.
pub(crate) fn check(written: &Written, values: &Values, mandated: bool) -> Result<(), LetterError> {
    let mut text = format!("{}\n{}", written.subject, written.text());
    for word in values.outside().into_iter().filter(|word| word.len() >= 3) {
        text = text.replace(word, " ");
    }
    let tone = lint(&text, &written.language).filter(|found| !(found.fault == Fault::Lawyer && mandated));
    match tone.or_else(|| placeholder(&text)) {
        None => Ok(()),
        Some(Found { wording, fault }) => Err(LetterError::Tone {
            template: format!("{}/{}", written.language, written.template),
            found: wording,
            why: fault.reason().to_owned(),
        }),
    }
}

/// One case, no Greek accents, one kind of space.
fn fold(text: &str, language: &str) -> String {
    capitals(&text.split_whitespace().collect::<Vec<_>>().join(" "), language)
}

/// The phrase stands at the beginning of a word; endings are free, as languages decline.
fn begins_word(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase)
        .any(|(at, _)| !text.get(..at).and_then(|before| before.chars().next_back()).is_some_and(char::is_alphanumeric))
}
