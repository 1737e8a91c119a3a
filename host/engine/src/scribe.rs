//! Who puts a request into words: letters, e-mails, what a collector should know.

use escalation::request::Request;
use escalation::{Account, Date, Effect};

pub trait Scribe: Send + Sync {
    /// The exact request, or why it cannot be made. `rank` is the effect's place in its batch.
    fn request(&self, account: &Account, effect: &Effect, rank: u32, today: Date) -> Result<Request, String>;
}
