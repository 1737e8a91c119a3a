//! Who we are, said by the host: after everything of the guest was looked at, and right before the request goes out.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::HeaderMap;
use hyper::header::{AUTHORIZATION, HeaderName, HeaderValue};

use crate::binding::{Auth, Binding};
use crate::failure::Failure;
use crate::secret::Secret;

/// The header in which we sign, if it is one.
pub(crate) fn credential(binding: &Binding) -> Result<Option<HeaderName>, String> {
    match (binding.auth, &binding.header) {
        (Auth::None | Auth::Query, _) => Ok(None),
        (Auth::Header, Some(name)) => {
            HeaderName::from_bytes(name.as_bytes()).map(Some).map_err(|_| format!("`header`: `{name}` is no header"))
        }
        _ => Ok(Some(AUTHORIZATION)),
    }
}

/// Puts the secret (or the token that it was changed into) where it belongs: a header, or the query.
pub(crate) fn sign(
    binding: &Binding,
    secret: &Secret,
    headers: &mut HeaderMap,
    target: &mut String,
) -> Result<(), Failure> {
    let secret = secret.expose();
    let (name, value) = match binding.auth {
        Auth::None => return Ok(()),
        Auth::Query => {
            let joint = if target.contains('?') { '&' } else { '?' };
            let parameter = binding.parameter.as_deref().unwrap_or_default();
            let pair = url::form_urlencoded::Serializer::new(String::new()).append_pair(parameter, secret).finish();
            target.push(joint);
            target.push_str(&pair);
            return Ok(());
        }
        Auth::Bearer | Auth::OAuth2 => (AUTHORIZATION, format!("Bearer {secret}")),
        Auth::Basic => {
            let user = binding.user.as_deref().unwrap_or_default();
            (AUTHORIZATION, format!("Basic {}", STANDARD.encode(format!("{user}:{secret}"))))
        }
        Auth::Header => {
            let name = credential(binding).ok().flatten().unwrap_or(AUTHORIZATION);
            (name, format!("{}{secret}", binding.prefix.as_deref().unwrap_or_default()))
        }
    };
    let value = HeaderValue::from_str(&value);
    let mut value = value.map_err(|_| Failure::misconfigured("the secret has signs that no header can carry"))?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}
