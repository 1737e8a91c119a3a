//! `/upfront`: before a debt exists: who pays first, who has no cover, which credit is open. And the same on the account's page.

use axum::extract::State;
use maud::{Markup, html};

use super::Page;
use super::forms;
use super::layout::{self, About, Frame};
use super::notation::{amount, amounts, state};
use crate::api::account::AccountView;
use crate::api::upfront::{
    AccountUpfrontView, ApplicationView, PayFirstView, ReportView, TermsView, UncoveredView, gather,
};
use crate::web::guard::Visitor;
use crate::web::{Hub, Shared, link};

pub async fn page(State(web): State<Shared>) -> Page {
    let hub: &dyn Hub = web.hub.as_ref();
    let view = gather(hub).await?;
    let body = html! {
        h1 { "Before the deal" }
        p.soft { "Nothing here is owed yet." @if view.more { " Only the first accounts are shown; " a href="/accounts" { "the accounts" } " can be filtered for all." } }
        section.card { h2 { "Who still has to pay before the day" } (pay_first(&view.pay_first)) }
        section.card { h2 { "Appointments without cover" } (uncovered(&view.uncovered)) }
        section.card { h2 { "Credit applications" } (applications(&view.applications)) }
        section.card {
            h2 { "Terms that are proposed" }
            @if view.proposals.is_empty() { p { "None." } } @else {
                ul.list {
                    @for one in &view.proposals {
                        li { div.head { span.what { (customer(&one.account, &one.name)) ": " (one.net_days) " days" } } div.origin { (one.because) } }
                    }
                }
            }
        }
    };
    Ok(layout::page(&Frame::of(hub).await?, &About { title: "Before the deal", here: "/upfront", live: "/live" }, body))
}

/// On the page of an account: what is known, and the forms that add to it.
pub fn section(view: &AccountView, visitor: &Visitor) -> Markup {
    html! {
        section.card {
            h2 { "Before the deal" }
            @if let Some(known) = &view.upfront { (of_account(view, known, visitor)) } @else { p { "Nothing is on record." } }
            details { summary { "An application for credit" } (forms::upfront::apply(visitor, &view.id)) }
            details { summary { "Evidence" } (forms::upfront::evidence(visitor, &view.id)) }
            details { summary { "Agreed terms" } (forms::upfront::terms(visitor, &view.id)) }
            details { summary { "An appointment or an order" } (forms::upfront::engage(visitor, &view.id)) }
        }
    }
}

fn of_account(view: &AccountView, known: &AccountUpfrontView, visitor: &Visitor) -> Markup {
    html! {
        dl.facts {
            @if let Some(since) = &known.customer_since { dt { "Customer since" } dd { (since) } }
            dt { "Terms" }
            dd {
                @match (&known.terms, &known.proposal) {
                    (Some(terms), _) => (agreed(terms)),
                    (None, Some(proposal)) => { (proposal.net_days) " days are proposed: " (proposal.because) },
                    (None, None) => "none on record",
                }
            }
            @if !known.report_costs.is_empty() { dt { "Reports cost" } dd { (amounts(&known.report_costs)) } }
        }
        @if !known.pay_first.is_empty() { h3 { "To be paid first" } (pay_first(&known.pay_first)) }
        @if !known.uncovered.is_empty() { h3 { "Without cover" } (uncovered(&known.uncovered)) }
        @if !known.applications.is_empty() {
            h3 { "Credit" }
            (applications(&known.applications))
            @for one in known.applications.iter().filter(|one| one.state == "open") {
                details { summary { "Decide " (one.id) } (forms::upfront::decide(visitor, &view.id, &one.id)) }
            }
        }
        @if !known.reports.is_empty() { h3 { "Reports" } ul.list { @for report in &known.reports { (one_report(report)) } } }
        @for one in &known.pay_first {
            details { summary { (one.engagement) " is over" } (forms::upfront::over(visitor, &view.id, &one.engagement)) }
        }
    }
}

fn agreed(terms: &TermsView) -> Markup {
    html! {
        (terms.net_days) " days, agreed on " (terms.agreed_on) " (" (terms.proof) ")"
        @if terms.signed { ", signed" }
        @if terms.fee_agreed { ", with a fee for being late" }
        @if let Some(percent) = &terms.interest { ", with interest of " (percent) " %" }
        @if let Some(until) = &terms.until { ", until " (until) }
    }
}

fn pay_first(all: &[PayFirstView]) -> Markup {
    html! {
        @if all.is_empty() { p { "Nobody." } } @else {
            table.stack {
                thead { tr { th { "On" } th { "Customer" } th { "What for" } th.num { "Still to come" } th { "Until" } th { "Asked" } } }
                tbody {
                    @for one in all {
                        tr {
                            td.keep data-name="On" { (one.on) }
                            td.title { (customer(&one.account, &one.name)) }
                            td data-name="What for" { (one.engagement) }
                            td.num data-name="Still to come" { (amount(&one.lacking)) div.soft.small { "of " (one.due.text) } }
                            td.keep data-name="Until" { (one.until) }
                            td.keep data-name="Asked" { @if let Some(on) = &one.asked_on { (on) } @else { span.soft { "–" } } }
                        }
                    }
                }
            }
        }
    }
}

fn uncovered(all: &[UncoveredView]) -> Markup {
    html! {
        @if all.is_empty() { p { "None." } } @else {
            ul.list {
                @for one in all {
                    li { div.head { span.what { (one.on) ": " (customer(&one.account, &one.name)) ", " (one.engagement) } } div.origin { (one.because) } }
                }
            }
        }
    }
}

fn applications(all: &[ApplicationView]) -> Markup {
    html! {
        @if all.is_empty() { p { "None." } } @else {
            ul.list {
                @for one in all {
                    li {
                        div.head { span.what { (customer(&one.account, &one.name)) ": " (amount(&one.amount)) ", " (one.id) } (state(&one.state)) }
                        div.origin {
                            "of " (one.applied_on)
                            @if !one.waits_for.is_empty() { ", waits for " (one.waits_for.join(", ").replace('-', " ")) }
                            @if let Some(until) = &one.until { ", until " (until) }
                        }
                        @if !one.because.is_empty() { div.detail { (one.because) } }
                    }
                }
            }
        }
    }
}

fn one_report(report: &ReportView) -> Markup {
    html! {
        li {
            div.head { span.what { (report.report) " of " (report.bureau) } (state(&report.advice)) }
            div.origin {
                (report.reported_on)
                @if let Some(until) = &report.valid_until { ", valid until " (until) }
                @if !report.score.is_empty() { ", score " (report.score) }
                @if let Some(limit) = &report.limit { ", at most " (limit.text) }
                @if let Some(price) = &report.price { ", cost " (price.text) }
            }
        }
    }
}

fn customer(account: &str, name: &str) -> Markup {
    html! { a href=(link::account(account)) { @if name.is_empty() { (account) } @else { (name) } } }
}
