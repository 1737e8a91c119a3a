//! `dunlin policy relive`: what another policy would have done with the ledger's own history.

use std::path::PathBuf;

use clap::Args;
use engine::relive::{Policies, Relived, relive_all};
use engine::{Clock, limits};
use escalation::relive::{Course, Span};
use escalation::{Date, Policy};

use crate::cli::{Common, Done, Failure, print_json};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::start::read_policy;
use crate::{database, packs};

#[derive(Args)]
pub struct Relive {
    /// The other policy
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The first day; 365 days before the last one when it is not given
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// The last day; yesterday when it is not given
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    #[command(flatten)]
    common: Common,
}

const NOTE: &str = "Debtors are taken to have done what they did, on the days on which they did it; only what we do is decided anew. Hold \
the two policies against each other, and not against what was: the world delays and refuses.";

pub async fn run(command: Relive) -> Done {
    let usage = |error: &dyn std::error::Error| Failure::Usage(error.to_string());
    let config = Config::read(&command.common.config).map_err(|error| usage(&error))?;
    let other = read_policy(&command.file).map_err(|error| usage(&error))?;
    let current = read_policy(&config.policy).map_err(|error| usage(&error))?;
    let packs = packs::of(&config).map_err(|error| usage(&error))?;
    let today = SystemClock::new(config.zone.clone()).now().date();
    let until = command.until.unwrap_or_else(|| escalation::invoice::plus_days(today, -1));
    let from = command.from.unwrap_or_else(|| escalation::invoice::plus_days(until, -365));
    if from > until {
        return Err(Failure::Usage(format!(
            "`--from {from}` lies after `--until {until}`\n\nhint: name the earlier day first"
        )));
    }
    let store = database::open_read_only(&config).await?;
    let policies = Policies { current: &current, other: &other, packs: &packs };
    let mut relived = relive_all(store.as_ref(), policies, Span { from, until }, &|_| {}).await?;
    relived.keep_most();
    if command.common.json {
        let answer = serde_json::json!({
            "from": from, "until": until, "current_policy": name(&current), "other_policy": name(&other), "note": NOTE,
            "relived": relived,
        });
        return print_json(&answer);
    }
    print(&relived, &current, &other, Span { from, until });
    Ok(())
}

fn name(policy: &Policy) -> String {
    format!("{} {}", policy.name, policy.version)
}

fn print(relived: &Relived, current: &Policy, other: &Policy, span: Span) {
    println!("{} to {}, {} accounts\n", span.from, span.until, relived.accounts);
    let courses = [&relived.as_it_was, &relived.current, &relived.other];
    row("", ["as it was".to_owned(), name(current), name(other)]);
    let count = |of: fn(&Course) -> u64| courses.map(|course| of(course).to_string());
    row("contacts", count(Course::contacts));
    for medium in names(courses, |course| course.contacts.keys().map(String::as_str).collect()) {
        row(&format!("  by {medium}"), courses.map(|course| number(course.contacts.get(medium))));
    }
    row("credit holds", count(|course| course.holds));
    row("  days held", count(|course| course.held_days));
    row("placements", count(|course| course.placements));
    for currency in names(courses, |course| course.placed.keys().map(String::as_str).collect()) {
        row(&format!("  placed, {currency}"), courses.map(|course| placed(course, currency)));
    }
    println!("levels reached");
    for level in names(courses, |course| course.levels.keys().map(String::as_str).collect()) {
        row(&format!("  {level}"), courses.map(|course| number(course.levels.get(level))));
    }
    println!("\n{} accounts differ between the two policies.", relived.differing_count);
    for one in relived.differing.iter().take(limits::RELIVED_SHOWN) {
        let (was, is) = (&one.current, &one.other);
        let first = |course: &Course| course.first_contact.map_or("none".to_owned(), |day| day.to_string());
        println!(
            "  {}: contacts {} -> {}, days held {} -> {}, placements {} -> {}, first contact {} -> {}",
            one.account,
            was.contacts(),
            is.contacts(),
            was.held_days,
            is.held_days,
            was.placements,
            is.placements,
            first(was),
            first(is)
        );
    }
    if relived.left_out_count > 0 {
        println!("\n{} accounts are left out:", relived.left_out_count);
        relived.left_out.iter().for_each(|one| println!("  {}: {}", one.account, one.why));
    }
    println!("\n{NOTE}");
}

fn row(name: &str, cells: [String; 3]) {
    let [was, current, other] = cells;
    println!("{name:<24} {was:>20} {current:>20} {other:>20}");
}

/// The names that any of the courses has, in their order.
fn names<'a>(courses: [&'a Course; 3], of: impl Fn(&'a Course) -> Vec<&'a str>) -> Vec<&'a str> {
    let mut names: Vec<&str> = courses.into_iter().flat_map(of).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn number(count: Option<&u64>) -> String {
    count.copied().unwrap_or_default().to_string()
}

fn placed(course: &Course, currency: &str) -> String {
    let sum = course.placed().into_iter().find(|sum| sum.currency.as_str() == currency);
    sum.map_or_else(|| "nothing".to_owned(), |sum| sum.plain())
}
