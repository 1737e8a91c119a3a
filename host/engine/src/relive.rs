//! The policy time machine over a whole ledger: every account's history lived again, and what would have differed.
//!
//! It reads the journal and writes nothing. Memory holds one account, the sums, and the accounts that differ most.

use escalation::event::Event;
use escalation::relive::{Course, Span, relive};
use escalation::{AccountId, Packs, Policy};
use serde::Serialize;
use store::{Store, StoreError};

use crate::history::{Told, tell};
use crate::limits;

/// What both policies would have done, beside what was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Relived {
    /// Accounts that were lived again.
    pub accounts: u64,
    /// Accounts that cannot be: erased, not readable, or a policy found no rest.
    pub left_out: Vec<LeftOut>,
    pub left_out_count: u64,
    pub as_it_was: Course,
    /// Under the policy in force, lived again like the other one: what the journal differs in from this is the world's doing.
    pub current: Course,
    pub other: Course,
    /// Accounts on which the two policies differ, in all.
    pub differing_count: u64,
    /// Those that differ most, at most [`limits::RELIVED_SHOWN`].
    pub differing: Vec<Differing>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Differing {
    pub account: AccountId,
    pub current: Course,
    pub other: Course,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    pub account: AccountId,
    pub why: String,
}

/// The policy in force, and another one to be held against it.
#[derive(Clone, Copy)]
pub struct Policies<'a> {
    pub current: &'a Policy,
    pub other: &'a Policy,
    pub packs: &'a Packs,
}

/// Lives the days of all accounts again. `counted` hears how many accounts are done.
pub async fn relive_all(
    store: &dyn Store,
    policies: Policies<'_>,
    span: Span,
    counted: &(dyn Fn(u64) + Send + Sync),
) -> Result<Relived, StoreError> {
    let (mut relived, mut after) = (Relived::default(), None);
    loop {
        let ids = store.account_ids(after.as_ref(), limits::ACCOUNTS_RELIVED).await?;
        let Some(last) = ids.last().cloned() else { return Ok(relived) };
        for id in ids {
            let mut history: Vec<Event> = Vec::new();
            let told = tell(store, &id, span.until, |event| history.push(event.clone())).await?;
            match told {
                Told::All => relived.take(id, &history, policies, span),
                Told::Nothing => {}
                Told::Erased => relived.leave_out(id, "it was erased".to_owned()),
                Told::Unreadable(why) => relived.leave_out(id, why),
            }
            counted(relived.accounts);
        }
        after = Some(last);
    }
}

impl Relived {
    fn take(&mut self, account: AccountId, history: &[Event], policies: Policies<'_>, span: Span) {
        let again =
            |policy| relive(&account, history, policy, policies.packs, span).map(|lived| Course::of(&lived, span));
        let (current, other) = match again(policies.current).and_then(|current| Ok((current, again(policies.other)?))) {
            Ok(both) => both,
            Err(why) => return self.leave_out(account, why),
        };
        self.accounts += 1;
        self.as_it_was.add(&Course::of(history, span));
        self.current.add(&current);
        self.other.add(&other);
        if current == other {
            return;
        }
        self.differing_count += 1;
        self.differing.push(Differing { account, current, other });
        if self.differing.len() > 2 * limits::RELIVED_SHOWN {
            self.keep_most();
        }
    }

    fn leave_out(&mut self, account: AccountId, why: String) {
        self.left_out_count += 1;
        if self.left_out.len() < limits::RELIVED_SHOWN {
            self.left_out.push(LeftOut { account, why });
        }
    }

    /// The accounts that differ most, the largest difference first.
    pub fn keep_most(&mut self) {
        self.differing.sort_by_cached_key(|one| (std::cmp::Reverse(one.distance()), one.account.clone()));
        self.differing.truncate(limits::RELIVED_SHOWN);
    }
}

impl Differing {
    /// A placement weighs more than a hold, and a hold more than a contact.
    fn distance(&self) -> u64 {
        let (current, other) = (&self.current, &self.other);
        let placed = current.placements.abs_diff(other.placements).saturating_mul(1_000);
        let held = current.holds.abs_diff(other.holds).saturating_mul(100);
        let contacts = current.contacts().abs_diff(other.contacts()).saturating_mul(10);
        placed + held + contacts + current.held_days.abs_diff(other.held_days)
    }
}
