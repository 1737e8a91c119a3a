//! `/totals`: what banks state beside what was read.

use axum::extract::State;
use maud::html;

use super::Page;
use super::layout::{self, About, Frame};
use super::notation::amount;
use crate::api::narrate::count;
use crate::api::totals::gather;
use crate::web::{Hub, Shared};

pub async fn page(State(web): State<Shared>) -> Page {
    let hub: &dyn Hub = web.hub.as_ref();
    let view = gather(hub).await?;
    let wrong = view.totals.iter().filter(|total| !total.agrees).count();
    let body = html! {
        h1 { "Bank totals" }
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
                                td data-name="Agrees" { @if total.agrees { span.chip.good { "agrees" } } @else { span.chip.bad { "differs" } } }
                            }
                        }
                    }
                }
            }
        }
    };
    Ok(layout::page(&Frame::of(hub).await?, &About { title: "Bank totals", here: "/totals", live: "/live" }, body))
}
