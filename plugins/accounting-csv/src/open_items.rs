//! What earlier full lists said, so that an item that is missing from a later one is known to be paid.
//!
//! It is kept in the plugin's own memory, in parts by a hash of the item's key. What is written there is kept together
//! with the events of the same call, or not at all.

use std::collections::BTreeMap;

use dunlin_plugin_sdk::accounting::Fact;
use dunlin_plugin_sdk::{Date, Error, Event, Money, Party, Result, kv};
use serde::{Deserialize, Serialize};

use crate::map::{Item, List};

/// Parts of the memory; each is one value of at most 64 KiB.
const PARTS: usize = 128;
const PART_BYTES: usize = 60 * 1024;

/// An item as it was when it was last in a list.
#[derive(Debug, Serialize, Deserialize)]
struct Known {
    /// Day and second of the last list that had it.
    seen: (Date, u32),
    /// The first list after that one that did not have it.
    gone: Option<(Date, u32)>,
    number: String,
    issued: Date,
    due: Option<Date>,
    total: i64,
    currency: String,
    reference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    product: Option<String>,
    debtor: Debtor,
}

#[derive(Debug, Serialize, Deserialize)]
struct Debtor {
    id: String,
    name: String,
    kind: String,
    country: String,
    language: String,
    address: Vec<String>,
    email: Option<String>,
    phone: Option<String>,
    vat_id: Option<String>,
}

type Part = BTreeMap<String, Known>;

/// Remembers the items of a full list and gives an event for each invoice that is not in it any more.
///
/// Lists may come in any order and twice: an older one changes nothing that a newer one said.
pub fn compare(list: &List) -> Result<Vec<Event<Fact>>> {
    let at = (list.as_of.day, list.as_of.second);
    let mut present: Vec<BTreeMap<String, &Item>> = vec![BTreeMap::new(); PARTS];
    for item in &list.items {
        // What is owed to the debtor is not remembered: the package sets it off against invoices, which it then changes.
        if let Some(part) = present.get_mut(part_of(&item.key())).filter(|_| !item.open.is_negative()) {
            part.insert(item.key(), item);
        }
    }
    let mut settled = Vec::new();
    for (number, present) in present.iter().enumerate() {
        let name = format!("open-items/{number:03}");
        let mut known = load(&name)?;
        let before = known.is_empty();
        settled.extend(missing(&mut known, present, at, list));
        present.iter().for_each(|(key, item)| remember(&mut known, key, item, at));
        match (known.is_empty(), before) {
            (true, true) => {}
            (true, false) => kv::delete(&name)?,
            (false, _) => store(&name, &known)?,
        }
    }
    Ok(settled)
}

/// Events for what is known and not present; what was gone before this list is forgotten.
fn missing(known: &mut Part, present: &BTreeMap<String, &Item>, at: (Date, u32), list: &List) -> Vec<Event<Fact>> {
    let mut settled = Vec::new();
    known.retain(|key, item| {
        if present.contains_key(key) || item.seen >= at {
            return true;
        }
        match item.gone {
            Some(gone) if gone < at => return false,
            _ => item.gone = Some(at),
        }
        settled.push(item.as_item().settled(list.as_of, &list.document));
        true
    });
    settled
}

fn remember(known: &mut Part, key: &str, item: &Item, at: (Date, u32)) {
    let before = known.get(key);
    if before.is_some_and(|before| before.seen > at) {
        return;
    }
    let gone = before.and_then(|before| before.gone).filter(|gone| *gone > at);
    known.insert(key.to_owned(), Known::new(item, at, gone));
}

impl Known {
    fn new(item: &Item, seen: (Date, u32), gone: Option<(Date, u32)>) -> Self {
        let Party { id, name, kind, country, language, address, email, phone, vat_id, .. } = item.debtor.clone();
        Self {
            seen,
            gone,
            number: item.number.clone(),
            issued: item.issued_on,
            due: item.due_on,
            total: item.total.as_ref().unwrap_or(&item.open).minor,
            currency: item.open.currency.clone(),
            reference: item.payment_reference.clone(),
            product: item.product.clone(),
            debtor: Debtor { id, name, kind, country, language, address, email, phone, vat_id },
        }
    }

    fn as_item(&self) -> Item {
        let Debtor { id, name, kind, country, language, address, email, phone, vat_id } = &self.debtor;
        Item {
            number: self.number.clone(),
            debtor: Party {
                id: id.clone(),
                name: name.clone(),
                kind: kind.clone(),
                country: country.clone(),
                language: language.clone(),
                address: address.clone(),
                email: email.clone(),
                phone: phone.clone(),
                vat_id: vat_id.clone(),
                notes: Vec::new(),
            },
            issued_on: self.issued,
            due_on: self.due,
            total: Some(Money::new(self.total, self.currency.clone())),
            open: Money::new(0, self.currency.clone()),
            payment_reference: self.reference.clone(),
            product: self.product.clone(),
            line: 0,
        }
    }
}

fn load(name: &str) -> Result<Part> {
    let Some(bytes) = kv::get(name)? else { return Ok(Part::new()) };
    serde_json::from_slice(&bytes)
        .map_err(|error| Error::broken(format!("`{name}` in the memory cannot be read: {error}")))
}

fn store(name: &str, part: &Part) -> Result<()> {
    let bytes =
        serde_json::to_vec(part).map_err(|error| Error::broken(format!("`{name}` cannot be written: {error}")))?;
    if bytes.len() > PART_BYTES {
        return Err(Error::misconfigured("the full list has more than can be remembered")
            .hint("set `full_list = false`, or give each part of the list a running plugin of its own"));
    }
    kv::set(name, &bytes)
}

/// FNV-1a with 32 bits: the same on every machine and in every version.
fn part_of(key: &str) -> usize {
    let hash = key.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash as usize % PARTS
}
