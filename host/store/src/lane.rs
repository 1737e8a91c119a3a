//! T2: lanes, one for each account: claimed, decided, released.

use escalation::event::Event;
use escalation::{Account, AccountId, DateTime, Reason};

use crate::journal::Stored;
use crate::view::AccountRow;

/// Unread events that a claim hands out for one lane.
pub const LANE_EVENTS_MAX: i64 = 10_000;
/// Decisions that are kept for one account; older ones give way.
pub const DECISIONS_KEPT_MAX: i64 = 200;

/// A lane in our hands until its lease ends.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub account: AccountId,
    pub fence: i64,
    /// The state up to `done_seq`; none for a new account.
    pub state: Option<Account>,
    /// The policy under which that state was written.
    pub policy: Option<String>,
    pub done_seq: i64,
    /// Events after `done_seq`, in order, at most [`LANE_EVENTS_MAX`].
    pub unread: Vec<Stored>,
    /// How far this reaches, events that an operator passed over included.
    pub read_until: i64,
    /// There are unread events beyond these. Then nothing is to be decided yet: write back the state with no events, and
    /// claim the lane again for the rest.
    pub more: bool,
}

/// What a decision changed.
#[derive(Clone, Debug)]
pub struct Decided {
    pub account: AccountId,
    pub fence: i64,
    pub at: DateTime,
    /// How far `state` has read: [`Claimed::read_until`].
    pub read_seq: i64,
    /// Events of the decision, to be appended after the lane's head. `EffectPlanned`, `EffectCancelled` and `EffectExpired`
    /// among them also write the outbox. If the lane got new events meanwhile, a decision with events is void (the lane is
    /// given back and due at once), so that the journal's order is the order in which the state took the events. One
    /// without events is written, and the new events stay unread.
    pub events: Vec<Event>,
    /// None: nothing happened, and the account is shown as it was. Most decisions are such, so they must cost little: neither
    /// state nor views are touched, and the decision itself is told from the newest one only by its time (see
    /// [`DecisionRow::times`]).
    pub after: Option<After>,
    pub policy: String,
    pub look_again: Option<DateTime>,
    pub because: Vec<Reason>,
}

/// How a decision leaves the account.
#[derive(Clone, Debug)]
pub struct After {
    /// The account after all of it.
    pub state: Account,
    /// What the desk and the cash index shall show.
    pub row: AccountRow,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneState {
    pub head_seq: i64,
    pub done_seq: i64,
    pub next_due_at: Option<DateTime>,
    pub parked: Option<String>,
    /// Its key was destroyed then; the state is that of an account of which nothing is known.
    pub erased_at: Option<DateTime>,
}

/// A decision as it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRow {
    /// When it was made first.
    pub at: DateTime,
    /// How often it was made in a row. One that says word for word what the newest one of its lane says (policy, events
    /// known, reasons, when to look again) is not kept beside it: the newest one counts it, and remembers when.
    pub times: u32,
    /// When it was made last.
    pub last_at: DateTime,
    pub policy: String,
    /// The events up to which the account was known.
    pub seq: i64,
    pub look_again: Option<DateTime>,
    pub because: Vec<Reason>,
}
