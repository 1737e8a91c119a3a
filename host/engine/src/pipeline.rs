//! T2: what is due is decided. A lane that cannot be decided is set aside; the others go on.

use std::panic::{AssertUnwindSafe, catch_unwind};

use escalation::event::Event;
use escalation::{Account, AccountId, Now, Policy, decide, evolve};
use store::{Claimed, Decided, StoreError};

use crate::limits;
use crate::rows;
use crate::turn::Engine;

impl Engine {
    /// Decides every lane that is due, and returns how many there were.
    pub async fn decide_due(&self) -> Result<u32, StoreError> {
        let mut count = 0;
        loop {
            let now = self.now().await?;
            let claimed = self.store.claim(&self.owner, now.at, limits::LEASE, limits::LANES_PER_CLAIM).await?;
            if claimed.is_empty() {
                return Ok(count);
            }
            let mut decided = Vec::with_capacity(claimed.len());
            for lane in claimed {
                count += 1;
                let (account, fence) = (lane.account.clone(), lane.fence);
                match catch_unwind(AssertUnwindSafe(|| decide_lane(lane, &self.policy, &now))) {
                    Ok(decision) => decided.push(decision),
                    Err(panic) => self.store.park(&account, fence, &panic_text(panic.as_ref())).await?,
                }
            }
            self.write(decided).await?;
        }
    }

    /// Writes the decisions; if one of them cannot be written it alone is set aside.
    async fn write(&self, decided: Vec<Decided>) -> Result<(), StoreError> {
        match self.store.decided(decided.clone()).await {
            Err(StoreError::LostLane(_) | StoreError::Corrupt(_)) => {}
            other => return other,
        }
        for one in decided {
            let (account, fence) = (one.account.clone(), one.fence);
            match self.store.decided(vec![one]).await {
                // Something arrived meanwhile: it will be claimed and decided again with it.
                Ok(()) | Err(StoreError::LostLane(_)) => {}
                Err(StoreError::Corrupt(why)) => self.store.park(&account, fence, &why).await?,
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }
}

/// The pure part of T2.
fn decide_lane(lane: Claimed, policy: &Policy, now: &Now) -> Decided {
    let mut account = lane.state.unwrap_or_else(|| Account::new(lane.account.clone()));
    let read_seq = lane.read_until;
    for stored in &lane.unread {
        evolve(&mut account, &stored.event);
    }
    if lane.more {
        return Decided {
            look_again: Some(now.at),
            ..decided(lane.account, lane.fence, read_seq, account, policy, now)
        };
    }
    let decision = decide(&account, policy, now);
    let events: Vec<Event> = decision
        .events
        .into_iter()
        .map(|fact| Event { at: now.at, on: now.today(), origin: "policy".to_owned(), fact })
        .collect();
    for event in &events {
        evolve(&mut account, event);
    }
    Decided {
        events,
        look_again: decision.look_again,
        because: decision.because,
        ..decided(lane.account, lane.fence, read_seq, account, policy, now)
    }
}

/// The lane with what was read of it, and nothing decided.
fn decided(id: AccountId, fence: i64, read_seq: i64, account: Account, policy: &Policy, now: &Now) -> Decided {
    Decided {
        account: id,
        fence,
        at: now.at,
        read_seq,
        events: Vec::new(),
        row: rows::row(&account, policy, now.today()),
        state: account,
        policy: format!("{} {}", policy.name, policy.version),
        look_again: None,
        because: Vec::new(),
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("deciding it failed: {}", text.unwrap_or_else(|| "no reason was given".to_owned()))
}
