//! A folder that others put documents into: each is read once, and moved only when what it said is durable.
//!
//! A pull reads a few files and returns a cursor that names them. When that cursor comes back, the host has kept what
//! they said; only then they move to `processed/`, or to `quarantine/` beside a file with the reason. So a crash at any
//! point loses nothing; what is read again has the same keys and counts once.

use serde::{Deserialize, Serialize};

use crate::files::{Connection, Entry};
use crate::{ControlTotal, Error, Event, Page, Refusal, Result, log};

/// A larger file is not read at all: a guest has 64 MiB of memory by default, and a parsed file is several times its size.
const BYTES_PER_FILE: u64 = 8 * 1024 * 1024;
/// No further file is begun in the same pull after so many bytes or events, or with a cursor of so many bytes.
const BYTES_PER_PULL: u64 = 8 * 1024 * 1024;
const EVENTS_PER_PULL: usize = 2_000;
const CURSOR_BYTES: usize = 16 * 1024;
/// The host takes pages of at most 10 000 events or refusals; a document with more has to be split.
const EVENTS_PER_PAGE: usize = 10_000;
const REFUSALS_PER_DOCUMENT: usize = 1_000;
const TOTALS_PER_DOCUMENT: usize = 100;
const NAMES_PER_PAGE: u32 = 200;
/// Characters of a reason that travel in the cursor.
const REASON_CHARS: usize = 600;
/// Files of the same name at the goal; more than that is a loop somewhere.
const NUMBERED_NAMES: u32 = 10_000;

const PROCESSED: &str = "processed";
const QUARANTINE: &str = "quarantine";

/// Where documents lie and which are taken.
///
/// `processed/` and `quarantine/` are made inside `folder`.
#[derive(Clone, Debug)]
pub struct Inbox<'a> {
    pub connection: Connection,
    /// Empty: the top of the connection.
    pub folder: &'a str,
    /// Without the point, in lower case. A file with another extension goes to quarantine.
    pub extensions: &'a [&'a str],
    pub files_per_pull: usize,
}

/// A file as it lies there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// What a document said. Parts that could not be taken are refusals; the rest of the document goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken<F> {
    pub events: Vec<Event<F>>,
    pub totals: Vec<ControlTotal>,
    pub refusals: Vec<Refusal>,
}

impl<F> Taken<F> {
    pub fn new(events: Vec<Event<F>>) -> Taken<F> {
        Taken { events, totals: Vec::new(), refusals: Vec::new() }
    }
}

impl Document {
    /// This document, or a part of it, cannot be taken.
    pub fn refusal(&self, place: impl Into<String>, reason: impl Into<String>) -> Refusal {
        Refusal { document: self.name.clone(), place: place.into(), reason: reason.into() }
    }
}

/// A file that was read; it moves when the cursor that names it comes back.
#[derive(Debug, Serialize, Deserialize)]
struct Read {
    name: String,
    /// With size and time a file that came later under the same name is told apart: it is read, not moved unread.
    size: u64,
    modified: i64,
    /// None: to `processed/`. Otherwise why it goes to `quarantine/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Cursor {
    read: Vec<Read>,
}

impl Inbox<'_> {
    /// Moves what the cursor names, then reads the next files. `take` says what a document means; a refusal sends the
    /// whole document to quarantine.
    pub fn pull<F>(
        &self,
        cursor: Option<&str>,
        mut take: impl FnMut(&Document) -> std::result::Result<Taken<F>, Refusal>,
    ) -> Result<Page<F>> {
        for read in self.parse(cursor).read {
            self.settle(&read)?;
        }
        let (waiting, mut more) = self.waiting()?;
        let mut page = Page::nothing_new(None);
        let mut next = Cursor::default();
        let (mut bytes, mut cursor_bytes) = (0, 0);
        for entry in waiting {
            let full = bytes >= BYTES_PER_PULL || page.events.len() >= EVENTS_PER_PULL || cursor_bytes >= CURSOR_BYTES;
            let taken = match full {
                true => None,
                false => Some(self.read(&entry)?.and_then(|document| bounded(take(&document)?, &document))),
            };
            let fits = |taken: &Taken<F>| page.events.len() + taken.events.len() <= EVENTS_PER_PAGE;
            let Some(taken) = taken.filter(|taken| taken.as_ref().map_or(true, fits)) else {
                more = true;
                break;
            };
            let refused = match taken {
                Ok(taken) => {
                    page.events.extend(taken.events);
                    page.progress.totals.extend(taken.totals);
                    page.progress.refusals.extend(taken.refusals);
                    None
                }
                Err(refusal) => {
                    let reason = told(&refusal);
                    page.progress.refusals.push(refusal);
                    Some(reason)
                }
            };
            bytes += entry.size;
            cursor_bytes += entry.name.len() + refused.as_ref().map_or(0, String::len);
            next.read.push(Read { name: entry.name, size: entry.size, modified: entry.modified, refused });
        }
        let cursor = serde_json::to_string(&next)
            .map_err(|error| Error::broken(format!("a cursor that cannot be written: {error}")))?;
        page.progress.cursor = cursor;
        page.progress.more = more;
        Ok(page)
    }

    fn parse(&self, cursor: Option<&str>) -> Cursor {
        let Some(text) = cursor.filter(|text| !text.is_empty()) else { return Cursor::default() };
        serde_json::from_str(text).unwrap_or_else(|_| {
            // Without it nothing moves: all that lies here is read again, and counts once.
            log::warn("the cursor is not one of this version; what lies in the folder is read again");
            Cursor::default()
        })
    }

    /// Moves a file whose content is durable. Doing it again is harmless.
    fn settle(&self, read: &Read) -> Result<()> {
        let lies_there = self.connection.find(self.folder, &read.name)?;
        if lies_there.is_none_or(|entry| (entry.size, entry.modified) != (read.size, read.modified)) {
            return Ok(());
        }
        let goal_folder = self.path(if read.refused.is_some() { QUARANTINE } else { PROCESSED });
        let goal = self.free_name(&goal_folder, &read.name)?;
        if let Some(reason) = &read.refused {
            self.connection.write(&format!("{goal_folder}/{goal}.reason.txt"), format!("{reason}\n"))?;
        }
        self.connection.move_to(&self.path(&read.name), &format!("{goal_folder}/{goal}"))
    }

    /// `name`, or `stem.2.ext` and so on when there is a file of that name already.
    fn free_name(&self, folder: &str, name: &str) -> Result<String> {
        let (stem, extension) = name.rsplit_once('.').map_or((name, String::new()), |(s, e)| (s, format!(".{e}")));
        for number in 1..=NUMBERED_NAMES {
            let candidate = if number == 1 { name.to_owned() } else { format!("{stem}.{number}{extension}") };
            if self.connection.find(folder, &candidate)?.is_none() {
                return Ok(candidate);
            }
        }
        Err(Error::refused(format!("`{folder}` holds {NUMBERED_NAMES} files named `{name}`")).hint("clear that folder"))
    }

    /// The next files, in order of their names, and whether more wait behind them.
    fn waiting(&self) -> Result<(Vec<Entry>, bool)> {
        let mut waiting = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let names = self.connection.list(self.folder, after.as_deref(), NAMES_PER_PAGE)?;
            let Some(last) = names.last() else { return Ok((waiting, false)) };
            after = Some(last.name.clone());
            for entry in names.into_iter().filter(|entry| is_taken(&entry.name)) {
                if waiting.len() == self.files_per_pull.max(1) {
                    return Ok((waiting, true));
                }
                waiting.push(entry);
            }
        }
    }

    fn read(&self, entry: &Entry) -> Result<std::result::Result<Document, Refusal>> {
        let refusal = |reason| Ok(Err(Refusal { document: entry.name.clone(), place: String::new(), reason }));
        let extension = entry.name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        if !extension.is_some_and(|extension| self.extensions.contains(&extension.as_str())) {
            return refusal(format!("not one of the files taken here: `.{}`", self.extensions.join("`, `.")));
        }
        if entry.size > BYTES_PER_FILE {
            return refusal(format!("{} bytes; at most {BYTES_PER_FILE} are taken", entry.size));
        }
        let bytes = self.connection.read(&self.path(&entry.name))?;
        Ok(Ok(Document { name: entry.name.clone(), bytes }))
    }

    fn path(&self, name: &str) -> String {
        if self.folder.is_empty() { name.to_owned() } else { format!("{}/{name}", self.folder) }
    }
}

/// Not hidden, and not still being written by somebody.
fn is_taken(name: &str) -> bool {
    // The host takes no path with such a sign, so that the file can be neither read nor moved.
    if name.contains(|sign: char| sign.is_control() || sign == '\\') {
        log::warn(format!("`{}` cannot be read: give it a plain name", name.escape_debug()));
        return false;
    }
    !(name.starts_with('.') || name.ends_with(".part") || name.ends_with(".tmp"))
}

/// Refuses a document that says more than a page can hold.
fn bounded<F>(taken: Taken<F>, document: &Document) -> std::result::Result<Taken<F>, Refusal> {
    for (what, count, bound) in [
        ("facts", taken.events.len(), EVENTS_PER_PAGE),
        ("parts that cannot be taken", taken.refusals.len(), REFUSALS_PER_DOCUMENT),
        ("control totals", taken.totals.len(), TOTALS_PER_DOCUMENT),
    ] {
        if count > bound {
            return Err(document.refusal("", format!("{count} {what}; a document may have {bound}: split it")));
        }
    }
    Ok(taken)
}

fn told(refusal: &Refusal) -> String {
    let whole = match refusal.place.as_str() {
        "" => refusal.reason.clone(),
        place => format!("{place}: {}", refusal.reason),
    };
    whole.chars().take(REASON_CHARS).collect()
}

#[cfg(test)]
mod tests;
