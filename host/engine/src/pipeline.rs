//! T2: what is due is decided. A lane that cannot be decided is set aside; the others go on.

use std::panic::{AssertUnwindSafe, catch_unwind};

use escalation::event::Event;
use escalation::policy::NotPublished;
use escalation::{Account, Catalogue, Decision, Now, Packs, decide, evolve};
use store::{After, Claimed, Decided, StoreError};

use crate::limits;
use crate::rows;
use crate::turn::Engine;

impl Engine {
    /// Decides every lane that is due, and returns how many there were.
    pub async fn decide_due(&self) -> Result<u32, StoreError> {
        let mut count = 0;
        loop {
            let now = self.now().await?;
            let claimed = self.claim(&now).await?;
            if claimed.is_empty() {
                return Ok(count);
            }
            count += u32::try_from(claimed.len()).unwrap_or(u32::MAX);
            let decided = self.decide_all(claimed, &now).await?;
            self.write(decided).await?;
        }
    }

    async fn claim(&self, now: &Now) -> Result<Vec<Claimed>, StoreError> {
        self.store.claim(&self.owner, now.at, limits::LEASE, limits::LANES_PER_CLAIM).await
    }

    /// The decisions on all lanes but those that cannot be decided: these are set aside.
    async fn decide_all(&self, claimed: Vec<Claimed>, now: &Now) -> Result<Vec<Decided>, StoreError> {
        let mut decided = Vec::with_capacity(claimed.len());
        let catalogue = self.catalogue();
        for lane in claimed {
            let (account, fence) = (lane.account.clone(), lane.fence);
            match catch_unwind(AssertUnwindSafe(|| decide_lane(lane, &catalogue, &self.packs, now))) {
                Ok(Ok(decision)) => decided.push(decision),
                Ok(Err(missing)) => self.store.park(&account, fence, &missing.to_string()).await?,
                Err(panic) => self.store.park(&account, fence, &panic_text(panic.as_ref())).await?,
            }
        }
        Ok(decided)
    }

    /// Writes the decisions. One that came too late, or cannot be written, concerns its lane alone: it is decided again, or
    /// the store has set it aside.
    async fn write(&self, decided: Vec<Decided>) -> Result<(), StoreError> {
        match self.store.decided(decided).await {
            Err(StoreError::LostLane(_) | StoreError::Corrupt(_)) => Ok(()),
            other => other,
        }
    }
}

/// The pure part of T2.
fn decide_lane(lane: Claimed, catalogue: &Catalogue, packs: &Packs, now: &Now) -> Result<Decided, NotPublished> {
    // A block that ends by itself is shown no more from one day to the next.
    let blocked = |account: &Account| account.blocked.as_ref().is_some_and(|block| block.until.is_some());
    let same = lane.unread.is_empty() && lane.state.as_ref().is_some_and(|account| !blocked(account));
    let mut account = lane.state.unwrap_or_else(|| Account::new(lane.account.clone()));
    let read_seq = lane.read_until;
    for stored in &lane.unread {
        evolve(&mut account, &stored.event);
    }
    let policy = catalogue.of(&account)?;
    let version = policy.reference().to_string();
    let as_it_was = same && lane.policy.as_ref() == Some(&version);
    // There is more to read before anything can be decided.
    let wait = Decision { events: Vec::new(), look_again: Some(now.at), because: Vec::new() };
    let decision = if lane.more { wait } else { decide(&account, policy, packs, now) };
    let events: Vec<Event> = decision
        .events
        .into_iter()
        .map(|fact| Event { at: now.at, on: now.today(), origin: "policy".to_owned(), fact })
        .collect();
    for event in &events {
        evolve(&mut account, event);
    }
    let after = || After { row: rows::row(&account, policy, now.today()), state: account };
    Ok(Decided {
        account: lane.account,
        fence: lane.fence,
        at: now.at,
        read_seq,
        after: (!as_it_was || !events.is_empty()).then(after),
        events,
        policy: version,
        look_again: decision.look_again,
        because: decision.because,
    })
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("deciding it failed: {}", text.unwrap_or_else(|| "no reason was given".to_owned()))
}
