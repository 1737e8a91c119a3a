//! The agency role: accounts that others collect.

use escalation::placement::Collection;
use escalation::report::DisputeReport;
use escalation::request::{Ask, Request};
use escalation::{Money, Received, Report};
use jiff::tz::TimeZone;

use crate::bindings::agency as wit;
use crate::bindings::types;
use crate::convert::{
    Read, account, date, effect_key, invoice_number, money, name, notes, positive, source, text, to_date, to_items,
    to_money, to_party, word,
};

pub(super) fn received(event: wit::Event, _zone: &TimeZone) -> Read<Received> {
    let report = match event.fact {
        wit::Fact::Acknowledged(told) => Report::Acknowledged {
            account: account(told.account)?,
            placement: effect_key("placement", told.placement)?,
            status: name("status", told.status)?,
            agency_reference: word("agency-reference", told.agency_reference)?,
            reason: text("reason", told.reason)?,
        },
        wit::Fact::Collected(told) => Report::Collected {
            account: account(told.account)?,
            placement: effect_key("placement", told.placement)?,
            collection: {
                let (gross, commission, net) = sums(&told.gross, &told.commission, &told.net)?;
                Collection {
                    transaction: name("transaction", told.transaction)?,
                    reverses: None,
                    gross,
                    commission,
                    net,
                    remittance: remittance(told.remittance)?,
                    on: date("collected-on", told.collected_on)?,
                    remittance_reference: word("remittance-reference", told.remittance_reference)?,
                }
            },
        },
        wit::Fact::Reversed(told) => reversed(told)?,
        wit::Fact::Returned(told) => Report::Returned {
            account: account(told.account)?,
            placement: effect_key("placement", told.placement)?,
            reason: name("reason", told.reason)?,
            closed_on: date("closed-on", told.closed_on)?,
        },
        wit::Fact::Disputed(told) => Report::Disputed(DisputeReport {
            account: account(told.account)?,
            invoice: invoice_number("invoice", told.invoice)?,
            amount: positive("amount", &told.amount)?,
            reason: name("reason", told.reason)?,
            text: text("text", told.text)?,
        }),
        wit::Fact::Other(other) => Report::Other { kind: name("kind", other.kind)?, notes: notes(other.notes)? },
    };
    Ok(Received { source: source(event.source)?, report })
}

fn remittance(word: String) -> Read<String> {
    match word.as_str() {
        "gross" | "net" => Ok(word),
        _ => Err(format!("`remittance` is `{}`; allowed are `gross` and `net`", crate::log::clean(&word, 40))),
    }
}

/// Gross is positive; commission and net lie between nothing and gross.
fn sums(gross: &types::Money, commission: &types::Money, net: &types::Money) -> Read<(Money, Money, Money)> {
    let gross = positive("gross", gross)?;
    let part = |field: &str, part: &types::Money| {
        let part = money(field, part)?;
        match part.currency == gross.currency && (0..=gross.minor).contains(&part.minor) {
            true => Ok(part),
            false => Err(format!("`{field}` is {part}, which is no part of the {gross} collected")),
        }
    };
    Ok((gross, part("commission", commission)?, part("net", net)?))
}

/// The core keeps a reversal as a collection with negative amounts.
fn reversed(told: wit::CollectionReversal) -> Read<Report> {
    let (gross, commission, net) = sums(&told.gross, &told.commission, &told.net)?;
    let minus = |money: Money| Money::new(-money.minor, money.currency);
    let collection = Collection {
        transaction: name("transaction", told.transaction)?,
        reverses: Some(name("reverses", told.reverses)?),
        gross: minus(gross),
        commission: minus(commission),
        net: minus(net),
        remittance: if net == gross { "gross" } else { "net" }.to_owned(),
        on: date("reversed-on", told.reversed_on)?,
        remittance_reference: String::new(),
    };
    let placement = effect_key("placement", told.placement)?;
    Ok(Report::Collected { account: account(told.account)?, placement, collection })
}

pub(super) fn request(request: &Request) -> Option<wit::Request> {
    let effect = match &request.ask {
        Ask::Place(ask) => wit::Effect::Place(wit::Placement {
            account: ask.account.to_string(),
            debtor: to_party(&ask.debtor),
            sequence: ask.sequence,
            items: to_items(&ask.items),
            total: to_money(ask.total),
            commission: ask.commission.clone(),
            last_payment_on: ask.last_payment_on.map(to_date),
            history: ask.history.clone(),
        }),
        Ask::ReportDirectPayment(ask) => wit::Effect::ReportDirectPayment(wit::DirectPayment {
            placement: ask.placement.to_string(),
            account: ask.account.to_string(),
            payment: ask.payment.to_string(),
            amount: to_money(ask.amount),
            received_on: to_date(ask.received_on),
        }),
        Ask::Recall(ask) => wit::Effect::Recall(wit::Recall {
            placement: ask.placement.to_string(),
            account: ask.account.to_string(),
            reason: ask.reason.clone(),
        }),
        _ => return None,
    };
    Some(wit::Request { key: request.key.to_string(), effect })
}
