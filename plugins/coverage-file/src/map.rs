//! Enquiries become rows, rows of answers become facts.

use dunlin_plugin_sdk::coverage::{Cover, CoverEnquiry, Fact};
use dunlin_plugin_sdk::{Date, Document, Event, Refusal, Source, Taken};
use serde::Deserialize;

use crate::Config;
use crate::wire::{self, AnswerRow};

/// What a payer can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    Active,
    Lapsed,
}

/// What is wrong with a cell, in a lower-case fragment.
type Told<T> = std::result::Result<T, String>;

pub fn row(key: &str, enquiry: &CoverEnquiry) -> [String; 8] {
    [
        key.to_owned(),
        enquiry.account.clone(),
        enquiry.appointment.clone(),
        enquiry.on.to_string(),
        enquiry.payer.clone(),
        enquiry.member.clone(),
        enquiry.debtor.name.clone(),
        enquiry.service.clone(),
    ]
}

/// Rows that cannot be taken are refused one by one; the others go on.
pub fn facts(document: &Document, config: &Config) -> std::result::Result<Taken<Fact>, Refusal> {
    let rows = wire::read(&document.bytes).map_err(|reason| document.refusal("", reason))?;
    let mut taken = Taken::new(Vec::new());
    for (number, row) in rows {
        let place = format!("row {number}");
        match row.and_then(|row| event(row, document, &place, config)) {
            Ok(event) => taken.events.push(event),
            Err(reason) => taken.refusals.push(document.refusal(place, reason)),
        }
    }
    Ok(taken)
}

fn event(row: AnswerRow, document: &Document, place: &str, config: &Config) -> Told<Event<Fact>> {
    for (column, cell) in [("answer_id", &row.answer_id), ("account", &row.account), ("appointment", &row.appointment)]
    {
        if cell.is_empty() {
            return Err(format!("`{column}` is empty"));
        }
    }
    let source = Source {
        key: row.answer_id.clone(),
        version: None,
        digest: None,
        document: document.name.clone(),
        place: place.to_owned(),
        occurred_on: day("checked_on", &row.checked_on)?,
    };
    let status = status(&row.status, config)?;
    let cover = Cover {
        account: row.account,
        enquiry: Some(row.enquiry_id).filter(|id| !id.is_empty()),
        appointment: row.appointment,
        payer: row.payer,
        member: row.member,
        active_from: some_day("active_from", &row.active_from)?,
        active_until: some_day("active_until", &row.active_until)?,
        text: row.note,
        notes: Vec::new(),
    };
    let fact = match status {
        Status::Active => Fact::Active(cover),
        Status::Lapsed => Fact::Lapsed(cover),
    };
    Ok(Event { source, fact })
}

fn status(word: &str, config: &Config) -> Told<Status> {
    match (config.statuses.get(word), word) {
        (Some(status), _) => Ok(*status),
        (None, "active") => Ok(Status::Active),
        (None, "lapsed") => Ok(Status::Lapsed),
        (None, other) => Err(format!("`status`: `{other}` is not known; allowed are `active` and `lapsed`")),
    }
}

fn some_day(column: &str, cell: &str) -> Told<Option<Date>> {
    if cell.is_empty() { Ok(None) } else { day(column, cell).map(Some) }
}

fn day(column: &str, cell: &str) -> Told<Date> {
    cell.parse().map_err(|_| format!("`{column}`: `{cell}` is no day, such as `2026-03-14`"))
}
