//! T1: what came in, taken once.

use escalation::event::Event;
use escalation::report::Received;
use escalation::{AccountId, Date, DateTime, Money};

/// A page of one connection.
#[derive(Clone, Debug)]
pub struct Ingest {
    /// The running plugin (a file in config/plugins), or `desk`.
    pub connection: String,
    pub at: DateTime,
    /// None: there is no cursor (desk, webhooks).
    pub cursor: Option<CursorMove>,
    pub entries: Vec<Entry>,
    pub refusals: Vec<Refused>,
    pub totals: Vec<Total>,
    pub kv: Vec<KvChange>,
}

impl Ingest {
    /// Nothing yet.
    pub fn empty(connection: &str, at: DateTime) -> Self {
        Self {
            connection: connection.to_owned(),
            at,
            cursor: None,
            entries: Vec::new(),
            refusals: Vec::new(),
            totals: Vec::new(),
            kv: Vec::new(),
        }
    }
}

/// The place that a page was read from, and the place that it reaches. The page is void when the cursor is not at `from` any
/// more: another host was faster, or this one was away for too long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CursorMove {
    pub from: Option<String>,
    pub to: String,
}

/// One report, and the events that it means for the accounts it concerns.
#[derive(Clone, Debug)]
pub struct Entry {
    pub received: Received,
    pub events: Vec<(AccountId, Event)>,
}

/// A document, or part of one, that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub document: String,
    pub place: String,
    pub reason: String,
}

/// A sum that the other side states beside what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    pub connection: String,
    pub name: String,
    pub stated: Money,
    pub counted: Money,
    pub on: Date,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KvChange {
    pub key: String,
    /// None: deleted.
    pub value: Option<Vec<u8>>,
}

/// What became of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ingested {
    pub taken: u32,
    pub duplicates: u32,
    pub quarantined: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    pub id: i64,
    pub connection: String,
    pub document: String,
    pub place: String,
    pub reason: QuarantineReason,
    pub text: String,
    pub at: DateTime,
    /// The report as JSON, where there is one.
    pub body: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuarantineReason {
    /// The plugin could not read it.
    Refused,
    /// The key is known with other content.
    Conflict,
    /// It concerns an account that was erased.
    Erased,
}

impl QuarantineReason {
    pub const ALL: [QuarantineReason; 3] = [Self::Refused, Self::Conflict, Self::Erased];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Conflict => "conflict",
            Self::Erased => "erased",
        }
    }
}
