//! Tokens by client credentials (RFC 6749 section 4.4): asked for once, used until shortly before they end.

use std::time::{Duration, Instant};

use serde::Deserialize;
use tokio::sync::Mutex;

use crate::binding::Binding;
use crate::failure::Failure;
use crate::secret::Secret;

/// A token is not used in its last moments: it could end on its way.
const SPARE: Duration = Duration::from_secs(60);
/// A token that states no end (RFC 6749 asks for one) is used so long.
const UNSTATED: Duration = Duration::from_secs(300);

/// The token of a connection. One caller asks; the others wait for the answer.
#[derive(Default)]
pub(crate) struct Token(Mutex<Option<Held>>);

struct Held {
    token: Secret,
    until: Instant,
}

#[derive(Deserialize)]
struct Given {
    access_token: String,
    #[serde(default)]
    expires_in: Option<u64>,
}

impl Token {
    /// The token in use, or a new one by `ask`, which answers status and body.
    pub async fn get(&self, ask: impl AsyncFnOnce() -> Result<(u16, Vec<u8>), Failure>) -> Result<Secret, Failure> {
        let mut held = self.0.lock().await;
        if let Some(held) = held.as_ref().filter(|held| Instant::now() < held.until) {
            return Ok(held.token.clone());
        }
        let (status, body) = ask().await?;
        let given = given(status, &body)?;
        let lasts = given.expires_in.map_or(UNSTATED, Duration::from_secs).saturating_sub(SPARE);
        let token = Secret::new(given.access_token)
            .map_err(|why| Failure::misconfigured(format!("the token that was given cannot be used: {why}")))?;
        *held = Some(Held { token: token.clone(), until: Instant::now() + lasts });
        Ok(token)
    }

    /// The other side did not take it: the next caller asks anew.
    pub async fn forget(&self) {
        *self.0.lock().await = None;
    }
}

/// Nothing of the answer is repeated: it may carry a token.
fn given(status: u16, body: &[u8]) -> Result<Given, Failure> {
    let hint = "look at `client_id`, `secret` and `scope` of the connection";
    match status {
        200 => {
            serde_json::from_slice(body).map_err(|_| Failure::misconfigured("the answer of `token_url` is no token"))
        }
        400 | 401 | 403 => Err(Failure::misconfigured(format!("`token_url` answered {status}")).hint(hint)),
        _ => Err(Failure::later(format!("`token_url` answered {status}"))),
    }
}

/// The form that asks for a token. Identifier and secret go in the header (section 2.3.1), percent-encoded.
pub(crate) fn question(binding: &Binding, secret: &Secret) -> (String, String) {
    let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "client_credentials");
    if let Some(scope) = &binding.scope {
        form.append_pair("scope", scope);
    }
    let client = encoded(binding.client_id.as_deref().unwrap_or_default());
    use base64::Engine;
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{client}:{}", encoded(secret.expose())));
    (form.finish(), format!("Basic {basic}"))
}
