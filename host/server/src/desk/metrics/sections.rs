//! The parts of the page of metrics: aging, figures, rolls, cost, calls.

use std::collections::BTreeMap;

use escalation::metrics::{CurrencyMetrics, Figure, Metric, Metrics, Unit, share};
use escalation::{Currency, Money};
use maud::{Markup, html};

use super::address;
use crate::api::metrics::{MetricsQuery, MetricsView, full};
use crate::api::money::MoneyView;
use crate::desk::chart::{self, Bar};
use crate::desk::notation::{amount, moment, sentence, written};
use crate::web::gauge::Measured;
use crate::web::link;

const SHADES: [&str; 5] = ["shade-1", "shade-2", "shade-3", "shade-4", "shade-5"];

pub fn all(measured: &Measured, query: &MetricsQuery) -> Markup {
    let main = main_currency(&measured.now, &query.currency);
    let view = full(measured);
    html! {
        p.soft {
            "As the hub knew it on the evening of " (view.period.as_of) ", over the " (view.period.days) " days before; beside it \
             the period of the same length that ended on " (view.previous.as_of) ". Measured at " (moment(&view.measured_at)) "."
        }
        (notes(&view))
        @match main {
            None => { section.card { p.lead { "Nothing was owed yet." } } }
            Some(now) => {
                @let before = measured.before.currencies.iter().find(|before| before.currency == now.currency);
                (tabs(&measured.now, now, query))
                (tiles(now, before))
                div.columns {
                    div { (aging(&measured.now, now)) (rolls(&measured.now, now)) }
                    div { (figures(now, before)) }
                }
                (agencies(now))
                (causes(now))
                (cost(now))
            }
        }
        (calls(measured))
    }
}

/// The chosen one; else the one in which most is open.
fn main_currency<'a>(metrics: &'a Metrics, chosen: &str) -> Option<&'a CurrencyMetrics> {
    let wanted = metrics.currencies.iter().find(|one| one.currency.as_str() == chosen);
    wanted.or_else(|| metrics.currencies.iter().max_by_key(|one| (one.position.open(), one.position.sales)))
}

fn notes(view: &MetricsView) -> Markup {
    html! {
        @if !view.period.notes.is_empty() {
            section.notice aria-label="Notes" { ul.inline { @for note in &view.period.notes { li { (sentence(note)) "." } } } }
        }
    }
}

fn tabs(metrics: &Metrics, main: &CurrencyMetrics, query: &MetricsQuery) -> Markup {
    html! {
        @if metrics.currencies.len() > 1 {
            div.tabs role="group" aria-label="Currency" {
                @for other in &metrics.currencies {
                    @let chosen = MetricsQuery { currency: other.currency.to_string(), ..query.clone() };
                    @let current = (other.currency == main.currency).then_some("true");
                    a href=(address("/metrics", &chosen)) aria-current=[current] { (other.currency) }
                }
            }
        }
    }
}

fn tiles(now: &CurrencyMetrics, before: Option<&CurrencyMetrics>) -> Markup {
    let then = |metric: Metric| before.and_then(|before| before.figures.get(&metric));
    html! {
        div.tiles {
            div.tile {
                div.name { "Open" }
                div.figure { (amount(&money(now.position.open(), now.currency))) }
                div.soft { (written(&money(now.position.net(), now.currency))) " less what no invoice took" }
            }
            div.tile {
                div.name { "Past due" }
                div.figure { (amount(&money(now.position.past_due(), now.currency))) }
                div.soft { (value(now.figures.get(&Metric::PastDueShare))) " of what is open" }
            }
            @for metric in [Metric::Dso, Metric::Cei] {
                div.tile title=(metric.formula()) {
                    div.name { (metric.title()) }
                    div.figure { (value(now.figures.get(&metric))) }
                    div.soft { "before: " (value(then(metric))) }
                }
            }
        }
    }
}

fn aging(metrics: &Metrics, now: &CurrencyMetrics) -> Markup {
    let names = metrics.setup.edges.names(metrics.setup.basis);
    let bars = names.into_iter().zip(&now.position.aging).enumerate().map(|(n, (label, open))| Bar {
        label,
        value: written(&money(*open, now.currency)),
        size: i64::try_from(*open).unwrap_or(i64::MAX),
        shade: SHADES.get(n).or(SHADES.last()).copied().unwrap_or_default(),
    });
    let bars: Vec<_> = bars.collect();
    html! {
        section.card {
            h2 { "Aging" }
            p.soft { "Open, gross; " (written(&money(now.position.unapplied, now.currency))) " that no invoice took stands apart." }
            (chart::rows("aging", &format!("Aging of open {}", now.currency), &bars))
        }
    }
}

fn rolls(metrics: &Metrics, now: &CurrencyMetrics) -> Markup {
    let rolls = &now.position.rolls;
    let names = metrics.setup.edges.names(Default::default());
    html! {
        section.card {
            h2 { "What became of it" }
            p.soft { "What was open at the begin, by days past due then." }
            table.stack {
                thead { tr { th { "At the begin" } th.num { "Open then" } th.num { "Settled since" } } }
                tbody {
                    @for ((name, begin), moved) in names.iter().zip(&rolls.begin).zip(&rolls.moved) {
                        tr {
                            td data-name="At the begin" { (name) }
                            td.num data-name="Open then" { (amount(&money(*begin, now.currency))) }
                            td.num data-name="Settled since" { (value(Some(&share(begin - moved.iter().sum::<i128>(), *begin)))) }
                        }
                    }
                }
            }
        }
    }
}

fn figures(now: &CurrencyMetrics, before: Option<&CurrencyMetrics>) -> Markup {
    html! {
        section.card {
            h2 { "Figures" }
            p.soft { "Open a name for its formula." }
            (table(&now.figures, before.map(|before| &before.figures)))
        }
    }
}

fn calls(measured: &Measured) -> Markup {
    let contacts = &measured.now.contacts;
    html! {
        section.card {
            h2 { "Contacts" }
            p.soft {
                (contacts.emails) " e-mails, " (contacts.sms) " text messages, " (contacts.letters) " letters, "
                (contacts.registered_letters) " registered letters, " (contacts.calls.dials) " calls; of all currencies."
            }
            (table(&measured.now.calls, Some(&measured.before.calls)))
        }
    }
}

fn table(now: &BTreeMap<Metric, Figure>, before: Option<&BTreeMap<Metric, Figure>>) -> Markup {
    html! {
        table.stack {
            thead { tr { th { "Figure" } th.num { "Now" } th.num { "Before" } } }
            tbody {
                @for (metric, figure) in now {
                    tr {
                        td.title {
                            details title=(metric.formula()) {
                                summary { (metric.title()) }
                                p.soft.small { (metric.formula()) ". Source: " (metric.source()) "." }
                            }
                        }
                        td.num data-name="Now" { (value(Some(figure))) @if let Err(why) = figure.value { div.soft.small { (why) } } }
                        td.num data-name="Before" { (value(before.and_then(|before| before.get(metric)))) }
                    }
                }
            }
        }
    }
}

/// What each agency brought in, where the policy chooses between several.
fn agencies(now: &CurrencyMetrics) -> Markup {
    let agencies = &now.position.agencies;
    if agencies.keys().all(String::is_empty) {
        return html! {};
    }
    html! {
        section.card {
            h2 { "Agencies" }
            p.soft { "To date, of what was placed with each; the policy's " code { "expected" } " should follow it." }
            table.stack {
                thead { tr { th { "Agency" } th.num { "Placements" } th.num { "Placed" } th.num { "Liquidation" } th.num { "Netback" } } }
                tbody {
                    @for (connection, placed) in agencies {
                        tr {
                            td.title { @if connection.is_empty() { "before there were several" } @else { (connection) } }
                            td.num data-name="Placements" { (placed.placements) }
                            td.num data-name="Placed" { (amount(&money(placed.amount, now.currency))) }
                            td.num data-name="Liquidation" { (value(Some(&placed.liquidation()))) }
                            td.num data-name="Netback" { (value(Some(&placed.netback()))) }
                        }
                    }
                }
            }
        }
    }
}

fn causes(now: &CurrencyMetrics) -> Markup {
    if now.position.causes.is_empty() {
        return html! {};
    }
    html! {
        section.card {
            h2 { "Causes of complaints" }
            p.soft { "Disputes of the period; credited is what credit memos took off because the debtor was right, at most what was disputed." }
            table.stack {
                thead { tr { th { "Reason" } th.num { "Disputes" } th.num { "Disputed" } th.num { "Credited" } } }
                tbody {
                    @for (reason, cause) in &now.position.causes {
                        tr {
                            td.title { (reason.replace('-', " ")) }
                            td.num data-name="Disputes" { (cause.disputes) }
                            td.num data-name="Disputed" { (amount(&money(cause.disputed, now.currency))) }
                            td.num data-name="Credited" { (amount(&money(cause.credited, now.currency))) }
                        }
                    }
                }
            }
        }
    }
}

fn cost(now: &CurrencyMetrics) -> Markup {
    let Some(cost) = &now.cost else { return html! {} };
    html! {
        section.card {
            h2 { "Cost to serve" }
            p.soft {
                "Contacts " (plain(cost.contacts)) ", late money " (plain(cost.financing)) ", agencies " (plain(cost.commission))
                ": together " (plain(cost.total)) @if let Some(margin) = cost.margin { ", against a margin of " (plain(margin)) }
                ". The dearest customers of the period:"
            }
            table.stack {
                thead { tr { th { "Account" } th.num { "Contacts" } th.num { "Late money" } th.num { "Agencies" } th.num { "Together" } th.num { "Margin" } } }
                tbody {
                    @for costly in &now.costliest {
                        tr {
                            td.title { a href=(link::account(costly.account.as_str())) { (costly.name) } div.soft.small { (costly.account) } }
                            td.num data-name="Contacts" { (amount(&costly.cost.contacts.into())) }
                            td.num data-name="Late money" { (amount(&costly.cost.financing.into())) }
                            td.num data-name="Agencies" { (amount(&costly.cost.commission.into())) }
                            td.num data-name="Together" { (amount(&costly.cost.total.into())) }
                            td.num data-name="Margin" { @if let Some(margin) = costly.cost.margin { (amount(&margin.into())) } @else { span.soft { "–" } } }
                        }
                    }
                }
            }
        }
    }
}

/// With its unit, or a dash.
fn value(figure: Option<&Figure>) -> Markup {
    let unit = |unit: Unit| match unit {
        Unit::Days => " days",
        Unit::Percent => " %",
        Unit::Times => " ×",
    };
    html! {
        @match figure.and_then(|figure| figure.decimal().map(|value| (value, figure.unit))) {
            Some((value, of)) => { (value) (unit(of)) }
            None => { span.soft { "–" } }
        }
    }
}

fn plain(money: Money) -> String {
    written(&money.into())
}

fn money(minor: i128, currency: Currency) -> MoneyView {
    let most = if minor < 0 { i64::MIN } else { i64::MAX };
    Money::new(i64::try_from(minor).unwrap_or(most), currency).into()
}
