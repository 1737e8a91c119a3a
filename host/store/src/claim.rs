//! What a claim hands out: lanes within a bound, each with its state and its unread events.

use std::collections::HashMap;

use escalation::AccountId;

use crate::journal::Stored;
use crate::lane::{Claimed, LANE_EVENTS_MAX};
use crate::row::from_json;
use crate::subject::{Kept, Place};
use crate::{Result, StoreError};

/// Unread events that one claim hands out, over all its lanes (about 1 KB each); the first lane is handed out in any case.
pub(crate) const CLAIM_EVENTS_MAX: i64 = 20_000;

/// A lane that is free and due.
pub(crate) struct Due {
    pub account: String,
    pub head_seq: i64,
    pub done_seq: i64,
}

/// The first of the lanes (account, head, done) whose unread events are not too many for one claim.
pub(crate) fn bounded(lanes: Vec<(String, i64, i64)>) -> Vec<Due> {
    let mut events = 0;
    let mut due = Vec::with_capacity(lanes.len());
    for (account, head_seq, done_seq) in lanes {
        events += (head_seq - done_seq).min(LANE_EVENTS_MAX);
        if events > CLAIM_EVENTS_MAX && !due.is_empty() {
            break;
        }
        due.push(Due { account, head_seq, done_seq });
    }
    due
}

/// An unread event: its account, its number, what is kept of it, and whether an operator passed it over.
pub(crate) struct Unread {
    pub account: String,
    pub seq: i64,
    pub kept: Kept,
    pub skipped: bool,
}

pub(crate) fn by_account(rows: Vec<Unread>) -> HashMap<String, Vec<Unread>> {
    let mut unread: HashMap<String, Vec<Unread>> = HashMap::new();
    for row in rows {
        unread.entry(row.account.clone()).or_default().push(row);
    }
    unread
}

/// A lane as its decider gets it; `state` is the policy and the snapshot.
pub(crate) fn read(
    tenant: &str,
    lane: &Due,
    fence: i64,
    state: Option<(String, String)>,
    events: Vec<Unread>,
) -> Result<Claimed> {
    let account = lane.account.as_str();
    let (policy, snapshot) = state.unzip();
    let state = snapshot.map(|text| from_json(&text, || format!("the state of account `{account}`"))).transpose()?;
    let mut unread = Vec::with_capacity(events.len());
    let mut read_until = lane.done_seq;
    for Unread { seq, kept, skipped, .. } in events {
        if seq != read_until + 1 {
            return Err(StoreError::Corrupt(format!("event {seq} of account `{account}` follows a gap")));
        }
        read_until = seq;
        // Not even looked at: it may be the one that cannot be read.
        if !skipped {
            unread.push(Stored { seq, event: kept.event(Place { tenant, account, seq })? });
        }
    }
    let more = lane.head_seq > read_until;
    if more && read_until - lane.done_seq < LANE_EVENTS_MAX {
        return Err(StoreError::Corrupt(format!("the journal of account `{account}` ends before its lane")));
    }
    let (account, done_seq) = (AccountId::new(account), lane.done_seq);
    Ok(Claimed { account, fence, state, policy, done_seq, unread, read_until, more })
}
