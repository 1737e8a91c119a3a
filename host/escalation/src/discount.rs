//! A discount for early payment: how much, until when, and whether it was taken in time.

use jiff::civil::Date;

use crate::account::Account;
use crate::cash::Target;
use crate::invoice::{Discount, OpenItem, plus_days};
use crate::money::Money;

/// What became of an item's discount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Paid within the window: so much of the open rest is the discount.
    InTime { amount: Money, until: Date },
    /// The discounted amount was paid after the window: the rest is owed.
    Late { rest: Money, until: Date, paid_on: Date },
}

/// The most that the terms let off: their share of what is to be paid after credit memos and the accounting package's own
/// corrections, rounded once, half away from zero. None when the terms say no share from 0 to 100.
pub fn most(item: &OpenItem, discount: &Discount) -> Option<Money> {
    let (over, under) = share(&discount.percent)?;
    item.billed().share(over, under)
}

/// Asked of an open item: what its open rest has to do with its discount terms. `grace_days`: money may arrive so many days
/// after the window (value date); `slack`: what may be missing beyond the discount, in minor units.
pub fn taken(account: &Account, item: &OpenItem, grace_days: u16, slack: i64) -> Option<Taken> {
    let given = crate::allowance::allowed(&item.allowed, Some(crate::allowance::AllowanceKind::Discount));
    if !item.is_open() || given != 0 || !item.paid.is_positive() {
        return None;
    }
    let payments = payments_of(account, item);
    let paid_on = payments.iter().map(|(on, _)| *on).max()?;
    let mut late = None;
    for terms in &item.invoice.discounts {
        let Some(most) = most(item, terms).filter(Money::is_positive) else { continue };
        let enough = item.open.minor <= most.minor.saturating_add(slack);
        let closes = plus_days(terms.until, i32::from(grace_days));
        let in_time = payments.iter().filter(|(on, _)| *on <= closes);
        let in_time = in_time.fold(0i64, |sum, (_, minor)| sum.saturating_add(*minor));
        let needed = item.billed().minor.saturating_sub(most.minor).saturating_sub(slack);
        if enough && in_time >= needed {
            return Some(Taken::InTime { amount: most.at_most(item.open), until: terms.until });
        }
        if enough {
            late = Some(Taken::Late { rest: item.open, until: terms.until, paid_on });
        }
    }
    late
}

/// Value date and amount of each part of a payment that went to the item.
fn payments_of(account: &Account, item: &OpenItem) -> Vec<(Date, i64)> {
    let mut found = Vec::new();
    for posted in account.payments.values() {
        for allocation in &posted.allocations {
            if matches!(&allocation.to, Target::Invoice(number) if number == &item.invoice.number) {
                found.push((posted.payment.value_on, allocation.amount.minor));
            }
        }
    }
    found
}

/// `2.5` percent as the fraction 25 / 1000.
fn share(percent: &str) -> Option<(i128, i128)> {
    let (whole, fraction) = percent.split_once('.').unwrap_or((percent, ""));
    let digits = |part: &str| part.len() <= 10 && part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let over: i128 = format!("{whole}{fraction}").parse().ok()?;
    let under = 10i128.checked_pow(u32::try_from(fraction.len()).ok()?)?.checked_mul(100)?;
    (over <= under).then_some((over, under))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    /// 2.5 % of 333.33 is 8.33325, so 8.33; 0.5 % of 1.00 is half a cent, so a cent; 3 % of 1001 yen is 30.03, so 30.
    #[test]
    fn a_share_is_rounded_once_half_away_from_zero() {
        let of = |minor: i64, currency: &str, percent: &str| {
            let (over, under) = share(percent).unwrap();
            Money::new(minor, currency.parse().unwrap()).share(over, under).unwrap().minor
        };
        assert_eq!(of(33_333, "EUR", "2.5"), 833);
        assert_eq!(of(100, "EUR", "0.5"), 1);
        assert_eq!(of(-100, "EUR", "0.5"), -1);
        assert_eq!(of(1_001, "JPY", "3"), 30);
    }

    #[test]
    fn what_is_no_share_is_no_discount() {
        for wrong in ["", "-2", "2,5", "101", "two", ".", "99999999999"] {
            assert!(share(wrong).is_none(), "{wrong}");
        }
        assert_eq!(Money::new(i64::MAX, Currency::EUR).share(i128::MAX, 1), None);
        assert_eq!(Money::new(100, Currency::EUR).share(1, 0), None);
    }
}
