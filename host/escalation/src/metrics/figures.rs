//! From sums to metrics. What would be divided by 0 has no value, and says why.

use std::collections::BTreeMap;

use super::Contacts;
use super::metric::{Metric, Unit};
use super::period::{Month, Period};
use super::position::{MONTHS_MAX, Position};
use super::ratio::{Figure, Ratio};

const NO_SALES: &str = "there were no credit sales in the period";
const NOTHING_OPEN: &str = "nothing is open";
const NOT_PAST_DUE: &str = "nothing is past due";
const NO_DIALS: &str = "nobody was called in the period";
const NO_CONNECTS: &str = "nobody was spoken to on the phone in the period";
const NO_RIGHT_PARTY: &str = "no debtor was spoken to in person on the phone in the period";
const NO_PROMISE: &str = "no promise was kept or broken in the period";
pub(super) const NOT_PLACED: &str = "nothing was placed with an agency";
const NO_INVOICE: &str = "there were no invoices in the period";
const TOO_OLD: &str = "more is open than was sold in the 36 months that the record can tell of";

/// Every metric of one currency; of all accounts, or of one. Metrics of calls have no currency: see [`call_figures`].
pub fn figures(position: &Position, period: &Period) -> BTreeMap<Metric, Figure> {
    let days = i128::from(period.days());
    let Position { current, sales, promises, placed, .. } = position;
    let (open, past_due, begin) = (position.open(), position.past_due(), position.open_at_begin);
    let came = placed.collected + placed.direct;
    let cured = cured(position);
    let mut all: BTreeMap<Metric, Figure> = [
        (Metric::Dso, open * days, *sales, NO_SALES),
        (Metric::TrueDso, position.open_days, *sales, NO_SALES),
        (Metric::BestPossibleDso, current * days, *sales, NO_SALES),
        (Metric::AverageDaysDelinquent, past_due * days, *sales, NO_SALES),
        (Metric::Cei, begin + sales - open, begin + sales - current, "nothing could be collected in the period"),
        (Metric::Turnover, 2 * sales, begin + open, "nothing was open at the begin or the end"),
        (Metric::DaysToPay, position.paid_days, position.paid, "no invoice was paid in the period"),
        (Metric::DaysPastDue, position.past_due_days, past_due, NOT_PAST_DUE),
        (Metric::PastDueShare, past_due, open, NOTHING_OPEN),
        (Metric::PromisesKept, promises.kept.into(), (promises.kept + promises.broken).into(), NO_PROMISE),
        (Metric::PromisedAmountKept, promises.kept_amount, promises.kept_amount + promises.broken_amount, NO_PROMISE),
        (Metric::CureRate, cured.0, cured.1, "nothing was past due at the begin"),
        (Metric::DisputeRate, position.invoices_disputed.into(), position.invoices.into(), NO_INVOICE),
        (Metric::DisputedShare, position.disputed, open, NOTHING_OPEN),
        (Metric::Liquidation, came, placed.amount, NOT_PLACED),
        (Metric::Netback, came - placed.commission, placed.amount, NOT_PLACED),
        (Metric::DaysToRecord, position.record_days, position.invoices.into(), NO_INVOICE),
        (
            Metric::DaysToRelease,
            position.release_days,
            position.released.into(),
            "the hub sent no invoice of the period itself",
        ),
    ]
    .into_iter()
    .map(figure)
    .collect();
    all.insert(Metric::DsoCountback, countback(position, period));
    all
}

/// Metrics of calls.
pub fn call_figures(contacts: &Contacts) -> BTreeMap<Metric, Figure> {
    let calls = &contacts.calls;
    let answered = calls.abandoned + calls.connects;
    [
        (Metric::RpcPerDial, calls.right_party.into(), calls.dials.into(), NO_DIALS),
        (Metric::RpcPerConnect, calls.right_party.into(), calls.connects.into(), NO_CONNECTS),
        (Metric::PromiseRate, calls.promises.into(), calls.right_party.into(), NO_RIGHT_PARTY),
        (Metric::ContactRate, calls.connects.into(), calls.dials.into(), NO_DIALS),
        (Metric::AbandonRate, calls.abandoned.into(), answered.into(), "nobody answered the phone in the period"),
    ]
    .into_iter()
    .map(figure)
    .collect()
}

/// The part of an amount that is left, of what was there: a roll rate.
pub fn share(part: i128, whole: i128) -> Figure {
    Figure::of(Unit::Percent, part * 100, whole, "nothing was in this bucket at the begin")
}

fn figure((metric, over, under, without): (Metric, i128, i128, &'static str)) -> (Metric, Figure) {
    let over = if metric.unit() == Unit::Percent { over * 100 } else { over };
    (metric, Figure::of(metric.unit(), over, under, without))
}

/// What was past due at the begin and is settled, of what was past due at the begin.
fn cured(position: &Position) -> (i128, i128) {
    let begin: i128 = position.rolls.begin.iter().skip(1).sum();
    let left: i128 = position.rolls.moved.iter().skip(1).flatten().sum();
    (begin - left, begin)
}

fn countback(position: &Position, period: &Period) -> Figure {
    let mut left = position.open();
    let mut month = Month::of(period.as_of());
    // Of the month of the day only its days so far.
    let mut days = i32::from(period.as_of().day());
    let mut whole = 0_i128;
    for _ in 0..MONTHS_MAX {
        let sales = position.months.get(&month).copied().unwrap_or(0);
        if left == 0 || left < sales {
            let rest = Ratio::new(left * i128::from(days), sales.max(1));
            let value = rest.and_then(|rest| rest.plus(Ratio::new(whole, 1)?)).ok_or(TOO_OLD);
            return Figure { unit: Unit::Days, value };
        }
        left -= sales;
        whole += i128::from(days);
        month = month.before();
        days = month.days();
    }
    let value = if left == 0 { Ratio::new(whole, 1).ok_or(TOO_OLD) } else { Err(TOO_OLD) };
    Figure { unit: Unit::Days, value }
}
