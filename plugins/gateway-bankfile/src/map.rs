//! From statements to facts: what came in, what was announced, what went back, and that it balanced.

use crate::check::{tally, totals};
use crate::wire::{Entry, Fault, Statement, Status, Transaction, figures};
use dunlin_plugin_sdk::gateway::{self, Fact, Payment};
use dunlin_plugin_sdk::{ControlTotal, Event, Note, Source};
use std::collections::BTreeMap;

/// Facts of one file; the host takes 10 000 in one answer, which may hold the ends of other files.
const FACTS_MAX: usize = 8_000;
/// Control totals of one file.
const TOTALS_MAX: usize = 300;
/// Bytes of a free text; more is cut, as no purpose of a payment is longer.
const TEXT_MAX: usize = 8_000;
/// Bytes of what a key is made of, so that the whole key stays within 200.
const ACCOUNT_MAX: usize = 50;
const REFERENCE_MAX: usize = 64;
const ID_MAX: usize = 100;

/// The facts of one file. A single doubt about any statement refuses all of it.
pub fn facts(document: &str, statements: &[Statement]) -> Result<(Vec<Event<Fact>>, Vec<ControlTotal>), Fault> {
    let mut events = Vec::new();
    let mut sums = Vec::new();
    let mut keys = Keys::default();
    for statement in statements {
        keys.first_time(statement)?;
        for (what, text, bytes) in [("account", &statement.account, ACCOUNT_MAX), ("id", &statement.id, ID_MAX)] {
            if text.len() > bytes {
                return Err(Fault::at(statement.line, "", format!("an {what} longer than {bytes} bytes")));
            }
        }
        let Some(currency) = currency(statement) else { continue };
        let tally = tally(statement, &currency)?;
        for entry in &statement.entries {
            entry_facts(document, statement, entry, &mut keys, &mut events);
        }
        if let Some(balances) = &statement.balances {
            let fact = gateway::Statement {
                account: statement.account.clone(),
                id: statement.id.clone(),
                from: statement.from,
                until: statement.until,
                opening: balances.opening.clone(),
                closing: balances.closing.clone(),
                credits: tally.credits.clone(),
                debits: tally.debits.clone(),
                entries: tally.entries,
            };
            let key = format!("statement|{}|{}", statement.account, statement.id);
            let source = Source {
                key,
                version: None,
                digest: None,
                document: document.to_owned(),
                place: format!("line {}", statement.line),
                occurred_on: statement.until,
            };
            events.push(Event { source, fact: Fact::Statement(fact) });
        }
        sums.extend(totals(statement, &tally));
        if events.len() > FACTS_MAX || sums.len() > TOTALS_MAX {
            let reason = format!("more than {FACTS_MAX} entries or {TOTALS_MAX} control totals in one file");
            return Err(Fault::at(statement.line, "", reason));
        }
    }
    Ok((events, sums))
}

/// None: a notice without entries.
fn currency(statement: &Statement) -> Option<String> {
    let balance = statement.balances.as_ref().map(|balances| balances.opening.currency.clone());
    balance.or_else(|| statement.entries.first().map(|entry| entry.amount.currency.clone()))
}

/// Money that came is received, money that was given back is reversed; other debits are none of our business.
fn entry_facts(document: &str, statement: &Statement, entry: &Entry, keys: &mut Keys, events: &mut Vec<Event<Fact>>) {
    if entry.status == Status::Information {
        return;
    }
    let identity = keys.of(statement, entry);
    let payments = |wanted: fn(&Transaction) -> bool| -> Vec<Payment> {
        let chosen =
            entry.transactions.iter().filter(|transaction| wanted(transaction) && !transaction.amount.is_zero());
        chosen.map(|transaction| payment(statement, entry, transaction)).collect()
    };
    let came = payments(|transaction| transaction.credit && !transaction.returned);
    let went_back = payments(|transaction| !transaction.credit && transaction.returned);
    let mut add = |key: String, fact: Fact| {
        let source = Source {
            key,
            version: None,
            digest: Some(digest(entry)),
            document: document.to_owned(),
            place: format!("line {}", entry.line),
            occurred_on: entry.booked_on,
        };
        events.push(Event { source, fact });
    };
    match entry.status {
        Status::Pending if !came.is_empty() => add(format!("pending|{identity}"), Fact::Pending(came)),
        Status::Booked => {
            // A batch may hold both; then what went back has a key of its own.
            let mixed = !came.is_empty() && !went_back.is_empty();
            if !came.is_empty() {
                add(identity.clone(), Fact::Received(came));
            }
            if !went_back.is_empty() {
                add(if mixed { format!("{identity}|back") } else { identity }, Fact::Reversed(went_back));
            }
        }
        Status::Pending | Status::Information => {}
    }
}

fn payment(statement: &Statement, entry: &Entry, transaction: &Transaction) -> Payment {
    Payment {
        amount: transaction.amount.clone(),
        account: statement.account.clone(),
        booked_on: entry.booked_on,
        value_on: entry.value_on,
        payer_name: transaction.details.payer_name.clone(),
        payer_account: transaction.details.payer_account.clone(),
        references: transaction.details.references.clone(),
        end_to_end_id: transaction.details.end_to_end.clone(),
        bank_reference: transaction.details.bank_reference.clone().or_else(|| entry.bank_reference.clone()),
        text: figures::cut(&transaction.details.text, TEXT_MAX).to_owned(),
        reason: transaction.details.reason.as_deref().map(|reason| figures::cut(reason, TEXT_MAX).to_owned()),
        notes: transaction.details.notes.iter().map(|(name, value)| Note::new(*name, value.as_str())).collect(),
    }
}

/// The money alone: a statement and a notice of the same entry may tell more or less about it.
fn digest(entry: &Entry) -> String {
    format!("{}|{}|{}", entry.booked_on, entry.amount, sign(entry.credit))
}

fn sign(credit: bool) -> char {
    if credit { 'C' } else { 'D' }
}

/// Gives every entry of a file the identity that it has in every other file.
#[derive(Default)]
struct Keys {
    statements: BTreeMap<(String, String), u32>,
    seen: BTreeMap<String, u32>,
}

impl Keys {
    /// A statement that a file holds twice would count its entries twice.
    fn first_time(&mut self, statement: &Statement) -> Result<(), Fault> {
        match self.statements.insert((statement.account.clone(), statement.id.clone()), statement.line) {
            None => Ok(()),
            Some(line) => {
                let reason = format!("the statement `{}` is in this file twice, before at line {line}", statement.id);
                Err(Fault::at(statement.line, "", reason))
            }
        }
    }

    /// Account, reference, booking day, amount, sign, and the place among entries that are alike in all of these.
    fn of(&mut self, statement: &Statement, entry: &Entry) -> String {
        let reference = entry.bank_reference.as_deref().and_then(figures::provided);
        let reference = reference.or_else(|| entry.entry_reference.as_deref().and_then(figures::provided));
        let reference = reference.filter(|known| known.len() <= REFERENCE_MAX).unwrap_or_else(|| content(entry));
        let Entry { booked_on, amount, credit, status, .. } = entry;
        let (account, currency) = (&statement.account, &amount.currency);
        let alike = format!("{account}|{reference}|{booked_on}|{}|{currency}|{}", amount.plain(), sign(*credit));
        let seen = self.seen.entry(format!("{status:?} {alike}")).or_default();
        *seen += 1;
        format!("{alike}|{seen}")
    }
}

/// Stands for an entry without a usable reference: a hash of who paid and why, however the lines are broken.
fn content(entry: &Entry) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let references = [&entry.bank_reference, &entry.entry_reference].into_iter().flatten();
    let mut take = |text: &str| {
        for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()).chain(std::iter::once(0)) {
            // FNV-1a: small, the same everywhere, and nobody gains from forging it here.
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    references.filter(|text| text.len() > REFERENCE_MAX).for_each(|text| take(text));
    for transaction in &entry.transactions {
        let named = [&transaction.details.end_to_end, &transaction.details.payer_account].into_iter().flatten();
        for text in named.chain(&transaction.details.references).chain(std::iter::once(&transaction.details.text)) {
            take(text);
        }
    }
    format!("content-{hash:016x}")
}

#[cfg(test)]
mod tests;
