//! What people do about work: give, do and drop tasks, take charge of an account, prepare a suit, say that an invoice arrived.

use axum::extract::{Path, State};
use escalation::id::{SuitId, TaskId};
use escalation::suit::{Deadline, SUITS_MAX, Suit};
use escalation::task::{TASKS_OPEN_MAX, Task, TaskEnd, TaskKind};
use escalation::{Account, DateTime, Fact, InvoiceNumber};

use super::agreed::{day, items};
use super::{Act, Done, account, changed, record};
use crate::desk::forms::work::DEADLINES_SHOWN;
use crate::web::problem::Problem;
use crate::web::{Shared, limits};

/// The form's `what` says which act it is.
pub async fn act(State(web): State<Shared>, Path(id): Path<String>, act: Act) -> Done {
    let known = account(&web, &id).await?;
    let now = web.hub.now();
    let fact = match act.needed("what")? {
        "give" => give(&known, &act, now)?,
        "done" => close(&known, &act, TaskEnd::Done)?,
        "drop" => close(&known, &act, TaskEnd::Dropped)?,
        "arrived" => arrived(&known, &act)?,
        "charge" => charge(&act)?,
        "sue" => sue(&known, &act, now)?,
        "end-suit" => end_suit(&known, &act)?,
        other => return Err(Problem::wrong(format!("`{other}` is no work"), "go back and reload the page").into()),
    };
    record(&web, &id, &act, fact, "agreed").await
}

/// No further task has room.
pub fn room(account: &Account) -> Result<(), Problem> {
    if account.tasks_full() {
        return Err(changed(&format!("{TASKS_OPEN_MAX} tasks are open on this account: end one first")));
    }
    Ok(())
}

fn give(account: &Account, act: &Act, now: DateTime) -> Result<Fact, Problem> {
    room(account)?;
    let invoices = match act.text("invoices")? {
        "" => Vec::new(),
        _ => items(account, act)?.iter().map(|item| item.invoice.number.clone()).collect(),
    };
    let task = Task {
        id: TaskId::new(format!("task:{now}")),
        kind: TaskKind::Other,
        what: act.needed("task")?.to_owned(),
        invoices,
        to: person(act, "to")?.to_owned(),
        due_on: day(act, "due", now.date())?,
        opened_on: now.date(),
        because: act.needed("reason")?.to_owned(),
        opened_by: String::new(),
    };
    Ok(Fact::TaskOpened { task })
}

fn close(account: &Account, act: &Act, end: TaskEnd) -> Result<Fact, Problem> {
    let id = TaskId::new(act.needed("id")?);
    let task = account.task(&id).ok_or_else(|| changed("this task is not open"))?;
    if end == TaskEnd::Done && matches!(task.kind, TaskKind::Complaint { .. }) {
        let hint = "resolve the dispute on the account's page: the task ends with it";
        return Err(Problem::wrong("a complaint is done when its dispute is resolved", hint));
    }
    let because = if end == TaskEnd::Done { act.text("reason")? } else { act.needed("reason")? };
    Ok(Fact::TaskClosed { task: id, end, because: because.to_owned() })
}

fn arrived(account: &Account, act: &Act) -> Result<Fact, Problem> {
    let invoice = InvoiceNumber::new(act.needed("invoices")?);
    if !account.items.get(&invoice).is_some_and(|item| item.is_open()) {
        return Err(changed("this invoice is not open"));
    }
    Ok(Fact::ArrivalConfirmed { invoice, text: act.needed("reason")?.to_owned() })
}

/// Nobody named: whom the policy names.
fn charge(act: &Act) -> Result<Fact, Problem> {
    let collector = match act.text("collector")? {
        "" => None,
        _ => Some(person(act, "collector")?.to_owned()),
    };
    Ok(Fact::CollectorAssigned { collector, reason: act.needed("reason")?.to_owned() })
}

fn sue(account: &Account, act: &Act, now: DateTime) -> Result<Fact, Problem> {
    if account.suits.len() >= SUITS_MAX {
        return Err(changed(&format!("{SUITS_MAX} suits run against this debtor: end one first")));
    }
    let mut deadlines = Vec::new();
    for n in 1..=DEADLINES_SHOWN {
        let what = act.text(&format!("deadline-{n}"))?;
        if !what.is_empty() {
            let on = day(act, &format!("on-{n}"), now.date())?;
            deadlines.push(Deadline { on, what: what.to_owned(), told: false });
        }
    }
    if deadlines.is_empty() {
        return Err(Problem::wrong("a suit has deadlines", "write at least one, with its day"));
    }
    let suit = Suit {
        id: SuitId::new(format!("suit:{}:{now}", account.id)),
        court: act.needed("court")?.to_owned(),
        prepared_on: now.date(),
        invoices: items(account, act)?.iter().map(|item| item.invoice.number.clone()).collect(),
        deadlines,
    };
    Ok(Fact::SuitPrepared { suit })
}

fn end_suit(account: &Account, act: &Act) -> Result<Fact, Problem> {
    let suit = SuitId::new(act.needed("id")?);
    if !account.suits.iter().any(|known| known.id == suit) {
        return Err(changed("this suit does not run"));
    }
    Ok(Fact::SuitEnded { suit, because: act.needed("reason")?.to_owned() })
}

fn person<'a>(act: &'a Act, field: &str) -> Result<&'a str, Problem> {
    let name = act.needed(field)?;
    if name.chars().count() > limits::WHO_CHARS_MAX {
        return Err(Problem::wrong("the name is too long", format!("at most {} characters", limits::WHO_CHARS_MAX)));
    }
    Ok(name)
}
