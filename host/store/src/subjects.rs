//! Where the lanes of some accounts end, and the keys of their events: what it takes to number and seal new ones.

use std::collections::{BTreeSet, HashMap};

use crate::journal::{Line, Recorded};
use crate::subject::{self, KEY_BYTES, Place};
use crate::{Result, StoreError};

/// Read for each transaction: a key that was kept beyond one could outlive the rollback of its own row, or the erasure of its
/// account.
pub(crate) struct Subjects(HashMap<String, Subject>);

struct Subject {
    head_seq: i64,
    /// How many events were added behind the head.
    grown: i64,
    key: Option<[u8; KEY_BYTES]>,
    erased: bool,
}

/// An account, the head of its lane (0 without one), its key if it has one, and whether it was erased.
pub(crate) type SubjectRow = (String, i64, Option<Vec<u8>>, bool);

/// A line at its place, sealed.
pub(crate) struct Sealed<'l> {
    pub line: &'l Line,
    pub recorded_at: &'l str,
    pub seq: i64,
    pub payload: Vec<u8>,
    pub digest: Vec<u8>,
}

impl Subjects {
    /// The accounts whose rows are needed.
    pub fn accounts<'l>(lines: &[Recorded<'l>]) -> BTreeSet<&'l str> {
        lines.iter().map(|(_, line)| line.account.as_str()).collect()
    }

    pub fn of(rows: Vec<SubjectRow>) -> Result<Self> {
        let mut subjects = HashMap::with_capacity(rows.len());
        for (account, head_seq, key, erased) in rows {
            let broken = |_| StoreError::Corrupt(format!("the key of account `{account}` is not whole"));
            let key = key.map(<[u8; KEY_BYTES]>::try_from).transpose().map_err(broken)?;
            subjects.insert(account, Subject { head_seq, grown: 0, key, erased });
        }
        Ok(Self(subjects))
    }

    pub fn is_erased(&self, account: &str) -> bool {
        self.0.get(account).is_some_and(|subject| subject.erased)
    }

    /// Makes the keys that are missing for these lines; they are to be stored in the same transaction.
    pub fn complete<'l>(&mut self, lines: &[Recorded<'l>]) -> Result<Vec<(&'l str, [u8; KEY_BYTES])>> {
        let accounts = Self::accounts(lines).into_iter();
        let keyless: Vec<&str> = accounts
            .filter(|account| self.0.get(*account).is_some_and(|one| one.key.is_none() && !one.erased))
            .collect();
        let keys = subject::keys(keyless.len())?;
        let made: Vec<_> = keyless.into_iter().zip(keys).collect();
        for (account, key) in &made {
            if let Some(subject) = self.0.get_mut(*account) {
                subject.key = Some(*key);
            }
        }
        Ok(made)
    }

    /// Gives each line its number and seals it.
    pub fn seal<'l>(&mut self, tenant: &str, lines: &[Recorded<'l>]) -> Result<Vec<Sealed<'l>>> {
        let mut sealed = Vec::with_capacity(lines.len());
        for ((recorded_at, line), nonce) in lines.iter().copied().zip(subject::nonces(lines.len())?) {
            let account = line.account.as_str();
            // An erased account has no key, and gets none.
            let Some((subject, key)) = self.0.get_mut(account).and_then(|one| one.key.map(|key| (one, key))) else {
                return Err(StoreError::Corrupt(format!("account `{account}` has no key: it was erased")));
            };
            subject.grown += 1;
            let seq = subject.head_seq + subject.grown;
            let (payload, digest) = subject::seal(&key, &nonce, Place { tenant, account, seq }, &line.payload)?;
            sealed.push(Sealed { line, recorded_at, seq, payload, digest });
        }
        Ok(sealed)
    }
}
