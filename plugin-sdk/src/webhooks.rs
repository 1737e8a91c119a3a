//! What a system tells by itself, under the name of a connection in the manifest: believed by its signature and kept by the host.
//!
//! A webhook has the plugin asked at once, so most plugins need not read any: their pull finds what is new. One that reads them
//! remembers the last `id` in its cursor. What is said of money is asked after at the source.

use serde::de::DeserializeOwned;

use crate::{Error, Instant, Result};

/// One that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its place: later ones come behind it.
    pub id: String,
    pub received: Instant,
    /// What stood behind the `?`.
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Webhook {
    /// The first value of a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as what it means; the error names the key that does not fit.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        let mut reader = serde_json::Deserializer::from_slice(&self.body);
        serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let (id, place, why) = (&self.id, error.path(), error.inner());
            Error::broken(format!("webhook {id} is not what was expected, at `{place}`: {why}"))
        })
    }
}

/// Those behind `after` (none: the oldest that are kept), in the order in which they came, at most `limit`. Nothing where the
/// operator lets nobody tell.
pub fn heard(connection: &str, after: Option<&str>, limit: u32) -> Result<Vec<Webhook>> {
    host::heard(connection, after, limit)
}

#[cfg(target_arch = "wasm32")]
mod host {
    use super::Webhook;
    use crate::{Error, Result, guest::wire::webhooks, mirror::Mirror};

    pub(super) fn heard(connection: &str, after: Option<&str>, limit: u32) -> Result<Vec<Webhook>> {
        let webhook = |heard: webhooks::Webhook| Webhook {
            id: heard.id,
            received: heard.received,
            query: heard.query,
            headers: heard.headers.into_iter().map(|header| (header.name, header.value)).collect(),
            body: heard.body,
        };
        match webhooks::heard(connection, after, limit) {
            Ok(heard) => Ok(heard.into_iter().map(webhook).collect()),
            Err(error) => Err(Error::from_wire(error).unwrap_or_else(|error| error)),
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod host {
    pub(super) use crate::testing::heard;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Ear;

    #[test]
    fn what_was_told_is_read_in_order_behind_the_last_one() {
        let ear = Ear::new("news");
        for body in ["{\"n\": 1}", "{\"n\": 2}", "{\"n\": 3}"] {
            ear.tell(body);
        }
        let first = heard("news", None, 2).unwrap();
        assert_eq!(first.iter().map(|one| one.body.as_slice()).collect::<Vec<_>>(), [b"{\"n\": 1}", b"{\"n\": 2}"]);
        let rest = heard("news", Some(&first[1].id), 10).unwrap();
        let [last] = &rest[..] else { panic!("{rest:?}") };
        assert_eq!(last.json::<std::collections::BTreeMap<String, u8>>().unwrap()["n"], 3);
        assert_eq!(heard("news", Some(&last.id), 10).unwrap(), []);
        assert_eq!(heard("other", None, 10).unwrap(), [], "nobody may tell there");
    }
}
