//! Ladders by name: the standard one, softened or shortened, or one with levels of its own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Anchor, Level, Policy};
use crate::account::Account;
use crate::approval::Approval;
use crate::assignment::PolicyRef;
use crate::id::LevelId;

/// The name of the ladder that the policy's `[[level]]` tables make.
pub const STANDARD: &str = "standard";

/// Either `levels` of its own, or the standard ladder with changes. A level is the same level in every ladder that has its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    pub name: String,
    /// Levels of the standard ladder that this one does not have.
    #[serde(default)]
    pub leave_out: Vec<LevelId>,
    /// Days by which every level after the due date comes later than in the standard ladder; negative: earlier.
    #[serde(default)]
    pub later_days: i16,
    /// Who has to agree to a level, where the standard ladder asks for less.
    #[serde(default)]
    pub approval: BTreeMap<LevelId, Approval>,
    /// Its own levels, from the first to the last; then nothing is taken from the standard ladder.
    #[serde(default, rename = "level")]
    pub levels: Vec<Level>,
    /// What the above makes.
    #[serde(skip)]
    pub(super) made: Vec<Level>,
}

impl Ladder {
    /// Its levels, from the first to the last.
    pub fn rungs(&self) -> &[Level] {
        &self.made
    }

    /// Takes the standard ladder, and changes it as the policy says.
    pub(super) fn make(&mut self, standard: &[Level]) {
        if !self.levels.is_empty() {
            self.made = self.levels.clone();
            return;
        }
        let kept = standard.iter().filter(|level| !self.leave_out.contains(&level.id)).cloned();
        self.made = kept
            .map(|mut level| {
                if level.after == Anchor::Due && level.days > 0 {
                    let least = if self.later_days < 0 { 1 } else { level.days };
                    level.days = level.days.saturating_add(self.later_days).max(least);
                    level.until_days = level.until_days.map(|until| until.saturating_add(self.later_days));
                }
                if let Some(approval) = self.approval.get(&level.id) {
                    level.approval = level.approval.max(*approval);
                }
                level
            })
            .collect();
    }
}

impl Policy {
    pub fn reference(&self) -> PolicyRef {
        PolicyRef { name: self.name.clone(), version: self.version.clone() }
    }

    /// The levels of a ladder, from the first to the last; none: there is no such ladder.
    pub fn ladder(&self, name: &str) -> Option<&[Level]> {
        if name == STANDARD {
            return Some(&self.levels);
        }
        self.ladders.iter().find(|ladder| ladder.name == name).map(Ladder::rungs)
    }

    /// The ladder of the account's segment; the standard one where it has none here.
    pub fn levels_of(&self, account: &Account) -> &[Level] {
        let segment = account.segment.as_ref().and_then(|ours| self.segments.iter().find(|one| one.id == ours.segment));
        segment.and_then(|segment| self.ladder(&segment.ladder)).unwrap_or(&self.levels)
    }

    /// Whether a level of a ladder claims interest, compensation and its fee: the one that the policy names, and all after it.
    pub fn claims_at(&self, levels: &[Level], level: &Level) -> bool {
        let rank = |id: &LevelId| levels.iter().position(|one| &one.id == id);
        let first = self.charges.from.as_ref().and_then(rank);
        first.zip(rank(&level.id)).is_some_and(|(first, ours)| first <= ours)
    }

    /// A level, on whichever ladder it stands.
    pub fn level(&self, id: &LevelId) -> Option<&Level> {
        self.all_levels().find(|level| &level.id == id)
    }

    /// The levels of the standard ladder, then those of the others; a level of several ladders comes more than once.
    pub fn all_levels(&self) -> impl Iterator<Item = &Level> {
        self.levels.iter().chain(self.ladders.iter().flat_map(|ladder| ladder.rungs().iter()))
    }
}
