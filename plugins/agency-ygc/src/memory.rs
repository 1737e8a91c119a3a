//! What was placed under which file number, as the records have room for neither the placement nor long names.

use dunlin_plugin_sdk::agency::Placement;
use dunlin_plugin_sdk::{Error, Result, kv};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Bytes of a file; the host takes 64 KiB, and payments need room beside what was placed.
const PLACED_BYTES_MAX: usize = 24 * 1024;
/// Payments that are remembered for one file.
const PAYMENTS_MAX: usize = 500;
/// Signs of a file number behind its first letter.
const DIGITS: usize = 9;
/// No vowels, so that no word comes out; no letter that looks like a digit.
const SIGNS: &[u8; 24] = b"0123456789BCDFGHJKMNPQRS";

/// One placement as the agency's records name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    pub placement: String,
    pub account: String,
    /// Invoices with what was open of them, in minor units.
    pub items: Vec<(String, i64)>,
    #[serde(default)]
    pub agency_reference: String,
    /// Gross amounts by transaction, in minor units; negative for what bounced.
    #[serde(default)]
    pub payments: BTreeMap<String, Payment>,
    /// There were more payments than are remembered, so that their sum is not known any more.
    #[serde(default)]
    pub overflowed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    pub gross: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverses: Option<String>,
}

impl File {
    pub fn of(key: &str, placement: &Placement) -> File {
        File {
            placement: key.to_owned(),
            account: placement.account.clone(),
            items: placement.items.iter().map(|item| (item.invoice.clone(), item.open.minor)).collect(),
            agency_reference: String::new(),
            payments: BTreeMap::new(),
            overflowed: false,
        }
    }

    pub fn is_too_large(&self) -> bool {
        serde_json::to_vec(self).map_or(true, |bytes| bytes.len() > PLACED_BYTES_MAX)
    }

    /// Keeps the first of a transaction: another one under its number is for a person, and not for a sum.
    pub fn remember(&mut self, transaction: &str, payment: Payment) {
        if self.payments.len() >= PAYMENTS_MAX && !self.payments.contains_key(transaction) {
            self.overflowed = true;
            return;
        }
        self.payments.entry(transaction.to_owned()).or_insert(payment);
    }

    /// What the agency took so far; none when that is not known.
    pub fn paid(&self) -> Option<i64> {
        match self.overflowed {
            true => None,
            false => self.payments.values().try_fold(0i64, |sum, payment| sum.checked_add(payment.gross)),
        }
    }

    /// The one payment that bounced, where the record does not name it.
    pub fn bounced(&self, transaction: &str, gross: i64) -> Option<String> {
        if let Some(known) = self.payments.get(transaction) {
            return known.reverses.clone();
        }
        let undone: Vec<&String> = self.payments.values().filter_map(|payment| payment.reverses.as_ref()).collect();
        let mut fitting =
            self.payments.iter().filter(|(name, payment)| payment.gross == gross && !undone.contains(name));
        match (fitting.next(), fitting.next(), self.overflowed) {
            (Some((name, _)), None, false) => Some(name.clone()),
            _ => None,
        }
    }
}

/// Ten signs for a placement: a letter and a hash of its key, the same whenever it is asked for.
pub fn file_number(placement: &str) -> String {
    let fnv = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let mut hash = placement.bytes().fold(0xcbf2_9ce4_8422_2325, fnv);
    let mut number = String::from("D");
    for _ in 0..DIGITS {
        let sign = usize::try_from(hash % 24).ok().and_then(|at| SIGNS.get(at)).copied().unwrap_or(b'0');
        number.push(char::from(sign));
        hash /= 24;
    }
    number
}

pub fn load(number: &str) -> Result<Option<File>> {
    let Some(bytes) = kv::get(&key(number))? else { return Ok(None) };
    let read = serde_json::from_slice(&bytes);
    read.map(Some).map_err(|why| Error::broken(format!("file `{number}` in the memory cannot be read: {why}")))
}

pub fn store(number: &str, file: &File) -> Result<()> {
    let bytes = serde_json::to_vec(file)
        .map_err(|why| Error::broken(format!("file `{number}` cannot be written to the memory: {why}")))?;
    kv::set(&key(number), &bytes)
}

fn key(number: &str) -> String {
    format!("file/{number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_ten_signs_and_always_the_same() {
        assert_eq!(file_number("place:INV-7:1"), file_number("place:INV-7:1"));
        let numbers: std::collections::BTreeSet<String> =
            (0..20_000).map(|number| file_number(&format!("place:INV-{number}:1"))).collect();
        assert_eq!(numbers.len(), 20_000);
        assert!(numbers.iter().all(|number| number.len() == 10));
    }

    #[test]
    fn what_bounced_is_named_only_where_there_is_no_doubt() {
        let mut file = File {
            placement: "p".to_owned(),
            account: "a".to_owned(),
            items: Vec::new(),
            agency_reference: String::new(),
            payments: BTreeMap::new(),
            overflowed: false,
        };
        let paid = |gross| Payment { gross, reverses: None };
        file.remember("1", paid(500));
        file.remember("2", paid(700));
        assert_eq!(file.bounced("9", 500).as_deref(), Some("1"));
        file.remember("3", paid(500));
        assert_eq!(file.bounced("9", 500), None);
        file.remember("9", Payment { gross: -500, reverses: Some("1".to_owned()) });
        assert_eq!(file.bounced("9", 500).as_deref(), Some("1"), "the same again");
        assert_eq!(file.bounced("10", 500).as_deref(), Some("3"));
        file.remember("1", paid(9));
        assert_eq!(file.paid(), Some(1_200));
        (100..100 + PAYMENTS_MAX).for_each(|number| file.remember(&number.to_string(), paid(1)));
        assert_eq!((file.paid(), file.bounced("11", 700)), (None, None));
    }
}
