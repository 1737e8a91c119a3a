//! What surrounds every page: the bar with the hub's day, the menu, the parts that keep themselves fresh.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use maud::{DOCTYPE, Markup, html};

use super::notation;
use crate::api;
use crate::web::problem::Problem;
use crate::web::{Hub, Shared};

/// What the bar shows.
pub struct Frame {
    creditor: String,
    now: String,
    progress: Option<String>,
    needs: u64,
}

/// What a page is.
pub struct About<'a> {
    pub title: &'a str,
    /// The entry of the menu that it belongs to.
    pub here: &'a str,
    /// Where its fresh parts come from.
    pub live: &'a str,
}

/// Fresh parts of a page, by name.
pub type Parts = BTreeMap<&'static str, String>;

const MENU: &[(&str, &str)] = &[
    ("/", "Overview"),
    ("/accounts", "Accounts"),
    ("/worklist", "Worklist"),
    ("/upfront", "Before the deal"),
    ("/tasks", "Tasks"),
    ("/needs", "Needs a person"),
    ("/totals", "Totals"),
    ("/metrics", "Metrics"),
    ("/plugins", "Plugins"),
];

impl Frame {
    pub async fn of(hub: &dyn Hub) -> Result<Self, Problem> {
        Ok(Self::from(&api::overview::gather(hub).await?))
    }

    pub fn from(overview: &api::overview::OverviewView) -> Self {
        Self {
            creditor: overview.creditor.clone(),
            now: overview.now.clone(),
            progress: overview.progress.clone(),
            needs: overview.needs_person.total,
        }
    }

    pub fn parts(&self) -> Parts {
        Parts::from([("clock", self.clock().into_string()), ("needs", self.badge().into_string())])
    }

    fn clock(&self) -> Markup {
        html! {
            time datetime=(self.now) { (notation::long_day(&self.now)) " " span.soft { (self.now.get(11..16).unwrap_or_default()) } }
            @if let Some(progress) = &self.progress { " " span.chip.accent { (progress) } }
        }
    }

    fn badge(&self) -> Markup {
        html! { @if self.needs > 0 { span.count { (self.needs) } } }
    }
}

pub async fn live(State(web): State<Shared>) -> Result<Json<Parts>, Problem> {
    Ok(Json(Frame::of(web.hub.as_ref()).await?.parts()))
}

/// A part that the script replaces when it changed.
pub fn part(name: &str, content: Markup) -> Markup {
    html! { div data-part=(name) { (content) } }
}

pub fn page(frame: &Frame, about: &About<'_>, body: Markup) -> Markup {
    let bar = html! {
        div.creditor { (frame.creditor) }
        div.clock data-part="clock" { (frame.clock()) }
    };
    document(about, bar, frame.badge(), body)
}

pub fn failure(problem: &Problem) -> Markup {
    let about = About { title: problem.status.canonical_reason().unwrap_or("Problem"), here: "", live: "" };
    let body = html! {
        h1 { (about.title) }
        section.card {
            p.lead { (notation::sentence(problem.detail.trim_end_matches('.'))) "." }
            @if let Some(hint) = &problem.hint { p.soft { (notation::sentence(hint.trim_end_matches('.'))) "." } }
            p { a href="/" { "To the overview" } }
        }
    };
    document(&about, html! {}, html! {}, body)
}

fn document(about: &About<'_>, bar: Markup, badge: Markup, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (about.title) " · Dunlin" }
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/assets/desk.css";
                script src="/assets/desk.js" defer {}
            }
            body data-live=[(!about.live.is_empty()).then_some(about.live)] {
                a.skip href="#main" { "Skip to the content" }
                header {
                    div.bar { a.brand href="/" { (bird()) "Dunlin" } (bar) }
                    nav aria-label="Pages" {
                        @for (href, name) in MENU.iter().copied() {
                            a href=(href) aria-current=[(href == about.here).then_some("page")] {
                                (name)
                                @if href == "/needs" { span data-part="needs" { (badge) } }
                            }
                        }
                    }
                }
                main id="main" { (body) }
                footer { p { "Dunlin. The same content for programs: " a href="/api/openapi.json" { "OpenAPI" } "." } }
            }
        }
    }
}

fn bird() -> Markup {
    html! {
        svg.bird viewBox="0 0 36 24" width="30" height="20" aria-hidden="true" {
            path d="M2 15.5C4 9.5 9.5 6.5 15 6.5c2.6 0 4.7.5 6.4 1.3C22 5.400 24 3.500 26.400 3.500c2.300 0 4 1.500 4.400 3.400l4.700 3.300-5 .1C29.600 14.600 26 18.500 18.500 18.500L8 18z" {}
            path.leg d="M15.500 18.500v4m4.500-4.200v4.200" {}
        }
    }
}
