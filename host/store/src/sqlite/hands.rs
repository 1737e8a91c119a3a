//! Lanes in somebody's hands. One process at a time has the file, so who has a lane is known in its memory and ends with it:
//! a claim writes nothing, and a start has nothing to give back.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use escalation::DateTime;

use crate::Result;
use crate::row::json;

/// Shared by the writer and those who look.
#[derive(Clone, Default)]
pub(crate) struct Hands(Arc<Mutex<Held>>);

#[derive(Default)]
struct Held {
    lanes: HashMap<String, Lease>,
    /// Fences only grow, whatever a lane's row says.
    newest_fence: i64,
    /// Taken in the transaction that runs: given back when it fails.
    taken: Vec<String>,
}

struct Lease {
    fence: i64,
    until: DateTime,
    /// What the lane's newest decision says. Nobody else writes one while the lane is held.
    newest: Option<String>,
}

/// Claims of one process: its fences lie above those of every process before it.
const FENCES_OF_A_PROCESS: i64 = 1 << 32;

impl Hands {
    /// `process` counts the processes that had the file.
    pub fn of(process: i64) -> Self {
        let newest_fence = process.saturating_mul(FENCES_OF_A_PROCESS);
        Self(Arc::new(Mutex::new(Held { newest_fence, ..Held::default() })))
    }

    /// Takes a lane and answers with its fence: above the last one that wrote it, and above every other.
    pub fn take(&self, account: &str, last_fence: i64, newest: Option<String>, until: DateTime) -> i64 {
        let mut held = self.held();
        let fence = held.newest_fence.max(last_fence) + 1;
        held.newest_fence = fence;
        held.taken.push(account.to_owned());
        held.lanes.insert(account.to_owned(), Lease { fence, until, newest });
        fence
    }

    pub fn let_go<'a>(&self, accounts: impl IntoIterator<Item = &'a str>) {
        let mut held = self.held();
        for account in accounts {
            held.lanes.remove(account);
        }
    }

    /// The fence of a lane, if somebody has it or had it last and nobody took it since.
    pub fn fence(&self, account: &str) -> Option<i64> {
        self.held().lanes.get(account).map(|lease| lease.fence)
    }

    /// Does the newest decision of a lane that is held with this fence say this?
    pub fn said(&self, account: &str, fence: i64, says: &str) -> bool {
        let held = self.held();
        held.lanes.get(account).is_some_and(|lease| lease.fence == fence && lease.newest.as_deref() == Some(says))
    }

    /// The accounts whose lease is not over, as a JSON list for a statement.
    pub fn accounts(&self, now: DateTime) -> Result<String> {
        let held = self.held();
        let mut accounts: Vec<&str> =
            held.lanes.iter().filter(|(_, lease)| lease.until > now).map(|(account, _)| account.as_str()).collect();
        accounts.sort_unstable();
        json(&accounts)
    }

    /// Is the lane in somebody's hands?
    pub fn has(&self, account: &str, now: DateTime) -> bool {
        self.held().lanes.get(account).is_some_and(|lease| lease.until > now)
    }

    pub fn count(&self, now: DateTime) -> u64 {
        self.held().lanes.values().filter(|lease| lease.until > now).count() as u64
    }

    /// A transaction begins.
    pub fn begin(&self) {
        self.held().taken.clear();
    }

    /// It failed: whoever claimed in it learns of an error and of no lane.
    pub fn undo(&self) {
        let mut held = self.held();
        for account in std::mem::take(&mut held.taken) {
            held.lanes.remove(&account);
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
