//! `dunlin metrics`: how receivables stood on any day.

use std::io::Write;
use std::time::Duration;

use clap::Args;
use engine::Clock;
use escalation::Date;
use escalation::metrics::{Basis, Edges, Metric, Metrics as Measurement, Setup};
use indicatif::{ProgressBar, ProgressStyle};
use store::Store;

use super::{Common, Done, Failure, print_json};
use crate::api::metrics::{CurrencyMetricsView, FigureView, MetricsView, full};
use crate::by_customer;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::database;
use crate::measures::Asked;
use crate::web::gauge::Measured;

/// What was known on the evening of `--as-of`, and what happened on the days since the evening of `--from`
#[derive(Args)]
pub struct Metrics {
    /// The evening to look at; today when it is not given
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// The evening on which the period begins; 90 days earlier when it is not given
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// What the aging goes by: `due-date` or `invoice-date`
    #[arg(long, value_name = "BASIS", default_value = "due-date")]
    aging_by: Basis,
    /// The last day of each bucket but the last, such as `30,60,90`; the configuration's when it is not given
    #[arg(long, value_name = "DAYS")]
    edges: Option<Edges>,
    /// Write the aging by customer instead, as CSV
    #[arg(long, conflicts_with = "json")]
    by_customer: bool,
    #[command(flatten)]
    common: Common,
}

pub async fn run(metrics: Metrics) -> Done {
    let usage = |error: &dyn std::error::Error| Failure::Usage(error.to_string());
    let config = Config::read(&metrics.common.config).map_err(|error| usage(&error))?;
    let at = SystemClock::new(config.zone.clone()).now();
    let Metrics { as_of, from, aging_by, edges, by_customer, common } = metrics;
    let asked = Asked { as_of, from, basis: aging_by, edges };
    let setups = config.measures.setups(&asked, at.date()).map_err(|error| usage(&error))?;
    let store = database::open_read_only(&config).await?;
    if by_customer {
        let [setup, _] = &setups;
        return customers(store.as_ref(), setup).await;
    }
    let bar = progress();
    let measured = engine::metrics::measure(store.as_ref(), &setups, &|accounts| bar.set_position(accounts)).await?;
    bar.finish_and_clear();
    let Ok([now, before]) = <[Measurement; 2]>::try_from(measured) else {
        return Err(Failure::Work("measuring broke off".to_owned()));
    };
    let view = full(&Measured { now, before, at });
    if common.json {
        return print_json(&view);
    }
    print(&view);
    Ok(())
}

async fn customers(store: &dyn Store, setup: &Setup) -> Done {
    let mut out = std::io::stdout().lock();
    out.write_all(by_customer::heading(setup).as_bytes())?;
    let mut after = None;
    loop {
        let piece = by_customer::piece(store, setup, after.as_ref()).await?;
        out.write_all(piece.text.as_bytes())?;
        match piece.after {
            Some(last) => after = Some(last),
            None => return Ok(()),
        }
    }
}

/// Seen only where somebody sits before a terminal.
fn progress() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} accounts counted, {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn print(view: &MetricsView) {
    let period = &view.period;
    println!("as of {}, over the {} days since {}", period.as_of, period.days, period.from);
    println!(
        "{} accounts; the column on the right is the period before, as of {}",
        period.accounts, view.previous.as_of
    );
    for note in &period.notes {
        println!("note: {note}");
    }
    for one in &period.currencies {
        let before = view.previous.currencies.iter().find(|before| before.currency == one.currency);
        currency(one, before);
    }
    println!("\nCalls");
    figures(&period.calls, Some(&view.previous.calls));
}

fn currency(one: &CurrencyMetricsView, before: Option<&CurrencyMetricsView>) {
    type Sum = fn(&CurrencyMetricsView) -> &String;
    let sums: [(&str, Sum); 6] = [
        ("Open", |one| &one.open),
        ("Past due", |one| &one.past_due),
        ("Unapplied", |one| &one.unapplied),
        ("Credit", |one| &one.credit),
        ("Credit sales", |one| &one.sales),
        ("Paid", |one| &one.paid),
    ];
    println!("\n{}", one.currency);
    for (name, sum) in sums {
        line(name, sum(one), before.map_or("-", |before| sum(before)));
    }
    for (n, bucket) in one.aging.iter().enumerate() {
        let then = before.and_then(|before| before.aging.get(n)).map_or("-", |bucket| &bucket.open);
        line(&format!("  {}", bucket.bucket), &bucket.open, then);
    }
    figures(&one.figures, before.map(|before| &before.figures));
    if let Some(cost) = &one.cost {
        let then = before.and_then(|before| before.cost.as_ref());
        line("Cost to serve", &cost.total, then.map_or("-", |cost| &cost.total));
        for costly in one.costliest.iter().take(5) {
            line(&format!("  {}", costly.name), &costly.cost.total, "");
        }
    }
}

type Figures = std::collections::BTreeMap<String, FigureView>;

fn figures(now: &Figures, before: Option<&Figures>) {
    for metric in Metric::ALL {
        let Some(figure) = now.get(metric.key()) else { continue };
        let written =
            |figure: &FigureView| figure.value.as_ref().map(|value| format!("{value} {}", unit(&figure.unit)));
        let then = before.and_then(|before| before.get(metric.key())).and_then(written);
        match written(figure) {
            Some(value) => line(metric.title(), &value, then.as_deref().unwrap_or("-")),
            None => println!("  {:<28} -  ({})", metric.title(), figure.reason.as_deref().unwrap_or_default()),
        }
    }
}

fn unit(name: &str) -> &str {
    match name {
        "percent" => "%",
        "times" => "x",
        other => other,
    }
}

fn line(name: &str, now: &str, before: &str) {
    println!("  {name:<28} {now:>18} {before:>18}");
}
