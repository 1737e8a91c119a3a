//! The accounting role: who owes what.

use escalation::id::InvoiceNumber;
use escalation::invoice::{CreditMemo, Discount};
use escalation::report::InvoiceReport;
use escalation::request::{Ask, CreditNotice, Request, WriteOffAsk};
use escalation::{Received, Report};
use jiff::tz::TimeZone;

use crate::bindings::accounting as wit;
use crate::convert::{
    Read, date, invoice_number, list, money, name, notes, optional, party, positive, source, text, to_date, to_money,
    to_party, word,
};

pub(super) fn received(event: wit::Event, _zone: &TimeZone) -> Read<Received> {
    let report = match event.fact {
        wit::Fact::Debtor(debtor) => Report::Debtor { debtor: party(debtor)? },
        wit::Fact::Invoice(told) => Report::Invoice(invoice(told)?),
        wit::Fact::CreditMemo(memo) => Report::CreditMemo {
            debtor: party(memo.debtor)?,
            memo: CreditMemo {
                number: invoice_number("number", memo.number)?,
                issued_on: date("issued-on", memo.issued_on)?,
                amount: positive("amount", &memo.amount)?,
                invoices: list("invoices", memo.invoices, |number| invoice_number("invoices", number))?,
                reason: text("reason", memo.reason)?,
            },
        },
        wit::Fact::Other(other) => Report::Other { kind: name("kind", other.kind)?, notes: notes(other.notes)? },
    };
    Ok(Received { source: source(event.source)?, report })
}

fn invoice(told: wit::Invoice) -> Read<InvoiceReport> {
    let total = money("total", &told.total)?;
    let payable = money("payable", &told.payable)?;
    if total.currency != payable.currency {
        return Err(format!("`payable` is in {}, but `total` in {}", payable.currency, total.currency));
    }
    Ok(InvoiceReport {
        debtor: party(told.debtor)?,
        number: InvoiceNumber::new(name("number", told.number)?),
        issued_on: date("issued-on", told.issued_on)?,
        due_on: told.due_on.map(|due| date("due-on", due)).transpose()?,
        total,
        payable,
        terms: text("terms", told.terms)?,
        discounts: list("discounts", told.discounts, |discount| {
            Ok(Discount {
                percent: decimal("discounts.percent", discount.percent)?,
                until: date("discounts.until", discount.until)?,
            })
        })?,
        payment_references: list("payment-references", told.payment_references, |quoted| {
            word("payment-references", quoted)
        })?,
        buyer_reference: optional("buyer-reference", told.buyer_reference)?,
        order: optional("order", told.order)?,
        products: list("products", told.products, |product| word("products", product))?,
    })
}

/// A plain decimal such as `2` or `2.5`.
fn decimal(field: &str, told: String) -> Read<String> {
    let (whole, fraction) = told.split_once('.').unwrap_or((&told, "0"));
    let digits = |part: &str| (1..=10).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    match digits(whole) && digits(fraction) {
        true => Ok(told),
        false => Err(format!("`{field}` is no plain decimal such as `2.5`")),
    }
}

pub(super) fn request(request: &Request) -> Option<wit::Request> {
    let notice = |notice: &CreditNotice| wit::CreditNotice {
        debtor: to_party(&notice.debtor),
        reason: notice.reason.clone(),
        overdue: to_money(notice.overdue),
    };
    let effect = match &request.ask {
        Ask::HoldCredit(ask) => wit::Effect::HoldCredit(notice(ask)),
        Ask::ReleaseCredit(ask) => wit::Effect::ReleaseCredit(notice(ask)),
        Ask::PostCashApplication(ask) => wit::Effect::PostCashApplication(wit::CashApplication {
            debtor: to_party(&ask.debtor),
            invoice: ask.invoice.to_string(),
            payment: ask.payment.to_string(),
            amount: to_money(ask.amount),
            received_on: to_date(ask.received_on),
        }),
        Ask::WriteOff(ask) => wit::Effect::WriteOff(write_off(ask)),
        Ask::ReverseWriteOff(ask) => wit::Effect::ReverseWriteOff(write_off(ask)),
        Ask::IssueCreditMemo(ask) => wit::Effect::IssueCreditMemo(wit::CreditMemoOrder {
            debtor: to_party(&ask.debtor),
            invoice: ask.invoice.to_string(),
            amount: to_money(ask.amount),
            reason: ask.reason.clone(),
            reference: ask.reference.clone(),
        }),
        _ => return None,
    };
    Some(wit::Request { key: request.key.to_string(), effect })
}

fn write_off(ask: &WriteOffAsk) -> wit::WriteOff {
    wit::WriteOff {
        debtor: to_party(&ask.debtor),
        invoice: ask.invoice.to_string(),
        kind: ask.kind.clone(),
        amount: to_money(ask.amount),
        reason: ask.reason.clone(),
    }
}
