//! Tryton's invoices to the facts of the contract. Pure.

use dunlin_plugin_sdk::accounting::{CreditMemo, Fact, Invoice};
use dunlin_plugin_sdk::{Date, Error, Event, Money, Note, Party, Result, Source};

use crate::wire;

/// What one invoice of Tryton says. None: an invoice over nothing.
pub fn event(row: &wire::Invoice) -> Result<Option<Event<Fact>>> {
    let currency = row.currency.code.as_str();
    let total = Money::parse(&row.total_amount.decimal, currency)?;
    let open = open(row)?;
    let number = row.number.clone().ok_or_else(|| Error::refused("it has no number"))?;
    let issued_on = row.invoice_date.ok_or_else(|| Error::refused("it has no invoice date"))?.0;
    let debtor = debtor(row);
    if total.is_zero() {
        return Ok(None);
    }
    if total.is_negative() {
        return Ok(Some(credit_note(row, number, debtor, issued_on, &open)));
    }
    let due_on = due_on(row, &open)?;
    let invoice = Invoice {
        number,
        debtor,
        issued_on,
        due_on,
        total: total.clone(),
        payable: open.clone(),
        terms: row.payment_term.as_ref().map(|term| term.name.clone()).unwrap_or_default(),
        discounts: Vec::new(),
        payment_references: filled(row.customer_payment_reference.as_deref()).into_iter().collect(),
        buyer_reference: filled(row.reference.as_deref()),
        order: None,
        products: products(row),
        notes: vec![Note::new("state", &row.state)],
    };
    let due_on = due_on.map(|day| day.to_string()).unwrap_or_default();
    let source = Source {
        key: format!("invoice:{}", row.id),
        version: Some(version(row)),
        // The debtor's address may change between two readings of one version.
        digest: Some(format!("{issued_on} {due_on} {total} {open}")),
        document: document(row.id, row.number.as_deref()),
        place: String::new(),
        occurred_on: issued_on,
    };
    Ok(Some(Event { source, fact: Fact::Invoice(invoice) }))
}

/// As a refusal names it.
pub fn document(id: i64, number: Option<&str>) -> String {
    match number {
        Some(number) => format!("invoice {number}"),
        None => format!("invoice without a number, id {id}"),
    }
}

/// What is still to be paid. Tryton counts it for posted invoices alone.
fn open(row: &wire::Invoice) -> Result<Money> {
    let currency = row.currency.code.as_str();
    match row.state.as_str() {
        "posted" => {
            let amount = row.amount_to_pay.as_ref().ok_or_else(|| Error::refused("it has no amount to pay"))?;
            Money::parse(&amount.decimal, currency)
        }
        "paid" | "cancelled" => Money::parse("0", currency),
        state => Err(Error::refused(format!(
            "its state is `{state}`; known are `posted`, `paid` and `cancelled`, so what is open cannot be told"
        ))),
    }
}

/// A credit note that is said again would be credited again: the amount that was open first is final, and what Tryton sets off
/// later shows in the invoices. One that is used up says only who the debtor is.
fn credit_note(row: &wire::Invoice, number: String, debtor: Party, issued_on: Date, open: &Money) -> Event<Fact> {
    let source = Source {
        key: format!("invoice:{}", row.id),
        version: None,
        digest: Some(format!("{issued_on} {}", open.currency)),
        document: document(row.id, row.number.as_deref()),
        place: String::new(),
        occurred_on: issued_on,
    };
    let fact = match open.checked_neg().filter(Money::is_positive) {
        None => Fact::Debtor(debtor),
        Some(amount) => Fact::CreditMemo(CreditMemo {
            number,
            debtor,
            issued_on,
            amount,
            invoices: Vec::new(),
            reason: filled(row.reference.as_deref()).unwrap_or_default(),
            notes: Vec::new(),
        }),
    };
    Event { source, fact }
}

/// The first day on which something is due that nobody paid yet; of an invoice that is settled, the last day that was agreed.
///
/// A part payment lowers what is to be paid and leaves the lines as they are until an accountant reconciles them, so it is counted
/// against the lines in the order of their days.
fn due_on(row: &wire::Invoice, open: &Money) -> Result<Option<Date>> {
    let days = || row.lines_to_pay.iter().filter_map(|line| line.maturity_date);
    let mut lines = Vec::new();
    for line in row.lines_to_pay.iter().filter(|line| line.reconciliation.is_none()) {
        if let Some(day) = line.maturity_date {
            lines.push((day, due(line, &row.currency.code)?.minor));
        }
    }
    lines.sort();
    let stated: i64 = lines.iter().fold(0, |sum, (_, amount)| sum.saturating_add(*amount));
    let mut paid = stated.saturating_sub(open.minor);
    for (day, amount) in lines {
        if open.is_positive() && paid < amount {
            return Ok(Some(day.0));
        }
        paid = paid.saturating_sub(amount);
    }
    Ok(days().max().map(|day| day.0))
}

fn due(line: &wire::Line, currency: &str) -> Result<Money> {
    if let Some(amount) = &line.amount_second_currency {
        return Money::parse(&amount.decimal, currency);
    }
    let (debit, credit) = (Money::parse(&line.debit.decimal, currency)?, Money::parse(&line.credit.decimal, currency)?);
    debit.checked_sub(&credit).ok_or_else(|| Error::refused("a part of it is too large"))
}

fn debtor(row: &wire::Invoice) -> Party {
    let party = &row.party;
    let country = row.invoice_address.as_ref().and_then(|address| address.country.as_ref());
    let tax = row.party_tax_identifier.as_ref().or(party.tax_identifier.as_ref());
    let language = party.lang.as_ref().map(|lang| lang.code.as_str()).unwrap_or_default();
    let number = filled(party.code.as_deref()).map(|code| Note::new("customer-number", code));
    Party {
        id: party.id.to_string(),
        name: party.name.trim().to_owned(),
        kind: String::new(),
        country: country.and_then(|country| country.code.clone()).unwrap_or_default(),
        // `pt_BR` is Portuguese.
        language: language.split(['_', '-']).next().unwrap_or_default().to_lowercase(),
        address: row.invoice_address.as_ref().map(address).unwrap_or_default(),
        email: contact(party, &["email"]),
        phone: contact(party, &["phone", "mobile"]),
        vat_id: filled(tax.map(|tax| tax.code.as_str())),
        notes: number.into_iter().collect(),
    }
}

/// Its lines without the country, which has a field of its own.
fn address(address: &wire::Address) -> Vec<String> {
    let country = address.country.as_ref().map(|country| country.name.to_lowercase());
    let lines = address.full_address.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.filter(|line| Some(line.to_lowercase()) != country).map(str::to_owned).collect()
}

/// The first one that is meant for invoices, or the first one at all.
fn contact(party: &wire::Party, kinds: &[&str]) -> Option<String> {
    let fitting = || {
        let known = party.contact_mechanisms.iter().filter(|contact| kinds.contains(&contact.kind.as_str()));
        known.filter(|contact| filled(contact.value.as_deref()).is_some())
    };
    let chosen = fitting().find(|contact| contact.invoice).or_else(|| fitting().next());
    chosen.and_then(|contact| filled(contact.value.as_deref()))
}

fn products(row: &wire::Invoice) -> Vec<String> {
    let codes = row.lines.iter().filter_map(|line| line.product.as_ref()?.code.clone());
    let mut products: Vec<String> = codes.filter(|code| !code.is_empty()).collect();
    products.sort();
    products.dedup();
    products
}

/// The latest change of the invoice or of its debtor, so that a full listing brings a new address too.
fn version(row: &wire::Invoice) -> String {
    let party = &row.party;
    let contacts = party.contact_mechanisms.iter().flat_map(|contact| [contact.create_date, contact.write_date]);
    let address = row.invoice_address.iter().flat_map(|address| [address.create_date, address.write_date]);
    let changes = contacts.chain(address).chain([party.write_date]).flatten();
    changes.fold(row.write_date, Ord::max).to_string()
}

fn filled(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests;
