//! EN 16931 terms to the facts of the contract. Pure.

mod party;
mod terms;
mod value;

#[cfg(test)]
mod tests;

use dunlin_plugin_sdk::accounting::{CreditMemo, Fact, Invoice};
use dunlin_plugin_sdk::{Date, Event, Money, Note, Source};

use crate::wire::{Document, Field, Flaw};

/// UNTDID 1001 codes that EN 16931 counts as credit notes.
const CREDIT_NOTES: [&str; 13] =
    ["81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"];
/// A pro-forma invoice shows what an invoice would say.
const PRO_FORMA: &str = "325";
/// The profile of Factur-X that leaves out what was paid before.
const MINIMUM: &str = ":minimum";
/// Values of one kind that are passed on: references, preceding invoices, notes.
const MAX_VALUES: usize = 100;
/// Bytes of the number: seller and number together make the key.
const MAX_NUMBER: usize = 100;
/// Bytes of a name, a reference, a line of an address; what is longer is cut.
const MAX_NAME: usize = 200;
/// Characters of the reason of a credit memo.
const MAX_REASON: usize = 500;

/// The one fact of a document. `name` is the file that it was read from.
///
/// The key is `<seller>/<invoice or credit-memo>/<number>`. An issued invoice is final, so it has no version, and the
/// whole fact must agree when it comes again: white space, prefixes, lines and attachments are no part of the fact.
pub fn event(document: &Document, name: &str) -> Result<Event<Fact>, Flaw> {
    let figures = figures(document)?;
    if document.number.text.len() > MAX_NUMBER {
        return Err(flaw(&document.number, format!("the number is longer than {MAX_NUMBER} bytes")));
    }
    let (kind, fact) = match figures.direction {
        Direction::Owed => ("invoice", Fact::Invoice(invoice(document, figures.clone())?)),
        // Nothing is left to credit: it only says who the debtor is.
        Direction::Credited if figures.payable.is_zero() => {
            ("credit-memo", Fact::Debtor(party::debtor(&document.buyer)?))
        }
        Direction::Credited => ("credit-memo", Fact::CreditMemo(credit_memo(document, figures.clone())?)),
    };
    let seller = party::identity(&document.seller);
    let source = Source {
        key: format!("{seller}/{kind}/{}", document.number.text),
        version: None,
        digest: None,
        document: name.to_owned(),
        place: String::new(),
        occurred_on: figures.issued_on,
    };
    Ok(Event { source, fact })
}

#[derive(Clone, Copy)]
enum Direction {
    Owed,
    Credited,
}

#[derive(Clone)]
struct Figures {
    direction: Direction,
    issued_on: Date,
    total: Money,
    /// As the document states it; negative on an invoice that credits.
    payable: Money,
}

fn figures(document: &Document) -> Result<Figures, Flaw> {
    let currency = &document.currency;
    let total = value::money(&document.total, currency)?;
    let payable = value::money(&document.payable, currency)?;
    agree(document, &total, &payable)?;
    let code = document.type_code.text.as_str();
    if code == PRO_FORMA {
        return Err(flaw(&document.type_code, "a pro-forma invoice asks for no payment"));
    }
    let credit_note = document.credit_note || CREDIT_NOTES.contains(&code);
    if credit_note && (payable.is_negative() || total.is_negative()) {
        return Err(flaw(
            &document.payable,
            "a credit note with a negative amount says two opposite things; ask the sender what is meant",
        ));
    }
    let direction = if credit_note || payable.is_negative() { Direction::Credited } else { Direction::Owed };
    Ok(Figures { direction, issued_on: value::date(&document.issued_on)?, total, payable })
}

/// Rule BR-CO-16: payable = total - prepaid + rounding. Money collected for others comes on top where it is used.
fn agree(document: &Document, total: &Money, payable: &Money) -> Result<(), Flaw> {
    if document.profile.as_ref().is_some_and(|profile| profile.text.to_lowercase().ends_with(MINIMUM)) {
        return Ok(());
    }
    let amount = |field: &Field| value::money(field, &document.currency);
    let too_large = || flaw(&document.payable, "the amounts are too large to be added");
    let mut expected = total.clone();
    if let Some(prepaid) = &document.settled.prepaid {
        expected = expected.checked_sub(&amount(prepaid)?).ok_or_else(too_large)?;
    }
    if let Some(rounding) = &document.settled.rounding {
        expected = expected.checked_add(&amount(rounding)?).ok_or_else(too_large)?;
    }
    let mut with_others = expected.clone();
    for field in &document.settled.third_party {
        with_others = with_others.checked_add(&amount(field)?).ok_or_else(too_large)?;
    }
    if *payable == expected || *payable == with_others {
        return Ok(());
    }
    Err(flaw(&document.payable, format!("{payable} are to be paid, but the totals before it come to {expected}")))
}

fn invoice(document: &Document, figures: Figures) -> Result<Invoice, Flaw> {
    Ok(Invoice {
        number: document.number.text.clone(),
        debtor: party::debtor(&document.buyer)?,
        issued_on: figures.issued_on,
        due_on: terms::due_on(document)?,
        total: figures.total,
        payable: figures.payable,
        terms: terms::words(document),
        discounts: terms::discounts(document, figures.issued_on)?,
        payment_references: texts(&document.payment_references),
        buyer_reference: document.buyer_reference.as_ref().map(one_line),
        order: document.order.as_ref().map(one_line),
        // They stand in the lines, which are not read.
        products: Vec::new(),
        notes: notes(document, true)?,
    })
}

fn credit_memo(document: &Document, figures: Figures) -> Result<CreditMemo, Flaw> {
    let amount = match figures.payable.is_negative() {
        true => figures.payable.checked_neg().ok_or_else(|| flaw(&document.payable, "the amount is too large"))?,
        false => figures.payable,
    };
    let reason = document.notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>().join("\n");
    Ok(CreditMemo {
        number: document.number.text.clone(),
        debtor: party::debtor(&document.buyer)?,
        issued_on: figures.issued_on,
        amount,
        invoices: texts(&document.preceding),
        reason: reason.chars().take(MAX_REASON).collect(),
        notes: notes(document, false)?,
    })
}

/// What has no field of its own: `type-code`, `payment-means`, `payment-account`, `payee`, `preceding-invoice` and
/// `instalment`.
fn notes(document: &Document, with_preceding: bool) -> Result<Vec<Note>, Flaw> {
    let mut notes = vec![Note::new("type-code", &document.type_code.text)];
    let mut add = |name: &str, field: &Option<Field>| {
        if let Some(field) = field {
            let note = Note::new(name, &field.text);
            if !notes.contains(&note) && notes.len() < MAX_VALUES {
                notes.push(note);
            }
        }
    };
    for means in &document.means {
        add("payment-means", &means.code);
        add("payment-account", &means.account);
    }
    add("payee", &document.payee);
    if with_preceding {
        notes.extend(texts(&document.preceding).into_iter().map(|number| Note::new("preceding-invoice", number)));
        notes.extend(terms::instalments(document)?);
    }
    Ok(notes)
}

/// The values in their order, each once.
fn texts(fields: &[Field]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for text in fields.iter().take(MAX_VALUES).map(one_line) {
        if !found.contains(&text) {
            found.push(text);
        }
    }
    found
}

fn one_line(field: &Field) -> String {
    field.text[..field.text.floor_char_boundary(MAX_NAME)].to_owned()
}

fn flaw(field: &Field, reason: impl Into<String>) -> Flaw {
    Flaw::at(field.line, &field.element, reason)
}
