//! The journal's payloads: sealed with a key for each account, so that destroying the key erases them and leaves the hashes.
//!
//! XChaCha20-Poly1305, a random nonce in front of each payload. A nonce made of the sequence number would come twice: a
//! transaction that was taken back leaves traces on the disk, and a restored backup writes other events under the same numbers.
//! The key lies in the same database: it is there to be destroyed, not to keep a thief of the disk from reading.
//!
//! `ring` opens an event in a fifth of the time that a portable implementation takes; it knows ChaCha20-Poly1305 alone, so that the
//! first part of the nonce goes into a key of its own here, as the X demands (draft-irtf-cfrg-xchacha-03, 2.3).

use chacha20::{R20, hchacha};
use escalation::event::Event;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use sha2::{Digest, Sha256};

use crate::journal::Content;
use crate::{Result, StoreError};

pub(crate) const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// New keys for so many accounts.
pub(crate) fn keys(n: usize) -> Result<Vec<[u8; KEY_BYTES]>> {
    random(n)
}

/// Random numbers for so many payloads.
pub(crate) fn nonces(n: usize) -> Result<Vec<[u8; NONCE_BYTES]>> {
    random(n)
}

fn random<const SIZE: usize>(n: usize) -> Result<Vec<[u8; SIZE]>> {
    let mut values = vec![[0; SIZE]; n];
    getrandom::fill(values.as_flattened_mut())
        .map_err(|error| StoreError::Database(format!("the system gives no random numbers: {error}")))?;
    Ok(values)
}

/// Whose event it is, and which one: a payload opens only in its own place.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub tenant: &'a str,
    pub account: &'a str,
    pub seq: i64,
}

impl Place<'_> {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(16 + self.tenant.len() + self.account.len());
        bytes.extend((self.tenant.len() as u64).to_be_bytes());
        bytes.extend(self.tenant.as_bytes());
        bytes.extend(self.account.as_bytes());
        bytes.extend(self.seq.to_be_bytes());
        bytes
    }
}

/// What stands beside an event's payload, in the open: when it was recorded, its kind, its day, and the report that it came by.
pub(crate) struct Label {
    pub recorded_at: String,
    pub kind: String,
    pub happened_on: String,
    pub connection: Option<String>,
    pub report: Option<String>,
}

/// The key of one payload, and its nonce under that key.
fn cipher(key: &[u8; KEY_BYTES], nonce: &[u8; NONCE_BYTES]) -> Option<(LessSafeKey, Nonce)> {
    let (first, last) = nonce.split_first_chunk::<16>()?;
    let key = hchacha::<R20>(&(*key).into(), &(*first).into());
    let mut nonce = [0; 12];
    nonce.get_mut(4..)?.copy_from_slice(last);
    let key = UnboundKey::new(&CHACHA20_POLY1305, &key).ok()?;
    Some((LessSafeKey::new(key), Nonce::assume_unique_for_key(nonce)))
}

/// A payload as it is stored, and the digest of that.
pub(crate) fn seal(
    key: &[u8; KEY_BYTES],
    nonce: &[u8; NONCE_BYTES],
    place: Place<'_>,
    text: &str,
) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut stored = Vec::with_capacity(NONCE_BYTES + text.len() + CHACHA20_POLY1305.tag_len());
    stored.extend(nonce);
    stored.extend(text.as_bytes());
    let tag = cipher(key, nonce)
        .zip(stored.get_mut(NONCE_BYTES..))
        .and_then(|((key, nonce), plain)| key.seal_in_place_separate_tag(nonce, Aad::from(place.bytes()), plain).ok());
    let tag = tag.ok_or_else(|| StoreError::Corrupt("an event is too large to be sealed".to_owned()))?;
    stored.extend(tag.as_ref());
    let digest = Sha256::digest(&stored).to_vec();
    Ok((stored, digest))
}

fn open(key: &[u8], place: Place<'_>, stored: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = stored.split_first_chunk()?;
    let (key, nonce) = cipher(key.try_into().ok()?, nonce)?;
    let mut plain = sealed.to_vec();
    let length = key.open_in_place(nonce, Aad::from(place.bytes()), &mut plain).ok()?.len();
    plain.truncate(length);
    Some(plain)
}

/// An event as a row has it.
pub(crate) struct Kept {
    pub sealed: bool,
    pub payload: Option<Vec<u8>>,
    pub digest: Vec<u8>,
    pub key: Option<Vec<u8>>,
    /// The account was erased.
    pub erased: bool,
}

impl Kept {
    /// What is stored has the digest with which it was stored, or was blanked by an erasure.
    pub fn is_intact(&self) -> bool {
        match &self.payload {
            Some(payload) => Sha256::digest(payload).as_slice() == self.digest,
            None => self.erased && !self.sealed,
        }
    }

    /// The hash of the whole event: where it stands, what stands beside it, and the digest of its payload. An erasure changes
    /// nothing of it; a move, or a change of any of its parts, does.
    pub fn hash(&self, place: Place<'_>, label: &Label) -> Vec<u8> {
        let mut hash = Sha256::new();
        let mut part = |bytes: Option<&[u8]>| {
            let length = bytes.map_or(u64::MAX, |bytes| bytes.len() as u64);
            hash.update(length.to_be_bytes());
            hash.update(bytes.unwrap_or_default());
        };
        for text in [place.tenant, place.account, &label.recorded_at, &label.kind, &label.happened_on] {
            part(Some(text.as_bytes()));
        }
        for text in [&label.connection, &label.report] {
            part(text.as_deref().map(str::as_bytes));
        }
        part(Some(&[u8::from(self.sealed)]));
        part(Some(&self.digest));
        part(Some(&place.seq.to_be_bytes()));
        hash.finalize().to_vec()
    }

    /// What can still be told of it.
    pub fn content(&self, place: Place<'_>) -> Content {
        match self.read(place) {
            Ok(Some(event)) => Content::Event(event),
            Ok(None) => Content::Erased,
            Err(why) => Content::Unreadable(why),
        }
    }

    /// The event, if it still is what was written.
    pub fn event(&self, place: Place<'_>) -> Result<Event> {
        match self.read(place) {
            Ok(Some(event)) => Ok(event),
            Ok(None) => Err(StoreError::Corrupt(format!("account `{}` was erased", place.account))),
            Err(why) => Err(StoreError::Corrupt(why)),
        }
    }

    fn read(&self, place: Place<'_>) -> std::result::Result<Option<Event>, String> {
        let wrong = |why: &str| format!("event {} of account `{}` {why}", place.seq, place.account);
        if !self.is_intact() {
            return Err(wrong("was changed after it was written"));
        }
        let plain = match (&self.payload, &self.key) {
            (Some(payload), Some(key)) if self.sealed => {
                open(key, place, payload).ok_or_else(|| wrong("does not open with its account's key"))?
            }
            (Some(payload), _) if !self.sealed => payload.clone(),
            _ if self.erased => return Ok(None),
            _ => return Err(wrong("has lost its account's key")),
        };
        serde_json::from_slice(&plain).map(Some).map_err(|error| wrong(&format!("cannot be read: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'_> = Place { tenant: "nordlicht", account: "a", seq: 7 };

    fn kept(text: &str) -> Kept {
        let (payload, digest) = seal(&[1; KEY_BYTES], &nonces(1).unwrap()[0], PLACE, text).unwrap();
        Kept { sealed: true, payload: Some(payload), digest, key: Some(vec![1; KEY_BYTES]), erased: false }
    }

    const EVENT: &str =
        r#"{"at":"2026-01-05T08:00:00","on":"2026-01-05","origin":"x","fact":{"type":"credit-held","reason":"late"}}"#;

    proptest::proptest! {
        /// By another implementation.
        #[test]
        fn it_is_xchacha20_poly1305(key: [u8; KEY_BYTES], nonce: [u8; NONCE_BYTES], text in ".{0,300}") {
            use chacha20poly1305::aead::{Aead, Payload};
            use chacha20poly1305::{KeyInit, XChaCha20Poly1305};

            let (stored, _) = seal(&key, &nonce, PLACE, &text).unwrap();
            let place = PLACE.bytes();
            let other = XChaCha20Poly1305::new(&key.into());
            let sealed = other.encrypt(&nonce.into(), Payload { msg: text.as_bytes(), aad: &place }).unwrap();
            proptest::prop_assert_eq!(&stored, &[nonce.as_slice(), &sealed].concat());
            proptest::prop_assert_eq!(open(&key, PLACE, &stored).unwrap(), text.as_bytes());
        }
    }

    #[test]
    fn it_opens_in_its_own_place_alone() {
        let kept = kept(EVENT);
        assert!(matches!(kept.content(PLACE), Content::Event(_)));
        for place in [
            Place { seq: 8, ..PLACE },
            Place { account: "b", ..PLACE },
            Place { tenant: "nordlich", account: "ta", ..PLACE },
        ] {
            let content = kept.content(place);
            assert!(matches!(&content, Content::Unreadable(why) if why.contains("does not open")), "{content:?}");
        }
    }

    #[test]
    fn what_is_stored_does_not_tell_and_never_comes_twice() {
        let (one, other) = (kept(EVENT).payload.unwrap(), kept(EVENT).payload.unwrap());
        assert_ne!(one, other);
        assert!(!one.windows(4).any(|bytes| bytes == b"late"));
    }

    #[test]
    fn a_change_is_seen_with_and_without_its_digest() {
        let mut changed = kept(EVENT);
        let last = changed.payload.as_mut().unwrap().last_mut().unwrap();
        *last ^= 1;
        assert!(matches!(changed.content(PLACE), Content::Unreadable(why) if why.contains("was changed")));
        changed.digest = Sha256::digest(changed.payload.as_ref().unwrap()).to_vec();
        assert!(matches!(changed.content(PLACE), Content::Unreadable(why) if why.contains("does not open")));
    }

    #[test]
    fn erased_is_not_the_same_as_lost() {
        let lost = Kept { key: None, ..kept(EVENT) };
        assert!(matches!(lost.content(PLACE), Content::Unreadable(why) if why.contains("lost")));
        assert_eq!(Kept { erased: true, ..lost }.content(PLACE), Content::Erased);
        let blank = Kept { sealed: false, payload: None, key: None, ..kept(EVENT) };
        assert!(!blank.is_intact());
        assert_eq!(Kept { erased: true, ..blank }.content(PLACE), Content::Erased);
        // A sealed payload stays where it is: nobody blanks it but a stranger.
        assert!(!Kept { erased: true, payload: None, ..kept(EVENT) }.is_intact());
    }

    #[test]
    fn every_part_of_an_event_is_in_its_hash_and_an_erasure_is_not() {
        let label = || Label {
            recorded_at: "2026-01-05T08:00:00".to_owned(),
            kind: "credit-held".to_owned(),
            happened_on: "2026-01-05".to_owned(),
            connection: Some("books".to_owned()),
            report: None,
        };
        let one = kept(EVENT);
        let whole = one.hash(PLACE, &label());
        let text = || "other".to_owned();
        let others = [
            one.hash(Place { tenant: "other", ..PLACE }, &label()),
            one.hash(Place { account: "other", ..PLACE }, &label()),
            one.hash(Place { seq: 8, ..PLACE }, &label()),
            one.hash(PLACE, &Label { recorded_at: text(), ..label() }),
            one.hash(PLACE, &Label { kind: text(), ..label() }),
            one.hash(PLACE, &Label { happened_on: text(), ..label() }),
            one.hash(PLACE, &Label { connection: None, report: Some("books".to_owned()), ..label() }),
            one.hash(PLACE, &Label { report: Some(String::new()), ..label() }),
            Kept { digest: vec![0; 32], ..kept(EVENT) }.hash(PLACE, &label()),
            Kept { sealed: false, digest: one.digest.clone(), ..kept(EVENT) }.hash(PLACE, &label()),
        ];
        let all: std::collections::BTreeSet<_> = others.iter().chain([&whole]).collect();
        assert_eq!(all.len(), others.len() + 1);
        let erased = Kept { payload: None, key: None, erased: true, digest: one.digest.clone(), ..one };
        assert_eq!(erased.hash(PLACE, &label()), whole);
    }
}
