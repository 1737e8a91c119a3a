//! Interest by segments: days in a row with one principal, one rate and one length of the year.

use jiff::civil::Date;

use super::{AgreedRate, Claim, Refusal};
use crate::fraction::Fraction;
use crate::money::Money;
use crate::pack::{Certainty, DayCount, InterestMode, InterestRule, Pack, Percent, Rate, Rounding, Series};

/// Days in a row that bear interest at one rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The first and the last day, both inclusive.
    pub from: Date,
    pub to: Date,
    pub days: i32,
    pub principal: Money,
    /// A year, margin included.
    pub rate: Percent,
    pub day_count: DayCount,
    /// In minor units, not rounded.
    pub exact: Fraction,
    /// `base rate 1.27 % from 2026-01-01 + 9.00`
    pub note: String,
    /// Of the reference rate.
    pub source: String,
    pub certainty: Certainty,
}

impl Segment {
    /// The exact amount in whole units of the currency.
    pub fn exact_amount(&self) -> Option<Fraction> {
        let scale = 10i128.checked_pow(self.principal.currency.decimals())?;
        self.exact.times(Fraction::new(1, scale)?)
    }
}

/// What a principal bears from the day `first` to the day `last`.
pub(super) fn accrue(
    claim: &Claim,
    pack: &Pack,
    rule: &InterestRule,
    principal: Money,
    (first, last): (Date, Date),
) -> Result<Vec<Segment>, Refusal> {
    let mut made = Vec::new();
    let (Some(name), Some(margin)) = (rule.series.as_deref(), rule.margin) else { return Ok(made) };
    let mut day = first;
    while day <= last {
        let asked = if rule.mode == InterestMode::FixedAtStart { start(claim)? } else { day };
        let base = pack.rate(name, asked)?;
        let mut to = last;
        if let Some(series) = pack.series.get(name).filter(|_| rule.mode != InterestMode::FixedAtStart) {
            to = series.unchanged_until(day, to).min(series.known_until);
        }
        if rule.day_count.splits_years() {
            to = to.min(day.last_of_year());
        }
        made.push(segment(rule, (base, pack.series.get(name)), margin, principal, (day, to))?);
        day = to.tomorrow().map_err(|_| Refusal::TooLarge)?;
    }
    Ok(made)
}

/// The same at a rate that was agreed: one segment, or one for each calendar year where the days of the year matter.
pub(super) fn accrue_agreed(
    rule: &InterestRule,
    agreed: &AgreedRate,
    principal: Money,
    (first, last): (Date, Date),
) -> Result<Vec<Segment>, Refusal> {
    let mut made = Vec::new();
    let mut day = first;
    while day <= last {
        let to = if rule.day_count.splits_years() { last.min(day.last_of_year()) } else { last };
        let exact = exact(rule, agreed.percent, principal, (day, to))?;
        made.push(Segment {
            from: day,
            to,
            days: day.until(to).map_or(0, |span| span.get_days()) + 1,
            principal,
            rate: agreed.percent,
            day_count: rule.day_count,
            exact,
            note: format!("{} %, agreed on {}", agreed.percent, agreed.on),
            source: agreed.proof.clone(),
            certainty: rule.certainty,
        });
        day = to.tomorrow().map_err(|_| Refusal::TooLarge)?;
    }
    Ok(made)
}

/// In minor units, of the days from one to another.
fn exact(rule: &InterestRule, rate: Percent, principal: Money, (from, to): (Date, Date)) -> Result<Fraction, Refusal> {
    let share = rule.day_count.share(from, to).and_then(|years| years.times(rate.share()));
    let exact = share.and_then(|share| share.times(Fraction::whole(principal.minor))).ok_or(Refusal::TooLarge)?;
    Ok(match rule.rounding {
        Rounding::Once => exact,
        Rounding::PerSegment => Fraction::whole(exact.rounded().ok_or(Refusal::TooLarge)?),
    })
}

fn segment(
    rule: &InterestRule,
    (base, series): (&Rate, Option<&Series>),
    margin: Percent,
    principal: Money,
    (from, to): (Date, Date),
) -> Result<Segment, Refusal> {
    // A reference rate below zero never makes the creditor pay.
    let rate = base.percent.plus(margin).max(Percent::ZERO);
    let exact = exact(rule, rate, principal, (from, to))?;
    let title = series.map_or("", |series| series.title.as_str());
    Ok(Segment {
        from,
        to,
        days: from.until(to).map_or(0, |span| span.get_days()) + 1,
        principal,
        rate,
        day_count: rule.day_count,
        exact,
        note: format!("{title}: {} % from {}, and {margin} points", base.percent, base.from),
        source: base.source.clone(),
        certainty: base.certainty.max(rule.certainty),
    })
}

/// The day on which interest begins.
fn start(claim: &Claim) -> Result<Date, Refusal> {
    claim.due.tomorrow().map_err(|_| Refusal::TooLarge)
}
