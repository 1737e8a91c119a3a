//! MT940: statements as tagged lines, with or without the envelope of SWIFT.

mod line;
mod purpose;

use super::figures::{account, money_with_comma, provided, signed};
use super::{Balances, Details, Entry, Fault, Stated, Statement, Status, Transaction};
use dunlin_plugin_sdk::{Date, Money};
use line::Line;

/// Lines of one field; `:86:` has six, banks that write more stay well below.
const FIELD_LINES_MAX: usize = 100;
/// Statements in one file.
const STATEMENTS_MAX: usize = 5_000;
/// Entries of one statement.
const ENTRIES_MAX: usize = 100_000;

/// Does a line begin with a tag that every MT940 has?
pub fn is_it(text: &str) -> bool {
    text.lines().take(50).any(|line| line.trim_start().starts_with(":20:") || line.contains("{4:"))
}

/// A tag with its content; the lines of a field are kept apart.
struct Field<'a> {
    line: u32,
    tag: &'a str,
    lines: Vec<&'a str>,
}

impl Field<'_> {
    fn fault(&self, reason: impl Into<String>) -> Fault {
        Fault::at(self.line, &format!(":{}:", self.tag), reason)
    }

    fn first(&self) -> &str {
        self.lines.first().copied().unwrap_or_default().trim()
    }
}

pub fn read(text: &str) -> Result<Vec<Statement>, Fault> {
    let mut statements: Vec<Statement> = Vec::new();
    let mut open: Option<Draft> = None;
    let mut goes_on = false;
    for field in fields(text)? {
        if field.tag == "20" {
            goes_on = close(&mut statements, open.take(), goes_on)?;
            open = Some(Draft::new(&field));
            continue;
        }
        match open.as_mut() {
            Some(draft) => draft.take(&field)?,
            None if ["60F", "60M", "61", "62F", "62M"].contains(&field.tag) => {
                return Err(field.fault("it stands before the first `:20:`"));
            }
            None => {}
        }
    }
    close(&mut statements, open, goes_on)?;
    if statements.is_empty() { Err(Fault::at(1, "", "no statement begins with `:20:`")) } else { Ok(statements) }
}

/// Takes a finished page; gives whether another page of the same statement must follow.
fn close(statements: &mut Vec<Statement>, open: Option<Draft>, goes_on: bool) -> Result<bool, Fault> {
    let Some(draft) = open else { return Ok(false) };
    if statements.len() >= STATEMENTS_MAX {
        return Err(Fault::at(draft.line, ":20:", format!("more than {STATEMENTS_MAX} statements in one file")));
    }
    let opens_interim = draft.opening.as_ref().is_some_and(|opening| opening.interim);
    let closes_interim = draft.closing.as_ref().is_some_and(|closing| closing.interim);
    let statement = draft.finish()?;
    if let (true, Some(before), Some(now)) = (goes_on && opens_interim, statements.last(), &statement.balances)
        && before.account == statement.account
        && let Some(left) = &before.balances
        && left.closing != now.opening
    {
        let reason = format!("the page opens with {} and the page before it closed with {}", now.opening, left.closing);
        return Err(Fault::at(statement.line, ":60M:", reason));
    }
    statements.push(statement);
    Ok(closes_interim)
}

/// Splits the text at its tags; what stands between statements (`-`, envelopes) is passed over.
fn fields(text: &str) -> Result<Vec<Field<'_>>, Fault> {
    let mut fields: Vec<Field<'_>> = Vec::new();
    let mut number = 0u32;
    let mut inside = false;
    for raw in text.lines() {
        number = number.saturating_add(1);
        // Spaces at the end of a full line are part of the text that goes on.
        let whole = raw.split_once("{4:").map_or(raw, |(_, rest)| rest);
        if let Some((tag, rest)) = tagged(whole) {
            fields.push(Field { line: number, tag, lines: vec![rest] });
            inside = true;
        } else if whole.trim() == "-" || whole.starts_with("-}") || whole.starts_with("{1:") {
            inside = false;
        } else if let (true, Some(field)) = (inside && !whole.trim().is_empty(), fields.last_mut()) {
            if field.lines.len() >= FIELD_LINES_MAX {
                return Err(field.fault(format!("more than {FIELD_LINES_MAX} lines")));
            }
            field.lines.push(whole);
        }
    }
    Ok(fields)
}

/// `:61:rest`: a tag has two digits or letters, and perhaps one letter more.
fn tagged(line: &str) -> Option<(&str, &str)> {
    let (tag, rest) = line.trim_start().strip_prefix(':')?.split_once(':')?;
    let fits = matches!(tag.len(), 2 | 3) && tag.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    fits.then_some((tag, rest))
}

#[derive(Debug)]
struct Balance {
    amount: Money,
    on: Date,
    interim: bool,
}

/// A statement of which not all fields are read yet.
struct Draft {
    line: u32,
    reference: String,
    account: Option<String>,
    number: Option<String>,
    opening: Option<Balance>,
    closing: Option<Balance>,
    entries: Vec<Entry>,
    /// A `:86:` belongs to the `:61:` right before it, or to the whole statement.
    awaits_text: bool,
}

impl Draft {
    fn new(field: &Field<'_>) -> Self {
        Draft {
            line: field.line,
            reference: field.first().to_owned(),
            account: None,
            number: None,
            opening: None,
            closing: None,
            entries: Vec::new(),
            awaits_text: false,
        }
    }

    fn take(&mut self, field: &Field<'_>) -> Result<(), Fault> {
        let awaited = std::mem::take(&mut self.awaits_text);
        match field.tag {
            "25" | "25P" => self.account = Some(account(field.first())),
            "28" | "28C" => self.number = Some(field.first().to_owned()),
            "60F" | "60M" => self.opening = Some(balance(field)?),
            "62F" | "62M" => self.closing = Some(balance(field)?),
            "61" => {
                let Some(opening) = &self.opening else { return Err(field.fault("it stands before `:60F:`")) };
                if self.entries.len() >= ENTRIES_MAX {
                    return Err(field.fault(format!("more than {ENTRIES_MAX} entries in one statement")));
                }
                let entry = entry(field, &opening.amount.currency)?;
                self.entries.push(entry);
                self.awaits_text = true;
            }
            "86" if awaited => {
                if let Some(transaction) = self.entries.last_mut().and_then(|entry| entry.transactions.first_mut()) {
                    purpose::describe(transaction, &field.lines);
                }
            }
            "13D" | "34F" | "90D" | "90C" => {
                return Err(field.fault("an MT942 interim report is not yet booked; give MT940"));
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(self) -> Result<Statement, Fault> {
        let missing = |tag: &str| Fault::at(self.line, ":20:", format!("the statement has no `{tag}`"));
        let account = self.account.filter(|account| !account.is_empty()).ok_or_else(|| missing(":25:"))?;
        let opening = self.opening.ok_or_else(|| missing(":60F:"))?;
        // Some banks write the currency behind the number of the account.
        let bare = account.strip_suffix(opening.amount.currency.as_str()).unwrap_or(&account);
        let account = bare.trim_end_matches('/').to_owned();
        let closing = self.closing.ok_or_else(|| missing(":62F:"))?;
        let until = closing.on;
        let number = super::figures::word(&self.number.filter(|number| !number.is_empty()).unwrap_or(self.reference));
        Ok(Statement {
            line: self.line,
            // Numbers begin again every year.
            id: format!("{number} {until}"),
            account,
            from: opening.on,
            until,
            balances: Some(Balances { opening: opening.amount, closing: closing.amount }),
            stated: Stated::default(),
            entries: self.entries,
        })
    }
}

/// `C260304EUR1234,56`
fn balance(field: &Field<'_>) -> Result<Balance, Fault> {
    let text = field.first();
    let wrong = || field.fault(format!("`{text}` is not a balance such as `C260304EUR1234,56`"));
    let credit = match text.get(..1) {
        Some("C") => true,
        Some("D") => false,
        _ => return Err(wrong()),
    };
    let (Some(day), Some(currency), Some(amount)) = (text.get(1..7), text.get(7..10), text.get(10..)) else {
        return Err(wrong());
    };
    let on = line::short_date(day).ok_or_else(wrong)?;
    let amount = money_with_comma(amount, currency).map_err(|why| field.fault(why))?;
    Ok(Balance { amount: signed(amount, credit), on, interim: field.tag.ends_with('M') })
}

fn entry(field: &Field<'_>, currency: &str) -> Result<Entry, Fault> {
    let line = Line::parse(field.first(), currency).map_err(|why| field.fault(why))?;
    let more = super::figures::joined(field.lines.iter().skip(1).copied());
    let reference = line.reference.and_then(provided);
    let details = Details {
        references: reference.iter().cloned().collect(),
        bank_reference: line.bank_reference.and_then(provided),
        text: more,
        ..Details::default()
    };
    let transaction =
        Transaction { amount: line.amount.clone(), credit: line.credit, returned: line.reversal, details };
    Ok(Entry {
        line: field.line,
        amount: line.amount,
        credit: line.credit,
        status: Status::Booked,
        booked_on: line.booked_on,
        value_on: line.value_on,
        bank_reference: line.bank_reference.and_then(provided),
        entry_reference: reference,
        transactions: vec![transaction],
    })
}
