//! The hub's time: the creditor's civil time. Real in `serve`, simulated in `demo`; everything else gets it handed in.

use std::sync::Mutex;

use escalation::{Date, DateTime};
use jiff::tz::TimeZone;

pub trait Clock: Send + Sync {
    fn now(&self) -> DateTime;
}

/// The machine's clock in the creditor's time zone.
pub struct SystemClock {
    zone: TimeZone,
}

impl SystemClock {
    pub fn new(zone: TimeZone) -> Self {
        Self { zone }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where real time enters")]
    fn now(&self) -> DateTime {
        jiff::Timestamp::now().to_zoned(self.zone.clone()).datetime()
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
        *self.now.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = now;
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> DateTime {
        *self.now.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// The hour at which a day's work begins.
pub fn morning(day: Date) -> DateTime {
    day.at(8, 0, 0, 0)
}
