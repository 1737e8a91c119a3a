//! The JSON of orders and reports, as it is.

use dunlin_plugin_sdk::{Error, Result};
use serde::{Deserialize, Serialize};

/// Orders of one batch.
#[derive(Debug, Serialize, Deserialize)]
pub struct OrderFile {
    pub batch: String,
    pub ordered_on: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_number: Option<String>,
    pub orders: Vec<Order>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Order {
    pub order: String,
    pub account: String,
    pub company: Company,
    pub amount: Amount,
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_max: Option<Amount>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Company {
    pub name: String,
    pub country: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_id: Option<String>,
    pub address: Vec<String>,
}

/// A plain decimal and its currency.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Amount {
    pub amount: String,
    pub currency: String,
}

/// Reports one by one, so that a bad one is only itself.
#[derive(Debug, Deserialize)]
pub struct ReportFile {
    #[serde(default)]
    pub bureau: Option<String>,
    pub reports: Vec<serde_json::Value>,
}

/// What is not named here is not read.
#[derive(Debug, Deserialize)]
pub struct Report {
    pub report: String,
    pub account: String,
    #[serde(default)]
    pub order: Option<String>,
    pub reported_on: String,
    #[serde(default)]
    pub valid_until: Option<String>,
    #[serde(default)]
    pub score: String,
    pub verdict: String,
    #[serde(default)]
    pub limit: Option<Amount>,
    #[serde(default)]
    pub price: Option<Amount>,
    #[serde(default)]
    pub text: String,
}

pub fn write(file: &OrderFile) -> Result<Vec<u8>> {
    let text = serde_json::to_string_pretty(file);
    text.map(|text| format!("{text}\n").into_bytes())
        .map_err(|error| Error::broken(format!("orders that cannot be written: {error}")))
}

/// Err: why this is no file of reports.
pub fn read(bytes: &[u8]) -> std::result::Result<ReportFile, String> {
    serde_json::from_slice(bytes).map_err(|error| format!("no file of reports: {error}"))
}

/// The orders that a file carries; none if it is no order file.
pub fn order_keys(bytes: &[u8]) -> Vec<String> {
    let file: Option<OrderFile> = serde_json::from_slice(bytes).ok();
    file.into_iter().flat_map(|file| file.orders).map(|order| order.order).collect()
}
