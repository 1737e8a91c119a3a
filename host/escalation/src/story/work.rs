//! The work of people in a story: tasks, pick-ups, who is in charge, suits, owners of disputes.

use jiff::civil::Date;

use super::says::because;
use super::text::{Read, Words};
use super::world::World;
use crate::account::Account;
use crate::event::Fact;
use crate::id::{InvoiceNumber, PromiseId, SuitId, TaskId};
use crate::money::Money;
use crate::promise::{Promise, PromiseState};
use crate::suit::{Deadline, Suit};
use crate::task::{Task, TaskEnd, TaskKind};

/// Who, and what.
#[derive(Clone, Debug)]
pub(super) struct Works {
    pub who: String,
    pub what: Work,
}

#[derive(Clone, Debug)]
pub(super) enum Work {
    Gives {
        to: String,
        name: String,
        by: Date,
        invoices: Vec<InvoiceNumber>,
        what: String,
    },
    Ends {
        end: TaskEnd,
        kind: String,
        name: String,
        because: String,
    },
    Confirms {
        invoice: InvoiceNumber,
    },
    PicksUp {
        amount: Money,
        name: String,
        on: Date,
        place: String,
    },
    /// None: whom the policy names.
    InCharge {
        collector: Option<String>,
        name: String,
    },
    Sues {
        name: String,
        court: String,
        invoices: Vec<InvoiceNumber>,
        deadlines: Vec<Deadline>,
    },
    EndsSuit {
        name: String,
        because: String,
    },
}

/// How an account stands with people.
#[derive(Clone, Debug)]
pub(super) enum Standing {
    With {
        name: String,
        who: String,
    },
    /// None: of no kind at all.
    NoTask {
        name: String,
        kind: Option<String>,
    },
    Overdue {
        invoice: InvoiceNumber,
    },
}

/// `KIM does confirm-arrival of ACME`; none: it is something else that people do.
pub(super) fn read(words: &mut Words<'_>) -> Read<Option<Works>> {
    let mut told = words.clone();
    let Ok(who) = told.name() else { return Ok(None) };
    let what = if told.takes("gives task to") {
        gives(&mut told)?
    } else if told.takes("does") {
        ends(&mut told, TaskEnd::Done)?
    } else if told.takes("drops") {
        ends(&mut told, TaskEnd::Dropped)?
    } else if told.takes("confirms arrival of") {
        Work::Confirms { invoice: told.number()? }
    } else if told.takes("arranges pick-up of") {
        let amount = told.money()?;
        told.needs("from")?;
        let name = told.name()?;
        told.needs("on")?;
        let on = told.date()?;
        told.needs("at")?;
        Work::PicksUp { amount, name, on, place: told.quoted()? }
    } else if told.takes("puts") {
        let collector = if told.takes("nobody") { None } else { Some(told.name()?) };
        told.needs("in charge of")?;
        Work::InCharge { collector, name: told.name()? }
    } else if told.takes("prepares suit against") {
        sues(&mut told)?
    } else if told.takes("ends suit against") {
        Work::EndsSuit { name: told.name()?, because: because(&mut told, "judged") }
    } else {
        return Ok(None);
    };
    *words = told;
    Ok(Some(Works { who, what }))
}

fn gives(words: &mut Words<'_>) -> Read<Work> {
    let to = words.word("whom the task is for")?.to_owned();
    words.needs("about")?;
    let name = words.name()?;
    words.needs("by")?;
    let by = words.date()?;
    let invoices = if words.takes("for") { words.numbers()? } else { Vec::new() };
    words.needs("saying")?;
    Ok(Work::Gives { to, name, by, invoices, what: words.quoted()? })
}

fn ends(words: &mut Words<'_>, end: TaskEnd) -> Read<Work> {
    let kind = words.word("what kind of task")?.to_owned();
    words.needs("of")?;
    Ok(Work::Ends { end, kind, name: words.name()?, because: because(words, "") })
}

/// `ACME at "AG Hamburg" for INV-7 with "file the claim" by 2026-05-01, "pay the fee" by 2026-05-15`
fn sues(words: &mut Words<'_>) -> Read<Work> {
    let name = words.name()?;
    words.needs("at")?;
    let court = words.quoted()?;
    words.needs("for")?;
    let invoices = words.numbers()?;
    words.needs("with")?;
    let mut deadlines = Vec::new();
    loop {
        let what = words.quoted()?;
        words.needs("by")?;
        let day = words.word("a date")?;
        let on = Words::new(day.trim_end_matches(',')).date()?;
        deadlines.push(Deadline { on, what, told: false });
        if !day.ends_with(',') {
            return Ok(Work::Sues { name, court, invoices, deadlines });
        }
    }
}

/// Folds what a person did, as the desk would record it.
pub(super) fn hear(world: &mut World<'_>, works: &Works) -> Read<Vec<String>> {
    let today = world.now.date();
    let (name, facts) = facts(world, &works.what, today)?;
    for fact in facts {
        world.happens(&name, &format!("desk:{}", works.who), fact);
    }
    Ok(vec![name])
}

fn facts(world: &mut World<'_>, what: &Work, today: Date) -> Read<(String, Vec<Fact>)> {
    Ok(match what {
        Work::Gives { to, name, by, invoices, what } => {
            let task = Task {
                id: TaskId::new(world.fresh("task")),
                kind: TaskKind::Other,
                what: what.clone(),
                invoices: invoices.clone(),
                to: to.clone(),
                due_on: *by,
                opened_on: today,
                because: "a person asked for it".to_owned(),
                opened_by: String::new(),
            };
            (name.clone(), vec![Fact::TaskOpened { task }])
        }
        Work::Ends { end, kind, name, because } => {
            let mut open = account(world, name)?.tasks.iter();
            let task = open.find(|task| task.kind.as_str() == kind).map(|task| task.id.clone());
            let task = task.ok_or_else(|| format!("no task `{kind}` of {name} is open"))?;
            (name.clone(), vec![Fact::TaskClosed { task, end: *end, because: because.clone() }])
        }
        Work::Confirms { invoice } => {
            let confirmed = Fact::ArrivalConfirmed { invoice: invoice.clone(), text: String::new() };
            (world.owner(invoice)?, vec![confirmed])
        }
        Work::PicksUp { amount, name, on, place } => {
            let promise = Promise {
                id: PromiseId::new(world.fresh("promise")),
                amount: *amount,
                made_on: today,
                due_on: *on,
                invoices: Vec::new(),
                text: place.clone(),
                state: PromiseState::Running,
                received: Money::zero(amount.currency),
            };
            let task = Task::pick_up(&promise, place, today);
            (name.clone(), vec![Fact::PromiseMade { promise }, Fact::TaskOpened { task }])
        }
        Work::InCharge { collector, name } => {
            let (collector, reason) = (collector.clone(), String::new());
            (name.clone(), vec![Fact::CollectorAssigned { collector, reason }])
        }
        Work::Sues { name, court, invoices, deadlines } => {
            let id = SuitId::new(world.fresh("suit"));
            let (court, deadlines) = (court.clone(), deadlines.clone());
            let suit = Suit { id, court, prepared_on: today, invoices: invoices.clone(), deadlines };
            (name.clone(), vec![Fact::SuitPrepared { suit }])
        }
        Work::EndsSuit { name, because } => {
            let suit = account(world, name)?.suits.first().map(|suit| suit.id.clone());
            let suit = suit.ok_or_else(|| format!("no suit against {name} runs"))?;
            (name.clone(), vec![Fact::SuitEnded { suit, because: because.clone() }])
        }
    })
}

/// What a story may ask of these facts, in its own words. The account is as it was before.
pub(super) fn seen(account: &Account, name: &str, fact: &Fact) -> Option<String> {
    Some(match fact {
        Fact::TaskOpened { task } => {
            format!("task {} for {} about {name} until {}", task.kind.as_str(), task.to, task.due_on)
        }
        Fact::TaskClosed { task, end, .. } => {
            format!("task {} of {name} {}", account.task(task)?.kind.as_str(), end.as_str())
        }
        Fact::DisputeAssigned { dispute, owner, due_on } => {
            let dispute = account.disputes.iter().find(|known| &known.id == dispute)?;
            format!("dispute of {} goes to {owner} until {due_on}", dispute.invoice)
        }
        _ => return None,
    })
}

/// `task confirm-arrival for collector about ACME until 2026-03-20`, `task pick-up of ACME done`,
/// `dispute of INV-7 goes to shipping until 2026-03-20`
pub(super) fn expected(words: &mut Words<'_>) -> Read<Option<String>> {
    if words.takes("task") {
        let kind = words.word("what kind of task")?.to_owned();
        if words.takes("of") {
            let name = words.name()?;
            let end = words.word("done, dropped or moot")?;
            if !["done", "dropped", "moot"].contains(&end) {
                return Err(format!("`{end}` is not done, dropped or moot"));
            }
            return Ok(Some(format!("task {kind} of {name} {end}")));
        }
        words.needs("for")?;
        let to = words.word("whom it is for")?.to_owned();
        words.needs("about")?;
        let name = words.name()?;
        words.needs("until")?;
        return Ok(Some(format!("task {kind} for {to} about {name} until {}", words.date()?)));
    }
    if words.takes("dispute of") {
        let invoice = words.number()?;
        words.needs("goes to")?;
        let owner = words.word("who settles it")?.to_owned();
        words.needs("until")?;
        return Ok(Some(format!("dispute of {invoice} goes to {owner} until {}", words.date()?)));
    }
    Ok(None)
}

/// `ACME is with KIM`, `ACME has no tasks`, `ACME has no task pick-up`
pub(super) fn standing(name: &str, words: &mut Words<'_>) -> Read<Option<Standing>> {
    let name = name.to_owned();
    if words.takes("is with") {
        return Ok(Some(Standing::With { name, who: words.name()? }));
    }
    if words.takes("has no task") {
        return Ok(Some(Standing::NoTask { name, kind: Some(words.word("what kind of task")?.to_owned()) }));
    }
    Ok(words.takes("has no tasks").then_some(Standing::NoTask { name, kind: None }))
}

/// Whether it is so, and whose account it is about.
pub(super) fn holds(world: &World<'_>, standing: &Standing) -> (bool, Option<String>) {
    let lane = |name: &String| world.lanes.get(name).map(|lane| &lane.account);
    match standing {
        Standing::With { name, who } => {
            let with = lane(name).and_then(|account| world.policy_of(account).collector_of(account));
            (with == Some(who.as_str()), Some(name.clone()))
        }
        Standing::NoTask { name, kind } => {
            let meant = |task: &Task| kind.as_ref().is_none_or(|kind| task.kind.as_str() == kind);
            (lane(name).is_some_and(|account| !account.tasks.iter().any(meant)), Some(name.clone()))
        }
        Standing::Overdue { invoice } => {
            let name = world.owner(invoice).ok();
            let mut disputes =
                name.as_ref().and_then(lane).map(|account| account.disputes.iter()).into_iter().flatten();
            let today = world.now.date();
            (disputes.any(|dispute| &dispute.invoice == invoice && dispute.is_overdue(today)), name)
        }
    }
}

fn account<'a>(world: &'a World<'_>, name: &str) -> Read<&'a Account> {
    world.lanes.get(name).map(|lane| &lane.account).ok_or_else(|| format!("nobody is called `{name}` yet"))
}
