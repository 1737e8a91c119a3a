//! Webhooks: what other systems tell by themselves, kept as it came until the plugin of the connection has read it.

use async_trait::async_trait;
use escalation::DateTime;

use crate::Result;

/// What was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// The name of the connection: a running plugin.
    pub connection: String,
    /// Which one it is, however often it is sent.
    pub key: String,
    pub at: DateTime,
    /// The request, in the words of whoever keeps it. Never empty.
    pub content: String,
}

/// One that is kept, with its place among those of its connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub seq: i64,
    pub at: DateTime,
    pub content: String,
}

/// Part of what every engine keeps.
#[async_trait]
pub trait Webhooks: Send + Sync {
    /// Keeps it; false when its key is known. Who reads in order misses none: one with a lesser place never appears later.
    async fn hear(&self, webhook: Webhook) -> Result<bool>;
    /// Those of a connection after a place, in their order, less those whose content was old enough to go.
    async fn heard(&self, connection: &str, after: i64, limit: u32) -> Result<Vec<Heard>>;
    /// The last place of a connection; 0: it never heard anything.
    async fn heard_until(&self, connection: &str) -> Result<i64>;
}
