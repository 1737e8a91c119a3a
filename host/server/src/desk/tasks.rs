//! `/tasks`: what people have to do, the most urgent first; and the card of an account's tasks.

use axum::Extension;
use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::forms::{self, From};
use super::layout::{self, About, Frame};
use super::notation::{amounts, days, sentence};
use super::{Page, actions};
use crate::api::Params;
use crate::api::account::AccountView;
use crate::api::suits::SuitView;
use crate::api::tasks::{TaskView, gather};
use crate::web::guard::Visitor;
use crate::web::limits::WHO_CHARS_MAX;
use crate::web::problem::Problem;
use crate::web::{Hub, Shared, link};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Shown {
    #[serde(rename = "for")]
    whom: String,
    /// What was just done.
    said: String,
}

pub async fn page(
    State(web): State<Shared>,
    Extension(visitor): Extension<Visitor>,
    shown: Result<Params<Shown>, Problem>,
) -> Page {
    let hub: &dyn Hub = web.hub.as_ref();
    let Params(shown) = shown?;
    let view = gather(hub, &shown.whom).await?;
    let body = html! {
        h1 { "Tasks" }
        @if let Some(said) = actions::said(&shown.said) { div.notice.good role="status" { (said) } }
        (whose("/tasks", &shown.whom))
        @if view.accounts_left_out > 0 {
            div.notice.warn { "There are too many tasks: " (view.accounts_left_out) " accounts that owe for a shorter time are not in the list." }
        }
        section.card {
            @if view.tasks.is_empty() { p.lead { "Nothing is to be done." } }
            (list(&view.tasks, &visitor, From::Tasks))
        }
    };
    Ok(layout::page(&Frame::of(hub).await?, &About { title: "Tasks", here: "/tasks", live: "/live" }, body))
}

/// Asks for one person's work.
pub fn whose(page: &str, whom: &str) -> Markup {
    html! {
        form.act method="get" action=(page) {
            label { "For, a role or a name; empty: everybody"
                input.medium type="text" name="for" value=(whom) maxlength=(WHO_CHARS_MAX);
            }
            button.quiet type="submit" { "Show" }
        }
    }
}

/// Tasks of several accounts, with the facts that it takes to do them.
pub fn list(tasks: &[TaskView], visitor: &Visitor, from: From) -> Markup {
    html! {
        ul.list {
            @for task in tasks {
                li {
                    (head(task))
                    div.origin { a href=(link::account(&task.account)) { (task.name) } ", " (amounts(&task.facts.open)) " open, " (days(task.facts.days_past_due)) " past due" }
                    @if !task.facts.contacts.is_empty() { div.detail { "Last contacts: " (task.facts.contacts.join(", ")) } }
                    @if !task.facts.promises.is_empty() { div.detail { "Promises: " (task.facts.promises.join("; ")) } }
                    details { summary { "Done or dropped" } (forms::work::close(visitor, task, from)) }
                }
            }
        }
    }
}

/// The card of one account.
pub fn card(view: &AccountView, visitor: &Visitor) -> Markup {
    html! {
        section.card {
            h2 { "Work" }
            @match &view.in_charge {
                Some(person) => p { strong { (person) } " is in charge." },
                None => p.soft { "Nobody is in charge." },
            }
            ul.list {
                @for task in &view.tasks {
                    li { (head(task)) details { summary { "Done or dropped" } (forms::work::close(visitor, task, From::Account)) } }
                }
                @for suit in &view.suits { (one_suit(&view.id, suit, visitor)) }
            }
            details { summary { "Give a task" } (forms::work::give(visitor, view)) }
            details { summary { "Put somebody in charge" } (forms::work::charge(visitor, view)) }
            @if !view.items.is_empty() {
                details { summary { "An invoice arrived" } (forms::work::arrived(visitor, view)) }
                details { summary { "A suit is prepared" } (forms::work::sue(visitor, view)) }
            }
        }
    }
}

fn head(task: &TaskView) -> Markup {
    let whom = match &task.in_charge {
        Some(person) if task.to == escalation::task::COLLECTOR => person,
        _ => &task.to,
    };
    html! {
        div.head {
            span.what { (sentence(&task.what)) }
            span class=(if task.overdue { "chip bad" } else { "chip" }) { (whom) " until " (task.due_on) }
        }
        div.detail { (sentence(&task.because)) ", since " (task.opened_on) @if task.opened_by != "policy" { ", by " (task.opened_by) } }
    }
}

fn one_suit(account: &str, suit: &SuitView, visitor: &Visitor) -> Markup {
    html! {
        li {
            div.head { span.what { "Suit at " (suit.court) } span.chip.accent { "prepared " (suit.prepared_on) } }
            div.origin { (suit.invoices.join(", ")) }
            @for deadline in &suit.deadlines { div.detail { (deadline.on) ": " (deadline.what) } }
            details { summary { "It has ended" } (forms::work::end_suit(visitor, account, &suit.id)) }
        }
    }
}
