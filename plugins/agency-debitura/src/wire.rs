//! Debitura's objects as its Customer API has them, as far as they are looked at.

use crate::DebtorType;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

/// A page of cases. They are read one by one, so that one that cannot be read spoils no other.
#[derive(Debug, Deserialize)]
pub struct Cases {
    pub page: Page,
    pub cases: Option<Vec<Value>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    pub current_page: u32,
    pub total_pages: u32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Case {
    pub id: String,
    pub date_created: String,
    pub date_finished: Option<String>,
    pub date_collection_started: Option<String>,
    /// Debitura's own name of the case.
    pub reference: Option<String>,
    pub currency: Option<String>,
    pub is_test_case: bool,
    pub lifecycle: Option<String>,
    pub close_code: Option<String>,
    pub current_engagement_phase: Option<String>,
    /// Percent of what is collected before a lawsuit.
    pub pre_legal_success_fee: Option<Number>,
    pub dispute_status: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    pub id: String,
    pub date: String,
    pub gross_amount: Number,
    /// Who got it: `Creditor`, `CollectionPartner` or `Platform`.
    pub recipient: Option<String>,
    pub currency: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Chat {
    pub id: String,
    pub message: Option<String>,
}

/// What refuses a request. The older fields stand beside the list.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Refusal {
    pub error: Option<String>,
    pub message: Option<String>,
    pub business_errors: Option<Vec<BusinessError>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BusinessError {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub message: Option<String>,
    pub solution_url: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewCase {
    pub currency_code: String,
    pub date: String,
    pub due_date: String,
    pub amount_to_recover: Number,
    pub creditor_reference: String,
    pub claim_description: String,
    pub comments: String,
    pub is_test: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creditor_division_id: Option<String>,
    pub debtor: Debtor,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Debtor {
    #[serde(rename = "type")]
    pub kind: DebtorType,
    pub name: String,
    pub address: String,
    pub city: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zip_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_alpha2: Option<String>,
    pub country_alpha2: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_registration_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewChat<'m> {
    pub message: String,
    pub user_email: &'m str,
}
