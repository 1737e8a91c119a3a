//! What it tells when it is pulled: one sound promise, or a page of rubbish around one.

use crate::dunlin::plugin::types::{ControlTotal, Date, Money, Source};
use crate::exports::dunlin::plugin::dialer::{CallResult, Event, Fact, Promise};

pub(crate) fn promise(text: &str) -> Event {
    Event {
        source: Source {
            key: "r-1".to_owned(),
            version: None,
            digest: None,
            document: "results.csv".to_owned(),
            place: "line 2".to_owned(),
            occurred_on: day(2),
        },
        fact: Fact::Promised(Promise {
            account: "C-1".to_owned(),
            amount: Money { minor: 120_000, currency: "EUR".to_owned() },
            due_on: day(17),
            invoices: vec!["INV-1".to_owned()],
            text: text.to_owned(),
        }),
    }
}

/// Five events that are wrong, each in its own way and on its own line, and one that is right.
pub(crate) fn garbage() -> Vec<Event> {
    let wrong = |line: u32, change: &dyn Fn(&mut Event)| {
        let mut event = promise("");
        event.source.place = format!("line {line}");
        change(&mut event);
        event
    };
    let promised = |change: &'static dyn Fn(&mut Promise)| {
        move |event: &mut Event| {
            if let Fact::Promised(promise) = &mut event.fact {
                change(promise);
            }
        }
    };
    vec![
        wrong(10, &promised(&|promise| promise.amount.currency = "euro".to_owned())),
        wrong(11, &promised(&|promise| promise.due_on = Date { year: 2026, month: 2, day: 30 })),
        wrong(12, &promised(&|promise| promise.account = "x".repeat(201))),
        promise(""),
        wrong(13, &|event| event.source.key = String::new()),
        wrong(14, &|event| event.fact = Fact::CallEnded(long_ago())),
    ]
}

pub(crate) fn totals() -> Vec<ControlTotal> {
    let eur = |minor: i64| Money { minor, currency: "EUR".to_owned() };
    vec![
        ControlTotal { name: "calls".to_owned(), stated: eur(5), counted: eur(4) },
        ControlTotal { name: "bad".to_owned(), stated: eur(5), counted: Money { minor: 1, currency: "?".to_owned() } },
    ]
}

fn long_ago() -> CallResult {
    CallResult {
        call: None,
        account: "C-1".to_owned(),
        disposition: "no_answer".to_owned(),
        at: i64::MIN,
        duration_s: 0,
        agent: String::new(),
        text: String::new(),
        notes: Vec::new(),
    }
}

fn day(day: u8) -> Date {
    Date { year: 2026, month: 3, day }
}
