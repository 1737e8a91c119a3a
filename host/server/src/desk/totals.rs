//! `/totals`: what banks state beside what was read, and what sources list beside what is known.

use axum::Extension;
use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::layout::{self, About, Frame};
use super::notation::{amount, marked, moment};
use super::{Page, actions, forms};
use crate::api::Params;
use crate::api::narrate::count;
use crate::api::totals::{ReconcileView, SideView, TotalsView, gather};
use crate::web::guard::Visitor;
use crate::web::problem::Problem;
use crate::web::{Hub, Shared};

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
        h1 { "Totals" }
        @if let Some(said) = actions::said(&shown.said) { div.notice.good role="status" { (said) } }
        (statements(&view))
        (reconciles(&view, &visitor))
    };
    Ok(layout::page(&Frame::of(hub).await?, &About { title: "Totals", here: "/totals", live: "/live" }, body))
}

fn statements(view: &TotalsView) -> Markup {
    let wrong = view.totals.iter().filter(|total| !total.agrees).count();
    html! {
        h2 { "Statements" }
        p.soft { "Each statement states a sum; the hub counts what it read. Newest first." }
        @if wrong > 0 {
            div.notice.bad { strong { (count(wrong, "total")) " do not agree." } " Ask the sender for the document again." }
        }
        @if view.totals.is_empty() {
            section.card { p.lead { "No statement has come in yet." } p.soft { "Until one has, nobody is chased where the policy asks for a fresh statement." } }
        } @else {
            section.card.flush {
                table.stack {
                    thead { tr { th { "Day" } th { "Connection" } th { "Total" } th.num { "Stated" } th.num { "Counted" } th { "Agrees" } } }
                    tbody {
                        @for total in &view.totals {
                            tr {
                                td.keep data-name="Day" { (total.on) }
                                td data-name="Connection" { (total.connection) }
                                td data-name="Total" { (total.name) }
                                td.num data-name="Stated" { (amount(&total.stated)) }
                                td.num data-name="Counted" { (amount(&total.counted)) }
                                td data-name="Agrees" { (agrees(total.agrees)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn reconciles(view: &TotalsView, visitor: &Visitor) -> Markup {
    html! {
        @if !view.sources.is_empty() || !view.reconciles.is_empty() {
            h2 { "Full reconciles" }
            p.soft {
                "A source lists everything that is open, and that is held against what is known from it. What is missing in two \
                 complete runs in a row waits for a person. Newest first."
            }
            @for source in &view.sources { (forms::reconcile(visitor, source)) }
            @for run in &view.reconciles { (reconcile(run)) }
        }
    }
}

fn reconcile(run: &ReconcileView) -> Markup {
    let state = match (&run.ended, run.complete) {
        (_, true) => html! { span.chip.good { "complete" } },
        (Some(_), false) => html! { span.chip.bad { "broke off" } },
        (None, false) => html! { span.chip { "not ended" } },
    };
    html! {
        section.card {
            div.head { h3 { (run.connection) ", " (moment(&run.started)) } (state) }
            @if !run.note.is_empty() { p.detail { (marked(&run.note)) } }
            @if run.complete {
                p {
                    (count(run.listed as usize, "invoice")) " listed; missing for the first time: " (run.missing_once)
                    ", for longer: " (run.missing) ", found again: " (run.found) "."
                }
                (sides(&run.totals))
            }
        }
    }
}

fn sides(totals: &[SideView]) -> Markup {
    html! {
        table.stack {
            thead { tr { th.num { "Open there" } th.num { "Items" } th.num { "Open here" } th.num { "Items" } th { "Agrees" } } }
            tbody {
                @for total in totals {
                    tr {
                        td.num data-name="Open there" { (amount(&total.stated)) }
                        td.num data-name="Items there" { (total.stated_items) }
                        td.num data-name="Open here" { (amount(&total.known)) }
                        td.num data-name="Items here" { (total.known_items) }
                        td data-name="Agrees" { (agrees(total.agrees)) }
                    }
                }
            }
        }
    }
}

fn agrees(agrees: bool) -> Markup {
    html! { @if agrees { span.chip.good { "agrees" } } @else { span.chip.bad { "differs" } } }
}
