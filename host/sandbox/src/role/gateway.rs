//! The gateway role: which money came.

use escalation::cash::Payment;
use escalation::id::PaymentId;
use escalation::report::Statement;
use escalation::request::Request;
use escalation::{Received, Report};
use jiff::tz::TimeZone;

use crate::bindings::gateway as wit;
use crate::convert::{Read, date, list, money, name, notes, optional, positive, source, text, word};

pub(super) fn received(event: wit::Event, _zone: &TimeZone) -> Read<Received> {
    let source = source(event.source)?;
    let report = match event.fact {
        wit::Fact::Received(told) => Report::PaymentsReceived { payments: payments(&source.key, told)? },
        wit::Fact::Pending(told) => Report::PaymentsPending { payments: payments(&source.key, told)? },
        wit::Fact::Reversed(told) => Report::PaymentsReversed { payments: payments(&source.key, told)? },
        wit::Fact::Statement(told) => Report::Statement(statement(told)?),
        wit::Fact::Other(other) => Report::Other { kind: name("kind", other.kind)?, notes: notes(other.notes)? },
    };
    Ok(Received { source, report })
}

/// A payment is named by the source of its entry; in a batch booking its place, counted from 1, is added.
fn payments(key: &str, told: Vec<wit::Payment>) -> Read<Vec<Payment>> {
    let batch = told.len() > 1;
    if told.is_empty() {
        return Err("it holds no payment".to_owned());
    }
    let mut place = 0_u32;
    list("payments", told, |payment| {
        place += 1;
        let id = if batch { format!("{key}/{place}") } else { key.to_owned() };
        one(PaymentId::new(id), payment)
    })
}

fn one(id: PaymentId, told: wit::Payment) -> Read<Payment> {
    Ok(Payment {
        id,
        amount: positive("amount", &told.amount)?,
        account: word("account", told.account)?,
        booked_on: date("booked-on", told.booked_on)?,
        value_on: date("value-on", told.value_on)?,
        payer_name: optional("payer-name", told.payer_name)?,
        payer_account: optional("payer-account", told.payer_account)?,
        references: list("references", told.references, |quoted| word("references", quoted))?,
        end_to_end_id: optional("end-to-end-id", told.end_to_end_id)?,
        bank_reference: optional("bank-reference", told.bank_reference)?,
        text: text("text", told.text)?,
        reason: told.reason.map(|reason| text("reason", reason)).transpose()?,
    })
}

fn statement(told: wit::Statement) -> Read<Statement> {
    let statement = Statement {
        account: word("account", told.account)?,
        id: name("id", told.id)?,
        from: date("from", told.from)?,
        until: date("until", told.until)?,
        opening: money("opening", &told.opening)?,
        closing: money("closing", &told.closing)?,
        credits: money("credits", &told.credits)?,
        debits: money("debits", &told.debits)?,
        entries: told.entries,
    };
    let currency = statement.opening.currency;
    if [statement.closing, statement.credits, statement.debits].iter().any(|sum| sum.currency != currency) {
        return Err("its sums are in more than one currency".to_owned());
    }
    Ok(statement)
}

/// A gateway is not asked for anything yet.
pub(super) fn request(_request: &Request) -> Option<wit::Request> {
    None
}
