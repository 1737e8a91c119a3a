//! How receivables stand and how collecting goes: every metric as of any day, each currency by itself.
//!
//! A [`Watch`] folds the events of one account and knows how it stood at both ends of the period and what happened between. Its
//! [`Seen`] goes into a [`Meter`], which keeps sums only: however many accounts there are, it does not grow. [`Metric`] has the
//! formulas.
//!
//! Two clocks. What an account *was* on a day is what the hub knew at the end of it, in hub time (`Event::at`), as
//! `dunlin why --on` has it: a figure that was once reported for a day can be had again, and of today it is what the desk shows.
//! What belongs to a *period* goes by its own day: an invoice by its date, a payment by its booking. An invoice that came to the
//! record late, dated before the period, counts as open at its begin.
//!
//! Amounts include tax. Open is gross: money that no invoice took stands beside it and is taken off only in "net".

mod aging;
mod calls;
mod causes;
mod cost;
mod figures;
mod meter;
mod metric;
mod period;
mod position;
mod ratio;
mod watch;

pub use aging::{Basis, Edges};
pub use calls::{Calls, Contacts};
pub use causes::Cause;
pub use cost::{Cost, Price, UnitCosts};
pub use figures::{call_figures, figures, share};
pub use meter::{COSTLIEST_MAX, Costly, CurrencyMetrics, Meter, Metrics};
pub use metric::{Metric, Unit};
pub use period::{Month, PERIOD_DAYS_MAX, Period};
pub use position::{Placed, Position, PromisesEnded, Rolls};
pub use ratio::{Figure, Ratio};
pub use watch::{Seen, Watch};

use thiserror::Error;

/// What is measured, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    pub period: Period,
    pub edges: Edges,
    /// What the aging goes by; every other metric goes by the due date.
    pub basis: Basis,
    /// None: what it costs to serve a customer is not known.
    pub costs: Option<UnitCosts>,
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MetricsError {
    #[error(
        "a period from {from} to {as_of} cannot be measured\n\nhint: `from` is at least 1 and at most {PERIOD_DAYS_MAX} days before `as_of`"
    )]
    Period { from: crate::Date, as_of: crate::Date },
    #[error(
        "`{0}` are no edges of an aging\n\nhint: give 1 to {max} numbers of days that rise, from 1 to 3650, such as `30,60,90`",
        max = aging::EDGES_MAX
    )]
    Edges(String),
    #[error("an aging cannot go by `{0}`\n\nhint: by `due-date` or `invoice-date`")]
    Basis(String),
    #[error("`{0}` is no price\n\nhint: a decimal from 0 to 1000000 with at most 6 decimals, such as `0.85`")]
    Price(String),
}

#[cfg(test)]
mod tests;
