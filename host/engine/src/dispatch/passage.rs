//! May a connection be used now? Rate, circuit breaker and pause are shared by all hosts; a healthy connection without a rate
//! costs no write.

use std::time::Duration;

use escalation::answer::{CallError, ErrorKind};
use store::{Passage, StoreError, Valve, ValveChange};

use crate::connector::Connector;
use crate::limits;
use crate::turn::Engine;

impl Engine {
    /// How many effects may go out to it now; 0: none.
    pub(super) async fn passage(&self, plugin: &dyn Connector, want: usize) -> Result<usize, StoreError> {
        if plugin.paused().is_some() {
            return Ok(0);
        }
        let rate = plugin.rate();
        if rate.is_none() && !self.is_troubled(plugin.name()) {
            return Ok(want);
        }
        let want = u32::try_from(want).unwrap_or(u32::MAX);
        let take = ValveChange::Take { now: self.at(), want, rate, probe: limits::UNDER_WAY_MAX };
        Ok(match self.turn_valve(plugin.name(), take).await? {
            Passage::Open(granted) => granted as usize,
            Passage::Until { .. } | Passage::Paused { .. } => 0,
        })
    }

    /// A pull is a probe like any other: while the connection is closed or paused nothing is asked.
    pub(crate) fn may_pull(&self, plugin: &dyn Connector) -> bool {
        let open = |valve: Valve| valve.paused.is_none() && valve.closed_until.is_none_or(|until| until <= self.at());
        plugin.paused().is_none() && self.holds.valve(plugin.name()).is_none_or(open)
    }

    fn is_troubled(&self, name: &str) -> bool {
        let troubled = |valve: Valve| valve.failures > 0 || valve.paused.is_some() || valve.closed_until.is_some();
        self.holds.valve(name).is_some_and(troubled)
    }

    async fn turn_valve(&self, name: &str, change: ValveChange) -> Result<Passage, StoreError> {
        let passage = self.store.turn_valve(name, change).await?;
        self.learn_valves().await?;
        Ok(passage)
    }

    /// What a call says about its connection.
    pub(crate) async fn heard(&self, plugin: &dyn Connector, error: Option<&CallError>) -> Result<(), StoreError> {
        let change = match error {
            None => {
                if !self.is_troubled(plugin.name()) {
                    return Ok(());
                }
                ValveChange::Went
            }
            Some(error) => match error.kind {
                ErrorKind::Misconfigured => ValveChange::Locked { why: error.to_string() },
                ErrorKind::RetryLater
                | ErrorKind::OutOfTime
                | ErrorKind::Broken
                | ErrorKind::Trapped
                | ErrorKind::OutOfMemory => {
                    ValveChange::Failed { now: self.at(), why: error.to_string(), wait: error.retry_after }
                }
                ErrorKind::Refused | ErrorKind::Busy | ErrorKind::Paused | ErrorKind::Denied => return Ok(()),
            },
        };
        self.turn_valve(plugin.name(), change).await?;
        Ok(())
    }
}

/// A number that is the same for the same attempt and differs between effects: what jitter is made of, without a dice.
pub(super) fn roll(key: &str, attempt: u32) -> u32 {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(format!("{key} {attempt}"));
    u32::from_le_bytes([digest[0], digest[1], digest[2], digest[3]])
}

/// How long an effect waits for its next attempt: what the other side asked for, or a full-jitter back-off.
pub(super) fn wait(key: &str, attempt: u32, retry_after: Option<Duration>) -> Duration {
    retry_after.map_or_else(|| store::valve::backoff(attempt, roll(key, attempt)), store::valve::honour)
}
