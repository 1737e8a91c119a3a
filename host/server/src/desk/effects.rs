//! Effects with their states and attempts.

use maud::{Markup, html};

use super::notation::{moment, sentence, state};
use crate::api::effects::{AttemptView, EffectView};
use crate::api::narrate::count;

pub fn section(effects: &[EffectView]) -> Markup {
    html! {
        section.card id="effects" {
            h2 { "Effects" }
            p.soft { "What was asked of the world, and how it ended. Newest first." }
            @if effects.is_empty() { p { "None yet." } }
            ul.list {
                @for effect in effects {
                    li {
                        div.head { span.what { (sentence(&effect.text)) } (state(&effect.status)) }
                        div.origin {
                            (effect.role) ", " (effect.kind) ", due " (moment(&effect.due_at))
                            @if let Some(ended) = &effect.ended_at { ", ended " (moment(ended)) }
                        }
                        @if !effect.note.is_empty() { div.detail { (effect.note) } }
                        details {
                            summary { (count(effect.attempts.len(), "attempt")) }
                            div.key { (effect.key) }
                            @if !effect.attempts.is_empty() { ol.attempts { @for one in &effect.attempts { (attempt(one)) } } }
                        }
                    }
                }
            }
        }
    }
}

fn attempt(attempt: &AttemptView) -> Markup {
    html! {
        li value=(attempt.n) {
            (attempt.plugin) ", batch " (attempt.batch) ", " (moment(&attempt.started_at))
            @if let Some(ended) = &attempt.ended_at { " to " (moment(ended)) }
            ": " (if attempt.outcome.is_empty() { "under way" } else { &attempt.outcome })
            @if !attempt.text.is_empty() { ", " (attempt.text) }
        }
    }
}
