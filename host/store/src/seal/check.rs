//! Holds the journal against its seals, and the seals against the anchors: every root again, every signature, every number.

use std::collections::{BTreeMap, VecDeque};

use escalation::AccountId;

use super::{Anchors, PublicKey, Restore, Seal, merkle};
use crate::tail::{TailEntry, TailPosition};
use crate::{Result, Store};

/// Rows read at once.
const PAGE: u32 = 2_000;
/// Problems that are listed; beyond them the journal is wrong as a whole.
const PROBLEMS_MAX: usize = 100;
/// Accounts that a sentence names.
const NAMED_MAX: usize = 5;

/// What holding against each other found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The number of the last seal; 0 for none.
    pub sealed_until: i64,
    pub sealed_events: u64,
    /// Events after the last seal: nothing speaks for them yet.
    pub unsealed_events: u64,
    /// The highest number that the anchors know; 0 for none.
    pub anchored_until: i64,
    /// Seals that are not anchored, first and last of each range: who has the key could make them again.
    pub unanchored: Vec<(i64, i64)>,
    /// A sentence for each backup that took the place of the database: what was sealed after it was made is gone by that.
    pub restores: Vec<String>,
    /// A sentence for each sign of tampering or truncation; none: all agrees.
    pub problems: Vec<String>,
}

/// Checks the whole journal. Read the anchors before: what they know, the database must know since.
pub async fn check(store: &dyn Store, key: &PublicKey, anchors: &Anchors) -> Result<Report> {
    let mut anchors = anchors.clone();
    if let Some(restore) = anchors.unknown_restore(store).await? {
        anchors.restored(restore);
    }
    let mut report = Report { anchored_until: anchors.until(), ..Report::default() };
    report.restores = anchors.restores.iter().map(|(restore, lost)| told(*restore, *lost)).collect();
    report.problems.extend(anchors.problems.iter().cloned());
    if anchors.key.is_some_and(|anchored| anchored != *key) {
        report.problems.push("the anchors were made with another key than the one that seals now".to_owned());
    }
    // From before the first: an event could have been put in front of it.
    let after = TailPosition { transaction: 0, number: i64::MIN };
    let mut tail = Tail { store, read: VecDeque::new(), after };
    let mut chain = Chain::new(*key);
    let mut seqs = Seqs::default();
    loop {
        let seals = store.seals(report.sealed_until, PAGE).await?;
        let Some(last) = seals.last() else { break };
        let last = last.no;
        for seal in &seals {
            chain.take(seal, &mut report.problems);
            against(&anchors, seal, &mut report);
            let entries = tail.up_to(seal.until).await?;
            report.sealed_events += entries.len() as u64;
            report.problems.extend(seqs.take(&entries));
            report.problems.extend(covered(seal, &entries));
        }
        report.sealed_until = last;
        report.problems.truncate(PROBLEMS_MAX);
    }
    loop {
        let entries = tail.next().await?;
        if entries.is_empty() {
            break;
        }
        report.unsealed_events += entries.len() as u64;
        report.problems.extend(seqs.take(&entries));
        report.problems.truncate(PROBLEMS_MAX);
    }
    if report.anchored_until > report.sealed_until {
        report.problems.push(format!(
            "seal {} is anchored and the last one in the database is {}: the journal was cut off, or an older database stands here (after a restore by other tools, `dunlin doubt begin` says so)",
            report.anchored_until, report.sealed_until
        ));
    }
    Ok(report)
}

fn told(Restore { at, until }: Restore, lost: usize) -> String {
    let ended = match until {
        0 => "without a seal".to_owned(),
        no => format!("that ends at seal {no}"),
    };
    match lost {
        0 => format!("on {at} a backup was restored {ended}; nothing was anchored after it"),
        1 => {
            format!("on {at} a backup was restored {ended}; 1 seal that was anchored after it is not in this database")
        }
        _ => {
            format!(
                "on {at} a backup was restored {ended}; {lost} seals that were anchored after it are not in this database"
            )
        }
    }
}

/// The seals alone: numbers, order, the chain of roots, and every signature. A sentence for each thing that is wrong.
pub fn verify_chain(seals: &[Seal], key: &PublicKey) -> Vec<String> {
    let mut problems = Vec::new();
    let mut chain = Chain::new(*key);
    for seal in seals {
        chain.take(seal, &mut problems);
    }
    problems
}

/// The last seal alone, against the key and the anchors; none: it holds.
pub fn verify_last(seal: &Seal, key: &PublicKey, anchors: &Anchors) -> Option<String> {
    let no = seal.no;
    if !key.accepts(&seal.message(), &seal.signature) {
        return Some(format!("seal {no} was not signed with the key {key}, or was changed afterwards"));
    }
    let other = anchors.seals.get(&no).is_some_and(|anchored| !anchored.is(seal));
    other.then(|| format!("seal {no} is not the one that was anchored"))
}

struct Chain {
    key: PublicKey,
    no: i64,
    root: Vec<u8>,
    until: TailPosition,
}

impl Chain {
    fn new(key: PublicKey) -> Self {
        Self { key, no: 0, root: Vec::new(), until: TailPosition::default() }
    }

    fn take(&mut self, seal: &Seal, problems: &mut Vec<String>) {
        let no = seal.no;
        if no == self.no + 2 {
            problems.push(format!("seal {} is gone", no - 1));
        } else if no != self.no + 1 {
            problems.push(format!("the seals {} to {} are gone", self.no + 1, no - 1));
        } else if seal.previous != self.root {
            problems.push(format!("seal {no} does not follow the one before it"));
        }
        if seal.until <= self.until {
            problems.push(format!("seal {no} does not end after the one before it"));
        }
        if !self.key.accepts(&seal.message(), &seal.signature) {
            problems.push(format!("seal {no} was not signed with the key {}, or was changed afterwards", self.key));
        }
        (self.no, self.root, self.until) = (no, seal.root.clone(), seal.until);
    }
}

fn against(anchors: &Anchors, seal: &Seal, report: &mut Report) {
    match anchors.seals.get(&seal.no) {
        Some(anchored) if anchored.is(seal) => {}
        Some(_) => report.problems.push(format!("seal {} is not the one that was anchored", seal.no)),
        None => match report.unanchored.last_mut() {
            Some((_, last)) if *last + 1 == seal.no => *last = seal.no,
            _ => report.unanchored.push((seal.no, seal.no)),
        },
    }
}

/// What a seal covers, against its root.
fn covered(seal: &Seal, entries: &[TailEntry]) -> Option<String> {
    let (no, sealed, found) = (seal.no, i64::from(seal.events), entries.len() as i64);
    if found < sealed {
        let gone = sealed - found;
        return Some(format!("{gone} of the {sealed} events under seal {no} are gone; left are {}", region(entries)));
    }
    if found > sealed {
        let more = found - sealed;
        return Some(format!("{more} events were put among the {sealed} under seal {no}: {}", region(entries)));
    }
    (merkle::root(entries) != seal.root)
        .then(|| format!("the events under seal {no} are not what was sealed: {}", region(entries)))
}

/// Where to look: the accounts, and from which event to which.
fn region(entries: &[TailEntry]) -> String {
    let mut ranges: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for entry in entries {
        let range = ranges.entry(entry.account.as_str()).or_insert((entry.seq, entry.seq));
        *range = (range.0.min(entry.seq), range.1.max(entry.seq));
    }
    let named: Vec<String> = ranges
        .iter()
        .take(NAMED_MAX)
        .map(|(account, (from, to))| format!("account {account} {from} to {to}"))
        .collect();
    match ranges.len().saturating_sub(NAMED_MAX) {
        _ if ranges.is_empty() => "none".to_owned(),
        0 => named.join(", "),
        more => format!("{} and {more} more accounts", named.join(", ")),
    }
}

/// The last number of each account as the journal goes by: within an account they follow each other.
#[derive(Default)]
struct Seqs(BTreeMap<AccountId, i64>);

impl Seqs {
    fn take(&mut self, entries: &[TailEntry]) -> Vec<String> {
        let mut problems = Vec::new();
        for TailEntry { account, seq, intact, .. } in entries {
            let last = self.0.entry(account.clone()).or_default();
            if *seq <= *last {
                problems.push(format!("account {account}: event {seq} stands behind event {last}"));
            } else if *seq == *last + 2 {
                problems.push(format!("account {account}: event {} is gone", *seq - 1));
            } else if *seq > *last + 2 {
                problems.push(format!("account {account}: the events {} to {} are gone", *last + 1, *seq - 1));
            }
            *last = *seq;
            if !intact {
                problems.push(format!("account {account}: event {seq} was changed after it was written"));
            }
        }
        problems
    }
}

/// The journal in its order, read in pages.
struct Tail<'a> {
    store: &'a dyn Store,
    read: VecDeque<TailEntry>,
    after: TailPosition,
}

impl Tail<'_> {
    /// Everything up to a position that was not handed out before.
    async fn up_to(&mut self, until: TailPosition) -> Result<Vec<TailEntry>> {
        let mut entries = Vec::new();
        loop {
            while self.read.front().is_some_and(|entry| entry.position <= until) {
                entries.extend(self.read.pop_front());
            }
            if !self.read.is_empty() || !self.fill().await? {
                return Ok(entries);
            }
        }
    }

    /// Some more; empty at the end.
    async fn next(&mut self) -> Result<Vec<TailEntry>> {
        if self.read.is_empty() {
            self.fill().await?;
        }
        Ok(self.read.drain(..).collect())
    }

    async fn fill(&mut self) -> Result<bool> {
        let page = self.store.tail(self.after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(false) };
        self.after = last.position;
        self.read.extend(page);
        Ok(true)
    }
}
