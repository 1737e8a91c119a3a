//! `/worklist`: what to work on next: tasks that are due, then whom to chase, the most money for the longest time first.

use axum::Extension;
use axum::extract::State;
use escalation::Policy;
use maud::{Markup, html};
use serde::Deserialize;

use super::forms::From;
use super::layout::{self, About, Frame};
use super::notation::{amount, flags};
use super::{Page, tasks};
use crate::api::Params;
use crate::api::worklist::{WorkLine, gather};
use crate::web::guard::Visitor;
use crate::web::problem::Problem;
use crate::web::{Hub, Shared, limits, link};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Shown {
    #[serde(rename = "for")]
    whom: String,
}

pub async fn page(
    State(web): State<Shared>,
    Extension(visitor): Extension<Visitor>,
    shown: Result<Params<Shown>, Problem>,
) -> Page {
    let hub: &dyn Hub = web.hub.as_ref();
    let Params(shown) = shown?;
    let view = gather(hub, &shown.whom, limits::WORK_ROWS_MAX).await?;
    let body = html! {
        h1 { "Worklist" }
        @if let Some(until) = &view.peak_until {
            div.notice.good { strong { "Peak hours until " (until) ": " } "calls come first, and other tasks wait until then." }
        }
        p.soft { "Ranked by what is overdue times how long it has been. Today is " (view.today) "." }
        (tasks::whose("/worklist", &shown.whom))
        @if !view.tasks.is_empty() {
            section.card { h2 { "Tasks that are due" } (tasks::list(&view.tasks, &visitor, From::Tasks)) }
        }
        @if view.lines.is_empty() {
            section.card { p.lead { "Nothing is overdue." } p.soft { "Accounts appear here the day after an invoice was due." } }
        } @else {
            (table(&view.lines, &hub.policy()))
        }
    };
    Ok(layout::page(&Frame::of(hub).await?, &About { title: "Worklist", here: "/worklist", live: "/live" }, body))
}

fn table(lines: &[WorkLine], policy: &Policy) -> Markup {
    let title = |id: &str| {
        policy.all_levels().find(|level| level.id.as_str() == id).map_or(id.to_owned(), |level| level.title.clone())
    };
    html! {
        section.card.flush {
            table.stack {
                thead { tr { th.num { "Rank" } th { "Account" } th { "Country" } th.num { "Overdue" } th.num { "Days past due" } th { "Level" } th { "State" } } }
                tbody {
                    @for line in lines {
                        tr {
                            td.num.rank data-name="Rank" { (line.rank) }
                            td.title { a href=(link::account(&line.account)) { (line.name) } div.soft.small { (line.account) } }
                            td data-name="Country" { (line.country) }
                            td.num data-name="Overdue" { (amount(&line.overdue)) }
                            td.num data-name="Days past due" { (line.days_past_due) }
                            td data-name="Level" { @if let Some(level) = &line.level { (title(level)) } @else { span.soft { "–" } } }
                            td data-name="State" { (flags(&line.flags)) }
                        }
                    }
                }
            }
        }
    }
}
