//! The forms of work for people: tasks, who is in charge, suits, invoices that arrived.

use maud::{Markup, html};

use super::agreed::{one_invoice, open_invoices};
use super::{From, form, note, who};
use crate::api::account::AccountView;
use crate::api::tasks::TaskView;
use crate::web::guard::Visitor;
use crate::web::limits::WHO_CHARS_MAX;

/// Deadlines that the form of a suit has room for.
pub const DEADLINES_SHOWN: usize = 5;

/// One of the acts of `/accounts/{id}/work`.
fn work(visitor: &Visitor, account: &str, what: &str, from: From, fields: Markup, button: &str) -> Markup {
    let fields = html! {
        input type="hidden" name="what" value=(what);
        (fields)
        (who(visitor))
        button type="submit" { (button) }
    };
    form(visitor, account, "work", from, fields)
}

pub fn give(visitor: &Visitor, view: &AccountView) -> Markup {
    let fields = html! {
        (note("task", "What is to be done", true))
        label { "For, a role or a name" input.medium type="text" name="to" value="collector" required maxlength=(WHO_CHARS_MAX); }
        label { "By" input type="date" name="due" required; }
        label.grow { "About invoices; empty: the account" input type="text" name="invoices"; }
        (note("reason", "Why", true))
    };
    work(visitor, &view.id, "give", From::Account, fields, "Give the task")
}

/// Done, or dropped with a reason.
pub fn close(visitor: &Visitor, task: &TaskView, from: From) -> Markup {
    let fields = html! {
        input type="hidden" name="id" value=(task.id);
        (note("reason", "What came of it", false))
        (who(visitor))
        div.buttons {
            @if task.kind != "complaint" { button type="submit" name="what" value="done" { "Done" } }
            button.quiet type="submit" name="what" value="drop" { "Drop it" }
        }
    };
    form(visitor, &task.account, "work", from, fields)
}

pub fn arrived(visitor: &Visitor, view: &AccountView) -> Markup {
    let fields = html! { (one_invoice(view)) (note("reason", "How do you know?", true)) };
    work(visitor, &view.id, "arrived", From::Account, fields, "It arrived")
}

pub fn charge(visitor: &Visitor, view: &AccountView) -> Markup {
    let fields = html! {
        label { "Name; empty: as the policy has it"
            input.medium type="text" name="collector" value=[view.in_charge.as_deref()] maxlength=(WHO_CHARS_MAX);
        }
        (note("reason", "Reason", true))
    };
    work(visitor, &view.id, "charge", From::Account, fields, "Put in charge")
}

pub fn sue(visitor: &Visitor, view: &AccountView) -> Markup {
    let fields = html! {
        (open_invoices(view))
        (note("court", "Court", true))
        @for n in 1..=DEADLINES_SHOWN {
            (note(&format!("deadline-{n}"), "Has to be done", n == 1))
            label { "By" input type="date" name=(format!("on-{n}")) required[n == 1]; }
        }
    };
    work(visitor, &view.id, "sue", From::Account, fields, "Put the suit on record")
}

pub fn end_suit(visitor: &Visitor, account: &str, suit: &str) -> Markup {
    let fields = html! { input type="hidden" name="id" value=(suit); (note("reason", "How it ended", true)) };
    work(visitor, account, "end-suit", From::Account, fields, "It has ended")
}
