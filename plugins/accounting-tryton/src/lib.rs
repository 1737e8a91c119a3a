//! Accounting plugin: customer invoices and credit notes from a Tryton server; payments and notes on the debtor back.

mod wire;
mod map;
mod cursor;
mod api;
mod payment;
mod note;

#[cfg(test)]
mod tests;

use dunlin_plugin_sdk::accounting::{Effect, Fact};
use dunlin_plugin_sdk::{
    Accounting, Batch, Date, Error, Event, Finding, Outcome, Page, Progress, Receipt, Refusal, Request, Result, log,
};
use serde::Deserialize;
use serde_json::{Value, json};

use api::{Search, api, good};
use cursor::Cursor;
use wire::{INVOICE_FIELDS, Invoice, Row};

/// Invoices of one pull.
const PAGE: usize = 100;

struct Tryton;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Name of the payment method under which money is booked. None: payments are not booked.
    payment_method: Option<String>,
    /// Name of the company whose invoices these are. None: of all that the key may see.
    company: Option<String>,
    /// Invoices of an earlier day are left alone.
    issued_from: Option<Date>,
}

impl Accounting for Tryton {
    type Config = Config;

    fn check(config: &Config) -> Result<()> {
        let call = api().get("/rest/model/company.company").query("f", "party.name");
        let companies: Vec<Value> = good(call.query("s", 100).send()?)?.json()?;
        let is = |company: &&Value| match &config.company {
            Some(name) => company["party"]["name"] == name.as_str(),
            None => true,
        };
        let named: Vec<i64> = companies.iter().filter(is).filter_map(|company| company["id"].as_i64()).collect();
        if named.is_empty() {
            let name = config.company.as_deref().unwrap_or("any");
            return Err(Error::misconfigured(format!("the key does not see the company `{name}`"))
                .hint("add the company to the user of the key in Tryton, or correct `company`"));
        }
        match &config.payment_method {
            Some(method) => named.iter().try_for_each(|company| payment::payment_method(method, *company).map(drop)),
            None => Ok(()),
        }
    }

    fn pull(config: &Config, cursor: Option<&str>) -> Result<Page<Fact>> {
        let start = Cursor::read(cursor)?;
        let order = json!([["write_date", "ASC"], ["id", "ASC"]]);
        let domain = condition(config, start);
        let search = Search { model: "account.invoice", fields: &INVOICE_FIELDS, domain, order, limit: PAGE };
        let answer = search.answer()?;
        let records: Vec<Value> = answer.json()?;
        let more = records.len() >= PAGE;
        let rows: Vec<Row> = answer.json()?;
        let (mut events, mut refusals) = (Vec::new(), Vec::new());
        for record in &records {
            match read(record) {
                Ok(event) => events.extend(event),
                Err(refusal) => refusals.push(refusal),
            }
        }
        let next = Cursor::after(start, &rows, !more, &answer);
        let cursor = next.map(|cursor| cursor.to_string()).unwrap_or_default();
        Ok(Page { events, progress: Progress { cursor, more, refusals, totals: Vec::new() } })
    }

    fn perform(config: &Config, _: &Batch, requests: &[Request<Effect>]) -> Result<Vec<Outcome>> {
        let method = config.payment_method.as_deref();
        let perform = |request: &Request<Effect>| match &request.effect {
            Effect::PostCashApplication(paid) => payment::post(method, &request.key, paid),
            Effect::HoldCredit(notice) => note::write_once(&request.key, "credit on hold", notice),
            Effect::ReleaseCredit(notice) => note::write_once(&request.key, "credit released", notice),
            _ => Ok(Outcome::not_supported("this plugin books payments and writes notes; do this in Tryton")),
        };
        requests.iter().map(perform).collect()
    }

    fn lookup(_: &Config, keys: &[String]) -> Result<Vec<Finding>> {
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let bookings = payment::find(&keys)?;
        let booked =
            |key: &str| bookings.iter().find(|one| one.description.as_deref() == Some(&payment::description(key)));
        let others: Vec<&str> = keys.iter().copied().filter(|key| booked(key).is_none()).collect();
        let notes = note::find_anywhere(&others)?;
        let find = |key: &&str| match (booked(key), &notes) {
            (Some(booking), _) if booking.state == "posted" => Finding::Done(payment::receipt(booking)),
            // Asked for again, it is found and posted.
            (Some(_), _) => Finding::Absent,
            (None, None) => Finding::Unclear("tryton has more parties than are searched for the note".to_owned()),
            (None, Some(notes)) => match notes.get(*key) {
                Some(note) => Finding::Done(Receipt { reference: note::reference(*note), notes: Vec::new() }),
                None => Finding::Absent,
            },
        };
        Ok(keys.iter().map(find).collect())
    }
}

dunlin_plugin_sdk::export!(Tryton: accounting);

/// Customer invoices that were issued, behind the cursor. What is neither posted nor paid nor cancelled is read too, and refused:
/// a state that is not known here may have money in it.
fn condition(config: &Config, start: Option<Cursor>) -> Value {
    let mut domain = vec![
        json!(["type", "=", "out"]),
        json!(["state", "not in", ["draft", "validated"]]),
        json!(["number", "!=", null]),
        json!(["write_date", "!=", null]),
    ];
    domain.extend(config.company.iter().map(|name| json!(["company.party.name", "=", name])));
    domain.extend(config.issued_from.map(|day| json!(["invoice_date", ">=", wire::Day::json(day)])));
    domain.extend(start.map(Cursor::condition));
    Value::Array(domain)
}

/// Err: why this one cannot be taken; the others can.
fn read(record: &Value) -> std::result::Result<Option<Event<Fact>>, Refusal> {
    let id = record["id"].as_i64().unwrap_or_default();
    let document = map::document(id, record["number"].as_str());
    let refused = |reason: String| {
        log::warn(format!("`{document}`: {reason}"));
        Refusal { document: document.clone(), place: format!("id {id}"), reason }
    };
    let invoice = Invoice::deserialize(record).map_err(|error| refused(error.to_string()))?;
    map::event(&invoice).map_err(|error| refused(error.message))
}
