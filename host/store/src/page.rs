//! A page of reports, made ready before a writer sees it, and what is to become of each of its entries.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use escalation::event::Event;
use escalation::{AccountId, Fact, Received};

use crate::Result;
use crate::inbox::{CursorMove, Entry, Ingest, KvChange, QuarantineReason, Refused, Total};
use crate::journal::{Line, Origin};
use crate::row::{hex, json, sha256};

/// A page, serialised and hashed.
pub(crate) struct Page {
    pub connection: String,
    pub at: String,
    pub cursor: Option<CursorMove>,
    pub entries: Vec<Prepared>,
    pub refusals: Vec<Refused>,
    pub totals: Vec<Total>,
    pub kv: Vec<KvChange>,
}

pub(crate) struct Prepared {
    pub entry: Entry,
    pub digest: String,
    /// The report with its source.
    pub body: String,
    pub lines: Vec<Line>,
}

impl Page {
    pub fn new(page: Ingest) -> Result<Self> {
        let prepared = |entry| Prepared::new(&page.connection, entry);
        Ok(Self {
            entries: page.entries.into_iter().map(prepared).collect::<Result<_>>()?,
            connection: page.connection,
            at: page.at.to_string(),
            cursor: page.cursor,
            refusals: page.refusals,
            totals: page.totals,
            kv: page.kv,
        })
    }

    /// Whose memory changes with the page: a plugin's roles share it.
    pub fn plugin(&self) -> &str {
        self.connection.split('/').next().unwrap_or_default()
    }

    /// What of the page is put aside: conflicts, what concerns an account that was erased, and refusals.
    pub fn aside<'p>(&'p self, sorted: &Sorted<'p>, erased: &[&'p Prepared]) -> Vec<Aside<'p>> {
        let conflicts = sorted.conflicts.iter().map(|entry| self.conflict(entry));
        let erased = erased.iter().map(|entry| self.erasure(entry));
        let refusals = self.refusals.iter().map(|refused| self.refusal(refused));
        conflicts.chain(erased).chain(refusals).collect()
    }

    fn conflict<'p>(&'p self, entry: &'p Prepared) -> Aside<'p> {
        let source = &entry.entry.received.source;
        Aside {
            mark: mark(&[&self.connection, "conflict", &source.key, &entry.digest]),
            document: &source.document,
            place: &source.place,
            reason: QuarantineReason::Conflict,
            text: format!("`{}` is known with other content; the first stays", source.key),
            body: Some(&entry.body),
            accounts: entry.accounts(),
        }
    }

    fn erasure<'p>(&'p self, entry: &'p Prepared) -> Aside<'p> {
        let source = &entry.entry.received.source;
        let accounts = entry.accounts().into_iter().collect::<Vec<_>>().join("`, `");
        Aside {
            mark: mark(&[&self.connection, "erased", &source.key, &entry.digest]),
            document: &source.document,
            place: &source.place,
            reason: QuarantineReason::Erased,
            text: format!("it concerns an account that was erased (of `{accounts}`); nothing of it was taken"),
            body: Some(&entry.body),
            accounts: entry.accounts(),
        }
    }

    fn refusal<'p>(&'p self, refused: &'p Refused) -> Aside<'p> {
        Aside {
            mark: mark(&[&self.connection, "refused", &refused.document, &refused.place, &refused.reason]),
            document: &refused.document,
            place: &refused.place,
            reason: QuarantineReason::Refused,
            text: refused.reason.clone(),
            body: None,
            accounts: BTreeSet::new(),
        }
    }
}

impl Prepared {
    fn new(connection: &str, entry: Entry) -> Result<Self> {
        let Received { source, report } = &entry.received;
        let report = json(report)?;
        let digest = match &source.digest {
            Some(digest) => digest.clone(),
            None => hex(&sha256(report.as_bytes())),
        };
        // As `Received` is written, without writing the report twice.
        let body = format!("{{\"source\":{},\"report\":{report}}}", json(source)?);
        let origin = Origin { connection: connection.to_owned(), key: source.key.clone() };
        let line = |(account, event): &(AccountId, Event)| Ok(Line::new(account.as_str(), event)?.by(&origin));
        let lines = entry.events.iter().map(line).collect::<Result<_>>()?;
        Ok(Self { entry, digest, body, lines })
    }

    pub fn key(&self) -> &str {
        &self.entry.received.source.key
    }

    pub fn version(&self) -> Option<&str> {
        self.entry.received.source.version.as_deref()
    }

    fn accounts(&self) -> BTreeSet<&str> {
        self.lines.iter().map(|line| line.account.as_str()).collect()
    }
}

/// Digest and version of what is known under a key.
pub(crate) type Known<'a> = HashMap<&'a str, (String, Option<String>)>;

/// What is known under the keys of a connection, for every connection.
pub(crate) type Knowledge<'a> = HashMap<&'a str, Known<'a>>;

/// What is to become of each entry.
pub(crate) struct Sorted<'a> {
    pub new: Vec<&'a Prepared>,
    pub newer: Vec<&'a Prepared>,
    /// New and newer, in the order of the page.
    pub taken: Vec<&'a Prepared>,
    pub conflicts: Vec<&'a Prepared>,
    pub duplicates: u32,
}

/// A key with the same digest is a duplicate. With another digest a greater version replaces what is known (versions compare
/// as text; any version is greater than none); anything else is a conflict.
/// What is taken is known from then on.
fn sort<'a>(entries: &'a [Prepared], known: &mut Known<'a>) -> Sorted<'a> {
    let mut sorted = Sorted { new: vec![], newer: vec![], taken: vec![], conflicts: vec![], duplicates: 0 };
    for entry in entries {
        match known.get(entry.key()) {
            None => sorted.new.push(entry),
            Some((digest, _)) if *digest == entry.digest => {
                sorted.duplicates += 1;
                continue;
            }
            Some((_, version)) if entry.version() > version.as_deref() => sorted.newer.push(entry),
            // How things stood earlier, told late, is no news and no contradiction.
            Some((_, version)) if entry.version().is_some() && entry.version() < version.as_deref() => {
                sorted.duplicates += 1;
                continue;
            }
            Some(_) => {
                sorted.conflicts.push(entry);
                continue;
            }
        }
        sorted.taken.push(entry);
        known.insert(entry.key(), (entry.digest.clone(), entry.version().map(str::to_owned)));
    }
    sorted
}

/// The same for pages that are taken together, one after the other.
pub(crate) fn sort_all<'a>(pages: &[&'a Page], mut knowledge: Knowledge<'a>) -> Vec<Sorted<'a>> {
    pages.iter().map(|page| sort(&page.entries, knowledge.entry(&page.connection).or_default())).collect()
}

/// Leaves out what concerns accounts that were erased; answers what that is, for each page.
pub(crate) fn leave_out<'a>(sorted: &mut [Sorted<'a>], erased: impl Fn(&str) -> bool) -> Vec<Vec<&'a Prepared>> {
    sorted.iter_mut().map(|sorted| sorted.without(&erased)).collect()
}

impl<'a> Sorted<'a> {
    pub fn lines(&self) -> Vec<&'a Line> {
        self.taken.iter().flat_map(|entry| &entry.lines).collect()
    }

    /// Leaves out what concerns an account that was erased, as a whole: it is not taken, and a person is told.
    fn without(&mut self, erased: impl Fn(&str) -> bool) -> Vec<&'a Prepared> {
        let gone = |entry: &Prepared| entry.lines.iter().any(|line| erased(&line.account));
        self.new.retain(|entry| !gone(entry));
        self.newer.retain(|entry| !gone(entry));
        let (erased, taken) = std::mem::take(&mut self.taken).into_iter().partition(|entry| gone(entry));
        self.taken = taken;
        erased
    }

    /// Money in, by booking day and currency.
    pub fn money_in(&self) -> BTreeMap<(String, String), i64> {
        let mut money_in: BTreeMap<(String, String), i64> = BTreeMap::new();
        for (_, event) in self.taken.iter().flat_map(|entry| &entry.entry.events) {
            if let Fact::PaymentReceived { payment } = &event.fact {
                let currency = payment.amount.currency.as_str().to_owned();
                let sum = money_in.entry((payment.booked_on.to_string(), currency)).or_default();
                *sum = sum.saturating_add(payment.amount.minor);
            }
        }
        money_in
    }

    /// Effects that a person settled.
    pub fn settled(&self) -> Vec<(&str, &Event)> {
        let events = self.taken.iter().flat_map(|entry| &entry.entry.events);
        let settled = events.filter(|(_, event)| matches!(event.fact, Fact::EffectSettled { .. }));
        settled.map(|(account, event)| (account.as_str(), event)).collect()
    }
}

/// What is put aside.
pub(crate) struct Aside<'a> {
    pub mark: Vec<u8>,
    pub document: &'a str,
    pub place: &'a str,
    pub reason: QuarantineReason,
    pub text: String,
    pub body: Option<&'a str>,
    /// Whom it would have concerned.
    pub accounts: BTreeSet<&'a str>,
}

/// What a quarantined thing is about, so that the same thing counts once.
fn mark(parts: &[&str]) -> Vec<u8> {
    sha256(parts.join("\0").as_bytes())
}
