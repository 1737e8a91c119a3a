//! The forms by which people agree something with a debtor, and approve what another person proposed.

use escalation::plan::HARDSHIPS;
use maud::{Markup, html};

use super::{From, form, note, who};
use crate::api::account::AccountView;
use crate::web::guard::Visitor;

/// One of the acts of `/accounts/{id}/agree`.
fn agree(visitor: &Visitor, account: &str, what: &str, from: From, fields: Markup) -> Markup {
    let fields = html! { input type="hidden" name="what" value=(what); (fields) (who(visitor)) };
    form(visitor, account, "agree", from, html! { (fields) button type="submit" { (word(what)) } })
}

fn word(what: &str) -> &'static str {
    match what {
        "plan" => "Agree the plan",
        "cancel-plan" => "End the plan",
        "settlement" => "Offer the settlement",
        "write-off" => "Propose the write-off",
        "return" => "Offer to take them back",
        "goods" => "The goods are here",
        "approve-settlement" | "approve-write-off" | "approve-level" => "Approve",
        _ => "Decline",
    }
}

pub fn plan(visitor: &Visitor, view: &AccountView) -> Markup {
    let fields = html! {
        (open_invoices(view))
        label { "Instalments, equal, a month apart" input.short type="number" name="count" min="2" max="120" value="3" required; }
        label { "First on" input type="date" name="first" required; }
        label { "Why they cannot pay at once"
            select name="hardship" required { @for code in HARDSHIPS { option value=(code) { (code.replace('-', " ")) } } }
        }
        (note("note", "Note", false))
    };
    agree(visitor, &view.id, "plan", From::Account, fields)
}

pub fn settlement(visitor: &Visitor, view: &AccountView) -> Markup {
    let fields = html! {
        (open_invoices(view))
        label { "Accept, in full" input.short type="text" name="amount" inputmode="decimal" required; }
        label { "If paid by" input type="date" name="until" required; }
        (note("reason", "Reason", true))
    };
    agree(visitor, &view.id, "settlement", From::Account, fields)
}

pub fn write_off(visitor: &Visitor, view: &AccountView) -> Markup {
    let fields = html! { (one_invoice(view)) (note("reason", "Reason", true)) };
    agree(visitor, &view.id, "write-off", From::Account, fields)
}

pub fn take_back(visitor: &Visitor, view: &AccountView) -> Markup {
    let fields = html! {
        (one_invoice(view))
        (note("goods", "Goods", true))
        label { "To be credited" input.short type="text" name="amount" inputmode="decimal" required; }
        label { "If here by" input type="date" name="until" required; }
    };
    agree(visitor, &view.id, "return", From::Account, fields)
}

/// `approve-write-off`, `decline-settlement`, `cancel-plan` and so on: what, and which.
pub fn decide(visitor: &Visitor, account: &str, what: &str, id: &str, from: From) -> Markup {
    let reason = matches!(what, "decline-settlement" | "decline-write-off" | "decline-level" | "cancel-plan");
    let fields = html! {
        input type="hidden" name="id" value=(id);
        @if reason { (note("reason", "Reason", true)) }
    };
    agree(visitor, account, what, from, fields)
}

pub(super) fn open_invoices(view: &AccountView) -> Markup {
    let numbers: Vec<&str> = view.items.iter().map(|item| item.invoice.as_str()).collect();
    html! { label.grow { "Invoices" input type="text" name="invoices" value=(numbers.join(", ")) required; } }
}

pub(super) fn one_invoice(view: &AccountView) -> Markup {
    html! {
        label { "Invoice"
            select name="invoices" required {
                @for item in &view.items { option value=(item.invoice) { (item.invoice) ", " (item.open.text) " open" } }
            }
        }
    }
}
