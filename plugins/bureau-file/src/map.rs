//! Orders become JSON, JSON becomes credit reports.

use dunlin_plugin_sdk::bureau::{CreditReport, Fact, ReportOrder, VERDICTS};
use dunlin_plugin_sdk::{Batch, Date, Document, Event, Money, Refusal, Source, Taken};
use serde::Deserialize;

use crate::Config;
use crate::wire::{self, Amount, Company, Order, OrderFile, Report};

/// One of the contract's words.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Verdict(String);

/// What is wrong with a field, in a lower-case fragment.
type Told<T> = std::result::Result<T, String>;

impl TryFrom<String> for Verdict {
    type Error = String;

    fn try_from(word: String) -> Told<Verdict> {
        match VERDICTS.contains(&word.as_str()) {
            true => Ok(Verdict(word)),
            false => Err(format!("`{word}` is no verdict; allowed are `{}`", VERDICTS.join("`, `"))),
        }
    }
}

pub fn order_file(config: &Config, batch: &Batch, orders: Vec<Order>) -> OrderFile {
    OrderFile {
        batch: batch.id.clone(),
        ordered_on: batch.today.to_string(),
        customer_number: config.customer_number.clone(),
        orders,
    }
}

pub fn order(key: &str, order: &ReportOrder) -> Order {
    let debtor = &order.debtor;
    Order {
        order: key.to_owned(),
        account: order.account.clone(),
        company: Company {
            name: debtor.name.clone(),
            country: debtor.country.clone(),
            vat_id: debtor.vat_id.clone(),
            address: debtor.address.clone(),
        },
        amount: amount(&order.amount),
        reason: order.reason.clone(),
        price_max: order.price_max.as_ref().map(amount),
    }
}

/// Reports that cannot be taken are refused one by one; the others go on.
pub fn facts(document: &Document, config: &Config) -> std::result::Result<Taken<Fact>, Refusal> {
    let file = wire::read(&document.bytes).map_err(|reason| document.refusal("", reason))?;
    let bureau = file.bureau.as_ref().or(config.bureau.as_ref()).filter(|bureau| !bureau.trim().is_empty());
    let bureau = bureau.ok_or_else(|| {
        document.refusal("", "nobody is named who made the reports: `bureau` is missing, here and in the configuration")
    })?;
    let mut taken = Taken::new(Vec::new());
    for (index, value) in file.reports.into_iter().enumerate() {
        let place = format!("report {}", index + 1);
        let read = serde_json::from_value::<Report>(value).map_err(|error| error.to_string());
        match read.and_then(|report| fact(&report, bureau, config)) {
            Ok(report) => taken.events.push(event(report, document, place)),
            Err(reason) => taken.refusals.push(document.refusal(place, reason)),
        }
    }
    Ok(taken)
}

fn fact(report: &Report, bureau: &str, config: &Config) -> Told<CreditReport> {
    for (field, text) in [("report", &report.report), ("account", &report.account)] {
        if text.trim().is_empty() {
            return Err(format!("`{field}` is empty"));
        }
    }
    Ok(CreditReport {
        account: report.account.clone(),
        order: report.order.clone().filter(|order| !order.is_empty()),
        report: report.report.clone(),
        bureau: bureau.to_owned(),
        score: report.score.clone(),
        verdict: verdict(&report.verdict, config)?.0,
        limit: report.limit.as_ref().map(|limit| money("limit", limit)).transpose()?,
        price: report.price.as_ref().map(|price| money("price", price)).transpose()?,
        reported_on: day("reported_on", &report.reported_on)?,
        valid_until: report.valid_until.as_ref().map(|last| day("valid_until", last)).transpose()?,
        text: report.text.clone(),
        notes: Vec::new(),
    })
}

/// A bureau numbers its reports: the number is what a report is known by.
fn event(report: CreditReport, document: &Document, place: String) -> Event<Fact> {
    let source = Source {
        key: format!("{}:{}", report.bureau, report.report),
        version: None,
        digest: None,
        document: document.name.clone(),
        place,
        occurred_on: report.reported_on,
    };
    Event { source, fact: Fact::CreditReport(report) }
}

fn verdict(word: &str, config: &Config) -> Told<Verdict> {
    match config.verdicts.get(word) {
        Some(known) => Ok(known.clone()),
        None => Verdict::try_from(word.to_owned()).map_err(|wrong| format!("`verdict`: {wrong}")),
    }
}

fn amount(money: &Money) -> Amount {
    Amount { amount: money.plain(), currency: money.currency.clone() }
}

fn money(field: &str, amount: &Amount) -> Told<Money> {
    Money::parse(&amount.amount, &amount.currency).map_err(|error| format!("`{field}`: {error}"))
}

fn day(field: &str, text: &str) -> Told<Date> {
    text.parse().map_err(|_| format!("`{field}`: `{text}` is no day, such as `2026-03-04`"))
}
