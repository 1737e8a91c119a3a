//! Decisions, made ready before a writer sees them, and which of them may be written.

use std::collections::HashSet;

use escalation::{AccountId, Fact};

use crate::journal::Line;
use crate::lane::{After, DECISIONS_KEPT_MAX, Decided};
use crate::mutation::Mutation;
use crate::row::{hex, json, sha256};
use crate::view::AccountRow;
use crate::{Result, StoreError};

/// A decision, serialised and hashed.
pub(crate) struct Prepared {
    pub decided: Decided,
    pub after: Option<Shown>,
    pub because: String,
    /// A hash of what it says: another decision of the lane that says the same is not worth a row.
    pub says: String,
    pub lines: Vec<Line>,
}

/// [`crate::After`], serialised.
pub(crate) struct Shown {
    pub state: String,
    pub row: String,
}

/// An account that a decision left otherwise than it was.
pub(crate) struct Changed<'a> {
    pub account: &'a str,
    pub policy: &'a str,
    pub shown: &'a Shown,
    pub row: &'a AccountRow,
}

impl<'a> Changed<'a> {
    pub fn of(prepared: &'a Prepared) -> Option<Self> {
        let decided = &prepared.decided;
        let (shown, after) = prepared.after.as_ref().zip(decided.after.as_ref())?;
        Some(Self { account: decided.account.as_str(), policy: &decided.policy, shown, row: &after.row })
    }
}

/// A decision that cannot be written: its lane, the fence, and why.
pub(crate) type Unwritable = (AccountId, i64, StoreError);

impl Prepared {
    /// All decisions that can be written, and the others.
    pub fn all(decided: Vec<Decided>) -> (Vec<Self>, Vec<Unwritable>) {
        let (mut prepared, mut unwritable) = (Vec::with_capacity(decided.len()), Vec::new());
        for one in decided {
            let (account, fence) = (one.account.clone(), one.fence);
            match Self::new(one) {
                Ok(one) => prepared.push(one),
                Err(error) => unwritable.push((account, fence, error)),
            }
        }
        (prepared, unwritable)
    }

    fn new(decided: Decided) -> Result<Self> {
        let account = decided.account.as_str();
        let shown = |after: &After| Ok::<_, StoreError>(Shown { state: json(&after.state)?, row: json(&after.row)? });
        let because = json(&decided.because)?;
        let look_again = decided.look_again.map(|at| at.to_string()).unwrap_or_default();
        let says = format!("{}\0{}\0{look_again}\0{because}", decided.policy, decided.read_seq);
        Ok(Self {
            after: decided.after.as_ref().map(shown).transpose()?,
            because,
            says: hex(&sha256(says.as_bytes())),
            lines: decided.events.iter().map(|event| Line::new(account, event)).collect::<Result<_>>()?,
            decided,
        })
    }

    pub fn account(&self) -> &str {
        self.decided.account.as_str()
    }

    pub fn changes_nothing(&self) -> bool {
        self.decided.after.is_none() && self.decided.events.is_empty()
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
    /// Decisions written so far.
    pub decisions: i64,
    /// What the newest of them says.
    pub newest: Option<String>,
    /// How often it was made in a row.
    pub newest_times: i64,
    /// When it was made last.
    pub newest_at: Option<String>,
}

/// A row of decisions that all said the same: the place of the first, how often it was made, and when last.
pub(crate) struct Row {
    pub slot: i64,
    pub times: i64,
    pub last_at: Option<String>,
}

/// A decision that is written, and where its lane stands then.
pub(crate) struct Accepted<'a> {
    pub prepared: &'a Prepared,
    pub head_seq: i64,
    pub done_seq: i64,
    pub next_due_at: Option<String>,
    pub decisions: i64,
    pub newest_times: i64,
    /// The decision before it was made more than once: its row must be told, before the lane forgets how often.
    pub ends: Option<Row>,
}

impl Accepted<'_> {
    /// The lane's newest decision says the same: only the lane counts it.
    pub fn is_repeated(&self) -> bool {
        self.newest_times > 1
    }

    /// Its place in the ring of the newest decisions.
    pub fn slot(&self) -> i64 {
        slot(self.decisions)
    }
}

fn slot(decisions: i64) -> i64 {
    (decisions - 1) % DECISIONS_KEPT_MAX
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
    let repeated = prepared.changes_nothing() && lane.newest.as_deref() == Some(&prepared.says);
    Ok(Accepted {
        decisions: if repeated { lane.decisions } else { lane.decisions + 1 },
        newest_times: if repeated { lane.newest_times + 1 } else { 1 },
        ends: (!repeated && lane.newest_times > 1).then(|| Row {
            slot: slot(lane.decisions),
            times: lane.newest_times,
            last_at: lane.newest_at,
        }),
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
