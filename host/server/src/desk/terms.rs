//! Plans, settlements, write-offs and returns of an account, and what can be agreed next.

use maud::{Markup, html};

use super::forms::{self, From};
use super::notation::{amount, sentence, state};
use crate::api::account::AccountView;
use crate::api::agreed::{PlanView, ProposalView, ReturnView, SettlementView, WriteOffView};
use crate::web::guard::Visitor;

pub fn section(view: &AccountView, visitor: &Visitor) -> Markup {
    let agreed = &view.agreed;
    html! {
        @if !agreed.proposals.is_empty() {
            section.card {
                h2 { "Asked of people" }
                ul.list { @for one in &agreed.proposals { (proposal(&view.id, one, visitor, From::Account)) } }
            }
        }
        section.card {
            h2 { "Agreed with the debtor" }
            ul.list {
                @for plan in &agreed.plans { (one_plan(&view.id, plan, visitor)) }
                @for one in &agreed.settlements { (settlement(&view.id, one, visitor, From::Account)) }
                @for one in &agreed.write_offs { (write_off(&view.id, one, visitor, From::Account)) }
                @for one in &agreed.returns { (goods(&view.id, one, visitor)) }
            }
            @if view.items.is_empty() { p.soft { "Nothing is open: there is nothing to agree." } } @else {
                details { summary { "Payment plan" } (forms::agreed::plan(visitor, view)) }
                details { summary { "Settlement for less" } (forms::agreed::settlement(visitor, view)) }
                details { summary { "Take goods back" } (forms::agreed::take_back(visitor, view)) }
                details { summary { "Write off" } (forms::agreed::write_off(visitor, view)) }
            }
        }
    }
}

pub fn proposal(account: &str, one: &ProposalView, visitor: &Visitor, from: From) -> Markup {
    html! {
        li {
            div.head { span.what { (sentence(&one.title)) " for " (one.invoices.join(", ")) } (state(if one.awaited.is_some() { "proposed" } else { "approved" })) }
            div.origin {
                "proposed by the policy on " (one.proposed_on)
                @if !one.approved_by.is_empty() { ", approved by " (one.approved_by.join(" and ")) }
            }
            @if let Some(awaited) = &one.awaited {
                p.soft { (sentence(awaited)) "." }
                (forms::agreed::decide(visitor, account, "approve-level", &one.level, from))
                details { summary { "Decline: the invoices pass it over" } (forms::agreed::decide(visitor, account, "decline-level", &one.level, from)) }
            }
        }
    }
}

pub fn settlement(account: &str, one: &SettlementView, visitor: &Visitor, from: From) -> Markup {
    html! {
        li {
            div.head { span.what { "Settlement: " (amount(&one.amount)) " of " (amount(&one.balance)) " by " (one.pay_by) } (state(&one.state)) }
            div.origin {
                "offered by " (one.offered_by) ", " (amount(&one.paid)) " paid"
                @if let Some(who) = &one.approved_by { ", approved by " (who) }
            }
            div.detail { (one.because) }
            @if one.waits {
                p.soft { "More than one person may let off: another one decides." }
                (forms::agreed::decide(visitor, account, "approve-settlement", &one.id, from))
                details { summary { "Decline" } (forms::agreed::decide(visitor, account, "decline-settlement", &one.id, from)) }
            }
        }
    }
}

pub fn write_off(account: &str, one: &WriteOffView, visitor: &Visitor, from: From) -> Markup {
    html! {
        li {
            div.head {
                span.what { "Write-off of " (one.invoices.join(", ")) @if let Some(sum) = &one.amount { ": " (amount(sum)) } }
                (state(&one.state))
            }
            div.origin {
                "proposed by " (one.proposed_by) " on " (one.proposed_on)
                @if let Some(who) = &one.decided_by { ", decided by " (who) }
            }
            div.detail { (one.because) }
            @if one.waits {
                (forms::agreed::decide(visitor, account, "approve-write-off", &one.id, from))
                details { summary { "Decline" } (forms::agreed::decide(visitor, account, "decline-write-off", &one.id, from)) }
            }
        }
    }
}

fn one_plan(account: &str, plan: &PlanView, visitor: &Visitor) -> Markup {
    html! {
        li {
            div.head { span.what { "Payment plan for " (plan.invoices.join(", ")) } (state(&plan.state)) }
            div.origin {
                "agreed " (plan.agreed_on) ", " (plan.hardship.replace('-', " "))
                @if let Some(missing) = &plan.behind { ", " strong { (amount(missing)) " behind" } }
            }
            @if !plan.text.is_empty() { div.detail { (plan.text) } }
            dl.facts {
                @for one in &plan.instalments {
                    dt { (one.due_on) } dd { (amount(&one.amount)) @if one.missed { " " span.chip.bad { "missed" } } }
                }
            }
            @if plan.state == "running" {
                details { summary { "End the plan" } (forms::agreed::decide(visitor, account, "cancel-plan", &plan.id, From::Account)) }
            }
        }
    }
}

fn goods(account: &str, one: &ReturnView, visitor: &Visitor) -> Markup {
    html! {
        li {
            div.head { span.what { (one.goods) " back for " (amount(&one.value)) " of " (one.invoice) } (state(&one.state)) }
            div.origin { "until " (one.until) }
            @if one.waits { (forms::agreed::decide(visitor, account, "goods", &one.id, From::Account)) }
        }
    }
}
