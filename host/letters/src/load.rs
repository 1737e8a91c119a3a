//! Reading a folder of letters: each file is tried before it is believed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use escalation::Packs;
use minijinja::{Environment, UndefinedBehavior};

use crate::block;
use crate::error::LetterError;
use crate::kind::Kind;
use crate::press::Press;
use crate::templates::Letters;
use crate::words::{FILLED, Words, built_in};
use crate::{FALLBACK, sample, tone};

/// The largest file of the letters' folder that is read.
const FILE_LEN_MAX: u64 = 512 << 10;

/// What a template may name; a loop's own variable has the fields of its list.
const FIELDS: [&str; 17] = [
    "creditor",
    "sender",
    "debtor",
    "items",
    "charges",
    "principal",
    "total",
    "deadline",
    "today",
    "reference",
    "mandate",
    "terms",
    "plan",
    "plan_total",
    "movements",
    "balance",
    "history",
];

pub(crate) fn load(folder: &Path, packs: Packs) -> Result<Letters, LetterError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let mut letters = Letters {
        environment,
        words: BTreeMap::new(),
        kinds: BTreeMap::new(),
        folder: folder.to_owned(),
        packs,
        press: Press::load(read_optional(&folder.join("layout.typ"))?, read_optional(&folder.join("logo.svg"))?)?,
    };
    let mut sources = Vec::new();
    for language in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        let name = stem(&language);
        read_words(&mut letters, &language, &name)?;
        for file in entries(&language)? {
            if file.extension().is_some_and(|extension| extension == "txt") {
                let source = read(&file)?;
                add(&mut letters, &file, &name, &source)?;
                sources.push((file, name.clone(), source));
            }
        }
    }
    for (file, language, source) in &sources {
        let kind = letters.kinds.get(&format!("{language}/{}", stem(file))).copied().unwrap_or(Kind::Internal);
        tone::check_source(file, language, kind, source)?;
        try_out(&letters, file, language, kind, source)?;
    }
    Ok(letters)
}

/// A line of a template that is wrong, and why.
pub(crate) fn explain(error: &minijinja::Error) -> String {
    let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
    let line = error.line().map(|line| format!(", line {line}")).unwrap_or_default();
    format!("{}{detail}{line}", error.kind())
}

/// The words of a language: the folder's own, or those that come with the program, or English ones.
fn read_words(letters: &mut Letters, folder: &Path, language: &str) -> Result<(), LetterError> {
    let file = folder.join("words.toml");
    let own = read_optional(&file)?;
    let text = own.as_deref().or_else(|| built_in(language)).or_else(|| built_in(FALLBACK)).unwrap_or_default();
    let words = Words::parse(text, &file)?;
    for key in FILLED {
        let name = format!("{language}/words/{key}");
        letters.environment.add_template_owned(name, words.filled(key).to_owned()).map_err(|error| {
            LetterError::File {
                file: file.clone(),
                line: line_of(text, key),
                why: format!("`{key}`: {}", explain(&error)),
            }
        })?;
    }
    letters.words.insert(language.to_owned(), words);
    Ok(())
}

fn add(letters: &mut Letters, file: &Path, language: &str, source: &str) -> Result<(), LetterError> {
    let wrong = |line: usize, why: String| LetterError::File { file: file.to_owned(), line, why };
    let template = stem(file);
    let mut head = source.lines();
    if !head.next().unwrap_or_default().starts_with("Subject:") {
        return Err(wrong(1, "the first line must be `Subject: ...`".to_owned()));
    }
    let kind = match head.next().unwrap_or_default() {
        "" => Kind::named(&template),
        line => line.strip_prefix("Kind:").and_then(|name| Kind::named(name.trim())),
    };
    let known: Vec<&str> = Kind::ALL.into_iter().map(Kind::as_str).collect();
    let kind = kind.ok_or_else(|| {
        let why = "the letter's name does not say what it is for";
        wrong(
            2,
            format!(
                "{why}\n\nhint: make the second line `Kind: ...`, one of `{}`, then a blank line",
                known.join("`, `")
            ),
        )
    })?;
    let marked = block::mark(source).map_err(|(line, why)| wrong(line, why))?;
    let name = format!("{language}/{template}");
    letters
        .environment
        .add_template_owned(name.clone(), marked)
        .map_err(|error| wrong(error.line().unwrap_or(1), explain(&error)))?;
    unknown_field(letters, &name, source).map_or(Ok(()), |(line, why)| Err(wrong(line, why)))?;
    letters.kinds.insert(name, kind);
    Ok(())
}

/// A name at the top that is none of the fields.
fn unknown_field(letters: &Letters, name: &str, source: &str) -> Option<(usize, String)> {
    let template = letters.environment.get_template(name).ok()?;
    let used = template.undeclared_variables(false);
    let builtin = |name: &str| letters.environment.globals().any(|(global, _)| global == name);
    let wrong = used.iter().filter(|field| !FIELDS.contains(&field.as_str()) && !builtin(field)).min()?;
    Some((line_of(source, wrong), format!("`{wrong}` is no field of a letter; allowed are `{}`", FIELDS.join("`, `"))))
}

/// Fills the template with made-up facts, with a deadline and without: a field that does not exist shows itself.
/// Only a law firm's letter may count on a mandate.
fn try_out(letters: &Letters, file: &Path, language: &str, kind: Kind, source: &str) -> Result<(), LetterError> {
    for mut facts in [sample::facts(language), sample::bare(language)] {
        if kind == Kind::LawFirmLetter {
            facts.mandate = sample::facts(language).mandate;
        }
        letters.fill(&stem(file), language, &facts).map_err(|error| match error {
            LetterError::Fill { why, .. } => {
                let line = why.rsplit_once(", line ").and_then(|(_, line)| line.parse().ok()).unwrap_or(1);
                let said = source.lines().nth(line - 1).unwrap_or_default().trim();
                let why = format!("{why}, in `{said}`\n\nhint: config/letters/README.md lists the fields of a letter");
                LetterError::File { file: file.to_owned(), line, why }
            }
            other => other,
        })?;
    }
    Ok(())
}

/// Names in order, so that the same folder always fails at the same place.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, LetterError> {
    let unreadable = |why: std::io::Error| LetterError::Unreadable { file: folder.to_owned(), why: why.to_string() };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        paths.push(entry.map_err(unreadable)?.path());
    }
    paths.sort();
    Ok(paths)
}

fn read(file: &Path) -> Result<String, LetterError> {
    let unreadable = |why: String| LetterError::Unreadable { file: file.to_owned(), why };
    let length = std::fs::metadata(file).map_err(|why| unreadable(why.to_string()))?.len();
    if length > FILE_LEN_MAX {
        return Err(unreadable(format!("it has {length} bytes; at most {FILE_LEN_MAX} are allowed")));
    }
    let text = std::fs::read_to_string(file).map_err(|why| unreadable(why.to_string()))?;
    Ok(text.replace("\r\n", "\n"))
}

fn read_optional(file: &Path) -> Result<Option<String>, LetterError> {
    if file.is_file() { read(file).map(Some) } else { Ok(None) }
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

fn line_of(text: &str, word: &str) -> usize {
    text.lines().position(|line| line.contains(word)).map_or(1, |line| line + 1)
}
