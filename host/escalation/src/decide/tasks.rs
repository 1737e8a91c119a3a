//! Work for people: a task is opened where the pipeline cannot go on by itself, and ends when its reason is gone.

use jiff::civil::Date;

use super::Work;
use super::ladder::Due;
use crate::event::Fact;
use crate::guard::{self, Guard};
use crate::id::{InvoiceNumber, TaskId};
use crate::invoice::{OpenItem, plus_days};
use crate::policy::{Channel, Level};
use crate::task::{COLLECTOR, Datum, Task, TaskEnd, TaskKind};

/// What makes a task, beside the day on which it is opened.
pub(super) struct Draft {
    pub id: String,
    pub kind: TaskKind,
    pub what: String,
    pub invoices: Vec<InvoiceNumber>,
    pub to: String,
    /// None: in as many days as the policy gives.
    pub due_on: Option<Date>,
    pub because: String,
}

/// What lost its reason ends by itself.
pub(super) fn end(work: &mut Work<'_>) {
    let moot: Vec<(Task, String)> =
        work.account.tasks.iter().filter_map(|task| Some((task.clone(), gone(work, task)?))).collect();
    for (task, because) in moot {
        work.says("task-ended", format!("task `{}` ends: {because}", task.what));
        work.happens(Fact::TaskClosed { task: task.id, end: TaskEnd::Moot, because });
    }
}

pub(super) fn open(work: &mut Work<'_>) {
    confirm_arrivals(work);
    deadlines(work);
}

/// A level of the ladder that a person does: one task for each level.
pub(super) fn join_in(work: &mut Work<'_>, level: &Level, invoices: Vec<InvoiceNumber>) -> Result<(), Guard> {
    let oldest = invoices.first().map(ToString::to_string).unwrap_or_default();
    let draft = Draft {
        id: format!("{}:{oldest}:{}", level.id, work.today()),
        kind: TaskKind::JoinIn { level: level.id.clone() },
        what: level.task.clone(),
        because: format!("{}: {}", level.title, list(&invoices)),
        invoices,
        to: level.to.clone(),
        due_on: None,
    };
    work.opens(draft)
}

/// A step waits for something that nobody told: somebody finds it out.
pub(super) fn seek(work: &mut Work<'_>, datum: Datum) {
    let kind = TaskKind::Find { datum };
    let account = &work.account;
    let sought = account.tasks.iter().any(|task| task.kind == kind);
    if datum.is_known(account) || sought || account.not_found.contains(&datum) {
        return;
    }
    let what = format!("Find out {} of the debtor, and enter it in the accounting package", datum.in_words());
    let because = format!("{} is not known, and a step of the ladder needs it", datum.in_words());
    let id = kind.as_str().to_owned();
    let draft = Draft { id, kind, what, invoices: Vec::new(), to: COLLECTOR.to_owned(), due_on: None, because };
    work.opens_if_room(draft);
}

/// The first of a level's channels whose address nobody told.
pub(super) fn seek_address(work: &mut Work<'_>, channels: &[Channel]) {
    let datum = |channel: &Channel| match channel {
        Channel::Email => Datum::Email,
        Channel::Sms => Datum::Phone,
        Channel::Letter | Channel::RegisteredLetter => Datum::Address,
    };
    let unknown = channels.iter().map(datum).find(|datum| !datum.is_known(&work.account));
    if let Some(datum) = unknown {
        seek(work, datum);
    }
}

impl Work<'_> {
    /// Refused while too many tasks are open: people do not do more because more is asked of them.
    pub(super) fn opens(&mut self, draft: Draft) -> Result<(), Guard> {
        if let Some(guard) = guard::tasks_full(&self.account) {
            return Err(guard);
        }
        let today = self.today();
        let Draft { id, kind, what, invoices, to, due_on, because } = draft;
        let due_on = due_on.unwrap_or_else(|| plus_days(today, i32::from(self.policy.tasks.days)));
        let id = TaskId::new(id);
        if self.account.task(&id).is_some() {
            return Ok(());
        }
        self.says("task-opened", format!("task for {to} until {due_on}: {what}: {because}"));
        let opened_by = String::new();
        let task = Task { id, kind, what, invoices, to, due_on, opened_on: today, because, opened_by };
        self.happens(Fact::TaskOpened { task });
        Ok(())
    }

    /// The next one waits, and says so.
    pub(super) fn opens_if_room(&mut self, draft: Draft) {
        if let Err(guard) = self.opens(draft) {
            self.says(&guard.code, guard.text);
        }
    }
}

/// Invoices of which nobody knows whether they arrived: one task for those whose day has come together.
fn confirm_arrivals(work: &mut Work<'_>) {
    let today = work.today();
    let (mut lost, mut silent) = (Vec::new(), Vec::new());
    let asked: Vec<(InvoiceNumber, Date)> = work
        .account
        .open_items()
        .into_iter()
        .filter(|item| !is_asked_about(work, item))
        .filter_map(|item| Some((item.invoice.number.clone(), item.unconfirmed_from()?)))
        .collect();
    for (number, from) in asked {
        let guard = work.account.items.get(&number).and_then(|item| guard::of_item(work.scene(), item));
        match guard {
            Some(guard) => guard.until.into_iter().for_each(|day| work.wakes(day)),
            None if from > today => work.wakes(from),
            None if from == Date::MIN => lost.push(number),
            None => silent.push(number),
        }
    }
    let days = i32::from(work.policy.tasks.days);
    ask(work, lost, today, "the notice that asked for it came back");
    ask(work, silent, plus_days(today, days), "nobody confirmed it");
}

fn ask(work: &mut Work<'_>, invoices: Vec<InvoiceNumber>, due_on: Date, because: &str) {
    let Some(oldest) = invoices.first() else { return };
    work.opens_if_room(Draft {
        id: format!("confirm-arrival:{oldest}:{}", work.today()),
        kind: TaskKind::ConfirmArrival,
        what: format!("Ask on the phone whether {} arrived", list(&invoices)),
        invoices,
        to: COLLECTOR.to_owned(),
        due_on: Some(due_on),
        because: because.to_owned(),
    });
}

fn is_asked_about(work: &Work<'_>, item: &OpenItem) -> bool {
    let about = |task: &Task| task.kind == TaskKind::ConfirmArrival && task.invoices.contains(&item.invoice.number);
    work.account.tasks.iter().any(about)
}

/// A deadline of a suit is a task in its time.
fn deadlines(work: &mut Work<'_>) {
    let lead = i32::from(work.policy.tasks.lead_days);
    let mut drafts = Vec::new();
    let mut days = Vec::new();
    for suit in &work.account.suits {
        for (n, deadline) in suit.deadlines.iter().enumerate().filter(|(_, deadline)| !deadline.told) {
            let from = plus_days(deadline.on, -lead);
            if from > work.today() {
                days.push(from);
                continue;
            }
            drafts.push(Draft {
                id: format!("{}:{n}", suit.id),
                kind: TaskKind::Suit { suit: suit.id.clone() },
                what: deadline.what.clone(),
                invoices: suit.invoices.clone(),
                to: COLLECTOR.to_owned(),
                due_on: Some(deadline.on),
                because: format!("a deadline of the suit at {}", suit.court),
            });
        }
    }
    days.into_iter().for_each(|day| work.wakes(day));
    drafts.into_iter().for_each(|draft| work.opens_if_room(draft));
}

/// Why nobody has to do it any more; none: it has to be done.
fn gone(work: &Work<'_>, task: &Task) -> Option<String> {
    let account = &work.account;
    let item = |number: &InvoiceNumber| account.items.get(number);
    let settled = |number: &InvoiceNumber| item(number).is_none_or(|item| !item.is_open());
    let says = |gone: bool, text: &str| gone.then(|| text.to_owned());
    match &task.kind {
        // A court knows of no payment: its deadlines stand until a person ends the suit.
        TaskKind::Suit { suit } => says(account.suits.iter().all(|known| &known.id != suit), "the suit has ended"),
        TaskKind::RootCause { .. } => None,
        TaskKind::Complaint { dispute } => {
            let open = account.open_disputes().any(|known| &known.id == dispute);
            says(!open, "the dispute is resolved")
        }
        TaskKind::PickUp { promise } => {
            let runs = account.running_promises().any(|known| &known.id == promise);
            says(!runs, "the promise that it was for has ended")
        }
        TaskKind::Find { datum } if datum.is_known(account) => Some(format!("{} is known", datum.in_words())),
        TaskKind::Find { .. } => says(account.open().is_empty(), "nothing is owed"),
        TaskKind::ConfirmArrival => {
            let moot = |item: &OpenItem| guard::of_item(work.scene(), item).is_some_and(|guard| guard.takes_back());
            let known = |number| item(number).is_none_or(|item| item.unconfirmed_from().is_none() || moot(item));
            says(task.invoices.iter().all(known), "it is known, or does not matter now")
        }
        TaskKind::JoinIn { .. } | TaskKind::Other => {
            let about = !task.invoices.is_empty();
            says(about && task.invoices.iter().all(settled), "what it was about is settled")
        }
    }
}

/// `INV-7, INV-8 and 3 more`
fn list(invoices: &[InvoiceNumber]) -> String {
    const NAMED_MAX: usize = 5;
    let named: Vec<&str> = invoices.iter().take(NAMED_MAX).map(InvoiceNumber::as_str).collect();
    match invoices.len().saturating_sub(NAMED_MAX) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// Tasks of levels, told apart: each level has its own people.
pub(super) fn by_level<'a>(group: Vec<Due<'a>>) -> Vec<Vec<Due<'a>>> {
    let mut levels: Vec<Vec<Due<'a>>> = Vec::new();
    for one in group {
        match levels.iter_mut().find(|known| known.first().is_some_and(|first| first.level.id == one.level.id)) {
            Some(known) => known.push(one),
            None => levels.push(vec![one]),
        }
    }
    levels
}
