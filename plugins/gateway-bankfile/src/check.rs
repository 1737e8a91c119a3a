//! Does a statement agree with itself? What it states is held against what it lists.

use crate::wire::{Entry, Fault, Statement, Status, Sum, figures::signed};
use dunlin_plugin_sdk::{ControlTotal, Money};

/// What the entries of a statement come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    pub entries: u32,
    pub credits: Money,
    pub debits: Money,
    credit_entries: u32,
    debit_entries: u32,
}

/// The booked entries of a statement that agrees with itself; otherwise why it does not.
pub fn tally(statement: &Statement, currency: &str) -> Result<Tally, Fault> {
    for entry in &statement.entries {
        batch(entry)?;
    }
    let booked = count(statement, currency, |entry| entry.status == Status::Booked)?;
    // Some banks count what is only announced, too.
    let all = count(statement, currency, |_| true)?;
    stated(statement, &booked).or_else(|fault| stated(statement, &all).map_err(|_| fault))?;
    balances(statement, &booked)?;
    Ok(booked)
}

/// What the bank states and we counted, for the books of the host.
pub fn totals(statement: &Statement, tally: &Tally) -> Vec<ControlTotal> {
    let name = |what: &str| format!("statement {} {} {what}", statement.account, statement.until);
    let mut totals = Vec::new();
    let counted = statement.balances.as_ref().and_then(|balances| moved(&balances.opening, tally));
    if let (Some(balances), Some(counted)) = (&statement.balances, counted) {
        totals.push(ControlTotal { name: name("closing"), stated: balances.closing.clone(), counted });
    }
    let sums =
        [("credits", &statement.stated.credits, &tally.credits), ("debits", &statement.stated.debits, &tally.debits)];
    for (what, sum, counted) in sums {
        if let Some(stated) = &sum.amount {
            totals.push(ControlTotal { name: name(what), stated: stated.clone(), counted: counted.clone() });
        }
    }
    totals
}

/// The payments of a batch come to its amount.
fn batch(entry: &Entry) -> Result<(), Fault> {
    let mut sum = Some(Money::new(0, entry.amount.currency.as_str()));
    for transaction in &entry.transactions {
        sum = sum.and_then(|sum| sum.checked_add(&signed(transaction.amount.clone(), transaction.credit)));
    }
    let sum = sum.ok_or_else(|| too_large(entry.line))?;
    let amount = signed(entry.amount.clone(), entry.credit);
    if sum == amount {
        return Ok(());
    }
    let payments = entry.transactions.len();
    let reason = format!("the entry is {amount} and its {payments} payments come to {sum}");
    Err(Fault::at(entry.line, "Ntry", reason))
}

fn count(statement: &Statement, currency: &str, counts: fn(&Entry) -> bool) -> Result<Tally, Fault> {
    let nothing = || Money::new(0, currency);
    let mut tally = Tally { entries: 0, credits: nothing(), debits: nothing(), credit_entries: 0, debit_entries: 0 };
    for entry in statement.entries.iter().filter(|entry| counts(entry)) {
        if entry.amount.currency != currency {
            let reason = format!("an entry of {} in a statement in {currency}", entry.amount);
            return Err(Fault::at(entry.line, "Ntry", reason));
        }
        let (sum, number) = match entry.credit {
            true => (&mut tally.credits, &mut tally.credit_entries),
            false => (&mut tally.debits, &mut tally.debit_entries),
        };
        *sum = sum.checked_add(&entry.amount).ok_or_else(|| too_large(entry.line))?;
        *number += 1;
        tally.entries += 1;
    }
    Ok(tally)
}

fn stated(statement: &Statement, tally: &Tally) -> Result<(), Fault> {
    let stated = &statement.stated;
    let all = tally.credits.checked_add(&tally.debits).ok_or_else(|| too_large(statement.line))?;
    let net = tally.credits.checked_sub(&tally.debits).ok_or_else(|| too_large(statement.line))?;
    agrees(statement, "TtlNtries", &stated.all, tally.entries, &all)?;
    agrees(statement, "TtlCdtNtries", &stated.credits, tally.credit_entries, &tally.credits)?;
    agrees(statement, "TtlDbtNtries", &stated.debits, tally.debit_entries, &tally.debits)?;
    match &stated.net {
        Some(figure) if *figure != net => {
            let reason = format!("the statement states a net of {figure} and its entries come to {net}");
            Err(Fault::at(statement.line, "TtlNtries", reason))
        }
        _ => Ok(()),
    }
}

fn agrees(statement: &Statement, element: &str, sum: &Sum, entries: u32, amount: &Money) -> Result<(), Fault> {
    let differs = |stated: String, listed: String| {
        let reason = format!("the statement `{}` states {stated} and lists {listed}", statement.id);
        Err(Fault::at(statement.line, element, reason))
    };
    match (&sum.entries, &sum.amount) {
        (Some(number), _) if *number != entries => differs(format!("{number} entries"), entries.to_string()),
        (_, Some(figure)) if figure != amount => differs(figure.to_string(), amount.to_string()),
        _ => Ok(()),
    }
}

fn balances(statement: &Statement, tally: &Tally) -> Result<(), Fault> {
    let Some(balances) = &statement.balances else { return Ok(()) };
    let counted = moved(&balances.opening, tally);
    if counted.as_ref() == Some(&balances.closing) {
        return Ok(());
    }
    let reason = format!(
        "the statement `{}` does not balance: opening {}, credits {}, debits {}, closing {}",
        statement.id, balances.opening, tally.credits, tally.debits, balances.closing
    );
    Err(Fault::at(statement.line, "", reason))
}

fn moved(opening: &Money, tally: &Tally) -> Option<Money> {
    opening.checked_add(&tally.credits)?.checked_sub(&tally.debits)
}

fn too_large(line: u32) -> Fault {
    Fault::at(line, "", "the amounts are too large to be added")
}
