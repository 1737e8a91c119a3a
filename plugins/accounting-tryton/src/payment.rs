//! A payment as a booking of Tryton: bank against receivable, tied to the invoice, posted, and found again by its key.
//!
//! Tryton's own dialogue for payments is out of reach of a key. A booking whose line names the invoice does what that dialogue does
//! for a part payment: the amount to pay falls.

use dunlin_plugin_sdk::accounting::CashApplication;
use dunlin_plugin_sdk::{Error, Money, Note, Outcome, Receipt, Result};
use serde_json::{Value, json};

use crate::api::{Search, Written, write};
use crate::wire::{Day, Decimal, INVOICE_FIELDS, Invoice, MOVE_FIELDS, Move, PaymentMethod};

/// The description of a booking: how it is found again.
pub fn description(key: &str) -> String {
    format!("dunlin {key}")
}

/// The bookings of these keys.
pub fn find(keys: &[&str]) -> Result<Vec<Move>> {
    let descriptions: Vec<String> = keys.iter().map(|key| description(key)).collect();
    let domain = json!([["description", "in", descriptions]]);
    Search { model: "account.move", fields: &MOVE_FIELDS, domain, order: json!([["id", "ASC"]]), limit: keys.len() }
        .rows()
}

/// Books the payment, unless its key shows that it is booked already.
pub fn post(method: Option<&str>, key: &str, paid: &CashApplication) -> Result<Outcome> {
    let Some(method) = method else {
        let reason = "`payment_method` is not set, so that nobody says where money is booked";
        return Ok(Outcome::not_supported(reason));
    };
    let booking = match find(&[key])?.into_iter().next() {
        Some(booking) if booking.state == "posted" => return Ok(Outcome::Done(receipt(&booking))),
        // It was written, and what came after that was lost.
        Some(booking) => booking.id,
        None => match draft(method, key, paid)? {
            Written::Done(id) => id,
            Written::Not(outcome) => return Ok(outcome),
        },
    };
    match write::<Move>(&format!("account.move/{booking}/post"), &MOVE_FIELDS, &json!({}))? {
        Written::Done(booking) => Ok(Outcome::Done(receipt(&booking))),
        Written::Not(outcome) => Ok(outcome),
    }
}

/// What Tryton says that it booked.
pub fn receipt(booking: &Move) -> Receipt {
    let mut notes = Vec::new();
    for line in booking.lines.iter().filter(|line| line.invoice_payment.is_some()) {
        if let Ok(amount) = Money::parse(&line.credit.decimal, &booking.company.currency.code) {
            notes.push(Note::new("amount", amount.to_string()));
        }
        notes.extend(line.party.map(|party| Note::new("payee", party.to_string())));
    }
    let number = booking.number.clone().unwrap_or_else(|| format!("id {}", booking.id));
    Receipt { reference: format!("move {number}"), notes }
}

fn draft(method: &str, key: &str, paid: &CashApplication) -> Result<Written<i64>> {
    let refused = |code: &str, reason: String| Ok(Written::Not(Outcome::rejected(code, reason)));
    let Some(invoice) = invoice(paid)? else {
        let reason = format!("party {} has no customer invoice `{}` in tryton", paid.debtor.id, paid.invoice);
        return refused("unknown-invoice", reason);
    };
    if invoice.state != "posted" {
        let reason =
            format!("invoice `{}` is `{}` in tryton; money is booked on posted ones", paid.invoice, invoice.state);
        return refused("not-open", reason);
    }
    let books = &invoice.company.currency.code;
    if *books != paid.amount.currency || *books != invoice.currency.code {
        let reason =
            format!("books in {books}; {} on an invoice in {} is for a person", paid.amount, invoice.currency.code);
        return refused("not-supported", reason);
    }
    let method = payment_method(method, invoice.company.id)?;
    let Some(period) = period(invoice.company.id, paid)? else {
        return refused("no-period", format!("no open period has {}; open one in tryton", paid.received_on));
    };
    let values = booking(key, paid, &invoice, &method, period);
    Ok(match write::<Created>("account.move", &[], &values)? {
        Written::Done(created) => Written::Done(created.id),
        Written::Not(outcome) => Written::Not(outcome),
    })
}

#[derive(serde::Deserialize)]
struct Created {
    id: i64,
}

fn booking(key: &str, paid: &CashApplication, invoice: &Invoice, method: &PaymentMethod, period: i64) -> Value {
    let amount = Decimal::json(&paid.amount.plain());
    let zero = Decimal::json("0");
    let party = invoice.account.party_required.then_some(invoice.party.id);
    let receivable = json!({
        "account": invoice.account.id, "party": party, "debit": zero, "credit": amount,
        "description": paid.payment, "invoice_payment": invoice.id,
    });
    let bank = json!({"account": method.debit_account, "debit": amount, "credit": zero, "description": paid.payment});
    json!({
        "company": invoice.company.id, "journal": method.journal, "period": period, "date": Day::json(paid.received_on),
        "origin": format!("account.invoice,{}", invoice.id), "description": description(key),
        "lines": [["create", [receivable, bank]]],
    })
}

fn invoice(paid: &CashApplication) -> Result<Option<Invoice>> {
    let Ok(party) = paid.debtor.id.parse::<i64>() else { return Ok(None) };
    let domain = json!([["type", "=", "out"], ["party", "=", party], ["number", "=", paid.invoice]]);
    let search =
        Search { model: "account.invoice", fields: &INVOICE_FIELDS, domain, order: json!([["id", "DESC"]]), limit: 1 };
    Ok(search.rows()?.into_iter().next())
}

/// Where money is booked, by the name that the configuration says.
pub fn payment_method(name: &str, company: i64) -> Result<PaymentMethod> {
    let domain = json!([["name", "=", name], ["company", "=", company]]);
    let fields = ["journal", "debit_account"];
    let search = Search {
        model: "account.invoice.payment.method",
        fields: &fields,
        domain,
        order: json!([["id", "ASC"]]),
        limit: 1,
    };
    let known = search.rows::<PaymentMethod>()?.into_iter().next();
    known.ok_or_else(|| {
        Error::misconfigured(format!("tryton has no payment method `{name}`"))
            .hint("make one under Financial, Configuration, Invoice Payments, or correct `payment_method`")
    })
}

fn period(company: i64, paid: &CashApplication) -> Result<Option<i64>> {
    let day = Day::json(paid.received_on);
    let domain = json!([
        ["company", "=", company],
        ["type", "=", "standard"],
        ["state", "=", "open"],
        ["start_date", "<=", day],
        ["end_date", ">=", day],
    ]);
    let search = Search { model: "account.period", fields: &["name"], domain, order: json!([["id", "ASC"]]), limit: 1 };
    Ok(search.rows::<Created>()?.first().map(|period| period.id))
}
