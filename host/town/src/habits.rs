//! Habits: when debtors make up their minds to pay, and how complaints end.

use std::collections::BTreeMap;

use crate::bank::{self, Portion};
use crate::chance::Dice;
use crate::days;
use crate::memory::{Intent, Item};
use crate::people::{Debtor, Temper};
use crate::tally;
use crate::ubl::{self, CreditNote};
use crate::wares::Invoice;
use crate::world::Scene;

/// Days after the due date on which even the forgetful remember by themselves.
const REMEMBERS_AFTER: i64 = 50;
/// Days after the first part in which the second follows.
const SECOND_PART_AFTER: i64 = 24;

/// The creditor gives in with a credit note, or the debtor does.
pub(crate) fn settle_complaints(scene: &mut Scene<'_>) {
    let today = scene.today;
    for invoice in &scene.world.invoices {
        let Some(item) = scene.memory.items.get_mut(&invoice.number) else { continue };
        let Some(complaint) = item.complaint.as_mut().filter(|one| !one.settled && one.settles_on <= today) else {
            continue;
        };
        complaint.settled = true;
        let (net, tax, granted) =
            (complaint.net, complaint.tax, complaint.granted && complaint.net + complaint.tax <= item.open);
        let reason = complaint.reason.clone();
        if granted {
            item.open -= net + tax;
        }
        if item.open > 0 && item.placed.is_none() {
            item.intent = Some(Intent { on: days::plus(today, 4), amount: item.open });
        }
        if granted {
            let number = format!("GS-{}-{:04}", today.year(), scene.memory.number("credit note"));
            let reason = format!("Gutschrift nach Reklamation ({reason})");
            let note = CreditNote { number, invoice, issued_on: today, net, tax, reason: &reason };
            let text = ubl::credit_note(&note, scene.world.debtor(invoice));
            scene.memory.tally.credit_notes += 1;
            tally::add(&mut scene.memory.tally.credited, invoice.currency, net + tax);
            scene.leave("invoices", format!("{}.xml", note.number), text);
        }
    }
}

/// Everybody looks at what they owe; who has made up their mind pays. One transfer a debtor and day.
pub(crate) fn pay(scene: &mut Scene<'_>) {
    let today = scene.today;
    let mut portions: BTreeMap<usize, Vec<Portion>> = BTreeMap::new();
    for invoice in &scene.world.invoices {
        let mut dice = scene.world.chance.dice(&format!("habit {}", invoice.number));
        let debtor = scene.world.debtor(invoice);
        let Some(item) = scene.memory.items.get_mut(&invoice.number) else { continue };
        if item.open <= 0 {
            item.intent = None;
            continue;
        }
        if item.intent.is_none() {
            item.intent = consider(debtor, invoice, item, today, &mut dice);
        }
        if let Some(intent) = item.intent.filter(|intent| intent.on <= today) {
            item.intent = None;
            let amount = intent.amount.min(item.open);
            item.open -= amount;
            item.paid_on = Some(today);
            portions.entry(invoice.debtor).or_default().push(Portion { invoice: invoice.number.clone(), amount });
        }
    }
    for (place, portions) in portions {
        bank::transfer(scene, &scene.world.debtors[place], portions);
    }
}

fn consider(
    debtor: &Debtor,
    invoice: &Invoice,
    item: &Item,
    today: jiff::civil::Date,
    dice: &mut Dice,
) -> Option<Intent> {
    if item.complaint.as_ref().is_some_and(|complaint| !complaint.settled) {
        return None;
    }
    let soon = |dice: &mut Dice, from: i64, to: i64| Some(days::plus(today, dice.between(from, to)));
    let late = days::between(invoice.due_on, today);
    let patience = u32::try_from(dice.between(3, 4)).unwrap_or(3);
    let in_peace = item.placed.is_none();
    let on = match debtor.temper {
        Temper::Punctual => Some(days::plus(invoice.due_on, dice.between(-3, 2)).max(today)),
        Temper::PaysPastTheAgency if !in_peace => soon(dice, 2, 5),
        _ if !in_peace => None,
        Temper::Forgetful if item.notices >= patience - 2 => soon(dice, 1, 4),
        Temper::Forgetful if late > REMEMBERS_AFTER => Some(today),
        Temper::CallerOnly | Temper::KeepsPromises | Temper::WantsNoCalls | Temper::Disputes
            if item.notices >= patience =>
        {
            soon(dice, 2, 5)
        }
        // Half of those who break promises give in before the agency gets them.
        Temper::BreaksPromises if item.notices > patience && dice.percent(50) => soon(dice, 1, 4),
        Temper::PaysInParts => return in_parts(item, invoice, today, dice),
        _ => None,
    };
    on.map(|on| Intent { on, amount: item.open })
}

fn in_parts(item: &Item, invoice: &Invoice, today: jiff::civil::Date, dice: &mut Dice) -> Option<Intent> {
    match item.paid_on {
        None if item.notices >= 2 => {
            let amount = (invoice.payable() * dice.between(40, 60) / 100).min(item.open);
            Some(Intent { on: days::plus(today, dice.between(1, 3)), amount })
        }
        Some(first) if days::between(first, today) >= SECOND_PART_AFTER => {
            Some(Intent { on: today, amount: item.open })
        }
        _ => None,
    }
}
