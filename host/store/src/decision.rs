//! Decisions, made ready before a writer sees them, and which of them may be written.

use std::collections::HashSet;

use escalation::Fact;

use crate::journal::Line;
use crate::lane::Decided;
use crate::mutation::Mutation;
use crate::row::json;
use crate::{Result, StoreError};

/// A decision, serialised and hashed with its row for the desk.
pub(crate) struct Prepared {
    pub decided: Decided,
    pub row: String,
    pub state: String,
    pub because: String,
    pub lines: Vec<Line>,
}

impl Prepared {
    pub fn new(decided: Decided) -> Result<Self> {
        let account = decided.account.as_str();
        Ok(Self {
            row: json(&decided.row)?,
            state: json(&decided.state)?,
            because: json(&decided.because)?,
            lines: decided.events.iter().map(|event| Line::new(account, event)).collect::<Result<_>>()?,
            decided,
        })
    }

    pub fn account(&self) -> &str {
        self.decided.account.as_str()
    }

    pub fn planned(&self) -> impl Iterator<Item = &str> {
        self.decided.events.iter().filter_map(|event| match &event.fact {
            Fact::EffectPlanned { effect } => Some(effect.key.as_str()),
            _ => None,
        })
    }
}

/// A lane in somebody's hands.
pub(crate) struct Held {
    pub head_seq: i64,
    pub done_seq: i64,
    pub fence: i64,
    pub next_due_at: Option<String>,
}

/// A decision that is written, and where its lane stands then.
pub(crate) struct Accepted<'a> {
    pub prepared: &'a Prepared,
    pub head_seq: i64,
    pub done_seq: i64,
    pub next_due_at: Option<String>,
}

pub(crate) enum Refusal {
    /// Another owner has the lane.
    Lost,
    /// The lane is ours, but new events came that the decision does not know.
    Overtaken,
    /// The decision plans an effect again: the core is wrong about this account.
    Spent(String),
}

/// May the decision be written? `held` is its lane if it is in somebody's hands, `spent` are the keys in the outbox.
pub(crate) fn judge<'a>(
    prepared: &'a Prepared,
    held: Option<Held>,
    spent: &mut HashSet<String>,
) -> std::result::Result<Accepted<'a>, Refusal> {
    let decided = &prepared.decided;
    let ours = |lane: &Held| lane.fence == decided.fence || Mutation::Fence.is_on();
    let lane = held.filter(ours).ok_or(Refusal::Lost)?;
    let everything_read = decided.read_seq == lane.head_seq || Mutation::Fence.is_on();
    let only_read = decided.events.is_empty() && (lane.done_seq..lane.head_seq).contains(&decided.read_seq);
    if !everything_read && !only_read {
        return Err(Refusal::Overtaken);
    }
    let keys: Vec<&str> = prepared.planned().collect();
    let mut own = HashSet::new();
    if let Some(key) = keys.iter().find(|key| spent.contains(**key) || !own.insert(**key)) {
        return Err(Refusal::Spent((*key).to_owned()));
    }
    spent.extend(keys.into_iter().map(str::to_owned));
    let head_seq = lane.head_seq + decided.events.len() as i64;
    Ok(Accepted {
        prepared,
        head_seq,
        done_seq: if everything_read { head_seq } else { decided.read_seq },
        next_due_at: if everything_read { decided.look_again.map(|at| at.to_string()) } else { lane.next_due_at },
    })
}

impl Refusal {
    /// What the decider is told.
    pub fn error(&self, prepared: &Prepared) -> StoreError {
        match self {
            Self::Lost | Self::Overtaken => StoreError::LostLane(prepared.decided.account.clone()),
            Self::Spent(key) => {
                let account = prepared.account();
                StoreError::Corrupt(format!("account `{account}` plans `{key}`, which was planned before"))
            }
        }
    }
}
