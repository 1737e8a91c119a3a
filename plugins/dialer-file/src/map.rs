//! Rows of results become facts, calls and withdrawals become rows.

use std::collections::BTreeMap;

use dunlin_plugin_sdk::dialer::{Call, CallResult, DISPOSITIONS, Dispute, Fact, Promise, StopRequest, Withdrawal};
use dunlin_plugin_sdk::{
    Date, Document, Event, Finding, Instant, Money, Outcome, Receipt, Refusal, Result, Source, Taken,
};
use jiff::{Timestamp, civil::DateTime, tz::Offset};
use serde::Deserialize;

use crate::wire::{self, CALL_COLUMNS, Delimiter, ResultRow, WITHDRAWAL_COLUMNS};

/// Reasons of a dispute that the contract knows; another word travels in the text.
const DISPUTE_REASONS: [&str; 9] =
    ["price", "quality", "quantity", "not-received", "duplicate", "already-paid", "tax", "contract", "other"];
const MEDIA: [&str; 5] = ["call", "email", "letter", "sms", "all"];

/// One of the contract's codes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Disposition(String);

type Dispositions = BTreeMap<String, Disposition>;
/// What is wrong with a cell, in a lower-case fragment.
type Told<T> = std::result::Result<T, String>;

impl TryFrom<String> for Disposition {
    type Error = String;

    fn try_from(code: String) -> Told<Disposition> {
        match DISPOSITIONS.contains(&code.as_str()) {
            true => Ok(Disposition(code)),
            false => Err(one_of("disposition", &code, &DISPOSITIONS)),
        }
    }
}

/// Rows that cannot be taken are refused one by one; the others go on.
pub fn facts_of_document(
    document: &Document,
    delimiter: Delimiter,
    dispositions: &Dispositions,
) -> std::result::Result<Taken<Fact>, Refusal> {
    let rows = wire::read_results(&document.bytes, delimiter).map_err(|reason| document.refusal("", reason))?;
    let mut taken = Taken::new(Vec::new());
    for (number, row) in rows {
        let place = format!("row {number}");
        match row.and_then(|row| facts_of_row(&row, &document.name, &place, dispositions)) {
            Ok(events) => taken.events.extend(events),
            Err(reason) => taken.refusals.push(document.refusal(place, reason)),
        }
    }
    Ok(taken)
}

/// A call list in the order of its ranks.
pub fn call_list(mut calls: Vec<(&str, &Call)>, list_id: Option<&str>, delimiter: Delimiter) -> Result<Vec<u8>> {
    calls.sort_by_key(|(key, call)| (call.rank, *key));
    let mut columns = CALL_COLUMNS.to_vec();
    columns.extend(list_id.map(|_| "list_id"));
    let rows: Vec<_> = calls.into_iter().map(|(key, call)| call_row(key, call, list_id)).collect();
    wire::write_table(&columns, &rows, delimiter)
}

pub fn withdrawal_list(withdrawals: &[&Withdrawal], delimiter: Delimiter) -> Result<Vec<u8>> {
    let row = |w: &&Withdrawal| [&w.call, &w.phone, &w.account, &w.reason].map(Clone::clone).to_vec();
    let rows: Vec<_> = withdrawals.iter().map(row).collect();
    wire::write_table(&WITHDRAWAL_COLUMNS, &rows, delimiter)
}

/// Why a call cannot go on a list.
pub fn objection(call: &Call, today: Date) -> Option<Outcome> {
    if !call.phone.bytes().any(|byte| byte.is_ascii_digit()) {
        return Some(Outcome::rejected("invalid-address", format!("`{}` is not a telephone number", call.phone)));
    }
    if call.expires_on < today {
        return Some(Outcome::rejected("expired", format!("not to be called after {}", call.expires_on)));
    }
    None
}

/// What is known of a call, given the list that carries it.
pub fn finding(path: Option<&String>) -> Finding {
    match path {
        Some(path) => Finding::Done(Receipt { reference: path.clone(), notes: Vec::new() }),
        None => Finding::Unclear("in no list of `outgoing/`; the dialer may have collected it".to_owned()),
    }
}

fn call_row(key: &str, call: &Call, list_id: Option<&str>) -> Vec<String> {
    let invoices: Vec<_> = call.items.iter().map(|item| item.invoice.as_str()).collect();
    let mut row = vec![
        key.to_owned(),
        call.rank.to_string(),
        call.phone.clone(),
        call.debtor.name.clone(),
        call.debtor.country.clone(),
        call.debtor.language.clone(),
        call.overdue.plain(),
        call.overdue.currency.clone(),
        call.days_past_due.to_string(),
        invoices.join(" "),
        call.reason.clone(),
        call.expires_on.to_string(),
        call.account.clone(),
    ];
    row.extend(list_id.map(str::to_owned));
    row
}

/// The call, and what was promised, disputed or asked for in it.
fn facts_of_row(row: &ResultRow, document: &str, place: &str, dispositions: &Dispositions) -> Told<Vec<Event<Fact>>> {
    for (column, cell) in [("result_id", &row.result_id), ("account", &row.account)] {
        filled(column, cell)?;
    }
    let (at, day) = instant("called_at", &row.called_at)?;
    let call = CallResult {
        call: some(&row.lead_id),
        account: row.account.clone(),
        disposition: disposition(&row.disposition, dispositions)?.0,
        at,
        duration_s: seconds("duration_s", &row.duration_s)?,
        agent: row.agent.clone(),
        text: row.note.clone(),
        notes: Vec::new(),
    };
    let facts = [
        ("call", Some(Fact::CallEnded(call))),
        ("promise", promise(row)?.map(Fact::Promised)),
        ("dispute", dispute(row)?.map(Fact::Disputed)),
        ("stop", stop_request(row)?.map(Fact::AskedToStop)),
    ];
    let event = |(suffix, fact): (&str, Option<Fact>)| {
        let source = Source {
            key: format!("{}:{suffix}", row.result_id),
            version: None,
            digest: None,
            document: document.to_owned(),
            place: place.to_owned(),
            occurred_on: day,
        };
        fact.map(|fact| Event { source, fact })
    };
    Ok(facts.into_iter().filter_map(event).collect())
}

fn promise(row: &ResultRow) -> Told<Option<Promise>> {
    if row.promise_amount.is_empty() && row.promise_date.is_empty() {
        return Ok(None);
    }
    Ok(Some(Promise {
        account: row.account.clone(),
        amount: amount("promise_amount", &row.promise_amount, "promise_currency", &row.promise_currency)?,
        due_on: date("promise_date", &row.promise_date)?,
        invoices: some(&row.invoice).into_iter().collect(),
        text: row.note.clone(),
    }))
}

fn dispute(row: &ResultRow) -> Told<Option<Dispute>> {
    if row.dispute_amount.is_empty() && row.dispute_reason.is_empty() {
        return Ok(None);
    }
    filled("invoice", &row.invoice)?;
    filled("dispute_reason", &row.dispute_reason)?;
    let word = row.dispute_reason.to_ascii_lowercase();
    let (reason, text) = match DISPUTE_REASONS.contains(&word.as_str()) {
        true => (word, row.note.clone()),
        false => ("other".to_owned(), format!("{}: {}", row.dispute_reason, row.note)),
    };
    Ok(Some(Dispute {
        account: row.account.clone(),
        invoice: row.invoice.clone(),
        amount: amount("dispute_amount", &row.dispute_amount, "dispute_currency", &row.dispute_currency)?,
        reason,
        text,
    }))
}

fn stop_request(row: &ResultRow) -> Told<Option<StopRequest>> {
    let medium = row.stop_medium.to_ascii_lowercase();
    match medium.as_str() {
        "" => Ok(None),
        known if MEDIA.contains(&known) => {
            Ok(Some(StopRequest { account: row.account.clone(), medium, text: row.note.clone() }))
        }
        _ => Err(one_of("stop_medium", &row.stop_medium, &MEDIA)),
    }
}

/// The configured meaning of the dialer's own code comes first.
fn disposition(code: &str, own: &Dispositions) -> Told<Disposition> {
    filled("disposition", code)?;
    match own.get(code) {
        Some(meant) => Ok(meant.clone()),
        None => Disposition::try_from(code.to_owned()),
    }
}

/// An instant and the day that it was where it was written. Without an offset it is read as UTC: a guest knows no zones.
fn instant(column: &str, cell: &str) -> Told<(Instant, Date)> {
    filled(column, cell)?;
    let wrong =
        || format!("`{column}` `{cell}` is not a time such as `2026-03-02T10:15:00` or `2026-03-02T10:15:00+01:00`");
    if let Ok(timestamp) = cell.parse::<Timestamp>() {
        let day = cell.get(..10).and_then(|day| day.parse().ok()).ok_or_else(wrong)?;
        return Ok((timestamp.as_millisecond(), day));
    }
    let local: DateTime = cell.parse().map_err(|_| wrong())?;
    let timestamp = Offset::UTC.to_timestamp(local).map_err(|_| wrong())?;
    Ok((timestamp.as_millisecond(), local.date()))
}

fn date(column: &str, cell: &str) -> Told<Date> {
    filled(column, cell)?;
    cell.parse().map_err(|_| format!("`{column}` `{cell}` is not a day such as `2026-03-17`"))
}

fn amount(column: &str, cell: &str, currency_column: &str, currency: &str) -> Told<Money> {
    filled(column, cell)?;
    filled(currency_column, currency)?;
    let money = Money::parse(cell, currency).map_err(|error| format!("`{column}`: {}", error.message))?;
    if money.is_positive() { Ok(money) } else { Err(format!("`{column}` `{cell}` is not more than zero")) }
}

fn seconds(column: &str, cell: &str) -> Told<u32> {
    if cell.is_empty() {
        return Ok(0);
    }
    cell.parse().map_err(|_| format!("`{column}` `{cell}` is not a whole number of seconds"))
}

fn filled(column: &str, cell: &str) -> Told<()> {
    if cell.is_empty() { Err(format!("`{column}` is empty")) } else { Ok(()) }
}

fn some(cell: &str) -> Option<String> {
    (!cell.is_empty()).then(|| cell.to_owned())
}

fn one_of(column: &str, cell: &str, allowed: &[&str]) -> String {
    format!("`{column}` `{cell}` is unknown; allowed: `{}`", allowed.join("`, `"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> ResultRow {
        ResultRow {
            result_id: "R1".into(),
            account: "C1".into(),
            disposition: "busy".into(),
            called_at: "2026-03-02T10:15:00".into(),
            ..ResultRow::default()
        }
    }

    fn facts(row: &ResultRow) -> Told<Vec<(String, Fact)>> {
        let events = facts_of_row(row, "a.csv", "row 2", &Dispositions::new())?;
        Ok(events.into_iter().map(|event| (event.source.key, event.fact)).collect())
    }

    #[test]
    fn times_are_utc_unless_they_say_otherwise() {
        let read = |cell| instant("called_at", cell);
        let day = Date::constant(2026, 3, 2);
        assert_eq!(read("2026-03-02T10:15:00"), Ok((1_772_446_500_000, day)));
        assert_eq!(read("2026-03-02T10:15:00Z"), Ok((1_772_446_500_000, day)));
        assert_eq!(read("2026-03-02 11:15:00+01:00"), Ok((1_772_446_500_000, day)));
        // Still the second of March where the call was made, already the third in UTC.
        assert_eq!(read("2026-03-02T23:30:00-05:00"), Ok((1_772_512_200_000, day)));
        for bad in ["", "10:15", "02.03.2026 10:15", "2026-02-30T10:00:00"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_row_says_at_most_four_things() {
        let full = ResultRow {
            promise_amount: "100".into(),
            promise_currency: "EUR".into(),
            promise_date: "2026-03-17".into(),
            invoice: "INV-1".into(),
            dispute_amount: "20.50".into(),
            dispute_currency: "EUR".into(),
            dispute_reason: "Scratched".into(),
            stop_medium: "Email".into(),
            note: "two chairs".into(),
            ..row()
        };
        let facts = facts(&full).unwrap();
        let keys: Vec<_> = facts.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["R1:call", "R1:promise", "R1:dispute", "R1:stop"]);
        let Fact::Disputed(dispute) = &facts[2].1 else { panic!("{:?}", facts[2]) };
        assert_eq!((dispute.reason.as_str(), dispute.text.as_str()), ("other", "Scratched: two chairs"));
        assert_eq!(dispute.amount, Money::new(2050, "EUR"));
    }

    #[test]
    fn a_cell_that_cannot_be_meant_is_named() {
        let refused = |change: fn(&mut ResultRow)| {
            let mut row = row();
            change(&mut row);
            facts(&row).unwrap_err()
        };
        assert_eq!(refused(|row| row.result_id.clear()), "`result_id` is empty");
        assert!(
            refused(|row| row.disposition = "SALE".into())
                .starts_with("`disposition` `SALE` is unknown; allowed: `rpc_ptp`, ")
        );
        assert_eq!(refused(|row| row.promise_date = "2026-03-17".into()), "`promise_amount` is empty");
        assert_eq!(refused(|row| row.duration_s = "1.5".into()), "`duration_s` `1.5` is not a whole number of seconds");
        assert_eq!(refused(|row| row.dispute_reason = "price".into()), "`invoice` is empty");
        assert_eq!(
            refused(|row| row.stop_medium = "fax".into()),
            "`stop_medium` `fax` is unknown; allowed: `call`, `email`, `letter`, `sms`, `all`"
        );
        let negative = |row: &mut ResultRow| {
            row.promise_amount = "-5".into();
            row.promise_currency = "EUR".into();
        };
        assert_eq!(refused(negative), "`promise_amount` `-5` is not more than zero");
    }
}
