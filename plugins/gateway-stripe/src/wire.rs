//! Stripe's objects as its API gives them, as far as they are looked at.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
pub struct Balance {
    pub livemode: bool,
}

/// A page; its elements are read one by one, so that one that cannot be read spoils no other.
#[derive(Debug, Deserialize)]
pub struct List {
    pub data: Vec<Value>,
    pub has_more: bool,
}

/// A movement of the account's balance.
#[derive(Debug, Deserialize)]
pub struct BalanceTransaction {
    pub id: String,
    /// In the currency of the balance; negative where money left it.
    pub amount: i64,
    pub currency: String,
    /// Unix seconds, as all times here.
    pub created: i64,
    pub available_on: i64,
    pub fee: i64,
    pub reporting_category: String,
    #[serde(rename = "type")]
    pub kind: String,
    /// The id of what moved it, or that object.
    pub source: Option<Value>,
}

#[derive(Debug, Deserialize)]
pub struct Charge {
    pub id: String,
    /// What was authorised, in the currency that the customer pays.
    pub amount: i64,
    /// What was taken of it.
    pub amount_captured: Option<i64>,
    pub captured: bool,
    pub currency: String,
    pub livemode: bool,
    pub status: String,
    pub description: Option<String>,
    pub statement_descriptor: Option<String>,
    pub calculated_statement_descriptor: Option<String>,
    pub billing_details: Option<BillingDetails>,
    pub receipt_email: Option<String>,
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    pub customer: Option<Named>,
    pub payment_intent: Option<Named>,
    pub invoice: Option<Named>,
}

#[derive(Debug, Deserialize)]
pub struct BillingDetails {
    pub name: Option<String>,
    pub email: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Refund {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    pub reason: Option<String>,
    pub failure_reason: Option<String>,
    pub status: Option<String>,
    pub charge: Option<Value>,
}

#[derive(Debug, Deserialize)]
pub struct Dispute {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    pub livemode: bool,
    pub reason: String,
    pub status: String,
    pub charge: Option<Value>,
}

/// Another object: its id, or itself.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Named {
    Id(String),
    Object { id: String, number: Option<String> },
}

impl Named {
    pub fn id(&self) -> &str {
        match self {
            Named::Id(id) | Named::Object { id, .. } => id,
        }
    }

    pub fn number(&self) -> Option<&str> {
        match self {
            Named::Id(_) => None,
            Named::Object { number, .. } => number.as_deref(),
        }
    }
}
