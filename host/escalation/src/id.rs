//! Names of things. One type each, so that an invoice number is never taken for an account.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest name that is taken from outside, in bytes.
pub const NAME_LEN_MAX: usize = 200;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            pub fn new(name: impl Into<String>) -> Self {
                Self(name.into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        /// Sets and maps are asked with a text that is at hand.
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self(name.to_owned())
            }
        }
    };
}

name! {
    /// One debtor's receivables at one creditor: the unit of order, and the lane of the engine.
    AccountId
}
name! {
    /// An invoice, as its creditor numbered it.
    InvoiceNumber
}
name! {
    /// A payment, by the source key of the bank entry or gateway event (and its place in a batch).
    PaymentId
}
name! {
    /// A promise, by the source key of the report that brought it.
    PromiseId
}
name! {
    /// A dispute, by the source key of the report that brought it.
    DisputeId
}
name! {
    /// The business key of an effect, such as `letter:final-demand:INV-123:cycle-1`. Computed from what it means, never from
    /// when or where it was computed, so that no replay and no second host can do it twice.
    EffectKey
}
name! {
    /// A level of a dunning policy.
    LevelId
}
name! {
    /// An application for credit, as whoever reported it named it.
    ApplicationId
}
name! {
    /// An appointment or an order that waits for its day, as its source named it.
    EngagementId
}
name! {
    /// A payment plan, by the account and its number there.
    PlanId
}
name! {
    /// A settlement, by the account and its number there.
    SettlementId
}
name! {
    /// A write-off, by what is written off and who asked for it.
    WriteOffId
}
name! {
    /// A task of an account, by what it is for.
    TaskId
}
name! {
    /// A suit, by the account and its number there.
    SuitId
}
name! {
    /// An offer to take goods back, by the account and its number there.
    ReturnId
}
