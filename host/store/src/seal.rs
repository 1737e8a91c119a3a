//! Seals over the journal: what was sealed and anchored outside cannot be changed or cut off without being noticed.
//!
//! A seal signs the Merkle root of the events that follow the seal before. Who can write the database and holds the key can
//! make all of it again, so each seal is also written to a file elsewhere, the anchors. The journal shows tampering up to the
//! last anchored seal; it does not prevent it.

mod anchor;
mod check;
mod key;
mod merkle;

use escalation::DateTime;

pub use anchor::{Anchors, Line, Restore, anchor};
pub use check::{Report, check, verify_chain, verify_last};
pub use key::{KeyError, PublicKey, SealKey};

use crate::tail::{TailEntry, TailPosition};
use crate::{Result, Store};

/// Events that one seal covers at most.
pub const SEAL_EVENTS_MAX: u32 = 500;

/// A signed root over events that follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// 1, 2, 3, ...
    pub no: i64,
    /// The last event that it covers; the first one follows the seal before.
    pub until: TailPosition,
    pub events: u32,
    pub root: Vec<u8>,
    /// The root of the seal before; empty for the first.
    pub previous: Vec<u8>,
    pub signature: Vec<u8>,
    pub at: DateTime,
}

impl Seal {
    /// What is signed: everything but the signature, each part with its length.
    fn message(&self) -> Vec<u8> {
        let mut message = b"dunlin seal 1".to_vec();
        for number in [self.no as u64, self.until.transaction, self.until.number as u64, u64::from(self.events)] {
            message.extend(number.to_be_bytes());
        }
        let at = self.at.to_string();
        for part in [self.root.as_slice(), &self.previous, at.as_bytes()] {
            message.extend((part.len() as u64).to_be_bytes());
            message.extend(part);
        }
        message
    }

    /// The seal over `entries` that follows `last`; none when there is nothing to seal.
    pub fn over(entries: &[TailEntry], last: Option<&Seal>, key: &SealKey, at: DateTime) -> Option<Self> {
        let until = entries.last()?.position;
        let mut seal = Self {
            no: last.map_or(1, |last| last.no + 1),
            until,
            events: entries.len() as u32,
            root: merkle::root(entries),
            previous: last.map(|last| last.root.clone()).unwrap_or_default(),
            signature: Vec::new(),
            at,
        };
        seal.signature = key.sign(&seal.message());
        Some(seal)
    }
}

/// One step: seals what follows the last seal, up to [`SEAL_EVENTS_MAX`] events; none when all is sealed, or another host was
/// faster.
pub async fn next(store: &dyn Store, key: &SealKey, now: DateTime) -> Result<Option<Seal>> {
    let last = store.last_seal().await?;
    let after = last.as_ref().map(|last| last.until).unwrap_or_default();
    let entries = store.tail(after, SEAL_EVENTS_MAX).await?;
    let Some(seal) = Seal::over(&entries, last.as_ref(), key, now) else { return Ok(None) };
    Ok(store.seal(seal.clone()).await?.then_some(seal))
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.chars().map(|digit| digit.to_digit(16).map(|n| n as u8)).collect::<Option<_>>()?;
    digits.len().is_multiple_of(2).then(|| digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
