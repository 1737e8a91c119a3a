//! Webhooks as a test tells them.

use super::world;
use crate::Result;
use crate::webhooks::Webhook;

/// Stands for a connection of the type `webhooks`, in this thread.
pub struct Ear {
    connection: String,
}

impl Ear {
    /// Nothing was told yet, even if there was one of this name.
    pub fn new(connection: &str) -> Ear {
        world(|world| world.ears.insert(connection.to_owned(), Vec::new()));
        Ear { connection: connection.to_owned() }
    }

    /// The other side tells; answers the `id`.
    pub fn tell(&self, body: impl AsRef<[u8]>) -> String {
        self.tell_with("", &[], body)
    }

    /// With what stands behind the `?`, and headers.
    pub fn tell_with(&self, query: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> String {
        world(|world| {
            world.now += 1;
            let received = world.now;
            let heard = world.ears.entry(self.connection.clone()).or_default();
            let webhook = Webhook {
                id: (heard.len() + 1).to_string(),
                received,
                query: query.to_owned(),
                headers: headers.iter().map(|(name, value)| (name.to_lowercase(), (*value).to_owned())).collect(),
                body: body.as_ref().to_vec(),
            };
            let id = webhook.id.clone();
            heard.push(webhook);
            id
        })
    }
}

pub(crate) fn heard(connection: &str, after: Option<&str>, limit: u32) -> Result<Vec<Webhook>> {
    let after: usize = after.and_then(|after| after.parse().ok()).unwrap_or(0);
    Ok(world(|world| {
        let heard = world.ears.get(connection).into_iter().flatten();
        heard.skip(after).take(limit as usize).cloned().collect()
    }))
}
