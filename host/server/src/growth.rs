//! What is old leaves the hot tables, a little after each turn.

use std::time::Duration;

use engine::Engine;
use escalation::DateTime;
use store::{Retained, Retention, StoreError};

use crate::limits;

/// When there was nothing left to move, the next look waits; another host may look meanwhile, which does no harm.
const NEXT_LOOK: Duration = Duration::from_secs(3_600);

pub struct Growth {
    retention: Retention,
    next: DateTime,
}

impl Growth {
    pub fn new(retention: Retention) -> Self {
        Self { retention, next: DateTime::MIN }
    }

    /// A few pieces, if it is time; answers what was moved.
    pub async fn step(&mut self, engine: &Engine) -> Result<Retained, StoreError> {
        let now = engine.at();
        let mut all = Retained::default();
        // A clock that went back does not put the next look off.
        if now < self.next && self.next.duration_since(now).unsigned_abs() <= NEXT_LOOK {
            return Ok(all);
        }
        self.next = now.checked_add(NEXT_LOOK).unwrap_or(DateTime::MIN);
        for _ in 0..limits::PIECES_PER_TURN_MAX {
            let piece = engine.store.retain(&self.retention, now).await?;
            all.effects += piece.effects;
            all.events += piece.events;
            all.bodies += piece.bodies;
            all.notes += piece.notes;
            all.more = piece.more;
            if !piece.more {
                return Ok(all);
            }
        }
        self.next = now;
        Ok(all)
    }
}
