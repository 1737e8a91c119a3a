//! An agency's commission, on the creditor's side: exact, cumulative, rounded once. What the agency booked is held against it.
//!
//! `commission = round(sum of (collected - reversed) * share)`, for collections dated from the placement on, until the recall
//! or return and its tail. The share is fixed at placement, by age and amount, so that a reversal takes back at the rate of
//! its original. The sum is rounded and not its parts: three times a third of 100.00 is 100.00.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::invoice::plus_days;
use crate::money::Money;
use crate::placement::{Collection, Placement, commission_of};
use crate::policy::{AgencyRules, Tier, limit};

/// What was agreed with the agency when it was placed, beside its share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommissionTerms {
    /// Direct payments earn the share too.
    pub direct_payments: bool,
    /// Days after the placement ended in which money still earns the share; none: for good.
    pub tail_days: Option<u16>,
}

/// A placement's account with its agency, in the placement's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What earns the share: collected by the agency or paid directly, reversals taken off.
    pub commissionable: Money,
    /// The share of it, rounded once.
    pub commission: Money,
    /// What the agency booked for itself, reversals taken off; direct payments are not in it.
    pub booked: Money,
    /// What the agency hands over by its own words: gross, or net of what it booked.
    pub to_remit: Money,
    /// What reached the bank of that.
    pub remitted: Money,
    /// Positive: still owed to the agency. Negative: it kept more than its share. What it does not keep, it bills.
    pub owed: Money,
}

/// The share for an account at placement: the last tier that fits, else the agency's `commission`.
pub fn share_at<'a>(commission: &'a str, tiers: &'a [Tier], days_past_due: i32, total: Money) -> &'a str {
    let fits = tiers.iter().rev().find(|tier| {
        let least = limit(&tier.from_amount, total.currency).map_or(i64::MIN, |least| least.minor);
        days_past_due >= i32::from(tier.from_days) && total.minor >= least
    });
    fits.map_or(commission, |tier| tier.commission.as_str())
}

impl Placement {
    pub fn statement(&self) -> Statement {
        let money = |minor: i64| Money { minor, currency: self.total.currency };
        let sum = |amounts: &mut dyn Iterator<Item = i64>| money(amounts.fold(0, i64::saturating_add));
        let collected = self.collections.iter().filter(|one| one.reverses.is_none() && self.earns(one.on));
        let collected = sum(&mut collected.map(|one| self.net_of_reversals(one)));
        let direct = self.direct_payments.iter().filter(|one| !one.reversed && self.earns(one.received_on));
        let direct = sum(&mut direct.filter(|_| self.terms.direct_payments).map(|one| one.amount.minor));
        let commissionable = money(collected.minor.saturating_add(direct.minor));
        let commission = commission_of(commissionable, &self.commission).unwrap_or(money(0));
        let booked = self.commission_taken();
        let to_remit = sum(&mut self.collections.iter().map(|one| match one.remittance.as_str() {
            "gross" => one.gross.minor,
            _ => one.net.minor,
        }));
        let kept = self.gross_collected().minor.saturating_sub(to_remit.minor);
        let owed = money(commission.minor.saturating_sub(kept));
        Statement { commissionable, commission, booked, to_remit, remitted: self.remitted, owed }
    }

    /// Nothing is earned on money from before the placement, or from after its end and tail.
    fn earns(&self, on: Date) -> bool {
        let ended = self.closed_on.zip(self.terms.tail_days).map(|(day, tail)| plus_days(day, i32::from(tail)));
        on >= self.proposed_on && ended.is_none_or(|last| on <= last)
    }

    fn net_of_reversals(&self, original: &Collection) -> i64 {
        let reversals =
            self.collections.iter().filter(|one| one.reverses.as_deref() == Some(original.transaction.as_str()));
        let net = reversals.fold(original.gross.minor, |sum, one| sum.saturating_add(one.gross.minor));
        net.max(0)
    }
}

impl CommissionTerms {
    /// From before terms were kept: not written down then, and not now.
    pub fn is_old(&self) -> bool {
        *self == Self::default()
    }
}

/// Before terms were kept: direct payments counted, and there was no end.
impl Default for CommissionTerms {
    fn default() -> Self {
        Self { direct_payments: true, tail_days: None }
    }
}

impl From<&AgencyRules> for CommissionTerms {
    fn from(rules: &AgencyRules) -> Self {
        Self { direct_payments: rules.direct_payments, tail_days: Some(rules.tail_days) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::money::Currency;

    /// Young and small: a third. From half a year: two fifths. From half a year and 1000.00: a half.
    #[test]
    fn the_last_tier_that_fits_counts() {
        let tier = |from_days, from: &[&str], commission: &str| Tier {
            from_days,
            from_amount: from.iter().map(|least| (Currency::EUR, (*least).to_owned())).collect::<BTreeMap<_, _>>(),
            commission: commission.to_owned(),
        };
        let tiers = vec![tier(180, &[], "2/5"), tier(180, &["1000.00"], "1/2")];
        let share = |days, minor| share_at("1/3", &tiers, days, Money::new(minor, Currency::EUR)).to_owned();
        assert_eq!(share(179, 500_000), "1/3");
        assert_eq!(share(180, 99_999), "2/5");
        assert_eq!(share(180, 100_000), "1/2");
    }
}
