//! `/accounts/{id}`: one account, whole.

use axum::Extension;
use axum::extract::State;
use escalation::AccountId;
use maud::{Markup, html};
use serde::Deserialize;

use super::forms::{self, From};
use super::layout::{self, About, Frame};
use super::notation::{amount, amounts, days, moment, sentence, state};
use super::{Page, actions, agreements, effects, law, tasks, terms, timeline, upfront};
use crate::api::account::{AccountView, DebtorView, ItemView, PlannedView, gather};
use crate::api::accounts::bounded;
use crate::api::narrate::count;
use crate::api::needs::OpenView;
use crate::api::{self, Named};
use crate::web::guard::Visitor;
use crate::web::problem::Problem;
use crate::web::{Hub, Shared, limits, link};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Shown {
    /// Of the timeline, from 1.
    page: Option<u32>,
    /// What was just done.
    said: String,
}

pub async fn page(
    State(web): State<Shared>,
    Extension(visitor): Extension<Visitor>,
    name: Result<Named, Problem>,
    shown: Result<api::Params<Shown>, Problem>,
) -> Page {
    let (Named(id), api::Params(shown)) = (name?, shown?);
    let hub: &dyn Hub = web.hub.as_ref();
    let page = bounded("page", shown.page.unwrap_or(1), limits::PAGE_MAX)?;
    let id = AccountId::new(id);
    let view = gather(hub, &id).await?;
    let history = api::timeline::gather(hub, &id, view.head_seq, page).await?;
    let body = html! {
        (heading(&view))
        @if let Some(said) = actions::said(&shown.said) { div.notice.good role="status" { (said) } }
        (standing(&view, &visitor))
        div.sides {
            div {
                (items(&view))
                (law::charges(&view.charges))
                (money(&view, &visitor))
                (agreements::promises(&view.promises))
                (terms::section(&view, &visitor))
                (agreements::disputes(&view, &visitor))
                (agreements::placements(&view.placements))
                (timeline::section(&history))
            }
            div {
                (next(&view, &visitor))
                (tasks::card(&view, &visitor))
                (debtor(&view.debtor, &view))
                (upfront::section(&view, &visitor))
                (dunning(&view, &visitor))
                (contact(&view, &visitor))
                (law::mandate(&view, &visitor))
                (effects::section(&view.effects))
            }
        }
    };
    Ok(layout::page(
        &Frame::of(hub).await?,
        &About { title: &view.debtor.name, here: "/accounts", live: "/live" },
        body,
    ))
}

fn heading(view: &AccountView) -> Markup {
    let own = |page: &str| format!("{}/{page}", link::account(&view.id));
    html! {
        p.crumb { a href="/accounts" { "Accounts" } " / " (view.id) }
        h1 { (view.debtor.name) }
        div.buttons {
            @if !view.items.is_empty() { a.button href=(own("call")) { "Call" } }
            a.button.quiet href=(own("statement.pdf")) download { "Statement (PDF)" }
            a.button.quiet href=(own("case-file.pdf")) download { "Case file (PDF)" }
        }
        div.tiles {
            div.tile { div.name { "Open" } div.figure { (amounts(&view.open)) } div.soft { (count(view.items.len(), "item")) ", " (view.settled) " settled" } }
            div.tile { div.name { "Overdue" } div.figure { (amounts(&view.overdue)) } div.soft { (days(view.days_past_due)) " past due" } }
            div.tile { div.name { "Unapplied" } div.figure { (amounts(&view.unapplied)) } div.soft { (count(view.unapplied_payments.len(), "payment")) } }
        }
    }
}

/// May order, is parked, is blocked.
fn standing(view: &AccountView, visitor: &Visitor) -> Markup {
    html! {
        div class=(if view.release.may_order { "notice good" } else { "notice bad" }) { strong { (view.release.text) } }
        @if let Some(reason) = &view.parked {
            div.notice.warn {
                strong { "Parked: " (reason) }
                (forms::retry(visitor, &view.id, From::Account))
            }
        }
        @if !view.stopped.is_empty() { div.notice.warn { "The debtor asked not to be reached by: " (view.stopped.join(", ")) "." } }
        @if !view.unreachable.is_empty() { div.notice.warn { "Out of date: " (view.unreachable.join(", ")) "." } }
    }
}

fn items(view: &AccountView) -> Markup {
    html! {
        section.card {
            h2 { "Open items" }
            @if view.items.is_empty() { p { "Nothing is open." } } @else {
                table.stack {
                    thead { tr { th { "Invoice" } th { "Due" } th.num { "Open" } th { "Level" } } }
                    tbody { @for item in &view.items { (one_item(item)) } }
                }
            }
        }
    }
}

fn one_item(item: &ItemView) -> Markup {
    html! {
        tr {
            td.title.number {
                (item.invoice) @if item.cycle > 1 { " " span.chip { "reopened" } }
                div.soft.small.keep { "of " (item.issued_on) }
            }
            td.keep data-name="Due" {
                div { (item.due_on) @if item.days_past_due > 0 { div.soft.small { (days(item.days_past_due)) " past due" } } }
            }
            td.num data-name="Open" {
                div { strong { (amount(&item.open)) } @if item.open != item.total { div.soft.small { "of " (amount(&item.total)) } } }
            }
            td data-name="Level" {
                @match item.level_title.as_ref().or(item.level.as_ref()) { Some(level) => { (level) }, None => { span.soft { "–" } } }
            }
        }
    }
}

/// Money that is here, or on its way, and on no invoice.
fn money(view: &AccountView, visitor: &Visitor) -> Markup {
    let items: Vec<_> =
        view.items.iter().map(|item| OpenView { invoice: item.invoice.clone(), open: item.open.clone() }).collect();
    html! {
        @if !view.unapplied_payments.is_empty() || !view.pending.is_empty() || !view.stray_reversals.is_empty() {
            section.card {
                h2 { "Money on no invoice" }
                ul.list {
                    @for payment in &view.unapplied_payments {
                        li {
                            div.head { span.what { (super::needs::payment(payment)) } span.chip.warn { "unapplied" } }
                            details { summary { "Assign" } (forms::assign(visitor, &view.id, payment, &items, From::Account)) (forms::move_to(visitor, &view.id, payment, From::Account)) }
                        }
                    }
                    @for payment in &view.pending {
                        li { div.head { span.what { (super::needs::payment(payment)) } span.chip.accent { "announced" } } }
                    }
                    @for payment in &view.stray_reversals {
                        li { div.head { span.what { (super::needs::payment(payment)) } span.chip.warn { "stray reversal" } } }
                    }
                }
            }
        }
    }
}

fn next(view: &AccountView, visitor: &Visitor) -> Markup {
    let next = &view.next;
    html! {
        section.card.next {
            h2 { "What happens next" }
            @match &next.look_again {
                Some(at) => p { "Looked at again " strong { (moment(at)) } ", or as soon as something happens." },
                None => p { "Looked at again as soon as something happens." },
            }
            @if !next.planned.is_empty() {
                ul.list { @for planned in &next.planned { (one_planned(&view.id, planned, visitor)) } }
            }
            @if !next.reasons.is_empty() { (timeline::reasons(&next.reasons)) }
            @if !next.blocks.is_empty() {
                h3 { "What stands in the way" }
                (timeline::reasons(&next.blocks))
            }
        }
    }
}

fn one_planned(account: &str, planned: &PlannedView, visitor: &Visitor) -> Markup {
    html! {
        li {
            div.head { span.what { (sentence(&planned.text)) } (state(&planned.state)) }
            div.origin { "on " (planned.due_on) }
            @if planned.needs_approval { p.soft { "Waits for a person to agree." @if !planned.approved_by.is_empty() { " " (forms::approved_by(&planned.approved_by)) } } (forms::approve(visitor, account, &planned.key, From::Account)) }
            @if planned.state == "unknown" { details { summary { "Settle" } (forms::settle(visitor, account, &planned.key, From::Account)) } }
        }
    }
}

fn debtor(debtor: &DebtorView, view: &AccountView) -> Markup {
    let facts = [
        ("Account", Some(view.id.clone())),
        ("Kind", Some(debtor.kind.replace('-', " "))),
        ("Country", Some(debtor.country.clone())),
        ("Language", Some(debtor.language.clone())),
        ("E-mail", debtor.email.clone()),
        ("Phone", debtor.phone.clone()),
        ("VAT id", debtor.vat_id.clone()),
    ];
    html! {
        section.card {
            h2 { "Debtor" }
            @if !debtor.address.is_empty() { address { @for line in &debtor.address { div { (line) } } } }
            dl.facts {
                @for (name, value) in facts {
                    @if let Some(value) = value.filter(|value| !value.is_empty()) { dt { (name) } dd { (value) } }
                }
            }
        }
    }
}

/// Who must not be contacted, or not by every medium.
fn contact(view: &AccountView, visitor: &Visitor) -> Markup {
    html! {
        section.card {
            h2 { "Contact" }
            ul.list {
                @for known in &view.protections {
                    li {
                        div.head {
                            span.what { (sentence(&known.kind)) @if !known.text.is_empty() { ": " (known.text) } }
                            @if known.holds { span.chip.warn { "protected" } } @else { span.chip { "over" } }
                        }
                        div.origin { "since " (known.since) @if let Some(until) = &known.until { ", until " (until) } }
                        @if known.holds { details { summary { "It has ended" } (forms::unprotect(visitor, &view.id, &known.kind)) } }
                    }
                }
                @for medium in &view.stopped {
                    li {
                        div.head {
                            span.what { @if medium == "all" { "Asked not to be contacted" } @else { "Asked: no " (medium) } }
                            span.chip.warn { "stopped" }
                        }
                        details { summary { "Asked for it again" } (forms::lift_stop(visitor, &view.id, medium)) }
                    }
                }
                @for medium in &view.unreachable {
                    li { div.head { span.what { (sentence(medium)) ": the address does not work" } span.chip { "unreachable" } } }
                }
            }
            @if view.protections.is_empty() && view.stopped.is_empty() && view.unreachable.is_empty() {
                p.soft { "Nothing keeps this debtor from being contacted." }
            }
            details { summary { "Attorney, insolvency, death, moratorium" } (forms::protect(visitor, &view.id)) }
        }
    }
}

fn dunning(view: &AccountView, visitor: &Visitor) -> Markup {
    html! {
        section.card {
            h2 { "Dunning block" }
            @match &view.blocked {
                Some(block) => {
                    p { span.chip.warn { "blocked" } " " (block.reason) @if let Some(until) = &block.until { ", until " (until) } }
                    details { summary { "Lift the block" } (forms::unblock(visitor, &view.id)) }
                },
                None => {
                    p.soft { "Not blocked. A block keeps every message and call from this debtor." }
                    details { summary { "Block dunning" } (forms::block(visitor, &view.id)) }
                },
            }
        }
    }
}
