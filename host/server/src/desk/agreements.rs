//! Promises, disputes and placements of an account.

use maud::{Markup, html};

use super::forms;
use super::notation::{amount, amounts, state};
use crate::api::account::{AccountView, DisputeView, PromiseView};
use crate::api::placements::PlacementView;
use crate::web::guard::Visitor;

pub fn promises(all: &[PromiseView]) -> Markup {
    html! {
        @if !all.is_empty() {
            section.card {
                h2 { "Promises" }
                table.stack {
                    thead { tr { th { "By" } th.num { "Promised" } th.num { "Received" } th { "Made" } th { "State" } } }
                    tbody {
                        @for promise in all {
                            tr {
                                td.keep data-name="By" { (promise.due_on) }
                                td.num data-name="Promised" { (amount(&promise.amount)) }
                                td.num data-name="Received" { (amount(&promise.received)) }
                                td data-name="Made" { (promise.made_on) @if !promise.text.is_empty() { div.soft.small { (promise.text) } } }
                                td data-name="State" { (state(&promise.state)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

pub fn disputes(view: &AccountView, visitor: &Visitor) -> Markup {
    html! {
        @if !view.disputes.is_empty() {
            section.card {
                h2 { "Disputes" }
                ul.list { @for dispute in &view.disputes { (one_dispute(view, dispute, visitor)) } }
            }
        }
    }
}

pub fn placements(all: &[PlacementView]) -> Markup {
    html! {
        @if !all.is_empty() {
            section.card {
                h2 { "With an agency" }
                ul.list {
                    @for placement in all {
                        li {
                            div.head { span.what { (amount(&placement.total)) " proposed " (placement.proposed_on) } (state(&placement.state)) }
                            div.origin {
                                "agency " (placement.sequence)
                                @if let Some(agency) = &placement.agency { " (" (agency) ")" }
                                ", commission " (placement.commission)
                                @if !placement.agency_reference.is_empty() { ", there " (placement.agency_reference) }
                                @if let Some(closed) = &placement.closed_on { ", closed " (closed) ": " (placement.closing_reason) }
                            }
                            dl.facts {
                                dt { "Collected" } dd { (amounts(&placement.collected)) }
                                dt { "Commission" } dd { (amounts(&placement.commission_due)) }
                                dt { "Remitted" } dd { (amount(&placement.remitted)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn one_dispute(view: &AccountView, dispute: &DisputeView, visitor: &Visitor) -> Markup {
    html! {
        li {
            div.head {
                span.what { (amount(&dispute.amount)) " of " (dispute.invoice) ": " (dispute.reason.replace('-', " ")) }
                @match &dispute.outcome {
                    Some(outcome) => span.chip { (outcome) },
                    None if dispute.overdue => span.chip.bad { "overdue" },
                    None => span.chip.warn { "open" },
                }
            }
            div.origin {
                "since " (dispute.opened_on)
                @if let Some(owner) = &dispute.owner { ", " (owner) " settles it" }
                @if let Some(due) = &dispute.due_on { " until " (due) }
                @if let Some(resolved) = &dispute.resolved_on { ", resolved " (resolved) }
            }
            @if !dispute.text.is_empty() { div.detail { (dispute.text) } }
            @if dispute.outcome.is_none() {
                details { summary { "Resolve" } (forms::resolve(visitor, &view.id, dispute)) }
            }
        }
    }
}
