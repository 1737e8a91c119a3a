//! Acme's events to the facts of a dialer. Pure: no call, no clock.

use dunlin_plugin_sdk::dialer::Fact;
use dunlin_plugin_sdk::{Date, Event, Extension, Note, Source};

use crate::wire::Row;

/// Err: why this one cannot be taken; the others can.
pub fn event(row: &Row) -> Result<Event<Fact>, String> {
    let day: Date = row.day.parse().map_err(|_| format!("`day` is `{}`; it is written like 2026-03-02", row.day))?;
    let note = |name: &str, value: &str| Note { name: name.to_owned(), value: value.to_owned() };
    // The facts of this role stand in the SDK's `dialer` and in `plugin-sdk/wit/dialer.wit`.
    let fact = Fact::Other(Extension { kind: row.kind.clone(), notes: vec![note("text", &row.text)] });
    Ok(Event { source: source(row, day), fact })
}

/// The key is Acme's own id: the same event has the same key, however often it is read.
fn source(row: &Row, day: Date) -> Source {
    Source {
        key: row.id.to_string(),
        version: None,
        digest: None,
        document: "acme".to_owned(),
        place: format!("event {}", row.id),
        occurred_on: day,
    }
}
