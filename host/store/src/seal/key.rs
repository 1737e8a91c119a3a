//! The key that signs seals, and its public half that checks them.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use thiserror::Error;

use super::unhex;
use crate::row::hex;

#[derive(Debug, Error)]
pub enum KeyError {
    #[error("this is not a key: 64 hexadecimal digits are expected")]
    Form,
    #[error("the system gives no random numbers: {0}")]
    Random(String),
}

/// Signs. As text it is its secret half: for a file that its owner alone can read.
pub struct SealKey(SigningKey);

impl SealKey {
    pub fn new() -> Result<Self, KeyError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| KeyError::Random(error.to_string()))?;
        Ok(Self(SigningKey::from_bytes(&bytes)))
    }

    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    pub fn secret(&self) -> String {
        hex(&self.0.to_bytes())
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).to_bytes().to_vec()
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the secret half of {}", self.public())
    }
}

impl FromStr for SealKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        Ok(Self(SigningKey::from_bytes(&bytes(text)?)))
    }
}

/// Checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    pub(super) fn accepts(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| self.0.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(self.0.as_bytes()))
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        VerifyingKey::from_bytes(&bytes(text)?).map(Self).map_err(|_| KeyError::Form)
    }
}

fn bytes(text: &str) -> Result<[u8; 32], KeyError> {
    unhex(text.trim()).and_then(|bytes| bytes.try_into().ok()).ok_or(KeyError::Form)
}
