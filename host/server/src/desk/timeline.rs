//! The timeline of an account: by day, newest first.

use maud::{Markup, html};

use super::notation::{long_day, marked, moment, sentence};
use crate::api::timeline::{ReasonView, TimelineEntry, TimelineView};
use crate::web::link;

pub fn section(view: &TimelineView) -> Markup {
    html! {
        section.card id="timeline" {
            h2 { "Timeline" }
            p.soft { "What happened, and what was decided and why. Newest first, " (view.events) " events in all." }
            @if view.entries.is_empty() { p { "Nothing on this page." } }
            @for day in view.entries.chunk_by(|a, b| a.at.get(..10) == b.at.get(..10)) {
                h3.day { (day.first().map(|entry| long_day(&entry.at)).unwrap_or_default()) }
                ol.timeline { @for entry in day { (line(entry)) } }
            }
            (pager(view))
        }
    }
}

pub fn reasons(all: &[ReasonView]) -> Markup {
    html! {
        ul.reasons {
            @for reason in all {
                li {
                    span.code { (reason.code) } " "
                    (text(reason))
                    @if let Some(until) = reason.until.as_ref().filter(|until| !reason.text.contains(*until)) { span.until { " until " (until) } }
                }
            }
        }
    }
}

/// The sentence; it begins large unless an invoice stands before it.
fn text(reason: &ReasonView) -> Markup {
    let is_first = reason.invoice.as_ref().is_none_or(|invoice| reason.text.contains(invoice));
    html! {
        @if let Some(invoice) = reason.invoice.as_ref().filter(|_| !is_first) { (invoice) ": " }
        @if is_first { (sentence(&reason.text)) } @else { (marked(&reason.text)) }
    }
}

fn line(entry: &TimelineEntry) -> Markup {
    html! {
        li class=(format!("entry {}", entry.topic)) {
            time datetime=(entry.at) { (entry.at.get(11..16).unwrap_or_default()) }
            div {
                @if entry.kind == "decision" { (decision(entry)) } @else { (event(entry)) }
            }
        }
    }
}

fn event(entry: &TimelineEntry) -> Markup {
    html! {
        div.what { (sentence(&entry.text)) }
        @if !entry.detail.is_empty() { div.detail { (entry.detail) } }
        @if let Some(skipped) = &entry.skipped { div.detail { "Passed over, never read: " (skipped) } }
        div.origin {
            (entry.origin)
            @if let Some(on) = &entry.on { ", of " (on) }
        }
    }
}

fn decision(entry: &TimelineEntry) -> Markup {
    html! {
        div.origin {
            (entry.text)
            @if let Some(since) = &entry.since { ", the same " (entry.times) " times since " (moment(since)) }
        }
        @if entry.reasons.is_empty() { div.what { "Nothing to do." } } @else { (reasons(&entry.reasons)) }
        @if let Some(again) = &entry.look_again { div.origin { "Looks again " (moment(again)) } }
    }
}

fn pager(view: &TimelineView) -> Markup {
    let to =
        |page: u32| format!("{}#timeline", link::query(&link::account(&view.account), &[("page", page.to_string())]));
    html! {
        @if view.pages > 1 {
            nav.pager aria-label="Pages of the timeline" {
                @if view.page > 1 { a rel="prev" href=(to(view.page - 1)) { "← Newer" } } @else { span {} }
                span.soft { "Page " (view.page) " of " (view.pages) }
                @if view.page < view.pages { a rel="next" href=(to(view.page + 1)) { "Older →" } } @else { span {} }
            }
        }
    }
}
