//! Templates by language, filled with the facts of one letter.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use escalation::{Packs, Party};
use minijinja::{Environment, Value};

use crate::block::cut;
use crate::error::LetterError;
use crate::facts::{Facts, LINES_MAX};
use crate::kind::Kind;
use crate::press::Press;
use crate::sheet::{Part, Parts, Sheet};
use crate::values::Values;
use crate::words::Words;
use crate::{FALLBACK, html, load, required, text, tone};

/// All letters of a folder, and the press that sets them.
pub struct Letters {
    pub(crate) environment: Environment<'static>,
    pub(crate) words: BTreeMap<String, Words>,
    /// By `<language>/<template>`.
    pub(crate) kinds: BTreeMap<String, Kind>,
    pub(crate) folder: PathBuf,
    /// What the law of a debtor's country asks of a letter.
    pub(crate) packs: Packs,
    pub(crate) press: Press,
}

/// A finished letter. Text, HTML and PDF say the same, because they are written from the same parts.
#[derive(Clone, Debug)]
pub struct Written {
    pub template: String,
    pub kind: Kind,
    pub language: String,
    pub subject: String,
    pub parts: Vec<Part>,
    pub sheet: Sheet,
}

impl Written {
    /// The body as plain text.
    pub fn text(&self) -> String {
        text::text(&self.parts)
    }

    /// The whole message as HTML.
    pub fn html(&self) -> String {
        html::html(&self.subject, &self.parts, &self.language)
    }
}

impl Letters {
    /// Reads a folder: `<language>/<template>.txt`, `<language>/words.toml`, `layout.typ` and `logo.svg`.
    ///
    /// Each template is tried with made-up facts. One that cannot be parsed, names what does not exist or speaks in a tone that
    /// no letter may have is refused with its file and line.
    pub fn load(folder: &Path, packs: Packs) -> Result<Self, LetterError> {
        load::load(folder, packs)
    }

    /// Refuses a policy whose templates are missing.
    pub fn check(&self, templates: &[&str]) -> Result<(), LetterError> {
        for template in templates {
            if !self.has(FALLBACK, template) {
                return Err(LetterError::NoTemplate {
                    file: self.folder.join(FALLBACK).join(format!("{template}.txt")),
                    template: (*template).to_owned(),
                });
            }
        }
        Ok(())
    }

    /// The language in which a template will speak to this party.
    pub fn language(&self, template: &str, party: &Party) -> String {
        if self.has(&party.language, template) { party.language.clone() } else { FALLBACK.to_owned() }
    }

    /// Every template by language and name.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str, Kind)> {
        self.kinds
            .iter()
            .filter_map(|(path, kind)| path.split_once('/').map(|(language, name)| (language, name, *kind)))
    }

    /// Fills a template and looks at what came out.
    ///
    /// Refused are a letter that lacks what its kind and the debtor's country require, a law firm's letter without a mandate,
    /// and one that says what no letter may say.
    pub fn write(&self, template: &str, language: &str, facts: &Facts) -> Result<Written, LetterError> {
        let kind = self.kinds.get(&format!("{language}/{template}"));
        if kind == Some(&Kind::LawFirmLetter) && facts.mandate.is_none() {
            return Err(LetterError::NoMandate { template: template.to_owned() });
        }
        let (written, values) = self.fill(template, language, facts)?;
        tone::check(&written, &values, facts.mandate.is_some())?;
        required::check(&written, &values, facts, &self.packs)?;
        Ok(written)
    }

    /// Sets a letter as PDF.
    pub fn print(&self, written: &Written) -> Result<Vec<u8>, LetterError> {
        self.press.print(written)
    }

    /// Fills a template, unchecked: for [`write`](Self::write) and for trying it.
    pub(crate) fn fill(&self, template: &str, language: &str, facts: &Facts) -> Result<(Written, Values), LetterError> {
        let wrong = |why: String| LetterError::Fill { template: template.to_owned(), why };
        for lines in
            [facts.items.len(), facts.charges.len(), facts.plan.len(), facts.movements.len(), facts.history.len()]
        {
            if lines > LINES_MAX {
                return Err(LetterError::TooLong { template: template.to_owned(), lines, max: LINES_MAX });
            }
        }
        let name = format!("{language}/{template}");
        let words = self.words.get(language).ok_or_else(|| wrong(format!("there is no language `{language}`")))?;
        let kind = *self.kinds.get(&name).ok_or_else(|| wrong(format!("there is no file `{name}.txt`")))?;
        let values = Values::of(facts, words, language).map_err(|error| match error {
            LetterError::Fill { why, .. } => wrong(why),
            other => other,
        })?;
        let jinja = |error: minijinja::Error| wrong(load::explain(&error));
        let whole = self
            .environment
            .get_template(&name)
            .and_then(|template| template.render(minijinja::value::Serde(&values)))
            .map_err(jinja)?;
        let (subject, body) = subject(&whole);
        let fill =
            |key: &str, value: Value| self.environment.get_template(&format!("{language}/words/{key}"))?.render(value);
        let parts = Parts { facts, values: &values, kind, words, language, fill: &fill };
        let dispute = fill("dispute", minijinja::value::Serde(&values).into()).map_err(jinja)?;
        let written = Written {
            template: template.to_owned(),
            kind,
            language: language.to_owned(),
            subject: subject.to_owned(),
            parts: parts.of(cut(body, &dispute)).map_err(jinja)?,
            sheet: parts.sheet(),
        };
        Ok((written, values))
    }

    fn has(&self, language: &str, template: &str) -> bool {
        self.kinds.contains_key(&format!("{language}/{template}"))
    }
}

/// The lines up to the first blank one are the head: `Subject: ...` and, at times, `Kind: ...`.
pub(crate) fn subject(whole: &str) -> (&str, &str) {
    let (head, body) = whole.split_once("\n\n").unwrap_or((whole, ""));
    let line = head.lines().next().unwrap_or_default();
    (line.strip_prefix("Subject:").unwrap_or(line).trim(), body)
}
