//! Whether what came is believed.

use std::collections::BTreeSet;

use ring::hmac;
use serde_json::Value;
use thiserror::Error;

use crate::signature::{Encoding, Hash, Signature};
use crate::text::{from_base64, from_hex, mark};
use crate::{APART_MAX, Incoming, Known, VALUES_MAX};

/// Why a webhook is not believed. For the log: who sent it is told nothing of it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Doubt {
    #[error("it has no proof: {0}")]
    Unsigned(String),
    #[error("its proof does not fit to the secret")]
    Forged,
    #[error("it was signed {apart} seconds from now; allowed are {APART_MAX}")]
    Stale { apart: i64 },
    #[error("its body is not what is signed: {0}")]
    Malformed(String),
    #[error("{0}")]
    Unset(&'static str),
}

impl Signature {
    /// Which webhook it is, the same however often it is sent.
    ///
    /// # Errors
    ///
    /// Why it is not believed.
    pub fn prove(&self, told: &Incoming<'_>, known: &Known<'_>) -> Result<String, Doubt> {
        match self {
            Self::BodyHmac { header, hash, encoding, prefix } => {
                let value = told.header(header).and_then(|value| value.trim().strip_prefix(prefix.as_str()));
                let value = value.ok_or_else(|| missing(header))?;
                let value = match encoding {
                    Encoding::Hex => from_hex(value),
                    Encoding::Base64 => from_base64(value),
                };
                let keys = known.secrets.iter().map(|secret| secret.as_bytes().to_vec());
                any(keys, *hash, told.body, &[value.ok_or(Doubt::Forged)?])?;
                Ok(mark(told.body))
            }
            Self::TimedHmac { header, time, value } => timed(told, known, header, time, value),
            Self::StandardWebhooks {} => standard(told, known),
            Self::FormHmac { header } => form(told, known, header),
            Self::ItemHmac { items, item, fields, value } => by_item(told, known, [items, item, value], fields),
            Self::SharedSecret { header, parameter } => shared(told, known, header.as_deref(), parameter.as_deref()),
        }
    }
}

fn missing(header: &str) -> Doubt {
    Doubt::Unsigned(format!("the header `{header}` is missing, or not alone"))
}

/// One of the keys gives one of the values. Compared in constant time.
fn any(keys: impl Iterator<Item = Vec<u8>>, hash: Hash, message: &[u8], values: &[Vec<u8>]) -> Result<(), Doubt> {
    let algorithm = match hash {
        Hash::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha256 => hmac::HMAC_SHA256,
        Hash::Sha512 => hmac::HMAC_SHA512,
    };
    for key in keys {
        let key = hmac::Key::new(algorithm, &key);
        if values.iter().any(|value| hmac::verify(&key, message, value).is_ok()) {
            return Ok(());
        }
    }
    Err(Doubt::Forged)
}

fn near(time: &str, now: i64) -> Result<(), Doubt> {
    let time: i64 = time.parse().map_err(|_| Doubt::Unsigned("its time is no number of seconds".to_owned()))?;
    let apart = now.saturating_sub(time);
    if apart.saturating_abs() > APART_MAX { Err(Doubt::Stale { apart }) } else { Ok(()) }
}

fn timed(told: &Incoming<'_>, known: &Known<'_>, header: &str, time: &str, value: &str) -> Result<String, Doubt> {
    let parts: Vec<(&str, &str)> = told
        .header(header)
        .ok_or_else(|| missing(header))?
        .split(',')
        .take(VALUES_MAX)
        .filter_map(|part| part.trim().split_once('='))
        .collect();
    let at = parts.iter().find(|(name, _)| *name == time).map(|(_, at)| *at);
    let at = at.ok_or_else(|| Doubt::Unsigned(format!("`{header}` has no `{time}`")))?;
    let values: Vec<Vec<u8>> =
        parts.iter().filter(|(name, _)| *name == value).filter_map(|(_, value)| from_hex(value)).collect();
    let message = [at.as_bytes(), b".", told.body].concat();
    any(known.secrets.iter().map(|secret| secret.as_bytes().to_vec()), Hash::Sha256, &message, &values)?;
    near(at, known.now)?;
    Ok(mark(told.body))
}

fn standard(told: &Incoming<'_>, known: &Known<'_>) -> Result<String, Doubt> {
    let header = |name: &str| told.header(name).ok_or_else(|| missing(name));
    let (id, at) = (header("webhook-id")?, header("webhook-timestamp")?);
    let signatures = header("webhook-signature")?.split_ascii_whitespace().take(VALUES_MAX);
    let values: Vec<Vec<u8>> = signatures.filter_map(|one| from_base64(one.strip_prefix("v1,")?)).collect();
    let message = [id.as_bytes(), b".", at.as_bytes(), b".", told.body].concat();
    let key = |secret: &&str| from_base64(secret.strip_prefix("whsec_").unwrap_or(secret));
    any(known.secrets.iter().filter_map(key), Hash::Sha256, &message, &values)?;
    near(at, known.now)?;
    Ok(mark(id.as_bytes()))
}

fn form(told: &Incoming<'_>, known: &Known<'_>, header: &str) -> Result<String, Doubt> {
    let value = told.header(header).and_then(from_base64).ok_or_else(|| missing(header))?;
    let address = known.address.ok_or(Doubt::Unset("our own address is signed too, and it is not known here"))?;
    // The same field with the same value counts once: so do the libraries that its users check with.
    let fields: BTreeSet<(String, String)> =
        url::form_urlencoded::parse(told.body).into_owned().take(VALUES_MAX).collect();
    let mut message = address.to_owned();
    if !told.query.is_empty() {
        message.push('?');
        message.push_str(told.query);
    }
    for (name, value) in &fields {
        message.push_str(name);
        message.push_str(value);
    }
    let keys = known.secrets.iter().map(|secret| secret.as_bytes().to_vec());
    any(keys, Hash::Sha1, message.as_bytes(), &[value])?;
    Ok(mark(message.as_bytes()))
}

/// All items are signed, or nothing is believed.
fn by_item(
    told: &Incoming<'_>,
    known: &Known<'_>,
    [items, item, value]: [&String; 3],
    fields: &[String],
) -> Result<String, Doubt> {
    let malformed = |why: &str| Doubt::Malformed(why.to_owned());
    let document: Value = serde_json::from_slice(told.body).map_err(|_| malformed("it is no JSON"))?;
    let list = document.pointer(items).and_then(Value::as_array).filter(|list| !list.is_empty());
    let list = list.ok_or_else(|| malformed("it has no items"))?;
    if list.len() > VALUES_MAX {
        return Err(malformed("it has too many items"));
    }
    for one in list {
        let one = one.pointer(item).ok_or_else(|| malformed("an item is not what it should be"))?;
        let proof = one.pointer(value).and_then(Value::as_str).and_then(from_base64);
        let proof = proof.ok_or_else(|| Doubt::Unsigned("an item has none".to_owned()))?;
        let signed: Vec<String> = fields.iter().map(|field| escaped(one.pointer(field))).collect();
        let keys = known.secrets.iter().filter_map(|secret| from_hex(secret));
        any(keys, Hash::Sha256, signed.join(":").as_bytes(), &[proof])?;
    }
    Ok(mark(told.body))
}

fn escaped(field: Option<&Value>) -> String {
    let text = match field {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    text.replace('\\', "\\\\").replace(':', "\\:")
}

fn shared(
    told: &Incoming<'_>,
    known: &Known<'_>,
    header: Option<&str>,
    parameter: Option<&str>,
) -> Result<String, Doubt> {
    let (given, query) = match (header, parameter) {
        (Some(header), _) => (told.header(header).ok_or_else(|| missing(header))?.to_owned(), told.query.to_owned()),
        (None, Some(parameter)) => {
            let is_it = |(name, _): &(String, String)| name == parameter;
            let (given, rest): (Vec<_>, Vec<_>) =
                url::form_urlencoded::parse(told.query.as_bytes()).into_owned().take(VALUES_MAX).partition(is_it);
            let Ok([(_, given)]) = <[_; 1]>::try_from(given) else {
                return Err(Doubt::Unsigned(format!("the parameter `{parameter}` is missing, or not alone")));
            };
            (given, url::form_urlencoded::Serializer::new(String::new()).extend_pairs(rest).finish())
        }
        (None, None) => return Err(Doubt::Unset("neither a header nor a parameter is named for the secret")),
    };
    // As HMACs, so that the comparison takes as long for a near miss as for a far one.
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"the same or not");
    let given = hmac::sign(&key, given.as_bytes());
    match known.secrets.iter().any(|secret| hmac::verify(&key, secret.as_bytes(), given.as_ref()).is_ok()) {
        true => Ok(mark(&[query.as_bytes(), b"\n", told.body].concat())),
        false => Err(Doubt::Forged),
    }
}
