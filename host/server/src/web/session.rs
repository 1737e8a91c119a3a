//! Sessions without a table: what a browser holds is a random number and a proof of it that only the token can make.

use std::fmt::Write;

use hmac::digest::Key;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

type Proof = Hmac<Sha256>;

/// Bytes of randomness in a session.
const NONCE_LEN: usize = 16;

/// A new session, as its cookie's value.
pub fn open(token: &str) -> Result<String, getrandom::Error> {
    let mut nonce = [0; NONCE_LEN];
    getrandom::fill(&mut nonce)?;
    let nonce = hex(&nonce);
    let proof = prove(token, "session", &nonce);
    Ok(format!("{nonce}.{proof}"))
}

/// The token made this session.
pub fn is_ours(token: &str, session: &str) -> bool {
    let Some((nonce, proof)) = session.split_once('.') else { return false };
    nonce.len() == 2 * NONCE_LEN && same(token, proof, &prove(token, "session", nonce))
}

/// What a form carries, so that no other site can send it in the visitor's name.
pub fn form_proof(token: &str, session: &str) -> String {
    prove(token, "form", session)
}

/// Compares in a time that says nothing about where the texts differ.
pub fn same(token: &str, given: &str, wanted: &str) -> bool {
    let wanted = proof(token, "same", wanted).finalize().into_bytes();
    proof(token, "same", given).verify_slice(&wanted).is_ok()
}

/// The cookie's name: two hubs on one machine share the cookies of all ports, so each has its own.
pub fn cookie_name(token: &str) -> String {
    let name = prove(token, "cookie", "");
    format!("dunlin-{}", &name[..8])
}

fn prove(token: &str, purpose: &str, text: &str) -> String {
    hex(&proof(token, purpose, text).finalize().into_bytes())
}

fn proof(token: &str, purpose: &str, text: &str) -> Proof {
    let mut key = Key::<Proof>::default();
    key[..32].copy_from_slice(&Sha256::digest(token));
    Proof::new(&key).chain_update(purpose).chain_update([0]).chain_update(text)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_opens_only_with_its_token() {
        let session = open("secret").unwrap();
        assert!(is_ours("secret", &session));
        assert!(!is_ours("other", &session));
        assert!(!is_ours("secret", &session.replace('.', "0.")));
        assert!(!is_ours("secret", ""));
        assert_ne!(session, open("secret").unwrap());
    }

    #[test]
    fn a_form_belongs_to_one_session() {
        let (one, two) = (open("secret").unwrap(), open("secret").unwrap());
        assert_ne!(form_proof("secret", &one), form_proof("secret", &two));
        assert_ne!(form_proof("secret", &one), form_proof("other", &one));
    }

    #[test]
    fn comparison_tells_equal_from_different() {
        assert!(same("k", "abc", "abc"));
        assert!(!same("k", "abc", "abd"));
        assert!(!same("k", "", "abd"));
    }
}
