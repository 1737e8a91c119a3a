//! The connection type `webhooks`: what a system tells by itself. It is believed by its proof, kept by the host as it came, and
//! read by the plugin in its next pull like anything else; so a cursor that comes back proves that it was read.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use egress::Secrets;
use egress::secret::SecretRef;
use hooks::{Doubt, Incoming, Known, Signature};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::bindings::types::Error as Said;
use crate::bindings::webhooks::{Header, Webhook};
use crate::convert::{broken, instant, refused};
use crate::grant::{Bound, Grant};
use crate::limits::{
    WEBHOOK_BODY_LEN_MAX, WEBHOOK_HEADERS_LEN_MAX, WEBHOOK_QUERY_LEN_MAX, WEBHOOKS_LEN_MAX, WEBHOOKS_MAX,
};
use crate::manifest::{ConnectionKind, Manifest};
use crate::memory::{Memory, away};

/// Credentials, and what belongs to the transport: not kept, and not shown to a plugin.
const LEFT_OUT: [&str; 7] =
    ["authorization", "connection", "cookie", "host", "proxy-authorization", "transfer-encoding", "content-length"];

/// A request as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Without the `?`.
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// Why what was told is not taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Doubted {
    #[error("nobody may tell anything here")]
    Nobody,
    #[error("{0}")]
    TooLong(String),
    #[error(transparent)]
    Proof(#[from] Doubt),
    /// Nothing can be said of it: our own secret is not there.
    #[error("the secret of the webhooks: {0}")]
    Secret(String),
}

#[derive(Serialize, Deserialize)]
struct Kept {
    query: String,
    headers: Vec<(String, String)>,
    /// Base64: a body is bytes.
    body: String,
}

impl Told {
    /// As the host keeps it: without credentials.
    pub fn to_text(&self) -> String {
        let plain = |(name, _): &&(String, String)| !LEFT_OUT.contains(&name.as_str());
        let headers = self.headers.iter().filter(plain).cloned().collect();
        let kept = Kept { query: self.query.clone(), headers, body: STANDARD.encode(&self.body) };
        // Three texts have no way to fail.
        serde_json::to_string(&kept).unwrap_or_default()
    }

    pub fn of_text(text: &str) -> Option<Self> {
        let Kept { query, headers, body } = serde_json::from_str(text).ok()?;
        Some(Self { query, headers, body: STANDARD.decode(body).ok()? })
    }

    fn check(&self) -> Result<(), Doubted> {
        let headers = self.headers.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
        for (what, len, most) in [
            ("body", self.body.len(), WEBHOOK_BODY_LEN_MAX),
            ("query", self.query.len(), WEBHOOK_QUERY_LEN_MAX),
            ("headers", headers, WEBHOOK_HEADERS_LEN_MAX),
        ] {
            if len > most {
                return Err(Doubted::TooLong(format!("its {what} has {len} bytes; allowed are {most}")));
            }
        }
        Ok(())
    }
}

/// What a running plugin listens by.
pub(crate) struct Listening {
    connection: String,
    signature: Signature,
    pub(crate) answer: String,
    secrets: Vec<SecretRef>,
    address: Option<String>,
}

impl Listening {
    /// None: the plugin has no webhooks, or the operator did not bind them.
    pub(crate) fn of(manifest: &Manifest, grant: &Grant) -> Option<Self> {
        let ask = manifest.connections.iter().find(|ask| ask.kind == ConnectionKind::Webhooks)?;
        let Some(Bound::Webhooks(ear)) = grant.connections.get(&ask.name) else { return None };
        Some(Self {
            connection: ask.name.clone(),
            signature: ask.signature.clone()?,
            answer: ask.answer.clone().unwrap_or_default(),
            secrets: [Some(&ear.webhook), ear.before.as_ref()].into_iter().flatten().cloned().collect(),
            address: ear.address.clone(),
        })
    }

    pub(crate) async fn believe(&self, told: &Told, secrets: &Secrets, now: i64) -> Result<String, Doubted> {
        told.check()?;
        let mut known = Vec::new();
        for secret in &self.secrets {
            known.push(secrets.get(secret).await.map_err(Doubted::Secret)?);
        }
        let known: Vec<&str> = known.iter().map(|secret| secret.expose()).collect();
        let told = Incoming { query: &told.query, headers: &told.headers, body: &told.body };
        let known = Known { secrets: &known, address: self.address.as_deref(), now };
        Ok(self.signature.prove(&told, &known)?)
    }
}

/// What one call may read.
pub(crate) struct Ears {
    plugin: Arc<str>,
    listening: Option<Arc<Listening>>,
    memory: Arc<dyn Memory>,
    zone: TimeZone,
}

impl Ears {
    pub(crate) fn new(
        plugin: Arc<str>,
        listening: Option<Arc<Listening>>,
        memory: Arc<dyn Memory>,
        zone: TimeZone,
    ) -> Self {
        Self { plugin, listening, memory, zone }
    }

    /// Nothing, where the operator lets nobody tell.
    pub(crate) async fn heard(&self, connection: &str, after: Option<&str>, limit: u32) -> Result<Vec<Webhook>, Said> {
        let Some(listening) = &self.listening else { return Ok(Vec::new()) };
        if listening.connection != connection {
            return Err(refused(format!("webhooks come in by the connection `{}`", listening.connection)));
        }
        let after =
            after.unwrap_or("0").parse::<i64>().map_err(|_| refused("that is no `id` of a webhook".to_owned()))?;
        let rows = self.memory.heard(&self.plugin, after, limit.min(WEBHOOKS_MAX)).await.map_err(away)?;
        let (mut heard, mut len) = (Vec::new(), 0);
        for (place, at, text) in rows {
            let told = Told::of_text(&text).ok_or_else(|| broken(format!("webhook {place} cannot be read")))?;
            len += told.body.len() + told.query.len();
            if len > WEBHOOKS_LEN_MAX && !heard.is_empty() {
                break;
            }
            let header = |(name, value)| Header { name, value };
            heard.push(Webhook {
                id: place.to_string(),
                received: instant(at, &self.zone),
                query: told.query,
                headers: told.headers.into_iter().map(header).collect(),
                body: told.body,
            });
        }
        Ok(heard)
    }
}
