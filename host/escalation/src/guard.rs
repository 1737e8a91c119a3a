//! Reasons not to act. Each has a code for machines, a sentence for people, and a day on which it may end.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Something that keeps us from acting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guard {
    /// `dispute`, `promise`, `dunning-block`, `placed`, `payment-pending`, `stopped`, `weekday`, `contact-gap`,
    /// `call-budget`, `small-balance`, `stale-feed`, `unknown-outcome`, `nothing-owed`, `unreachable`.
    pub code: String,
    pub text: String,
    /// When to look again; none: when something happens.
    pub until: Option<Date>,
}
