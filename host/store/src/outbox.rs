//! T3 and T4: effects on their way out, and how they ended.

use escalation::event::Event;
use escalation::{AccountId, DateTime, Effect, EffectKey, Role};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EffectStatus {
    Planned,
    /// Waits for a person's approval.
    Held,
    Dispatching,
    Succeeded,
    Rejected,
    /// It may or may not have happened: a person decides.
    Unknown,
    Expired,
    Cancelled,
}

impl EffectStatus {
    pub const ALL: [EffectStatus; 8] = [
        Self::Planned,
        Self::Held,
        Self::Dispatching,
        Self::Succeeded,
        Self::Rejected,
        Self::Unknown,
        Self::Expired,
        Self::Cancelled,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Held => "held",
            Self::Dispatching => "dispatching",
            Self::Succeeded => "succeeded",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectRow {
    pub key: EffectKey,
    pub account: AccountId,
    pub role: Role,
    /// The effect's name in the role's contract: `queue-call`.
    pub kind: String,
    pub effect: Effect,
    pub status: EffectStatus,
    pub attempt: u32,
    pub planned_at: DateTime,
    pub due_at: DateTime,
    pub ended_at: Option<DateTime>,
    /// The other side's name for it, or why it ended as it did.
    pub note: String,
}

/// T3 for one effect.
#[derive(Clone, Debug)]
pub struct Mark {
    pub key: EffectKey,
    pub account: AccountId,
    /// The lane's `done_seq` on which the clearance was given.
    pub seen_seq: i64,
    pub at: DateTime,
    /// The running plugin that will be asked.
    pub plugin: String,
    /// Effects that go out together; asked for again as one after a crash.
    pub batch: String,
    /// The exact request as JSON: a repetition sends the same.
    pub request: String,
    /// The process that goes out with it.
    pub host: String,
    /// Until then the host may be under way; afterwards another one looks after what it left.
    pub deadline: DateTime,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marked {
    /// The attempt's number, or none when the mark was refused.
    pub attempt: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InFlight {
    pub key: EffectKey,
    pub account: AccountId,
    pub attempt: u32,
    pub plugin: String,
    pub kind: String,
    pub batch: String,
    pub request: String,
    pub marked_at: DateTime,
    pub host: String,
}

/// T4 for one effect.
#[derive(Clone, Debug)]
pub struct Concluded {
    pub key: EffectKey,
    pub account: AccountId,
    pub attempt: u32,
    pub at: DateTime,
    pub outcome: Outcome,
    /// Appended to the lane, which becomes due; none for [`Outcome::Again`].
    pub event: Option<Event>,
    /// Plugin and version.
    pub by: String,
    /// Who asked: the process that marked the effect, or took it over since. Whoever was overtaken may still say that it
    /// happened, and not any more that it did not.
    pub host: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Succeeded {
        reference: String,
    },
    Rejected {
        reason: String,
    },
    Unknown {
        text: String,
    },
    /// Taken back before it went out: what it was for is gone.
    Cancelled {
        because: String,
    },
    /// It certainly did not happen; back to planned, not before `at`.
    Again {
        at: DateTime,
        because: String,
    },
}

impl Outcome {
    /// True whoever says it: that it happened, or that nobody knows. That it did not happen is only known to whoever asked last.
    pub(crate) fn stands_alone(&self) -> bool {
        matches!(self, Self::Succeeded { .. } | Self::Unknown { .. })
    }

    /// The other side said how it ended: this settles even what was given up as unknown.
    pub fn is_known(&self) -> bool {
        matches!(self, Self::Succeeded { .. } | Self::Rejected { .. })
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub n: u32,
    pub plugin: String,
    pub batch: String,
    pub started_at: DateTime,
    pub ended_at: Option<DateTime>,
    pub outcome: String,
    pub text: String,
}
