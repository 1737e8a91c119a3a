//! The dialer role: whom to call, and what was said.

use escalation::report::{CallResult, DisputeReport};
use escalation::request::{Ask, Request};
use escalation::{Received, Report};
use jiff::tz::TimeZone;

use crate::bindings::dialer as wit;
use crate::convert::{
    Read, account, civil, date, effect_key, invoice_number, list, name, notes, positive, source, text, to_date,
    to_items, to_money, to_party, word,
};

pub(super) fn received(event: wit::Event, zone: &TimeZone) -> Read<Received> {
    let report = match event.fact {
        wit::Fact::CallEnded(told) => Report::CallEnded(CallResult {
            account: account(told.account)?,
            call: told.call.map(|call| effect_key("call", call)).transpose()?,
            disposition: name("disposition", told.disposition)?,
            at: civil("at", told.at, zone)?,
            duration_s: told.duration_s,
            agent: word("agent", told.agent)?,
            text: text("text", told.text)?,
        }),
        wit::Fact::Promised(told) => Report::Promised {
            account: account(told.account)?,
            amount: positive("amount", &told.amount)?,
            due_on: date("due-on", told.due_on)?,
            invoices: list("invoices", told.invoices, |number| invoice_number("invoices", number))?,
            text: text("text", told.text)?,
        },
        wit::Fact::Disputed(told) => Report::Disputed(DisputeReport {
            account: account(told.account)?,
            invoice: invoice_number("invoice", told.invoice)?,
            amount: positive("amount", &told.amount)?,
            reason: name("reason", told.reason)?,
            text: text("text", told.text)?,
        }),
        wit::Fact::AskedToStop(told) => Report::AskedToStop {
            account: account(told.account)?,
            medium: name("medium", told.medium)?,
            text: text("text", told.text)?,
        },
        wit::Fact::Other(other) => Report::Other { kind: name("kind", other.kind)?, notes: notes(other.notes)? },
    };
    Ok(Received { source: source(event.source)?, report })
}

pub(crate) fn request(request: &Request) -> Option<wit::Request> {
    let effect = match &request.ask {
        Ask::QueueCall(ask) => wit::Effect::QueueCall(wit::Call {
            account: ask.account.to_string(),
            debtor: to_party(&ask.debtor),
            phone: ask.phone.clone(),
            rank: ask.rank,
            overdue: to_money(ask.overdue),
            days_past_due: ask.days_past_due,
            items: to_items(&ask.items),
            reason: ask.reason.clone(),
            expires_on: to_date(ask.expires_on),
        }),
        Ask::WithdrawCall(ask) => wit::Effect::WithdrawCall(wit::Withdrawal {
            call: ask.call.to_string(),
            account: ask.account.to_string(),
            phone: ask.phone.clone(),
            reason: ask.reason.clone(),
        }),
        _ => return None,
    };
    Some(wit::Request { key: request.key.to_string(), effect })
}
