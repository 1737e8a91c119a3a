//! The bureau role: credit reports, and orders for them.

use escalation::credit::{Advice, CreditReport};
use escalation::request::{Ask, Request};
use escalation::{Money, Received, Report};
use jiff::tz::TimeZone;

use crate::bindings::bureau as wit;
use crate::convert::{Read, account, date, money, name, notes, positive, source, text, to_money, to_party, word};

pub(super) fn received(event: wit::Event, _zone: &TimeZone) -> Read<Received> {
    let report = match event.fact {
        wit::Fact::CreditReport(told) => {
            Report::CreditReport { account: account(told.account.clone())?, report: report(told)? }
        }
        wit::Fact::Other(other) => Report::Other { kind: name("kind", other.kind)?, notes: notes(other.notes)? },
    };
    Ok(Received { source: source(event.source)?, report })
}

fn report(told: wit::CreditReport) -> Read<CreditReport> {
    let reported_on = date("reported-on", told.reported_on)?;
    let valid_until = told.valid_until.map(|day| date("valid-until", day)).transpose()?;
    if valid_until.is_some_and(|last| last < reported_on) {
        return Err("`valid-until` is before `reported-on`".to_owned());
    }
    Ok(CreditReport {
        report: name("report", told.report)?,
        bureau: name("bureau", told.bureau)?,
        score: word("score", told.score)?,
        advice: Advice::of_word(&name("verdict", told.verdict)?),
        limit: told.limit.map(|limit| not_negative("limit", money("limit", &limit)?)).transpose()?,
        price: told.price.map(|price| positive("price", &price)).transpose()?,
        reported_on,
        valid_until,
        text: text("text", told.text)?,
    })
}

/// A bureau may propose no credit at all.
fn not_negative(field: &str, money: Money) -> Read<Money> {
    if money.minor < 0 { Err(format!("`{field}` is {money}; it cannot be less than nothing")) } else { Ok(money) }
}

pub(super) fn request(request: &Request) -> Option<wit::Request> {
    let Ask::OrderCreditReport(ask) = &request.ask else { return None };
    let effect = wit::Effect::OrderCreditReport(wit::ReportOrder {
        account: ask.account.to_string(),
        debtor: to_party(&ask.debtor),
        amount: to_money(ask.amount),
        reason: ask.reason.clone(),
        price_max: ask.price_max.map(to_money),
    });
    Some(wit::Request { key: request.key.to_string(), effect })
}
