//! Published policies: their texts, in the database, so that all hosts have them.

use async_trait::async_trait;
use escalation::{DateTime, PolicyRef};

use crate::Result;

/// A version of a policy, as it was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    pub policy: PolicyRef,
    /// The text of its file.
    pub text: String,
    pub at: DateTime,
    pub who: String,
    pub because: String,
}

/// What publishing a version did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Publishing {
    /// It is the current one now; a version that was published before may become it again.
    Current,
    /// It was the current one already, with the same text.
    Known,
    /// The version was published with another text: nothing is changed. A text that changed is another version.
    Differs,
}

/// Part of what every engine keeps.
#[async_trait]
pub trait Policies: Send + Sync {
    /// Publishes a version and makes it the current one, all or nothing.
    async fn publish(&self, published: Published) -> Result<Publishing>;
    /// All versions; the current one is the last.
    async fn policies(&self) -> Result<Vec<Published>>;
    /// A number that grows with everything that is published; 0: nothing was.
    async fn policies_until(&self) -> Result<i64>;
}
