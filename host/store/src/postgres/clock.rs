//! Whose clock the leases go by.

use std::time::Duration;

use escalation::DateTime;

/// How long a lease can be at most.
const LEASE_MAX: Duration = Duration::from_secs(366 * 24 * 3_600);

/// Whose clock leases and deadlines go by. Everything else is hub time and comes from the caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LeaseClock {
    /// The database's: one for all hosts, however wrong theirs are.
    #[default]
    Database,
    /// The caller's `now`: for a simulated clock.
    Given,
}

impl LeaseClock {
    /// What the statements get instead of the database's clock.
    pub(super) fn given(self, now: DateTime) -> Option<String> {
        (self == Self::Given).then(|| now.to_string())
    }
}

pub(super) fn micros(term: Duration) -> i64 {
    i64::try_from(term.min(LEASE_MAX).as_micros()).unwrap_or(i64::MAX)
}
