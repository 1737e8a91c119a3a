//! What a claim hands out: lanes within a bound, each with its state and its unread events.

use std::collections::HashMap;

use escalation::AccountId;

use crate::journal::Stored;
use crate::lane::{Claimed, LANE_EVENTS_MAX};
use crate::row::{self, from_json};
use crate::{Result, StoreError};

/// Unread events that one claim hands out, over all its lanes (about 1 KB each); the first lane is handed out in any case.
const CLAIM_EVENTS_MAX: i64 = 20_000;

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

/// An event as its row has it: number, payload, hash, and whether an operator passed it over.
pub(crate) type EventRow = (i64, String, Vec<u8>, bool);

pub(crate) fn by_account(rows: Vec<(String, i64, String, Vec<u8>, bool)>) -> HashMap<String, Vec<EventRow>> {
    let mut unread: HashMap<String, Vec<EventRow>> = HashMap::new();
    for (account, seq, payload, hash, skipped) in rows {
        unread.entry(account).or_default().push((seq, payload, hash, skipped));
    }
    unread
}

/// A lane as its decider gets it; `state` is the policy and the snapshot.
pub(crate) fn read(lane: &Due, fence: i64, state: Option<(String, String)>, events: Vec<EventRow>) -> Result<Claimed> {
    let (policy, snapshot) = state.unzip();
    let state =
        snapshot.map(|text| from_json(&text, || format!("the state of account `{}`", lane.account))).transpose()?;
    let mut unread = Vec::with_capacity(events.len());
    let mut read_until = lane.done_seq;
    for (seq, payload, hash, skipped) in events {
        read_until += 1;
        if seq != read_until {
            return Err(StoreError::Corrupt(format!("event {seq} of account `{}` follows a gap", lane.account)));
        }
        if skipped {
            continue;
        }
        unread.push(Stored { seq, event: row::event(&lane.account, seq, &payload, &hash)? });
    }
    let more = lane.head_seq > read_until;
    if more && read_until - lane.done_seq < LANE_EVENTS_MAX {
        return Err(StoreError::Corrupt(format!("the journal of account `{}` ends before its lane", lane.account)));
    }
    Ok(Claimed {
        account: AccountId::new(&lane.account),
        fence,
        state,
        policy,
        done_seq: lane.done_seq,
        unread,
        read_until,
        more,
    })
}
