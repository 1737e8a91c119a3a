//! The formats: e-mails out, letters out, e-mails in.

mod email;
mod incoming;
mod letter;

pub use email::{Address, Email};
pub use incoming::{Incoming, Report};
pub use letter::Letter;
