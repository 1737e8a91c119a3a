//! Who has to agree before an effect goes out, and who did. The policy that planned it is nobody.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::effect::{Action, Effect};
use crate::event::Event;
use crate::id::EffectKey;
use crate::policy::Policy;
use crate::write_off::person;

/// How many people have to agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Approval {
    #[default]
    None,
    One,
    /// Two different people.
    FourEyes,
}

/// One person's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approved {
    pub by: String,
    pub on: Date,
}

/// More people than this have nothing to add.
const APPROVERS_MAX: usize = 8;

impl Approval {
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }

    pub fn people(self) -> usize {
        match self {
            Self::None => 0,
            Self::One => 1,
            Self::FourEyes => 2,
        }
    }
}

/// What an effect needs: what its level asked for when it was planned, and a placement what the policy asks for all of them.
pub fn needed(effect: &Effect, policy: &Policy) -> Approval {
    let placement = policy.agency.approval && matches!(effect.action, Action::PlaceWithAgency { .. });
    effect.approval.max(if placement { Approval::One } else { Approval::None })
}

/// People who still have to agree; 0: it may go out.
pub fn missing(account: &Account, effect: &Effect, policy: &Policy) -> usize {
    let needed = needed(effect, policy).people();
    // An approval from before names were kept counts as one.
    let known = account.approvers(&effect.key).len().max(usize::from(account.approved.contains(&effect.key)));
    needed.saturating_sub(known)
}

/// `waits for two people to approve it`, `ANNA approved it; one more has to`; none: nobody is waited for.
pub fn awaited(account: &Account, effect: &Effect, policy: &Policy) -> Option<String> {
    in_words(account.approvers(&effect.key), missing(account, effect, policy))
}

pub(crate) fn in_words(approved: &[Approved], missing: usize) -> Option<String> {
    let names: Vec<&str> = approved.iter().map(|one| one.by.as_str()).collect();
    match (missing, names.is_empty()) {
        (0, _) => None,
        (1, true) => Some("waits for a person to approve it".to_owned()),
        (_, true) => Some("waits for two people to approve it".to_owned()),
        (_, false) => Some(format!("{} approved it; a second person has to", names.join(" and "))),
    }
}

/// The same person, however the name was typed.
pub fn is_same_person(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// Keeps a person's word on an effect; what is not a person does not count by name.
pub(crate) fn given(account: &mut Account, key: &EffectKey, event: &Event) {
    account.approved.insert(key.clone());
    if person(&event.origin).is_some() {
        agrees(account.approvals.entry(key.clone()).or_default(), event);
    }
}

/// Each person counts once, and what is not a person does not count.
pub(crate) fn agrees(known: &mut Vec<Approved>, event: &Event) {
    let Some(by) = person(&event.origin) else { return };
    if known.len() < APPROVERS_MAX && !known.iter().any(|one| is_same_person(&one.by, by)) {
        known.push(Approved { by: by.to_owned(), on: event.on });
    }
}
