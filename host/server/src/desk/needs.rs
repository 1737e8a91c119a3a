//! `/needs`: what only a person can settle.

use axum::Extension;
use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::forms::{self, From};
use super::layout::{self, About, Frame};
use super::notation::{amount, marked, moment, sentence};
use super::{Page, actions, terms};
use crate::api::Params;
use crate::api::account::PaymentView;
use crate::api::needs::{NeedsListView, gather};
use crate::web::guard::Visitor;
use crate::web::problem::Problem;
use crate::web::{Hub, Shared, link};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Shown {
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
    let view = gather(hub).await?;
    let body = html! {
        h1 { "Needs a person" }
        @if let Some(said) = actions::said(&shown.said) { div.notice.good role="status" { (said) } }
        (connections(&view, &visitor))
        (effects(&view, &visitor))
        (approvals(&view, &visitor))
        (to_approve(&view, &visitor))
        (unapplied(&view, &visitor))
        (missing(&view, &visitor))
        (reversals(&view))
        (parked(&view, &visitor))
        (quarantine(&view))
    };
    Ok(layout::page(&Frame::of(hub).await?, &About { title: "Needs a person", here: "/needs", live: "/live" }, body))
}

/// A payment as one line.
pub fn payment(payment: &PaymentView) -> Markup {
    html! {
        (amount(payment.unapplied.as_ref().unwrap_or(&payment.amount)))
        @if let Some(rest) = &payment.unapplied { @if *rest != payment.amount { span.soft { " of " (amount(&payment.amount)) } } }
        @if let Some(payer) = &payment.payer { " from " (payer) }
        span.soft { ", booked " (payment.booked_on) }
        @if !payment.text.is_empty() { div.detail { (payment.text) } }
    }
}

fn part(id: &str, title: &str, about: &str, n: usize, content: Markup) -> Markup {
    html! {
        section.card id=(id) {
            h2 { (title) " " @if n > 0 { span.count { (n) } } }
            p.soft { (about) }
            @if n == 0 { p.none { "Nothing waits here." } } @else { (content) }
        }
    }
}

fn connections(view: &NeedsListView, visitor: &Visitor) -> Markup {
    let about = "The other side does not know us any more, or a person paused it: nothing is asked of it, and what is due waits.";
    part(
        "connections",
        "Paused connections",
        about,
        view.connections.len(),
        html! {
            ul.list {
                @for connection in &view.connections {
                    li {
                        div.head { span.what { (sentence(connection.why.as_deref().unwrap_or_default())) } a href="/plugins" { (connection.name) } }
                        (forms::resume(visitor, &connection.name, From::Needs))
                    }
                }
            }
        },
    )
}

fn effects(view: &NeedsListView, visitor: &Visitor) -> Markup {
    let about = "They may or may not have happened. Nothing of the same purpose goes out until somebody found out.";
    part(
        "effects",
        "Unknown outcomes",
        about,
        view.effects.len(),
        html! {
            ul.list {
                @for effect in &view.effects {
                    li {
                        div.head { span.what { (sentence(&effect.text)) } a href=(link::account(&effect.account)) { (effect.account) } }
                        div.origin { (effect.role) ", " (effect.kind) ", " (effect.key) }
                        @if !effect.note.is_empty() { div.detail { (effect.note) } }
                        (forms::settle(visitor, &effect.account, &effect.key, From::Needs))
                    }
                }
            }
        },
    )
}

fn approvals(view: &NeedsListView, visitor: &Visitor) -> Markup {
    let about = "They go out only when a person agrees, because the policy says so.";
    part(
        "approvals",
        "Waiting for approval",
        about,
        view.approvals.len(),
        html! {
            ul.list {
                @for effect in &view.approvals {
                    li {
                        div.head { span.what { (sentence(&effect.text)) } a href=(link::account(&effect.account)) { (effect.account) } }
                        div.origin { (effect.role) ", " (effect.kind) ", planned " (moment(&effect.planned_at)) }
                        @if !effect.approved_by.is_empty() { div.detail { (forms::approved_by(&effect.approved_by)) } }
                        (forms::approve(visitor, &effect.account, &effect.key, From::Needs))
                    }
                }
            }
        },
    )
}

fn unapplied(view: &NeedsListView, visitor: &Visitor) -> Markup {
    let about = "Money that no invoice took: it could not be told which one was meant, or nothing was left to pay.";
    part(
        "unapplied",
        "Unapplied cash",
        about,
        view.unapplied.len(),
        html! {
            ul.list {
                @for account in &view.unapplied {
                    @for one in &account.payments {
                        li {
                            div.head { span.what { (payment(one)) } a href=(link::account(&account.account)) { (named(&account.name, &account.account)) } }
                            (forms::assign(visitor, &account.account, one, &account.items, From::Needs))
                            (forms::move_to(visitor, &account.account, one, From::Needs))
                        }
                    }
                }
            }
        },
    )
}

fn to_approve(view: &NeedsListView, visitor: &Visitor) -> Markup {
    let about = "Levels that the policy asks people about, and write-offs and settlements that one person proposed, or the policy \
                 did, and another one decides.";
    part(
        "to-approve",
        "For people to decide",
        about,
        view.to_approve.len(),
        html! {
            @for one in &view.to_approve {
                a href=(link::account(&one.account)) { (named(&one.name, &one.account)) }
                ul.list {
                    @for level in &one.proposals { (terms::proposal(&one.account, level, visitor, From::Needs)) }
                    @for write_off in &one.write_offs { (terms::write_off(&one.account, write_off, visitor, From::Needs)) }
                    @for settlement in &one.settlements { (terms::settlement(&one.account, settlement, visitor, From::Needs)) }
                }
            }
        },
    )
}

fn missing(view: &NeedsListView, visitor: &Visitor) -> Markup {
    let about = "Open here, and not listed by the accounting package any more. Nobody is chased about them. Find out why: an \
                 invoice that is listed again goes on by itself.";
    part(
        "missing",
        "Missing at the source",
        about,
        view.missing.len(),
        html! {
            ul.list {
                @for one in &view.missing {
                    li {
                        div.head { span.what { (one.invoice) ", " (amount(&one.open)) " open" } a href=(link::account(&one.account)) { (named(&one.name, &one.account)) } }
                        div.origin { (one.source) ", missing since " (one.since) }
                        (forms::close(visitor, &one.account, &one.invoice, From::Needs))
                    }
                }
            }
        },
    )
}

fn reversals(view: &NeedsListView) -> Markup {
    let about = "Money given back whose payment is not known. Ask the bank which payment it undoes.";
    part(
        "reversals",
        "Stray reversals",
        about,
        view.stray_reversals.len(),
        html! {
            ul.list {
                @for account in &view.stray_reversals {
                    @for one in &account.reversals {
                        li { div.head { span.what { (payment(one)) } a href=(link::account(&account.account)) { (named(&account.name, &account.account)) } } }
                    }
                }
            }
        },
    )
}

fn parked(view: &NeedsListView, visitor: &Visitor) -> Markup {
    let about = "Accounts that could not be decided; the others go on. Mend the cause and try again; or pass over \
                 the event that it stumbles on, or have another one read in its place.";
    part(
        "parked",
        "Parked accounts",
        about,
        view.parked.len(),
        html! {
            ul.list {
                @for lane in &view.parked {
                    li {
                        div.head { span.what { (sentence(&lane.reason)) } a href=(link::account(&lane.account)) { (lane.account) } }
                        (forms::retry(visitor, &lane.account, From::Needs))
                        @for event in &lane.unread {
                            details {
                                summary { "Unread event " (event.seq) ": " (sentence(&event.text)) }
                                div.origin { (event.origin) ", " (moment(&event.at)) }
                                (forms::pass_over(visitor, &lane.account, event, From::Needs))
                            }
                        }
                    }
                }
            }
        },
    )
}

fn quarantine(view: &NeedsListView) -> Markup {
    let about = "What came in and could not be taken. Everything else of the same delivery went on.";
    part(
        "quarantine",
        "Quarantine",
        about,
        view.documents.len(),
        html! {
            table.stack {
                thead { tr { th { "Document" } th { "Place" } th { "Reason" } th { "Connection" } th { "Since" } } }
                tbody {
                    @for document in &view.documents {
                        tr {
                            td.title { (document.document) }
                            td data-name="Place" { @if document.place.is_empty() { span.soft { "–" } } @else { (document.place) } }
                            td data-name="Reason" { @if document.kind == "conflict" { span.chip.warn { "known otherwise" } " " } (marked(&document.reason)) }
                            td data-name="Connection" { (document.connection) }
                            td.keep data-name="Since" { (moment(&document.at)) }
                        }
                    }
                }
            }
        },
    )
}

fn named<'a>(name: &'a str, id: &'a str) -> &'a str {
    if name.is_empty() { id } else { name }
}
