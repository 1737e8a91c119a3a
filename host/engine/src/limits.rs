//! Every bound of the engine, with its unit, in one place.

use std::time::Duration;

/// Pages that one poll of a plugin may bring before the others get their turn.
pub const PAGES_PER_POLL_MAX: u32 = 500;
/// Lanes that are decided in one go.
pub const LANES_PER_CLAIM: u32 = 128;
/// Effects that are looked at in one go.
pub const EFFECTS_PER_LOOK: u32 = 500;
/// Rounds of poll, decide, dispatch within one turn; more than this means that something feeds itself.
pub const ROUNDS_PER_TURN_MAX: u32 = 1_000;
/// How long a claimed lane stays ours.
pub const LEASE: Duration = Duration::from_secs(30);
/// Attempts at an effect before it is given up as rejected.
pub const ATTEMPTS_MAX: u32 = 12;
/// First wait before an effect is tried again; doubles with each attempt.
pub const RETRY_FIRST: Duration = Duration::from_secs(60);
/// The longest wait between two attempts.
pub const RETRY_MAX: Duration = Duration::from_secs(3_600);
/// Payments of an account whose bank references still lead to it.
pub const PAYMENTS_INDEXED_MAX: usize = 50;
/// Journal entries that are read at once.
pub const JOURNAL_PAGE: u32 = 1_000;
/// Accounts that are listed at once.
pub const ACCOUNTS_PAGE: u32 = 500;
