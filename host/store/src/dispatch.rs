//! Which effects may leave, which may end, and what facts mean for the outbox: the same on every engine.

use std::collections::HashMap;

use escalation::event::Event;
use escalation::{Action, DateTime, Fact};

use crate::Result;
use crate::journal::Line;
use crate::outbox::{Concluded, EffectStatus, Mark, Marked, Outcome};
use crate::row::json;

/// A planned effect as its row has it.
pub(crate) struct Planned<'a> {
    pub key: &'a str,
    pub account: &'a str,
    pub role: &'static str,
    pub kind: &'static str,
    pub body: String,
    pub weight: i64,
    pub due_at: String,
}

/// The effects that facts plan.
pub(crate) fn planned<'a>(facts: &[(&'a str, &'a Event)]) -> Result<Vec<Planned<'a>>> {
    let mut planned = Vec::new();
    for (account, event) in facts {
        let Fact::EffectPlanned { effect } = &event.fact else { continue };
        let (role, kind) = effect.action.performed_by();
        planned.push(Planned {
            key: effect.key.as_str(),
            account,
            role: role.as_str(),
            kind,
            body: json(effect)?,
            weight: if let Action::QueueCall(call) = &effect.action { call.weight } else { 0 },
            due_at: effect.due_on.at(0, 0, 0, 0).to_string(),
        });
    }
    Ok(planned)
}

/// An effect ends without going out, or a person says how it ended.
pub(crate) struct Turn<'a> {
    pub key: &'a str,
    pub account: &'a str,
    /// Only an effect that stands so is turned; planned means held as well. One in the air that was planned is turned when it
    /// comes back.
    pub from: EffectStatus,
    pub to: EffectStatus,
    pub note: &'a str,
}

/// The effects that facts end, in their order.
pub(crate) fn turns<'a>(facts: &[(&'a str, &'a Event)]) -> Vec<Turn<'a>> {
    let turn = |(account, event): &(&'a str, &'a Event)| {
        let (key, from, to, note) = match &event.fact {
            Fact::EffectCancelled { key, because } => {
                (key, EffectStatus::Planned, EffectStatus::Cancelled, because.as_str())
            }
            Fact::EffectExpired { key } => (key, EffectStatus::Planned, EffectStatus::Expired, ""),
            Fact::EffectSettled { key, happened: true, text } => {
                (key, EffectStatus::Unknown, EffectStatus::Succeeded, text.as_str())
            }
            Fact::EffectSettled { key, happened: false, text } => {
                (key, EffectStatus::Unknown, EffectStatus::Rejected, text.as_str())
            }
            _ => return None,
        };
        Some(Turn { key: key.as_str(), account, from, to, note })
    };
    facts.iter().filter_map(turn).collect()
}

/// An effect as T3 and T4 find it.
pub(crate) struct Standing {
    pub account: String,
    pub status: String,
    pub attempt: i64,
    /// Whose attempt it is.
    pub host: Option<String>,
    /// What it becomes if it comes back, and is not planned any more.
    pub turned: Option<String>,
    /// The lane's head, if everything is read, nobody has it in hand, and it is not parked.
    pub settled_at: Option<i64>,
}

/// The marks that may be made, each with its place and the number of its attempt; and the answer to every one.
pub(crate) fn admit<'m>(
    marks: &'m [Mark],
    effects: &mut HashMap<String, Standing>,
) -> (Vec<(usize, &'m Mark, i64)>, Vec<Marked>) {
    let mut answers = Vec::with_capacity(marks.len());
    let mut going = Vec::new();
    for (place, mark) in marks.iter().enumerate() {
        let ready = effects.get_mut(mark.key.as_str()).filter(|effect| {
            effect.account == mark.account.as_str()
                && effect.status == EffectStatus::Planned.as_str()
                && effect.settled_at == Some(mark.seen_seq)
        });
        let attempt = ready.map(|effect| {
            effect.status = EffectStatus::Dispatching.as_str().to_owned();
            effect.attempt + 1
        });
        going.extend(attempt.map(|n| (place, mark, n)));
        answers.push(Marked { attempt: attempt.and_then(|n| u32::try_from(n).ok()) });
    }
    (going, answers)
}

/// The event of each conclusion, as it will stand in the journal.
pub(crate) fn lines(concluded: &[Concluded]) -> Result<Vec<Option<Line>>> {
    let line = |done: &Concluded| done.event.as_ref().map(|event| Line::new(done.account.as_str(), event)).transpose();
    concluded.iter().map(line).collect()
}

/// The conclusions that count, with what they tell their lanes.
pub(crate) fn settle<'c>(
    concluded: &'c [Concluded],
    lines: &'c [Option<Line>],
    effects: &mut HashMap<String, Standing>,
) -> (Vec<(&'c Concluded, End<'c>)>, Vec<&'c Line>) {
    let mut ended = Vec::new();
    let mut told = Vec::new();
    for (done, line) in concluded.iter().zip(lines) {
        let current = effects.get_mut(done.key.as_str()).filter(|effect| {
            effect.account == done.account.as_str()
                && effect.attempt == i64::from(done.attempt)
                && (done.outcome.stands_alone() || effect.host.as_ref() == Some(&done.host))
                && (effect.status == EffectStatus::Dispatching.as_str()
                    || effect.status == EffectStatus::Unknown.as_str() && done.outcome.is_known())
        });
        let Some(effect) = current else { continue };
        let end = End::of(done, effect.turned.as_deref());
        effect.status = end.status.as_str().to_owned();
        ended.push((done, end));
        told.extend(line);
    }
    (ended, told)
}

/// How an effect stands after an attempt.
pub(crate) struct End<'a> {
    pub status: EffectStatus,
    pub outcome: &'static str,
    pub text: &'a str,
    /// What the effect's row says; none: as it says already.
    pub note: Option<&'a str>,
    /// Not at its end: tried again then.
    pub due_at: Option<DateTime>,
}

impl<'a> End<'a> {
    fn of(done: &'a Concluded, turned: Option<&str>) -> Self {
        let (status, outcome, text, due_at) = match &done.outcome {
            Outcome::Succeeded { reference } => (EffectStatus::Succeeded, "succeeded", reference, None),
            Outcome::Rejected { reason } => (EffectStatus::Rejected, "rejected", reason, None),
            Outcome::Unknown { text } => (EffectStatus::Unknown, "unknown", text, None),
            Outcome::Cancelled { because } => (EffectStatus::Cancelled, "cancelled", because, None),
            Outcome::Again { at, because } => (EffectStatus::Planned, "again", because, Some(*at)),
        };
        let end = Self { status, outcome, text, note: Some(text), due_at };
        match EffectStatus::ALL.into_iter().find(|status| Some(status.as_str()) == turned) {
            // It comes back, and nobody wants it any more; its row says why.
            Some(status) if end.status == EffectStatus::Planned => Self { status, note: None, due_at: None, ..end },
            _ => end,
        }
    }
}
