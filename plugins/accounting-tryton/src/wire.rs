//! Tryton's records and values as its REST interface writes them.

use std::fmt;

use dunlin_plugin_sdk::Date;
use jiff::civil::DateTime;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

/// What is read of an invoice. A field of another record is named through its relation.
pub const INVOICE_FIELDS: [&str; 34] = [
    "number",
    "state",
    "write_date",
    "invoice_date",
    "reference",
    "customer_payment_reference",
    "total_amount",
    "amount_to_pay",
    "currency.code",
    "payment_term.name",
    "party.name",
    "party.code",
    "party.write_date",
    "party.lang.code",
    "party.tax_identifier.code",
    "party.contact_mechanisms.type",
    "party.contact_mechanisms.value",
    "party.contact_mechanisms.invoice",
    "party.contact_mechanisms.create_date",
    "party.contact_mechanisms.write_date",
    "party_tax_identifier.code",
    "invoice_address.full_address",
    "invoice_address.country.code",
    "invoice_address.country.name",
    "invoice_address.create_date",
    "invoice_address.write_date",
    "lines_to_pay.maturity_date",
    "lines_to_pay.debit",
    "lines_to_pay.credit",
    "lines_to_pay.amount_second_currency",
    "lines_to_pay.reconciliation",
    "lines.product.code",
    // What a payment needs.
    "company.currency.code",
    "account.party_required",
];

/// What is read of a booking.
pub const MOVE_FIELDS: [&str; 7] =
    ["number", "state", "description", "company.currency.code", "lines.credit", "lines.party", "lines.invoice_payment"];

/// The part of a row that the cursor needs, read before all else.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Row {
    pub id: i64,
    pub write_date: Moment,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Invoice {
    pub id: i64,
    pub number: Option<String>,
    pub state: String,
    pub write_date: Moment,
    pub invoice_date: Option<Day>,
    pub reference: Option<String>,
    pub customer_payment_reference: Option<String>,
    pub total_amount: Decimal,
    pub amount_to_pay: Option<Decimal>,
    #[serde(rename = "currency.")]
    pub currency: Coded,
    #[serde(rename = "payment_term.")]
    pub payment_term: Option<Named>,
    #[serde(rename = "party.")]
    pub party: Party,
    /// As it was when the invoice was posted.
    #[serde(rename = "party_tax_identifier.")]
    pub party_tax_identifier: Option<Coded>,
    #[serde(rename = "invoice_address.")]
    pub invoice_address: Option<Address>,
    #[serde(rename = "lines_to_pay.")]
    pub lines_to_pay: Vec<Line>,
    #[serde(rename = "lines.")]
    pub lines: Vec<Sold>,
    #[serde(rename = "company.")]
    pub company: Company,
    #[serde(rename = "account.")]
    pub account: Account,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Company {
    pub id: i64,
    #[serde(rename = "currency.", alias = "currency")]
    pub currency: Coded,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Account {
    pub id: i64,
    #[serde(deserialize_with = "flag")]
    pub party_required: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Coded {
    pub code: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Named {
    pub name: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Party {
    pub id: i64,
    pub name: String,
    pub code: Option<String>,
    pub write_date: Option<Moment>,
    #[serde(rename = "lang.")]
    pub lang: Option<Coded>,
    #[serde(rename = "tax_identifier.")]
    pub tax_identifier: Option<Coded>,
    #[serde(rename = "contact_mechanisms.")]
    pub contact_mechanisms: Vec<ContactMechanism>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct ContactMechanism {
    #[serde(rename = "type")]
    pub kind: String,
    pub value: Option<String>,
    /// Meant for invoices.
    #[serde(deserialize_with = "flag")]
    pub invoice: bool,
    pub create_date: Option<Moment>,
    pub write_date: Option<Moment>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Address {
    /// Lines as on an envelope, the country last.
    pub full_address: String,
    #[serde(rename = "country.")]
    pub country: Option<Country>,
    pub create_date: Option<Moment>,
    pub write_date: Option<Moment>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Country {
    pub code: Option<String>,
    pub name: String,
}

/// A part of the invoice that falls due on a day, in the currency of the company.
#[derive(Clone, Debug, Deserialize)]
pub struct Line {
    pub maturity_date: Option<Day>,
    pub debit: Decimal,
    pub credit: Decimal,
    /// In the currency of the invoice, where that is another one.
    pub amount_second_currency: Option<Decimal>,
    /// Set: it is settled.
    pub reconciliation: Option<i64>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Sold {
    #[serde(rename = "product.")]
    pub product: Option<Product>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Product {
    pub code: Option<String>,
}

/// A booking. Tryton leaves the dot out where it answers with one record.
#[derive(Clone, Debug, Deserialize)]
pub struct Move {
    pub id: i64,
    pub number: Option<String>,
    pub state: String,
    pub description: Option<String>,
    #[serde(rename = "company.", alias = "company")]
    pub company: Company,
    #[serde(rename = "lines.", alias = "lines")]
    pub lines: Vec<MoveLine>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct MoveLine {
    pub credit: Decimal,
    #[serde(deserialize_with = "record")]
    pub party: Option<i64>,
    #[serde(deserialize_with = "record")]
    pub invoice_payment: Option<i64>,
}

/// `account.invoice.payment.method`: where a payment is booked.
#[derive(Clone, Debug, Deserialize)]
pub struct PaymentMethod {
    pub journal: i64,
    pub debit_account: i64,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Note {
    pub id: i64,
    pub message: Option<String>,
}

/// How a refusal is told.
#[derive(Clone, Debug, Deserialize)]
pub struct Told {
    pub message: String,
    #[serde(default)]
    pub description: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Decimal {
    pub decimal: String,
}

impl Decimal {
    pub fn json(text: &str) -> Value {
        json!({"__class__": "Decimal", "decimal": text})
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "DayParts")]
pub struct Day(pub Date);

impl Day {
    pub fn json(day: Date) -> Value {
        json!({"__class__": "date", "year": day.year(), "month": day.month(), "day": day.day()})
    }
}

/// A time of the server, in UTC, to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "MomentParts")]
pub struct Moment(pub DateTime);

impl Moment {
    pub fn to_json(self) -> Value {
        let at = self.0;
        json!({
            "__class__": "datetime", "year": at.year(), "month": at.month(), "day": at.day(), "hour": at.hour(),
            "minute": at.minute(), "second": at.second(), "microsecond": at.subsec_nanosecond() / 1_000,
        })
    }
}

/// Of one width, so that texts sort as times do.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6}", self.0)
    }
}

#[derive(Deserialize)]
struct DayParts {
    year: i16,
    month: i8,
    day: i8,
}

impl TryFrom<DayParts> for Day {
    type Error = jiff::Error;

    fn try_from(parts: DayParts) -> Result<Day, jiff::Error> {
        Date::new(parts.year, parts.month, parts.day).map(Day)
    }
}

#[derive(Deserialize)]
struct MomentParts {
    #[serde(flatten)]
    day: DayParts,
    hour: i8,
    minute: i8,
    second: i8,
    microsecond: i32,
}

impl TryFrom<MomentParts> for Moment {
    type Error = jiff::Error;

    fn try_from(parts: MomentParts) -> Result<Moment, jiff::Error> {
        let DayParts { year, month, day } = parts.day;
        let nanosecond = parts.microsecond.saturating_mul(1_000);
        DateTime::new(year, month, day, parts.hour, parts.minute, parts.second, nanosecond).map(Moment)
    }
}

/// A relation comes as an id or, where Tryton answers with one record, as a record.
fn record<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.as_i64().or_else(|| value["id"].as_i64()))
}

/// On SQLite a flag comes as a number.
fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Bool(set) => set,
        Value::Number(number) => number.as_i64() != Some(0),
        _ => false,
    })
}
