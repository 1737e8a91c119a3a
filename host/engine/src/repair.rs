//! Lane repair: an operator takes a parked account up again, passes over the event that it stumbles on, or puts a right one in
//! its place. Every act stays on record: who, when and why.

use escalation::event::Event;
use escalation::report::{Received, Report, Source};
use escalation::{AccountId, DateTime, Fact};
use store::{Content, Entry, Ingest, JournalEntry, Skip, Store, StoreError, Stored};
use thiserror::Error;

/// Unread events of a parked account that are shown.
const UNREAD_SHOWN_MAX: u32 = 20;

/// A parked account, and what it has not read: one of these is what it stumbles on, or the account itself is.
#[derive(Clone, Debug)]
pub struct ParkedLane {
    pub account: AccountId,
    pub reason: String,
    pub unread: Vec<Stored>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repair {
    /// The cause is mended.
    Retry,
    /// The event stays in the journal and is never read.
    Skip { seq: i64 },
    /// The same, and this is read in its place, at the end.
    Edit { seq: i64, fact: Box<Fact> },
}

/// Who does it, when and why.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    pub at: DateTime,
    pub who: &'a str,
    pub reason: &'a str,
}

#[derive(Debug, Error)]
pub enum RepairError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("account `{0}` is not parked")]
    NotParked(AccountId),
    #[error(
        "account `{account}` has no unread event {seq}\n\nhint: `dunlin lane list` shows the unread events of each parked account"
    )]
    NoEvent { account: AccountId, seq: i64 },
    #[error("say who does it and why: both are kept")]
    Nameless,
    #[error(
        "this is not a fact: {0}\n\nhint: take the event that it replaces, as `dunlin lane list --json` shows it, and change that"
    )]
    NoFact(String),
    #[error("a fact `{0}` cannot be put in by hand: it follows from a decision, or from an effect that went out")]
    NotReported(String),
}

/// Parked accounts.
pub async fn parked(store: &dyn Store, limit: u32) -> Result<Vec<ParkedLane>, StoreError> {
    let mut lanes = Vec::new();
    for (account, reason) in store.parked(limit).await? {
        let done_seq = store.account(&account).await?.map_or(0, |(_, lane)| lane.done_seq);
        let journal = store.journal(&account, done_seq, UNREAD_SHOWN_MAX).await?;
        let unread = journal.into_iter().filter(|entry| entry.skipped.is_none());
        // One that cannot be read is named in the reason.
        let readable = |entry: JournalEntry| match entry.content {
            Content::Event(event) => Some(Stored { seq: entry.seq, event }),
            Content::Erased | Content::Unreadable(_) => None,
        };
        let unread = unread.filter_map(readable).collect();
        lanes.push(ParkedLane { account, reason, unread });
    }
    Ok(lanes)
}

/// Does what an operator said. Afterwards the account is taken up again.
pub async fn repair(store: &dyn Store, account: &AccountId, act: Act<'_>, repair: Repair) -> Result<(), RepairError> {
    if act.who.trim().is_empty() || act.reason.trim().is_empty() {
        return Err(RepairError::Nameless);
    }
    let lane = store.account(account).await?.map(|(_, lane)| lane);
    let Some(lane) = lane.filter(|lane| lane.parked.is_some()) else {
        return Err(RepairError::NotParked(account.clone()));
    };
    let (seq, instead) = match repair {
        Repair::Retry => {
            store.ingest(retried(account, lane.head_seq, act)).await?;
            return match store.unpark(account).await? {
                true => Ok(()),
                false => Err(RepairError::NotParked(account.clone())),
            };
        }
        Repair::Skip { seq } => (seq, None),
        Repair::Edit { seq, fact } => (seq, Some(event(act, *fact))),
    };
    let skip = Skip { at: act.at, who: act.who.to_owned(), reason: act.reason.to_owned(), instead };
    match store.skip(account, seq, skip).await? {
        true => Ok(()),
        false => Err(RepairError::NoEvent { account: account.clone(), seq }),
    }
}

/// A fact as an operator wrote it, if it is one that the world or a person could report.
pub fn fact(text: &str) -> Result<Fact, RepairError> {
    let fact: Fact = serde_json::from_str(text).map_err(|error| RepairError::NoFact(error.to_string()))?;
    let written = serde_json::to_value(&fact).map_err(|error| RepairError::NoFact(error.to_string()))?;
    let given: serde_json::Value =
        serde_json::from_str(text).map_err(|error| RepairError::NoFact(error.to_string()))?;
    if let Some(key) = unknown_key(&given, &written) {
        return Err(RepairError::NoFact(format!("`{key}` is not known there")));
    }
    match is_reported(&fact) {
        true => Ok(fact),
        false => Err(RepairError::NotReported(written["type"].as_str().unwrap_or_default().to_owned())),
    }
}

/// A key that was read over: a misspelt one would be lost without a word.
fn unknown_key(given: &serde_json::Value, written: &serde_json::Value) -> Option<String> {
    match (given, written) {
        (serde_json::Value::Object(given), serde_json::Value::Object(written)) => {
            given.iter().find_map(|(key, value)| match written.get(key) {
                Some(known) => unknown_key(value, known),
                None => Some(key.clone()),
            })
        }
        (serde_json::Value::Array(given), serde_json::Value::Array(written)) => {
            given.iter().zip(written).find_map(|(given, written)| unknown_key(given, written))
        }
        _ => None,
    }
}

/// Decisions and the ends of effects are told by the hub alone: the outbox goes with them.
fn is_reported(fact: &Fact) -> bool {
    !matches!(
        fact,
        Fact::CashApplied { .. }
            | Fact::PromiseKept { .. }
            | Fact::PromisePartlyKept { .. }
            | Fact::PromiseBroken { .. }
            | Fact::PromiseRefused { .. }
            | Fact::LevelReached { .. }
            | Fact::LevelPassed { .. }
            | Fact::PolicyAssigned { .. }
            | Fact::SegmentAssigned { .. }
            | Fact::CreditHeld { .. }
            | Fact::CreditReleased { .. }
            | Fact::EffectPlanned { .. }
            | Fact::EffectCancelled { .. }
            | Fact::EffectDone { .. }
            | Fact::EffectRejected { .. }
            | Fact::EffectUnknown { .. }
            | Fact::EffectExpired { .. }
            | Fact::EffectSettled { .. }
            | Fact::PaymentMoved { .. }
            | Fact::Charged { .. }
            | Fact::AmountAllowed { .. }
            | Fact::OverpaymentKept { .. }
            | Fact::WriteOffRecovered { .. }
            | Fact::PlanRefused { .. }
            | Fact::InstalmentMissed { .. }
            | Fact::PlanKept { .. }
            | Fact::PlanBroken { .. }
            | Fact::SettlementAccepted { .. }
            | Fact::SettlementKept { .. }
            | Fact::SettlementFailed { .. }
            | Fact::ReturnLapsed { .. }
            | Fact::CashInAdvanceRequired { .. }
            | Fact::CashInAdvanceLifted { .. }
    )
}

fn event(act: Act<'_>, fact: Fact) -> Event {
    Event { at: act.at, on: act.at.date(), origin: format!("desk:{}", act.who), fact }
}

/// That the account was taken up again, as an event of its own.
fn retried(account: &AccountId, head_seq: i64, act: Act<'_>) -> Ingest {
    let source = Source {
        key: format!("retry/{account}/{head_seq}"),
        version: None,
        digest: Some(String::new()),
        document: act.who.to_owned(),
        place: String::new(),
        occurred_on: act.at.date(),
    };
    let report = Report::Other { kind: "retry".to_owned(), notes: vec![("reason".to_owned(), act.reason.to_owned())] };
    let told = event(act, Fact::LaneRetried { reason: act.reason.to_owned() });
    let entry = Entry { received: Received { source, report }, events: vec![(account.clone(), told)] };
    Ingest { entries: vec![entry], ..Ingest::empty("desk", act.at) }
}
