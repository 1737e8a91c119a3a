//! The press: Typst sets a written letter as PDF/A. It reads nothing but what it is handed: no file, no network, no clock.

use serde::Serialize;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::error::LetterError;
use crate::sheet::{Part, Sheet};
use crate::templates::Written;

/// Open Sans (Apache-2.0): Latin, Greek and Cyrillic, figures of one width.
const FONTS: [&[u8]; 2] =
    [include_bytes!("../fonts/OpenSans-Regular.ttf"), include_bytes!("../fonts/OpenSans-Semibold.ttf")];
const LAYOUT: &str = include_str!("layout.typ");
const DENSITY_MAX: u8 = 2;
/// What the compiler remembers is forgotten after so many letters without use.
const MEMORY_LETTERS: usize = 8;

/// Layout, fonts and logo of all letters.
pub struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    layout: Source,
    files: Files,
    logo: Option<Bytes>,
    standards: PdfStandards,
}

/// The names under which a layout finds what it is handed.
struct Files {
    letter: FileId,
    qr: FileId,
    logo: FileId,
}

/// One letter on the press.
struct Job<'a> {
    press: &'a Press,
    letter: Bytes,
    qr: Option<Bytes>,
    today: (i16, i8, i8),
}

/// What the layout reads as `letter.json`.
#[derive(Serialize)]
struct Copy<'a> {
    language: &'a str,
    subject: &'a str,
    parts: &'a [Part],
    sheet: &'a Sheet,
    logo: bool,
    /// From 0 to [`DENSITY_MAX`]: closer and smaller type, where that saves a page.
    density: u8,
}

impl Press {
    /// With a layout and a logo of the user's own, or the built-in one and none.
    pub fn load(layout: Option<String>, logo: Option<String>) -> Result<Self, LetterError> {
        let name = |path: &str| {
            let path = VirtualPath::new(path).map_err(|error| LetterError::Page(format!("{error:?}")))?;
            Ok::<FileId, LetterError>(RootedPath::new(VirtualRoot::Project, path).intern())
        };
        let fonts: Vec<Font> = FONTS.into_iter().flat_map(|font| Font::iter(Bytes::new(font))).collect();
        let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
            .map_err(|error| LetterError::Page(error.message().to_string()))?;
        Ok(Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            layout: Source::new(name("/layout.typ")?, layout.unwrap_or_else(|| LAYOUT.to_owned())),
            files: Files { letter: name("/letter.json")?, qr: name("/qr.svg")?, logo: name("/logo.svg")? },
            logo: logo.map(Bytes::from_string),
            standards,
        })
    }

    /// The PDF: PDF/A-2a and PDF/UA-1, tagged, with language and title. A letter of two pages is set closer if it then
    /// fits on one.
    pub fn print(&self, written: &Written) -> Result<Vec<u8>, LetterError> {
        let document = self.fit(written)?;
        let options = PdfOptions {
            timestamp: datetime(written.sheet.date).map(Timestamp::new_utc),
            creator: Smart::Custom(Some("Dunlin".into())),
            standards: self.standards.clone(),
            ..PdfOptions::default()
        };
        let pdf = typst_pdf::pdf(&document, &options).map_err(|errors| LetterError::Page(said(errors.iter(), None)))?;
        comemo::evict(MEMORY_LETTERS);
        Ok(pdf)
    }

    fn fit(&self, written: &Written) -> Result<PagedDocument, LetterError> {
        let document = self.set(written, 0)?;
        if document.pages().len() != 2 {
            return Ok(document);
        }
        for density in 1..=DENSITY_MAX {
            let closer = self.set(written, density)?;
            if closer.pages().len() == 1 {
                return Ok(closer);
            }
        }
        Ok(document)
    }

    /// The pages before they become a PDF.
    fn set(&self, written: &Written, density: u8) -> Result<PagedDocument, LetterError> {
        let copy = Copy {
            language: &written.language,
            subject: &written.subject,
            parts: &written.parts,
            sheet: &written.sheet,
            logo: self.logo.is_some(),
            density,
        };
        let letter = serde_json::to_vec(&copy).map_err(|error| LetterError::Page(error.to_string()))?;
        let qr = written.parts.iter().find_map(|part| match part {
            Part::Payment(payment) => payment.qr.clone(),
            _ => None,
        });
        let job =
            Job { press: self, letter: Bytes::new(letter), qr: qr.map(Bytes::from_string), today: written.sheet.date };
        let compiled = typst::compile::<PagedDocument>(&job);
        compiled.output.map_err(|errors| LetterError::Page(said(errors.iter(), Some(&job))))
    }
}

impl World for Job<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.press.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.press.book
    }

    fn main(&self) -> FileId {
        self.press.layout.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.press.layout.id() { Ok(self.press.layout.clone()) } else { Err(absent(id)) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let files = &self.press.files;
        let found = match id {
            id if id == files.letter => Some(&self.letter),
            id if id == files.qr => self.qr.as_ref(),
            id if id == files.logo => self.press.logo.as_ref(),
            _ => None,
        };
        found.cloned().ok_or_else(|| absent(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.press.fonts.get(index).cloned()
    }

    /// The day of the letter: the press has no clock.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        datetime(self.today)
    }
}

fn absent(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_with_slash().into())
}

fn datetime((year, month, day): (i16, i8, i8)) -> Option<Datetime> {
    Datetime::from_ymd_hms(i32::from(year), u8::try_from(month).ok()?, u8::try_from(day).ok()?, 0, 0, 0)
}

/// What the compiler said, with the layout's line where it knows one.
fn said<'a>(errors: impl Iterator<Item = &'a SourceDiagnostic>, job: Option<&Job<'_>>) -> String {
    let texts = errors.map(|error| {
        let line = job.and_then(|job| {
            let range = job.range(error.span)?;
            job.press.layout.text().get(..range.start).map(|before| before.matches('\n').count() + 1)
        });
        line.map_or_else(|| error.message.to_string(), |line| format!("layout.typ:{line}: {}", error.message))
    });
    texts.collect::<Vec<_>>().join("; ")
}
