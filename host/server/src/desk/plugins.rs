//! `/plugins`: the running plugins, what they may do and how they are.

use axum::Extension;
use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::forms::{self, From};
use super::layout::{self, About, Frame};
use super::notation::{marked, moment, state};
use super::{Page, actions};
use crate::api::Params;
use crate::api::connections::ConnectionView;
use crate::api::narrate::count;
use crate::api::plugins::{CallView, PluginView, gather};
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
        h1 { "Plugins" }
        @if let Some(said) = actions::said(&shown.said) { div.notice.good role="status" { (said) } }
        @if view.plugins.is_empty() {
            section.card { p.lead { "No plugin runs." } p.soft { "Put a file for each into the configuration's `plugins` folder." } }
        }
        div.cards { @for plugin in &view.plugins { (card(plugin, &visitor)) } }
    };
    Ok(layout::page(&Frame::of(hub).await?, &About { title: "Plugins", here: "/plugins", live: "/live" }, body))
}

fn card(plugin: &PluginView, visitor: &Visitor) -> Markup {
    html! {
        section.card {
            div.head { h2 { (plugin.name) } (state(&plugin.health)) }
            p.soft { (plugin.plugin) " " (plugin.version) ": " (plugin.summary) }
            @if let Some(reason) = &plugin.paused {
                div.notice.bad { strong { "Paused: " (reason) } (forms::resume(visitor, &plugin.name, From::Plugins)) }
            }
            (connection(&plugin.connection, visitor))
            @if plugin.failures_in_row > 0 { p { (count(plugin.failures_in_row as usize, "failure")) " in a row" } }
            @if let Some(error) = &plugin.last_error { p.detail { "Last error: " (error) } }
            (backfill(plugin, visitor))
            dl.facts {
                dt { "Roles" } dd { (plugin.roles.join(", ")) }
                dt { "Folders" } dd {
                    @for (name, folder) in &plugin.connections { div { (name) ": " code { (folder) } } }
                    @if plugin.connections.is_empty() { "none" }
                }
                dt { "May use" } dd { (if plugin.imports.is_empty() { "nothing".to_owned() } else { plugin.imports.join(", ") }) }
                dt { "Limits" } dd { (plugin.limits) }
                @if let (Some(per_minute), Some(burst)) = (plugin.connection.per_minute, plugin.connection.burst) {
                    dt { "Rate" } dd { (per_minute) " a minute, " (burst) " at once" }
                }
            }
            (calls(&plugin.calls))
        }
    }
}

/// Only who owes and who paid can be read in as history.
fn backfill(plugin: &PluginView, visitor: &Visitor) -> Markup {
    let tells_history = plugin.roles.iter().any(|role| matches!(role.as_str(), "accounting" | "gateway"));
    html! {
        @if let Some(why) = &plugin.backfill {
            div.notice.warn {
                strong { "Backfill: " (marked(why)) }
                p { "Nothing is planned or sent until it ends." }
                (forms::backfill(visitor, &plugin.name, false))
            }
        } @else if tells_history {
            details { summary { "Read in history" } p.soft { "Months of it, with nothing planned or sent meanwhile." } (forms::backfill(visitor, &plugin.name, true)) }
        }
    }
}

/// May it be used, on all hosts; and a person's word on it.
fn connection(connection: &ConnectionView, visitor: &Visitor) -> Markup {
    let why = connection.why.as_deref().unwrap_or_default();
    html! {
        @match connection.state.as_str() {
            "paused" => {
                div.notice.bad { strong { "Connection paused: " (why) } (forms::resume(visitor, &connection.name, From::Plugins)) }
            }
            "waiting" => {
                div.notice.warn {
                    strong { "Left alone until " (moment(connection.until.as_deref().unwrap_or_default())) }
                    p { (count(connection.failures_in_row as usize, "failure")) " in a row: " (why) }
                    (forms::resume(visitor, &connection.name, From::Plugins))
                }
            }
            "failing" => { p.detail { "The last calls failed: " (why) } }
            _ => {}
        }
        @if connection.state != "paused" {
            details { summary { "Pause the connection" } p.soft { "Nothing is asked of it, on all hosts, until it is resumed." } (forms::pause(visitor, &connection.name)) }
        }
    }
}

fn calls(calls: &[CallView]) -> Markup {
    let failed = calls.iter().filter(|call| !call.error.is_empty()).count();
    html! {
        details {
            summary { "Last " (count(calls.len(), "call")) @if failed > 0 { ", " (failed) " failed" } }
            ul.list.small {
                @for call in calls {
                    li {
                        div.head { span { (moment(&call.at)) " " strong { (call.function) } } span.soft { (took(call.micros)) } }
                        @if !call.error.is_empty() { div.detail.wrong { (call.error) } }
                        @for line in &call.log { div.detail { (line) } }
                    }
                }
            }
        }
    }
}

/// `0.8 ms`, `12 ms`
fn took(micros: u64) -> String {
    if micros < 10_000 {
        format!("{}.{} ms", micros / 1000, micros % 1000 / 100)
    } else {
        format!("{} ms", micros / 1000)
    }
}
