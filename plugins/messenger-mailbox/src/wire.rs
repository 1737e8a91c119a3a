//! The formats that are ours alone: letters out, delivery reports in. E-mails as such are the SDK's.

mod incoming;
mod letter;

pub use incoming::{Incoming, Report};
pub use letter::Letter;
