//! Work for people: tasks, who is in charge, who settles a dispute, suits, and whether an invoice arrived.

use jiff::civil::Date;

use crate::account::{Account, Collector};
use crate::arrival::{Arrival, ArrivalAnswer};
use crate::dispute::Owner;
use crate::effect::Notice;
use crate::event::{Event, Fact};
use crate::id::{EffectKey, InvoiceNumber, TaskId};
use crate::invoice::plus_days;
use crate::promise::PromiseState;
use crate::suit::{DEADLINES_MAX, SUITS_MAX, Suit};
use crate::task::{Task, TaskEnd, TaskKind};
use crate::write_off;

use super::promises;

pub(super) fn heard(account: &mut Account, event: &Event) {
    let on = event.on;
    match &event.fact {
        Fact::TaskOpened { task } => {
            let by = write_off::person(&event.origin).unwrap_or(write_off::POLICY);
            opened(account, task, by, on);
        }
        Fact::TaskClosed { task, end, .. } => closed(account, task, *end, on),
        Fact::ArrivalConfirmed { invoice, .. } => {
            answered(account, std::slice::from_ref(invoice), ArrivalAnswer::Arrived, on);
        }
        Fact::CollectorAssigned { collector, .. } => {
            account.collector = collector.as_ref().map(|who| Collector { who: who.clone(), since: on });
        }
        Fact::DisputeAssigned { dispute, owner, due_on } => {
            let owner = Owner { who: owner.clone(), due_on: *due_on };
            for known in account.disputes.iter_mut().filter(|known| &known.id == dispute) {
                known.owner = Some(owner.clone());
            }
        }
        Fact::SuitPrepared { suit } => prepared(account, suit),
        Fact::SuitEnded { suit, .. } => account.suits.retain(|known| &known.id != suit),
        _ => {}
    }
}

/// A notice that asks whether the invoices arrived has gone out. What is known already is not asked again.
pub(super) fn asked(account: &mut Account, notice: &Notice, key: &EffectKey, on: Date) {
    let Some(days) = notice.confirm_days else { return };
    for number in &notice.invoices {
        if let Some(item) = account.items.get_mut(number) {
            let arrival = || Arrival { message: key.clone(), until: plus_days(on, i32::from(days)), answer: None };
            item.arrival.get_or_insert_with(arrival);
        }
    }
}

/// What the accounting package told anew is not looked for in vain any more.
pub(super) fn found(account: &mut Account) {
    let known: Vec<_> = account.not_found.iter().copied().filter(|datum| datum.is_known(account)).collect();
    account.not_found.retain(|datum| !known.contains(datum));
}

fn opened(account: &mut Account, task: &Task, by: &str, on: Date) {
    if account.tasks_full() || account.task(&task.id).is_some() {
        return;
    }
    match &task.kind {
        TaskKind::RootCause { reason } => {
            account.alarms.insert(reason.clone(), on);
        }
        TaskKind::Suit { suit } => {
            let deadlines =
                account.suits.iter_mut().filter(|known| &known.id == suit).flat_map(|known| &mut known.deadlines);
            for deadline in deadlines.filter(|one| one.on == task.due_on && one.what == task.what) {
                deadline.told = true;
            }
        }
        _ => {}
    }
    account.tasks.push(Task { opened_by: by.to_owned(), ..task.clone() });
}

fn closed(account: &mut Account, id: &TaskId, end: TaskEnd, on: Date) {
    let Some(at) = account.tasks.iter().position(|task| &task.id == id) else { return };
    let task = account.tasks.remove(at);
    match (task.kind, end) {
        (TaskKind::ConfirmArrival, TaskEnd::Done) => answered(account, &task.invoices, ArrivalAnswer::Arrived, on),
        (TaskKind::ConfirmArrival, TaskEnd::Dropped) => answered(account, &task.invoices, ArrivalAnswer::GivenUp, on),
        (TaskKind::Find { datum }, TaskEnd::Done | TaskEnd::Dropped) if !datum.is_known(account) => {
            account.not_found.insert(datum);
        }
        // The money counts from the day on which it was fetched.
        (TaskKind::PickUp { promise }, TaskEnd::Done) => promises::picked_up(account, &promise, on),
        // Nobody came for it: that is not the debtor's fault.
        (TaskKind::PickUp { promise }, TaskEnd::Dropped) => promises::end(account, &promise, PromiseState::Cancelled),
        _ => {}
    }
}

fn answered(account: &mut Account, invoices: &[InvoiceNumber], answer: ArrivalAnswer, on: Date) {
    for number in invoices {
        if let Some(item) = account.items.get_mut(number) {
            let unasked = || Arrival { message: EffectKey::new(String::new()), until: on, answer: None };
            item.arrival.get_or_insert_with(unasked).answer = Some(answer);
        }
    }
}

fn prepared(account: &mut Account, suit: &Suit) {
    let known = account.suits.iter().any(|known| known.id == suit.id);
    if known || account.suits.len() >= SUITS_MAX {
        return;
    }
    let mut suit = suit.clone();
    suit.deadlines.truncate(DEADLINES_MAX);
    suit.deadlines.iter_mut().for_each(|deadline| deadline.told = false);
    suit.deadlines.sort_by(|a, b| (a.on, &a.what).cmp(&(b.on, &b.what)));
    account.suits.push(suit);
}
