//! A publisher's key: what it signs, and how others check it.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, VerifyingKey};
use thiserror::Error;

/// What stands before a public key as text.
const KIND: &str = "ed25519:";

#[derive(Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    #[error("this is no key: `ed25519:` and 32 bytes in base64 are expected")]
    Form,
    #[error("the system gives no random numbers")]
    Random,
}

/// Signs. As text it is its secret half: for a file that its owner alone can read.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    pub fn new() -> Result<Self, KeyError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| KeyError::Random)?;
        Ok(Self(ed25519_dalek::SigningKey::from_bytes(&bytes)))
    }

    pub fn publisher(&self) -> Publisher {
        Publisher(self.0.verifying_key())
    }

    pub fn to_text(&self) -> String {
        STANDARD.encode(self.0.to_bytes())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> String {
        STANDARD.encode(self.0.sign(message).to_bytes())
    }
}

impl FromStr for SigningKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        Ok(Self(ed25519_dalek::SigningKey::from_bytes(&bytes(text.trim())?)))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the secret half of {}", self.publisher())
    }
}

/// Who published a package, by the public half of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publisher(VerifyingKey);

impl Publisher {
    /// Strictly: a signature has one spelling.
    pub(crate) fn signed(&self, message: &[u8], signature: &str) -> bool {
        let signature = STANDARD.decode(signature).ok().and_then(|bytes| Signature::from_slice(&bytes).ok());
        signature.is_some_and(|signature| self.0.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Display for Publisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{KIND}{}", STANDARD.encode(self.0.to_bytes()))
    }
}

impl FromStr for Publisher {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let bytes = bytes(text.strip_prefix(KIND).ok_or(KeyError::Form)?)?;
        VerifyingKey::from_bytes(&bytes).map(Self).map_err(|_| KeyError::Form)
    }
}

fn bytes(text: &str) -> Result<[u8; 32], KeyError> {
    STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(KeyError::Form)
}
