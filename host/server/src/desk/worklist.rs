//! `/worklist`: whom to work on next, the most money for the longest time first.

use axum::extract::State;
use maud::html;

use super::Page;
use super::layout::{self, About, Frame};
use super::notation::{amount, flags};
use crate::api::worklist::gather;
use crate::web::{Hub, Shared, limits, link};

pub async fn page(State(web): State<Shared>) -> Page {
    let hub: &dyn Hub = web.hub.as_ref();
    let view = gather(hub, limits::WORK_ROWS_MAX).await?;
    let policy = hub.policy();
    let title = |id: &str| {
        policy.all_levels().find(|level| level.id.as_str() == id).map_or(id.to_owned(), |level| level.title.clone())
    };
    let body = html! {
        h1 { "Worklist" }
        p.soft { "Ranked by what is overdue times how long it has been. Today is " (view.today) "." }
        @if view.lines.is_empty() {
            section.card { p.lead { "Nothing is overdue." } p.soft { "Accounts appear here the day after an invoice was due." } }
        } @else {
            section.card.flush {
                table.stack {
                    thead { tr { th.num { "Rank" } th { "Account" } th { "Country" } th.num { "Overdue" } th.num { "Days past due" } th { "Level" } th { "State" } } }
                    tbody {
                        @for line in &view.lines {
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
    };
    Ok(layout::page(&Frame::of(hub).await?, &About { title: "Worklist", here: "/worklist", live: "/live" }, body))
}
