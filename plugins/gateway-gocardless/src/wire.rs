//! GoCardless's objects as its API gives them, as far as they are looked at.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A page of events, with what they are about. Elements are read one by one, so that one that cannot be read spoils no other.
#[derive(Debug, Deserialize)]
pub struct Page {
    pub events: Vec<Value>,
    #[serde(default)]
    pub linked: Linked,
    pub meta: Meta,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Linked {
    pub payments: Vec<Value>,
    pub refunds: Vec<Value>,
}

#[derive(Debug, Deserialize)]
pub struct Meta {
    pub cursors: Cursors,
}

#[derive(Debug, Deserialize)]
pub struct Cursors {
    /// Where the next page begins; none on the last one.
    pub after: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Event {
    pub id: String,
    /// RFC 3339 in UTC, with milliseconds.
    pub created_at: String,
    pub action: String,
    #[serde(default)]
    pub details: Details,
    #[serde(default)]
    pub links: Links,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Details {
    pub cause: Option<String>,
    pub description: Option<String>,
    pub reason_code: Option<String>,
}

/// What an event, a payment or a refund belongs to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Links {
    pub payment: Option<String>,
    pub refund: Option<String>,
    pub mandate: Option<String>,
    pub subscription: Option<String>,
    pub instalment_schedule: Option<String>,
}

/// `{"payments": {...}}`: a single payment.
#[derive(Debug, Deserialize)]
pub struct One {
    pub payments: Value,
}

#[derive(Debug, Deserialize)]
pub struct Payment {
    pub id: String,
    pub amount: Amount,
    pub currency: String,
    /// When the bank takes it from the customer.
    pub charge_date: Option<String>,
    pub description: Option<String>,
    pub reference: Option<String>,
    pub scheme: Option<String>,
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    #[serde(default)]
    pub links: Links,
}

#[derive(Debug, Deserialize)]
pub struct Refund {
    pub id: String,
    pub amount: Amount,
    pub currency: String,
    pub reference: Option<String>,
    #[serde(default)]
    pub links: Links,
}

/// In the minor unit. The client libraries disagree whether it is a number or a text of digits.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Amount {
    Number(i64),
    Text(String),
}
