//! What holds of every history.

use proptest::prelude::*;

use super::*;
use crate::account::Account;
use crate::evolve::evolve;
use crate::id::AccountId;
use crate::invoice::plus_days;

const START: &str = "2026-01-01";

/// An invoice: day of issue, days to pay, cents, currency; and what was paid of it, in percent, so many days later.
type Deal = (i32, i32, i64, bool, i64, i32);

fn deals() -> impl Strategy<Value = Vec<Deal>> {
    let deal = (0..150_i32, 0..60_i32, 1..1_000_000_i64, any::<bool>(), 0..=120_i64, 0..120_i32);
    proptest::collection::vec(deal, 0..15)
}

/// Events in the order in which the hub learned of them, each on its own day.
fn history(deals: &[Deal]) -> Vec<Event> {
    let mut events = Vec::new();
    for (n, (issued, terms, cents, kroner, percent, after)) in deals.iter().enumerate() {
        let currency = if *kroner { "DKK".parse().unwrap() } else { Currency::EUR };
        let issued = plus_days(day(START), *issued);
        let number = format!("INV-{n}");
        events.push(event(issued, invoice(&number, issued, plus_days(issued, *terms), Money::new(*cents, currency))));
        let paid = Money::new(cents * percent / 100, currency);
        if paid.is_positive() {
            events.extend(pays(&format!("P-{n}"), plus_days(issued, *after), &number, paid));
        }
    }
    events.sort_by_key(|event| event.at);
    events
}

fn period(from: i32, days: i32) -> Setup {
    let from = plus_days(day(START), from);
    Setup { period: Period::new(from, plus_days(from, days)).unwrap(), ..setup(START, "2026-01-02") }
}

/// The account as it was on an evening, folded by the core alone.
fn folded(events: &[Event], evening: Date) -> Account {
    let mut account = Account::new(AccountId::new("D/1"));
    events.iter().filter(|event| event.at.date() <= evening).for_each(|event| evolve(&mut account, event));
    account
}

fn sums(seen: &Option<Seen>, of: impl Fn(&Position) -> i128) -> Vec<(String, i128)> {
    let positions = seen.iter().flat_map(|seen| &seen.positions);
    positions.map(|(currency, position)| (currency.to_string(), of(position))).filter(|(_, sum)| *sum != 0).collect()
}

fn amounts(amounts: Vec<Money>) -> Vec<(String, i128)> {
    amounts.into_iter().map(|amount| (amount.currency.to_string(), amount.minor.into())).collect()
}

proptest! {
    #[test]
    fn buckets_add_up_to_what_is_open(deals in deals(), from in 0..200_i32, days in 1..100_i32, by_invoice: bool) {
        let mut setup = period(from, days);
        setup.basis = if by_invoice { Basis::InvoiceDate } else { Basis::DueDate };
        let events = history(&deals);
        let seen = seen(&setup, "D/1", &events);
        let account = folded(&events, setup.period.as_of());
        prop_assert_eq!(sums(&seen, Position::open), amounts(account.open()));
        prop_assert_eq!(sums(&seen, Position::past_due), amounts(account.overdue(setup.period.as_of())));
        prop_assert_eq!(sums(&seen, |position| position.unapplied), amounts(account.unapplied()));
        prop_assert_eq!(sums(&seen, |position| position.rolls.end.iter().sum()), amounts(account.open()));
    }

    #[test]
    fn a_period_begins_where_the_one_before_ended(deals in deals(), from in 1..200_i32, days in 1..100_i32) {
        let now = period(from, days);
        let before = Setup { period: Period::new(day(START), now.period.from()).unwrap(), ..now.clone() };
        let events = history(&deals);
        let (first, second) = (seen(&before, "D/1", &events), seen(&now, "D/1", &events));
        prop_assert_eq!(sums(&first, Position::open), sums(&second, |position| position.open_at_begin));
        prop_assert_eq!(sums(&first, Position::open), sums(&second, |position| position.rolls.begin.iter().sum()));
    }

    #[test]
    fn begin_and_sales_are_paid_or_open(deals in deals(), from in 0..200_i32, days in 1..100_i32) {
        let seen = seen(&period(from, days), "D/1", &history(&deals));
        for position in seen.iter().flat_map(|seen| seen.positions.values()) {
            prop_assert_eq!(position.open_at_begin + position.sales, position.paid + position.open());
        }
    }

    #[test]
    fn nothing_that_came_later_changes_a_day(deals in deals(), from in 0..100_i32, days in 1..100_i32) {
        let setup = period(from, days);
        let events = history(&deals);
        let known: Vec<_> = events.iter().filter(|event| event.at.date() <= setup.period.as_of()).cloned().collect();
        prop_assert_eq!(seen(&setup, "D/1", &events), seen(&setup, "D/1", &known));
    }

    #[test]
    fn accounts_add_up_in_any_order(one in deals(), other in deals(), from in 0..200_i32, days in 1..100_i32) {
        let setup = period(from, days);
        let both: Vec<_> = [&one, &other].into_iter().filter_map(|deals| seen(&setup, "D/1", &history(deals))).collect();
        let read = |order: &mut dyn Iterator<Item = &Seen>| {
            let mut meter = Meter::new(&setup);
            order.for_each(|seen| meter.take(seen));
            meter.read()
        };
        let (forth, back) = (read(&mut both.iter()), read(&mut both.iter().rev()));
        prop_assert_eq!(&forth, &back);
        for one in &forth.currencies {
            let sum: i128 = both.iter().filter_map(|seen| seen.positions.get(&one.currency)).map(Position::open).sum();
            prop_assert_eq!(one.position.open(), sum);
        }
    }

    #[test]
    fn delinquent_days_are_the_ones_beyond_the_best_possible(deals in deals(), from in 0..200_i32, days in 1..100_i32) {
        let setup = period(from, days);
        let seen = seen(&setup, "D/1", &history(&deals));
        for position in seen.iter().flat_map(|seen| seen.positions.values()) {
            let figures = figures(position, &setup.period);
            let of = |metric: Metric| figures[&metric].value.ok();
            if let (Some(best), Some(late)) = (of(Metric::BestPossibleDso), of(Metric::AverageDaysDelinquent)) {
                prop_assert_eq!(best.plus(late), of(Metric::Dso));
            }
        }
    }

    #[test]
    fn collecting_is_perfect_when_nothing_is_past_due(deals in deals(), from in 0..200_i32, days in 1..100_i32) {
        let setup = period(from, days);
        // Due after the end of every period here.
        let mut deals = deals;
        deals.iter_mut().for_each(|deal| deal.1 = 400);
        let seen = seen(&setup, "D/1", &history(&deals));
        for position in seen.iter().flat_map(|seen| seen.positions.values()) {
            if let Ok(cei) = figures(position, &setup.period)[&Metric::Cei].value {
                prop_assert_eq!(cei.exact(), "100");
            }
        }
    }

    #[test]
    fn with_constant_sales_both_ways_of_counting_agree(cents in 1..100_000_i64, open_days in 0..=90_i32) {
        // The same every day for 120 days; all but the last `open_days` days are paid on the spot.
        let deals: Vec<Deal> = (0..120).map(|n| (n, 30, cents, false, if n < 120 - open_days { 100 } else { 0 }, 0)).collect();
        let metrics = measured(&period(29, 90), &history(&deals));
        let exact = |metric: Metric| metrics.currencies[0].figures[&metric].value.unwrap().exact();
        prop_assert_eq!(exact(Metric::Dso), open_days.to_string());
        prop_assert_eq!(exact(Metric::DsoCountback), open_days.to_string());
    }
}
