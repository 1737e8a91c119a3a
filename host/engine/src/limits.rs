//! Every bound of the engine, with its unit, in one place.

use std::time::Duration;

/// Pages that one poll of a plugin may bring before the others get their turn.
pub const PAGES_PER_POLL_MAX: u32 = 500;
/// Pages of a full reconcile; a source that has more is cut off.
pub const PAGES_PER_RECONCILE_MAX: u32 = 100_000;
/// How long after the begin of a full reconcile that broke off the next one may begin.
pub const RECONCILE_AGAIN: Duration = Duration::from_secs(3_600);
/// Lanes that are decided in one go.
pub const LANES_PER_CLAIM: u32 = 256;
/// Effects that are looked at in one go.
pub const EFFECTS_PER_LOOK: u32 = 500;
/// Rounds of poll, decide, dispatch within one turn; more than this means that something feeds itself.
pub const ROUNDS_PER_TURN_MAX: u32 = 1_000;
/// How long a claimed lane stays ours.
pub const LEASE: Duration = Duration::from_secs(30);
/// How soon a host asks again for work that another does: several rounds of a turn, and less than anybody waits for.
pub const LEASE_ASKED_AGAIN: Duration = Duration::from_secs(3);
/// How long a marked effect may wait for its call; a host that was held up for longer does not begin.
pub const START_MAX: Duration = Duration::from_secs(60);
/// How long a marked effect may be under way, the call included; afterwards another host looks after it.
pub const UNDER_WAY_MAX: Duration = Duration::from_secs(180);
/// How long the other side is asked what became of an effect.
pub const ASKED_AFTER_MAX: Duration = Duration::from_secs(24 * 3_600);
/// The shortest wait of an effect that may not go out now.
pub const RETRY_FIRST: Duration = Duration::from_secs(60);
/// Accounts whose histories are asked for in one go when days are lived again.
pub const ACCOUNTS_RELIVED: u32 = 500;
/// Accounts that are shown one by one of those that differ, or are left out.
pub const RELIVED_SHOWN: usize = 20;
/// Payments of an account whose bank references still lead to it.
pub const PAYMENTS_INDEXED_MAX: usize = 50;
/// Journal entries that are read at once.
pub const JOURNAL_PAGE: u32 = 1_000;
/// Accounts that are listed at once.
pub const ACCOUNTS_PAGE: u32 = 500;
