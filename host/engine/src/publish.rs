//! Publishing a policy: what happens to accounts in flight is shown first, and then recorded on each of them.

use escalation::event::Event;
use escalation::in_flight::{self, InFlight, Move};
use escalation::report::{Received, Report, Source};
use escalation::{AccountId, Catalogue, Fact, Now, Packs, Policy};
use store::{Entry, Ingest, Published, Publishing, Store, StoreError};
use thiserror::Error;

use crate::limits;
use crate::repair::Act;

/// What publishing would do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Accounts whose ladder runs under another version.
    pub moves: Vec<Move>,
    /// Accounts of which no ladder runs, or that have the version already.
    pub others: usize,
}

#[derive(Debug, Error)]
pub enum PublishError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(
        "the policy `{0}` was published with another text; nothing is changed\n\nhint: give the changed text another `version`"
    )]
    Differs(escalation::PolicyRef),
}

/// What happens to every account, without doing it. No catalogue: nothing was published before.
pub async fn plan(
    store: &dyn Store,
    catalogue: Option<&Catalogue>,
    new: &Policy,
    packs: &Packs,
    how: InFlight,
    now: &Now,
    reason: &str,
) -> Result<Plan, StoreError> {
    let mut plan = Plan { moves: Vec::new(), others: 0 };
    let mut after: Option<AccountId> = None;
    loop {
        let ids = store.account_ids(after.as_ref(), limits::ACCOUNTS_PAGE).await?;
        let Some(last) = ids.last() else { return Ok(plan) };
        after = Some(last.clone());
        for id in &ids {
            let Some((account, _)) = store.account(id).await? else { continue };
            // Of a version that is not there nothing is known, its deadlines neither.
            let kept = catalogue.and_then(|catalogue| catalogue.of(&account).ok()).map_or(new, |kept| kept.as_ref());
            match in_flight::plan(&account, (kept, new), packs, how, now, reason) {
                Some(moved) => plan.moves.push(moved),
                None => plan.others += 1,
            }
        }
    }
}

/// Publishes, and records the moves. Broken off, it can be done again: what was recorded is not recorded twice.
pub async fn carry_out(store: &dyn Store, published: Published, plan: &Plan, act: Act<'_>) -> Result<(), PublishError> {
    let policy = published.policy.clone();
    if store.publish(published).await? == Publishing::Differs {
        return Err(PublishError::Differs(policy));
    }
    for (moved, fact) in plan.moves.iter().filter_map(|moved| Some((moved, moved.fact.clone()?))) {
        let Some((account, lane)) = store.account(&moved.account).await? else { continue };
        if account.in_flight().is_some_and(|kept| *kept != policy) {
            store.ingest(recorded(moved, lane.head_seq, fact, act)).await?;
        }
    }
    Ok(())
}

fn recorded(moved: &Move, head_seq: i64, fact: Fact, act: Act<'_>) -> Ingest {
    let source = Source {
        key: format!("policy/{}/{head_seq}", moved.account),
        version: None,
        digest: Some(String::new()),
        document: act.who.to_owned(),
        place: String::new(),
        occurred_on: act.at.date(),
    };
    let report = Report::Other { kind: "policy".to_owned(), notes: vec![("reason".to_owned(), act.reason.to_owned())] };
    let event = Event { at: act.at, on: act.at.date(), origin: format!("desk:{}", act.who), fact };
    let entry = Entry { received: Received { source, report }, events: vec![(moved.account.clone(), event)] };
    Ingest { entries: vec![entry], ..Ingest::empty("desk", act.at) }
}
