//! Bank: money under way, and what the bank books on a day.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::camt::{self, Entry, Format, Statement};
use crate::chance::Dice;
use crate::creditor::CURRENCIES;
use crate::days;
use crate::memory::{Intent, Memory};
use crate::names::plain;
use crate::people::{Debtor, Quirk, Quoting};
use crate::phone;
use crate::tally;
use crate::wares::Invoice;
use crate::world::{Scene, World};

const FOLDER: &str = "bank";
const CHARGE: i64 = 12_50;

/// An account of the creditor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BankAccount {
    pub balance: i64,
    pub statements: u32,
    /// Month of the last bank charge.
    pub charged: Option<i8>,
}

/// A part of a payment that is meant for an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Portion {
    pub invoice: String,
    pub amount: i64,
}

/// Money under way to the creditor's account, or back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Transfer {
    pub on: Date,
    pub currency: String,
    /// Positive; `kind` says which way.
    pub amount: i64,
    pub kind: Kind,
    pub payer: String,
    pub payer_account: String,
    /// The structured reference, or else the words that the payer wrote.
    pub reference: Option<String>,
    pub text: String,
    pub end_to_end: String,
    pub portions: Vec<Portion>,
    /// The bank's own number, once it has shown the transfer.
    pub bank_reference: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    /// A debtor's payment; `direct_debit`: the creditor collected it.
    Payment {
        direct_debit: bool,
    },
    /// The bank takes a payment back.
    Return {
        of: String,
    },
    /// A customer of the shop pays before the day.
    Prepayment,
    /// The agency hands over.
    Remittance,
    /// From somebody who owes nothing.
    Stray,
    Charge,
}

impl Transfer {
    pub(crate) fn is_credit(&self) -> bool {
        !matches!(self.kind, Kind::Return { .. } | Kind::Charge)
    }

    fn is_payment(&self) -> bool {
        matches!(self.kind, Kind::Payment { .. })
    }
}

pub(crate) fn open_accounts(memory: &mut Memory) {
    for currency in CURRENCIES {
        let account = BankAccount { balance: 25_000_00, statements: 0, charged: None };
        memory.accounts.insert(currency.to_owned(), account);
    }
}

/// A debtor pays.
pub(crate) fn transfer(scene: &mut Scene<'_>, debtor: &Debtor, portions: Vec<Portion>) {
    let mut dice = scene.dice(&format!("transfer {}", debtor.id));
    let mut amount: i64 = portions.iter().map(|portion| portion.amount).sum();
    if debtor.quirk == Some(Quirk::Overpays) {
        // Rounded up to the next ten.
        amount = (amount / 1000 + 1) * 1000;
    }
    let direct_debit = debtor.quirk == Some(Quirk::ReturnedPayment);
    let end_to_end = match dice.between(1, 3) {
        1 if !direct_debit => "NOTPROVIDED".to_owned(),
        _ => format!("E{}{:06}", scene.today.strftime("%Y%m%d"), scene.memory.number("end to end")),
    };
    let (reference, text) = quote(scene.world, debtor, &portions, amount, &mut dice);
    let payer = if dice.percent(30) { plain(&debtor.name).to_uppercase() } else { debtor.name.clone() };
    scene.memory.transfers.push(Transfer {
        on: days::bank_day(scene.today),
        currency: debtor.country.currency().to_owned(),
        amount,
        kind: Kind::Payment { direct_debit },
        // Without a reference the name is all there is, so it is the one in the books.
        payer: if debtor.quoting == Quoting::Nothing { debtor.name.clone() } else { payer },
        payer_account: debtor.bank_account.clone(),
        reference,
        text,
        end_to_end,
        portions,
        bank_reference: None,
    });
}

/// What the payer writes: a structured reference if there is one for all of it, otherwise words.
fn quote(
    world: &World,
    debtor: &Debtor,
    portions: &[Portion],
    amount: i64,
    dice: &mut Dice,
) -> (Option<String>, String) {
    let invoices: Vec<&Invoice> = portions.iter().filter_map(|portion| world.invoice(&portion.invoice)).collect();
    if let ([invoice], Quoting::Reference) = (invoices.as_slice(), debtor.quoting)
        && invoice.payable() >= amount
        && let Some(reference) = &invoice.reference
    {
        return (Some(reference.clone()), String::new());
    }
    let words = match debtor.quoting {
        Quoting::Nothing => return (None, ["", "Vielen Dank", "Payment", "Rechnung"][dice.index(4)].to_owned()),
        Quoting::Reference | Quoting::Number => {
            invoices.iter().map(|invoice| invoice.number.clone()).collect::<Vec<_>>().join(", ")
        }
        Quoting::Sloppy => invoices.iter().map(|invoice| sloppy(&invoice.number, dice)).collect::<Vec<_>>().join(" + "),
    };
    let introduction = ["", "Rechnung ", "Invoice ", "RE ", "Kd. "][dice.index(5)];
    let customer = if introduction == "Kd. " { format!("{} ", debtor.id) } else { String::new() };
    (None, format!("{introduction}{customer}{words}"))
}

fn sloppy(number: &str, dice: &mut Dice) -> String {
    match dice.between(1, 5) {
        1 => number.replace('-', ""),
        2 => number.replace('-', " "),
        3 => number.to_lowercase(),
        4 => number.replace('-', "/"),
        _ => number.replacen('-', "", 1),
    }
}

/// The bank's day: books what is due on every account and writes the statements.
pub(crate) fn book(scene: &mut Scene<'_>) {
    if !days::is_bank_day(scene.today) {
        return;
    }
    stray(scene);
    let today = scene.today;
    let (due, later): (Vec<Transfer>, Vec<Transfer>) =
        std::mem::take(&mut scene.memory.transfers).into_iter().partition(|transfer| transfer.on <= today);
    scene.memory.transfers = later;
    let mut by_currency: BTreeMap<String, Vec<Transfer>> = BTreeMap::new();
    for transfer in due {
        by_currency.entry(transfer.currency.clone()).or_default().push(transfer);
    }
    for currency in CURRENCIES {
        book_account(scene, currency, by_currency.remove(currency).unwrap_or_default());
    }
}

fn book_account(scene: &mut Scene<'_>, currency: &'static str, mut due: Vec<Transfer>) {
    let mut dice = scene.dice(&format!("bank {currency}"));
    due.extend(charge(scene, currency));
    let mut booked = Vec::new();
    let mut announced = Vec::new();
    for mut transfer in due {
        let shown_before = transfer.bank_reference.is_some();
        let reference = transfer.bank_reference.get_or_insert_with(|| bank_reference(scene)).clone();
        if transfer.is_payment() && !shown_before && dice.percent(4) {
            announced.push(Entry::pending(reference, transfer.clone()));
            transfer.on = days::bank_days_later(scene.today, 1);
            scene.memory.transfers.push(transfer);
        } else {
            enter_books(scene, &transfer);
            booked.push(transfer);
        }
    }
    let entries = bundle(scene, booked, &mut dice);
    let Some(account) = scene.memory.accounts.get_mut(currency) else { return };
    let opening = account.balance;
    account.balance += entries.iter().map(Entry::signed).sum::<i64>();
    account.statements += 1;
    let number = account.statements;
    let credits: Vec<Entry> = entries.iter().filter(|entry| entry.signed() > 0).cloned().collect();
    if !credits.is_empty() && dice.percent(25) {
        let notice = Statement { currency, today: scene.today, number, opening, entries: credits };
        let text = camt::document(&notice, Format::Notification);
        scene.leave(FOLDER, format!("{}-{currency}-1-camt054.xml", scene.today), text);
    }
    let statement = Statement {
        currency,
        today: scene.today,
        number,
        opening,
        entries: entries.into_iter().chain(announced).collect(),
    };
    let text = camt::document(&statement, Format::Statement);
    scene.leave(FOLDER, format!("{}-{currency}-2-camt053.xml", scene.today), text);
}

fn bank_reference(scene: &mut Scene<'_>) -> String {
    format!("NB{}{:05}", scene.today.strftime("%Y%m%d"), scene.memory.number("bank reference"))
}

/// Sometimes the bank books several payments as one entry.
fn bundle(scene: &mut Scene<'_>, booked: Vec<Transfer>, dice: &mut Dice) -> Vec<Entry> {
    let (mut payments, others): (Vec<Transfer>, Vec<Transfer>) =
        booked.into_iter().partition(|transfer| matches!(transfer.kind, Kind::Payment { direct_debit: false }));
    let mut entries = Vec::new();
    if payments.len() >= 2 && dice.percent(35) {
        let members: Vec<Transfer> = payments.drain(..payments.len().min(4)).collect();
        entries.push(Entry::batch(bank_reference(scene), members));
    }
    entries.extend(payments.into_iter().chain(others).map(Entry::single));
    entries
}

/// The bank takes its charges with the first statement of a month.
fn charge(scene: &mut Scene<'_>, currency: &str) -> Option<Transfer> {
    let month = scene.today.month();
    let account = scene.memory.accounts.get_mut(currency)?;
    if account.charged.replace(month) == Some(month) {
        return None;
    }
    Some(Transfer {
        on: scene.today,
        currency: currency.to_owned(),
        amount: CHARGE,
        kind: Kind::Charge,
        payer: String::new(),
        payer_account: String::new(),
        reference: None,
        text: "Kontoführung".to_owned(),
        end_to_end: "NOTPROVIDED".to_owned(),
        portions: Vec::new(),
        bank_reference: None,
    })
}

/// One payer whom nobody knows.
fn stray(scene: &mut Scene<'_>) {
    let on = days::bank_day(days::plus(scene.memory.founding.start, 21));
    if scene.today >= on && !scene.memory.counters.contains_key("stray") {
        scene.memory.number("stray");
        scene.memory.transfers.push(Transfer {
            on: scene.today,
            currency: "EUR".to_owned(),
            amount: 214_20,
            kind: Kind::Stray,
            payer: "Unbekannt & Söhne Kontor KG".to_owned(),
            payer_account: crate::checks::iban("DE", "200400000012345678"),
            reference: None,
            text: "Rechnung 4711".to_owned(),
            end_to_end: "NOTPROVIDED".to_owned(),
            portions: Vec::new(),
            bank_reference: None,
        });
    }
}

/// A transfer becomes real: in the tally, for promises, and perhaps to be returned.
fn enter_books(scene: &mut Scene<'_>, transfer: &Transfer) {
    let today = scene.today;
    let memory = &mut scene.memory;
    let sums = match &transfer.kind {
        Kind::Payment { .. } => {
            memory.tally.payments += 1;
            &mut memory.tally.paid
        }
        Kind::Return { .. } => {
            memory.tally.returns += 1;
            &mut memory.tally.returned
        }
        Kind::Prepayment => &mut memory.tally.prepaid,
        Kind::Remittance => &mut memory.tally.remitted,
        Kind::Stray => &mut memory.tally.stray,
        Kind::Charge => &mut memory.tally.charges,
    };
    tally::add(sums, &transfer.currency, transfer.amount);
    match transfer.kind {
        Kind::Payment { direct_debit } => {
            let meant: i64 = transfer.portions.iter().map(|portion| portion.amount).sum();
            if transfer.amount > meant {
                tally::add(&mut memory.tally.overpaid, &transfer.currency, transfer.amount - meant);
            }
            for portion in &transfer.portions {
                phone::count_for_promises(&mut memory.promises, &portion.invoice, portion.amount, &mut memory.tally);
            }
            if direct_debit && memory.returned.insert(transfer.payer_account.clone()) {
                let of = transfer.bank_reference.clone().unwrap_or_default();
                let on = days::bank_days_later(today, 4);
                memory.transfers.push(Transfer {
                    on,
                    kind: Kind::Return { of },
                    bank_reference: None,
                    ..transfer.clone()
                });
            }
        }
        Kind::Return { .. } => {
            for portion in &transfer.portions {
                if let Some(item) = memory.items.get_mut(&portion.invoice) {
                    item.open += portion.amount;
                    item.intent = Some(Intent { on: days::plus(today, 13), amount: item.open });
                }
            }
        }
        Kind::Prepayment | Kind::Remittance | Kind::Stray | Kind::Charge => {}
    }
}
