//! `/`: how the creditor's receivables stand.

use axum::Json;
use axum::extract::{Query, State};
use maud::{Markup, html};
use serde::Deserialize;

use super::Page;
use super::chart::{self, Bar};
use super::layout::{self, About, Frame, Parts, part};
use super::notation::{amount, flag, written};
use crate::api::narrate::count;
use crate::api::overview::{CurrencyView, LevelView, NeedsView, OverviewView, gather};
use crate::web::problem::Problem;
use crate::web::{Shared, link};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    /// The currency of the large figures and the charts.
    currency: String,
}

pub async fn page(State(web): State<Shared>, Query(chosen): Query<Chosen>) -> Page {
    let view = gather(web.hub.as_ref()).await?;
    let live = link::query("/live/overview", &[("currency", chosen.currency.clone())]);
    let body = html! {
        h1 { "Overview" }
        @for (name, content) in sections(&view, &chosen) { (part(name, content)) }
    };
    Ok(layout::page(&Frame::from(&view), &About { title: "Overview", here: "/", live: &live }, body))
}

pub async fn live(State(web): State<Shared>, Query(chosen): Query<Chosen>) -> Result<Json<Parts>, Problem> {
    let view = gather(web.hub.as_ref()).await?;
    let mut parts = Frame::from(&view).parts();
    parts.extend(sections(&view, &chosen).map(|(name, content)| (name, content.into_string())));
    Ok(Json(parts))
}

fn sections(view: &OverviewView, chosen: &Chosen) -> [(&'static str, Markup); 5] {
    let main = main_currency(view, &chosen.currency);
    [
        ("backfill", backfill(&view.backfills)),
        ("waiting", waiting(&view.needs_person)),
        ("totals", totals(view, main)),
        ("charts", charts(view, main)),
        ("all", everything(view)),
    ]
}

/// The chosen one; else the one in which most is open.
fn main_currency<'a>(view: &'a OverviewView, chosen: &str) -> Option<&'a CurrencyView> {
    let wanted = view.currencies.iter().find(|currency| currency.currency == chosen);
    wanted.or_else(|| view.currencies.iter().max_by_key(|currency| (currency.open.minor, currency.received.minor)))
}

fn backfill(connections: &[String]) -> Markup {
    html! {
        @if !connections.is_empty() {
            section.notice.warn aria-label="Backfill" {
                strong { "Backfill" } " History is read in over "
                @for (n, name) in connections.iter().enumerate() { @if n > 0 { ", " } code { (name) } }
                ". What happened is taken; nothing is planned or sent until that ends. " a href="/plugins" { "End it" }
            }
        }
    }
}

fn waiting(needs: &NeedsView) -> Markup {
    let all = [
        (needs.effects_unknown, "unknown outcome", "#effects"),
        (needs.approvals, "effect to approve", "#approvals"),
        (needs.quarantined, "quarantined document", "#quarantine"),
        (needs.parked, "parked account", "#parked"),
        (needs.stray_reversals, "account with a stray reversal", "#reversals"),
        (needs.missing, "account with an invoice missing at the source", "#missing"),
        (needs.connections, "paused connection", "#connections"),
    ];
    html! {
        @if needs.total > 0 || !needs.unapplied.is_empty() {
            section.notice.warn aria-label="Waiting for a person" {
                strong { "Needs a person" }
                ul.inline {
                    @for (n, noun, anchor) in all {
                        @if n > 0 { li { a href=(format!("/needs{anchor}")) { (several(n, noun)) } } }
                    }
                    @for money in &needs.unapplied { li { a href="/needs#unapplied" { (written(money)) " unapplied" } } }
                }
            }
        }
    }
}

/// `2 accounts with a stray reversal`, `2 effects to approve`: the first noun takes the plural.
fn several(n: u64, noun: &str) -> String {
    let rest = noun.find(" with ").or_else(|| noun.find(" to "));
    match rest.map(|place| noun.split_at(place)) {
        Some((head, rest)) => format!("{}{rest}", count(n as usize, head)),
        None => count(n as usize, noun),
    }
}

fn totals(view: &OverviewView, main: Option<&CurrencyView>) -> Markup {
    let Some(main) = main else {
        return html! {
            section.card {
                p.lead { "Nothing is owed yet." }
                p.soft { "Figures appear as soon as the first invoice has been read." }
            }
        };
    };
    let overdue = chart::permille(main.overdue.minor, main.open.minor) / 10;
    html! {
        @if view.currencies.len() > 1 {
            div.tabs role="group" aria-label="Currency" {
                @for other in &view.currencies {
                    @let current = (other.currency == main.currency).then_some("true");
                    a href=(link::query("/", &[("currency", other.currency.clone())])) aria-current=[current] { (other.currency) }
                }
            }
        }
        div.tiles {
            div.tile { div.name { "Open" } div.figure { (amount(&main.open)) } div.soft { (several(view.accounts, "account")) " in all" } }
            div.tile { div.name { "Overdue" } div.figure { (amount(&main.overdue)) } div.soft { (overdue) " % of what is open" } }
            div.tile { div.name { "Received" } div.figure { (amount(&main.received)) } div.soft { "as far as the hub has seen" } }
            div.tile {
                div.name { "Unapplied" }
                div.figure { (amount(&main.unapplied)) }
                div.soft { (several(view.effects_planned, "effect")) " planned" }
            }
        }
    }
}

fn charts(view: &OverviewView, main: Option<&CurrencyView>) -> Markup {
    html! {
        div.columns {
            @if let Some(main) = main {
                div {
                    section.card { h2 { "Aging" } p.soft { "Open, by calendar days past due." } (aging(main)) }
                    (received(main))
                }
            }
            section.card {
                h2 { "Levels" }
                p.soft { "Open items, by the last level taken. Policy: " (view.policy) "." }
                @if view.levels.is_empty() { p { "The policy has no levels." } } @else { (funnel(&view.levels)) }
            }
        }
    }
}

fn aging(main: &CurrencyView) -> Markup {
    const SHADES: [&str; 5] = ["shade-1", "shade-2", "shade-3", "shade-4", "shade-5"];
    let bar = |(bucket, shade): (&crate::api::overview::BucketView, &'static str)| Bar {
        label: bucket.days_past_due.clone(),
        value: written(&bucket.open),
        size: bucket.open.minor,
        shade,
    };
    let bars: Vec<_> = main.aging.iter().zip(SHADES).map(bar).collect();
    chart::rows("aging", &format!("Aging of open {}", main.currency), &bars)
}

fn funnel(levels: &[LevelView]) -> Markup {
    let bar = |level: &LevelView| Bar {
        label: level.title.clone(),
        value: level.items.to_string(),
        size: i64::try_from(level.items).unwrap_or(i64::MAX),
        shade: "shade-3",
    };
    let bars: Vec<_> = levels.iter().map(bar).collect();
    chart::rows("levels", "Open items by level of the policy", &bars)
}

fn received(main: &CurrencyView) -> Markup {
    let bar = |week: &crate::api::overview::WeekView| Bar {
        label: week.from.get(5..).unwrap_or_default().to_owned(),
        value: written(&week.received),
        size: week.received.minor,
        shade: "shade-4",
    };
    let bars: Vec<_> = main.weeks.iter().map(bar).collect();
    let best = main.weeks.iter().map(|week| &week.received).max_by_key(|received| received.minor);
    html! {
        section.card {
            h2 { "Money in" }
            p.soft {
                "By the week of booking, named by its Monday."
                @if let Some(best) = best { @if best.minor > 0 { " The highest bar is " (written(best)) "." } }
            }
            (chart::columns("received", &format!("{} received by week", main.currency), &bars))
        }
    }
}

fn everything(view: &OverviewView) -> Markup {
    html! {
        @if !view.flags.is_empty() {
            section.card {
                h2 { "Accounts with" }
                ul.inline {
                    @for (name, n) in &view.flags {
                        @if *n > 0 { li { a.plain href=(link::query("/accounts", &[("flag", name.clone())])) { (flag(name)) " " strong { (n) } } } }
                    }
                }
            }
        }
        @if view.currencies.len() > 1 {
            section.card {
                h2 { "All currencies" }
                table.stack {
                    thead { tr { th { "Currency" } th.num { "Open" } th.num { "Overdue" } th { "Share overdue" } th.num { "Unapplied" } th.num { "Received" } } }
                    tbody {
                        @for currency in &view.currencies {
                            @let part = chart::permille(currency.overdue.minor, currency.open.minor) / 10;
                            tr {
                                td data-name="Currency" { strong { (currency.currency) } }
                                td.num data-name="Open" { (amount(&currency.open)) }
                                td.num data-name="Overdue" { (amount(&currency.overdue)) }
                                td.wide data-name="Share overdue" { (chart::share(currency.overdue.minor, currency.open.minor, &format!("{part} % overdue"))) }
                                td.num data-name="Unapplied" { (amount(&currency.unapplied)) }
                                td.num data-name="Received" { (amount(&currency.received)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
