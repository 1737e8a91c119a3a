//! The words that every role shares.

use crate::{Date, Money};

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Instant = i64;

record! {
    /// A named value beside the typed fields.
    Note = types::Note {
        name: String,
        value: String,
    }
}

record! {
    /// Something that has no type of its own yet.
    Extension = types::Extension {
        kind: String,
        notes: Vec<Note>,
    }
}

record! {
    /// Where a fact comes from, and what makes it the same fact when it comes again.
    Source = types::Source {
        /// Identity of the fact within its connection. The host takes each key once.
        key: String,
        /// For facts that state how things stand: a later version replaces an earlier one. None: the fact is final.
        version: Option<String>,
        /// What must agree when the same key comes again. None: the whole fact.
        digest: Option<String>,
        /// The document it was read from, as the other side names it.
        document: String,
        /// Line or element within the document; empty when it is the whole document.
        place: String,
        /// The business day of the fact.
        occurred_on: Date,
    }
}

record! {
    /// A document, or part of one, that could not be taken.
    Refusal = types::Refusal {
        document: String,
        /// Line or element.
        place: String,
        reason: String,
    }
}

record! {
    /// A sum that the other side states, to be held against what was read.
    ControlTotal = types::ControlTotal {
        name: String,
        stated: Money,
        counted: Money,
    }
}

record! {
    /// What a pull leaves behind beside its events.
    Progress = types::Progress {
        cursor: String,
        /// There is more to pull right now.
        more: bool,
        refusals: Vec<Refusal>,
        totals: Vec<ControlTotal>,
    }
}

record! {
    /// The other side took it.
    Receipt = types::Receipt {
        /// Its name for what it took.
        reference: String,
        notes: Vec<Note>,
    }
}

record! {
    /// The other side will not take it; asking again does not help.
    Rejection = types::Rejection {
        /// A short code such as `invalid-address`, `unknown-account`, `not-supported`.
        code: String,
        reason: String,
    }
}

variant! {
    /// How one effect ended.
    Outcome = types::Outcome {
        Done(Receipt),
        Rejected(Rejection),
        /// It may or may not have happened; the text says what is known.
        Unknown(String),
    }
}

/// What is known of an effect that was asked for earlier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    Done(Receipt),
    Rejected(Rejection),
    /// It certainly did not happen.
    Absent,
    /// The other side cannot say.
    Unclear(String),
}

record! {
    /// Effects that go out together. A batch that is asked for again has the same id and the same content.
    Batch = types::Batch {
        id: String,
        /// The hub's clock; a plugin has no other.
        at: Instant,
        /// The hub's calendar day.
        today: Date,
        /// Who is owed: name, and how to reach them.
        creditor: Party,
    }
}

record! {
    /// A person or a firm.
    #[derive(Default)]
    Party = types::Party {
        /// The other side's stable name for it, or the hub's when the hub speaks.
        id: String,
        name: String,
        /// `business`, `consumer`, `sole-trader`, `public-authority` or empty when unknown.
        kind: String,
        /// ISO 3166-1 alpha-2, empty when unknown.
        country: String,
        /// BCP 47 primary tag such as `de`, empty when unknown.
        language: String,
        /// Street, city and so on, as they go on an envelope.
        address: Vec<String>,
        email: Option<String>,
        phone: Option<String>,
        vat_id: Option<String>,
        notes: Vec<Note>,
    }
}

record! {
    /// An open invoice as an outsider needs to see it.
    OpenItem = types::OpenItem {
        invoice: String,
        issued_on: Date,
        due_on: Date,
        original: Money,
        open: Money,
    }
}

/// A fact with its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event<F> {
    pub source: Source,
    pub fact: F,
}

/// What a pull gives: facts, and where to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<F> {
    pub events: Vec<Event<F>>,
    pub progress: Progress,
}

/// One effect that is asked for, under its business key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<E> {
    pub key: String,
    pub effect: E,
}

impl Note {
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Note {
        Note { name: name.into(), value: value.into() }
    }
}

impl<F> Page<F> {
    /// No facts; the cursor stays where it is.
    pub fn nothing_new(cursor: Option<&str>) -> Page<F> {
        let cursor = cursor.unwrap_or_default().to_owned();
        Page {
            events: Vec::new(),
            progress: Progress { cursor, more: false, refusals: Vec::new(), totals: Vec::new() },
        }
    }
}

impl Outcome {
    pub fn done(reference: impl Into<String>) -> Outcome {
        Outcome::Done(Receipt { reference: reference.into(), notes: Vec::new() })
    }

    pub fn rejected(code: impl Into<String>, reason: impl Into<String>) -> Outcome {
        Outcome::Rejected(Rejection { code: code.into(), reason: reason.into() })
    }

    pub fn not_supported(reason: impl Into<String>) -> Outcome {
        Outcome::rejected("not-supported", reason)
    }
}

#[cfg(target_arch = "wasm32")]
impl crate::mirror::Mirror for Finding {
    type Wire = crate::guest::wire::types::Finding;

    fn to_wire(self) -> Self::Wire {
        match self {
            Finding::Done(receipt) => Self::Wire::Done(receipt.to_wire()),
            Finding::Rejected(rejection) => Self::Wire::Rejected(rejection.to_wire()),
            Finding::Absent => Self::Wire::Absent,
            Finding::Unclear(text) => Self::Wire::Unclear(text),
        }
    }

    fn from_wire(wire: Self::Wire) -> crate::Result<Finding> {
        Ok(match wire {
            Self::Wire::Done(receipt) => Finding::Done(Receipt::from_wire(receipt)?),
            Self::Wire::Rejected(rejection) => Finding::Rejected(Rejection::from_wire(rejection)?),
            Self::Wire::Absent => Finding::Absent,
            Self::Wire::Unclear(text) => Finding::Unclear(text),
        })
    }
}
