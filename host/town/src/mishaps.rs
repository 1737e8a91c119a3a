//! Mishaps: files that are wrong on purpose, once each, as every exchange sees them sooner or later.

use crate::bank::{Kind, Portion, Transfer};
use crate::camt::{self, Entry, Format, Statement};
use crate::days;
use crate::ubl;
use crate::world::Scene;

/// Days after the start.
const BROKEN_INVOICE: i64 = 3;
const UNBALANCED_STATEMENT: i64 = 8;
const SAME_INVOICE_AGAIN: i64 = 10;
const OTHER_CONTENT: i64 = 15;

type Mishap = fn(&mut Scene<'_>);

pub(crate) fn happen(scene: &mut Scene<'_>) {
    let start = scene.memory.founding.start;
    let mishaps: [(i64, Mishap); 4] = [
        (BROKEN_INVOICE, broken_invoice),
        (UNBALANCED_STATEMENT, unbalanced_statement),
        (SAME_INVOICE_AGAIN, same_invoice_again),
        (OTHER_CONTENT, other_content),
    ];
    for (after, happens) in mishaps {
        let name = format!("mishap {after}");
        if scene.today >= days::bank_day(days::plus(start, after)) && !scene.memory.counters.contains_key(&name) {
            scene.memory.number(&name);
            happens(scene);
        }
    }
}

/// The export broke off in the middle of an element.
fn broken_invoice(scene: &mut Scene<'_>) {
    let Some(first) = scene.world.invoices.first() else { return };
    let text = ubl::invoice(first, scene.world.debtor(first)).replace(&first.number, "NL-2026-9001");
    let cut = text.find("<cac:TaxTotal>").unwrap_or(text.len() / 2);
    scene.leave("invoices", "NL-2026-9001.xml".to_owned(), format!("{}<cac:TaxTo", &text[..cut]));
}

/// A statement whose closing balance is ten cents off; its entry was never booked anywhere.
fn unbalanced_statement(scene: &mut Scene<'_>) {
    let Some(invoice) = scene.world.invoices.iter().find(|invoice| invoice.currency == "EUR") else { return };
    let debtor = scene.world.debtor(invoice);
    let transfer = Transfer {
        on: scene.today,
        currency: "EUR".to_owned(),
        amount: invoice.payable(),
        kind: Kind::Payment { direct_debit: false },
        payer: debtor.name.clone(),
        payer_account: debtor.bank_account.clone(),
        reference: None,
        text: invoice.number.clone(),
        end_to_end: "NOTPROVIDED".to_owned(),
        portions: vec![Portion { invoice: invoice.number.clone(), amount: invoice.payable() }],
        bank_reference: Some("NB-UNBALANCED".to_owned()),
    };
    let entries = vec![Entry::single(transfer)];
    let statement = Statement { currency: "EUR", today: scene.today, number: 90_001, opening: 25_000_00, entries };
    let text = camt::document_closing_at(&statement, Format::Statement, statement.closing() + 10);
    scene.leave("bank", format!("{}-EUR-3-camt053.xml", scene.today), text);
}

/// The same document under another name.
fn same_invoice_again(scene: &mut Scene<'_>) {
    let Some(invoice) = scene.world.invoices.get(1) else { return };
    let text = ubl::invoice(invoice, scene.world.debtor(invoice));
    scene.leave("invoices", format!("{}-again.xml", invoice.number), text);
}

/// A number that is known, with twice the price.
fn other_content(scene: &mut Scene<'_>) {
    let Some(invoice) = scene.world.invoices.get(2) else { return };
    let mut other = invoice.clone();
    for line in &mut other.lines {
        line.unit_price *= 2;
    }
    other.net *= 2;
    other.tax = crate::wares::tax_on(other.net, other.vat_percent);
    let text = ubl::invoice(&other, scene.world.debtor(invoice));
    scene.leave("invoices", format!("{}-corrected.xml", invoice.number), text);
}
