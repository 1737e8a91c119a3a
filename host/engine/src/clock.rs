//! The hub's time: the creditor's civil time, handed in by whoever runs the engine.

use std::sync::{Mutex, PoisonError};

use escalation::{Date, DateTime};

pub trait Clock: Send + Sync {
    fn now(&self) -> DateTime;

    /// How far it is ahead of UTC at a moment of its own, in minutes.
    fn offset_minutes(&self, _at: DateTime) -> i32 {
        0
    }
}

/// A clock that stands still until it is set.
pub struct SimulatedClock {
    now: Mutex<DateTime>,
}

impl SimulatedClock {
    pub fn new(start: DateTime) -> Self {
        Self { now: Mutex::new(start) }
    }

    pub fn set(&self, now: DateTime) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> DateTime {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The hour at which a day's work begins.
pub fn morning(day: Date) -> DateTime {
    day.at(8, 0, 0, 0)
}
