//! How fast a connection may be used, and whether at all: rate, circuit breaker, pause. A pure state machine; every engine
//! keeps it as one row and changes it in a transaction. Beside it: how long a single effect waits before it is tried again.

use std::time::Duration;

use escalation::DateTime;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::after;

/// Failures in a row that open the breaker.
pub const FAILURES_MAX: u32 = 5;
/// How long the breaker is open at most: after the first of these failures, and doubled with each failed probe up to the last.
const OPEN_FIRST: Duration = Duration::from_secs(30);
const OPEN_MAX: Duration = Duration::from_secs(15 * 60);
/// How long the other side can make us wait: a day. Less is honoured to the second; more is taken for a mistake.
pub const WAIT_MAX: Duration = Duration::from_secs(24 * 3_600);
/// How long an effect waits at most before it is tried again: the first time, and doubled with each attempt up to the last.
const RETRY_FIRST: Duration = Duration::from_secs(60);
const RETRY_MAX: Duration = Duration::from_secs(3_600);
/// The shortest wait there is.
const WAIT_MIN: Duration = Duration::from_secs(1);
/// Hosts' clocks differ by less. A clock that went back further is believed from then on.
const SKEW_MAX: Duration = Duration::from_secs(60);
/// What one effect takes.
const TOKEN_MILLI: i64 = 1_000;
/// At one effect a minute, the time in which a thousandth of one comes.
const MILLI_NANOS: i128 = 60_000_000;

/// What is allowed to pass to a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Valve {
    /// Thousandths of an effect that may go out at once; refilled with time.
    pub tokens_milli: i64,
    pub filled_at: Option<DateTime>,
    /// Failures in a row.
    pub failures: u32,
    /// The breaker is open until then; afterwards one probe goes out.
    pub closed_until: Option<DateTime>,
    /// A probe is under way until then at the latest.
    pub probing_until: Option<DateTime>,
    /// Stopped by a person, or waiting for one: the sentence says why.
    pub paused: Option<String>,
    /// The last trouble, in the other side's words.
    #[serde(default)]
    pub trouble: String,
}

/// How many effects may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    pub per_minute: u32,
    pub burst: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValveChange {
    /// May so many effects go out now? `probe` is how long one of them may be under way.
    Take {
        now: DateTime,
        want: u32,
        rate: Option<Rate>,
        probe: Duration,
    },
    /// The other side answered. Closes the breaker if it was the probe; the late answer to something that went out before the
    /// breaker opened does not shorten a wait that the other side asked for since.
    Went,
    /// It did not, or it does not want to be asked until `wait` is over.
    Failed {
        now: DateTime,
        why: String,
        wait: Option<Duration>,
    },
    /// It does not know us: a person is asked at once.
    Locked {
        why: String,
    },
    Pause {
        why: String,
    },
    /// A person says go: lifts pause, breaker and wait.
    Resume,
}

/// What may happen now. Only the answer to [`ValveChange::Take`] lets something out; the others tell how the valve stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Passage {
    /// So many, at least one.
    Open(u32),
    /// None before then.
    Until { at: DateTime, why: String },
    /// None before a person says so.
    Paused { why: String },
}

impl Valve {
    pub fn turn(&mut self, change: ValveChange) -> Passage {
        match change {
            ValveChange::Take { now, want, rate, probe } => return self.take(now, want, rate, probe),
            ValveChange::Went => self.went(),
            ValveChange::Failed { now, why, wait } => self.failed(now, why, wait),
            ValveChange::Locked { why } => {
                self.trouble.clone_from(&why);
                self.probing_until = None;
                self.paused.get_or_insert(why);
            }
            ValveChange::Pause { why } => self.paused = Some(why),
            ValveChange::Resume => {
                let (tokens_milli, filled_at) = (self.tokens_milli, self.filled_at);
                *self = Self { tokens_milli, filled_at, ..Self::default() };
            }
        }
        self.standing()
    }

    fn take(&mut self, now: DateTime, want: u32, rate: Option<Rate>, probe: Duration) -> Passage {
        if let Some(why) = self.paused.clone() {
            return Passage::Paused { why };
        }
        // A clock that went back does not keep the breaker open for longer than it can be.
        self.closed_until = self.closed_until.map(|at| at.min(after(now, WAIT_MAX)));
        self.probing_until = self.probing_until.map(|at| at.min(after(now, probe)));
        if let Some(at) = self.closed_until.max(self.probing_until).filter(|at| *at > now) {
            return Passage::Until { at, why: self.trouble.clone() };
        }
        let probing = self.closed_until.is_some();
        let want = if probing { 1 } else { want.max(1) };
        let drawn = match rate {
            Some(rate) => self.draw(now, want, rate),
            None => Passage::Open(want),
        };
        if probing && matches!(drawn, Passage::Open(_)) {
            self.probing_until = Some(after(now, probe));
        }
        drawn
    }

    /// Takes from what the rate allows: all that is wanted, or what there is.
    fn draw(&mut self, now: DateTime, want: u32, rate: Rate) -> Passage {
        if rate.per_minute == 0 || rate.burst == 0 {
            return Passage::Paused { why: "its rate is 0".to_owned() };
        }
        let filled_at = self.refill(now, rate);
        let missing = TOKEN_MILLI - self.tokens_milli;
        if missing > 0 {
            let wait = time_for(missing, rate);
            return Passage::Until { at: after(filled_at, wait), why: "its rate is used up".to_owned() };
        }
        let there = u32::try_from(self.tokens_milli / TOKEN_MILLI).unwrap_or(u32::MAX);
        let granted = want.min(there);
        self.tokens_milli -= i64::from(granted) * TOKEN_MILLI;
        Passage::Open(granted)
    }

    /// Adds what came since the last time; answers with the moment up to which time is counted now.
    fn refill(&mut self, now: DateTime, rate: Rate) -> DateTime {
        let full = i64::from(rate.burst) * TOKEN_MILLI;
        let before = self.filled_at.unwrap_or(now);
        let passed = now.duration_since(before).as_nanos();
        let gained = i64::try_from(passed.max(0) * i128::from(rate.per_minute) / MILLI_NANOS).unwrap_or(i64::MAX);
        let tokens = self.tokens_milli.max(0).saturating_add(gained);
        let is_full = self.filled_at.is_none() || tokens >= full;
        self.tokens_milli = if is_full { full } else { tokens };
        let counted = if before > after(now, SKEW_MAX) || (is_full && now > before) {
            now
        } else {
            // What is left of a thousandth is not forgotten.
            after(before, time_for(gained, rate))
        };
        self.filled_at = Some(counted);
        counted
    }

    fn went(&mut self) {
        self.failures = 0;
        if self.probing_until.take().is_some() {
            self.closed_until = None;
        }
        if self.closed_until.is_none() {
            self.trouble.clear();
        }
    }

    fn failed(&mut self, now: DateTime, why: String, wait: Option<Duration>) {
        let probed = self.probing_until.take().is_some();
        let open = self.closed_until.is_some_and(|at| at > now);
        // What was on its way when the breaker opened says nothing new.
        if probed || !open {
            self.failures = self.failures.saturating_add(1);
        }
        let term = match wait {
            Some(wait) => Some(honour(wait)),
            None if self.failures >= FAILURES_MAX || self.closed_until.is_some() => {
                let probes = self.failures.saturating_sub(FAILURES_MAX);
                Some(jittered(OPEN_FIRST, OPEN_MAX, probes, roll(self.failures, now, &why)))
            }
            None => None,
        };
        if let Some(term) = term {
            let asked_before = self.closed_until.map(|at| at.min(after(now, WAIT_MAX)));
            self.closed_until = asked_before.max(Some(after(now, term)));
        }
        self.trouble = why;
    }

    fn standing(&self) -> Passage {
        match (&self.paused, self.closed_until) {
            (Some(why), _) => Passage::Paused { why: why.clone() },
            (None, Some(at)) => Passage::Until { at, why: self.trouble.clone() },
            (None, None) => Passage::Open(1),
        }
    }
}

/// The time in which so much comes, rounded up.
fn time_for(milli: i64, rate: Rate) -> Duration {
    let nanos = (i128::from(milli) * MILLI_NANOS).unsigned_abs().div_ceil(u128::from(rate.per_minute.max(1)));
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

/// How long an effect waits that certainly did not happen, after so many attempts (1, 2, ...). Full jitter: `roll` is a random
/// number, so that what failed together does not come again together.
pub fn backoff(attempt: u32, roll: u32) -> Duration {
    jittered(RETRY_FIRST, RETRY_MAX, attempt.saturating_sub(1), roll)
}

/// How long we wait when the other side says how long: as it says, up to [`WAIT_MAX`].
pub fn honour(retry_after: Duration) -> Duration {
    retry_after.clamp(WAIT_MIN, WAIT_MAX)
}

/// Anything up to `first` doubled so many times, and never beyond `max`.
fn jittered(first: Duration, max: Duration, doublings: u32, roll: u32) -> Duration {
    let doubled = 2_u32.checked_pow(doublings).and_then(|factor| first.checked_mul(factor));
    let ceiling = doubled.map_or(max, |doubled| doubled.min(max));
    let millis = (ceiling.as_millis() * (u128::from(roll) + 1)) >> u32::BITS;
    Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX)).max(WAIT_MIN)
}

/// The machine has no dice: what happened, and when, is random enough to keep connections apart.
fn roll(failures: u32, now: DateTime, why: &str) -> u32 {
    let digest = Sha256::digest(format!("{failures} {now} {why}"));
    digest.iter().take(4).fold(0, |roll, byte| roll << 8 | u32::from(*byte))
}

#[cfg(test)]
mod tests;
