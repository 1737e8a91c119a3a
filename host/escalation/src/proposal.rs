//! A level of the ladder that people have to agree to before it is taken. Its letter is written when they have, and not before: the
//! deadline, the interest and the fee that it states count from its own day.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::approval::{Approval, Approved, agrees, in_words, is_same_person};
use crate::event::Event;
use crate::id::{InvoiceNumber, LevelId};
use crate::policy::{Level, LevelAction};

/// Asked of people on the day on which the level would have been taken; it ends when the level is behind every invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    pub proposed_on: Date,
    /// Those that had come to the level on that day; what it says is about the whole account.
    pub invoices: Vec<InvoiceNumber>,
    pub approval: Approval,
    /// Each person once.
    #[serde(default)]
    pub approved: Vec<Approved>,
}

impl Proposal {
    /// People who still have to agree.
    pub fn missing(&self) -> usize {
        self.approval.people().saturating_sub(self.approved.len())
    }

    /// `waits for two people to approve it`; none: nobody is waited for.
    pub fn awaited(&self) -> Option<String> {
        in_words(&self.approved, self.missing())
    }

    pub fn is_approved_by(&self, who: &str) -> bool {
        self.approved.iter().any(|known| is_same_person(&known.by, who))
    }
}

impl Account {
    /// Levels about which people are still asked.
    pub fn awaited_levels(&self) -> impl Iterator<Item = (&LevelId, &Proposal)> {
        self.proposals.iter().filter(|(_, known)| known.missing() > 0)
    }
}

impl Level {
    /// People agree to the level itself. A hold of credit and a placement are agreed to as they are planned: they state nothing that
    /// a day later would be wrong.
    pub fn is_proposed(&self) -> bool {
        !self.approval.is_none() && matches!(self.action, LevelAction::Notice | LevelAction::Task)
    }
}

pub(crate) fn proposed(
    account: &mut Account,
    level: &LevelId,
    invoices: &[InvoiceNumber],
    approval: Approval,
    on: Date,
) {
    let proposal = || Proposal { proposed_on: on, invoices: invoices.to_vec(), approval, approved: Vec::new() };
    account.proposals.entry(level.clone()).or_insert_with(proposal);
}

pub(crate) fn approved(account: &mut Account, level: &LevelId, event: &Event) {
    if let Some(known) = account.proposals.get_mut(level) {
        agrees(&mut known.approved, event);
    }
}
