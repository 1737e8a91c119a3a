//! What was placed, as a case has room for neither the account nor its invoices; and which messages were written where.

use dunlin_plugin_sdk::agency::Placement;
use dunlin_plugin_sdk::files::name_of_key;
use dunlin_plugin_sdk::{Error, Result, kv};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Bytes of a placement; the host takes 64 KiB, and payments need room beside what was placed.
const PLACED_BYTES_MAX: usize = 24 * 1024;
/// Payments that are remembered for one case.
const PAYMENTS_MAX: usize = 200;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    pub placement: String,
    pub account: String,
    pub currency: String,
    /// Invoices with what was open of them, in minor units.
    pub items: Vec<(String, i64)>,
    /// Collections that were told, by their ids, so that one that is taken back is noticed.
    #[serde(default)]
    pub payments: BTreeMap<String, Paid>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paid {
    pub gross: i64,
    pub commission: i64,
    pub on: String,
}

impl Placed {
    pub fn of(key: &str, placement: &Placement) -> Placed {
        Placed {
            placement: key.to_owned(),
            account: placement.account.clone(),
            currency: placement.total.currency.clone(),
            items: placement.items.iter().map(|item| (item.invoice.clone(), item.open.minor)).collect(),
            payments: BTreeMap::new(),
        }
    }

    pub fn is_too_large(&self) -> bool {
        serde_json::to_vec(self).map_or(true, |bytes| bytes.len() > PLACED_BYTES_MAX)
    }

    /// Keeps the first of a payment. False where no more can be kept.
    pub fn remember(&mut self, id: &str, paid: Paid) -> bool {
        if !self.payments.contains_key(id) && self.payments.len() >= PAYMENTS_MAX {
            return false;
        }
        self.payments.entry(id.to_owned()).or_insert(paid);
        true
    }

    pub fn load(placement: &str) -> Result<Option<Placed>> {
        let placed: Option<Placed> = load(&key("placed", placement))?;
        Ok(placed.filter(|placed| placed.placement == placement))
    }

    pub fn store(&self) -> Result<()> {
        store(&key("placed", &self.placement), self)
    }
}

/// The case in whose chat a message was written.
pub fn told(effect: &str) -> Result<Option<String>> {
    load(&key("told", effect))
}

pub fn tell(effect: &str, case: &str) -> Result<()> {
    store(&key("told", effect), &case)
}

fn key(kind: &str, name: &str) -> String {
    format!("{kind}/{}", name_of_key(name))
}

fn load<T: DeserializeOwned>(key: &str) -> Result<Option<T>> {
    let Some(bytes) = kv::get(key)? else { return Ok(None) };
    let read = serde_json::from_slice(&bytes);
    read.map(Some).map_err(|why| Error::broken(format!("`{key}` in the memory cannot be read: {why}")))
}

fn store(key: &str, value: &impl Serialize) -> Result<()> {
    let bytes = serde_json::to_vec(value)
        .map_err(|why| Error::broken(format!("`{key}` cannot be written to the memory: {why}")))?;
    kv::set(key, &bytes)
}
