//! How well a debtor pays: one number from 0 to 100, from the account's own history alone.
//!
//! `score = share of invoices paid on time, in percent - days late on average`, at least 0. Looked at are invoices that fell due
//! in the year before the first day of the current month, so that the score moves once a month and not under one's hands. An
//! invoice counts when payments settled it (late by the days from its due date to the last of them), or when it is still open
//! (late so far). What was credited, collected by an agency or settled outside tells nothing and is left out. The average is
//! weighted by amount within a currency; of several currencies the worst counts. The formula is this system's own.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::cash::Target;
use crate::id::InvoiceNumber;
use crate::invoice::{OpenItem, days_between, plus_days};
use crate::money::Currency;

/// How the score is counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScoreRules {
    /// Fewer invoices in the year than this: the score is not known.
    pub invoices_min: u16,
    /// So many days after the due date still count as on time: a transfer takes its time.
    pub grace_days: u16,
}

/// What the score is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Score {
    /// 0 to 100; 100: all on time.
    pub points: u8,
    pub invoices: u32,
    pub on_time: u32,
    /// Weighted by amount, rounded half up.
    pub days_late: u32,
}

impl Default for ScoreRules {
    fn default() -> Self {
        Self { invoices_min: 5, grace_days: 2 }
    }
}

/// Days of history that count, before the first day of the month.
const HISTORY_DAYS: i32 = 365;

/// The score as it stood when the month began; none: not enough is known.
pub fn score(account: &Account, rules: &ScoreRules, today: Date) -> Option<Score> {
    let until = today.first_of_month();
    let since = plus_days(until, -HISTORY_DAYS);
    let paid = paid_on(account);
    let (mut invoices, mut on_time) = (0u32, 0u32);
    // Amount times days, and amount.
    let mut late: BTreeMap<Currency, (i128, i128)> = BTreeMap::new();
    for item in account.items.values().filter(|item| (since..until).contains(&item.invoice.due_on)) {
        let Some(days) = days_late(item, &paid, until) else { continue };
        let days = if days <= i32::from(rules.grace_days) { 0 } else { days };
        invoices += 1;
        on_time += u32::from(days == 0);
        let (weighted, weight) = late.entry(item.invoice.payable.currency).or_default();
        let amount = i128::from(item.invoice.payable.minor.max(0));
        *weighted += amount * i128::from(days);
        *weight += amount;
    }
    if invoices == 0 || invoices < u32::from(rules.invoices_min) {
        return None;
    }
    let averages = late.values().filter(|(_, weight)| *weight > 0);
    let worst = averages.map(|(weighted, weight)| (2 * weighted + weight) / (2 * weight)).max().unwrap_or(0);
    let share = i128::from(on_time) * 100 / i128::from(invoices);
    let points = u8::try_from((share - worst).clamp(0, 100)).unwrap_or(0);
    Some(Score { points, invoices, on_time, days_late: u32::try_from(worst).unwrap_or(u32::MAX) })
}

/// The first day on which the score may be another one without anything happening.
pub fn changes_on(today: Date) -> Date {
    plus_days(today.last_of_month(), 1)
}

/// The last day on which a payment that stands went to each invoice.
fn paid_on(account: &Account) -> BTreeMap<&InvoiceNumber, Date> {
    let mut days: BTreeMap<&InvoiceNumber, Date> = BTreeMap::new();
    for posted in account.payments.values().filter(|posted| posted.reversed_on.is_none()) {
        for allocation in &posted.allocations {
            if let Target::Invoice(number) = &allocation.to {
                let day = days.entry(number).or_insert(posted.payment.booked_on);
                *day = (*day).max(posted.payment.booked_on);
            }
        }
    }
    days
}

/// Days late, as known when the month began; none: it tells nothing about how the debtor pays.
fn days_late(item: &OpenItem, paid: &BTreeMap<&InvoiceNumber, Date>, until: Date) -> Option<i32> {
    let settled = if item.is_open() {
        until
    } else {
        let by_payments = item.paid.is_positive() && !item.collected.is_positive();
        (*paid.get(&item.invoice.number).filter(|_| by_payments)?).min(until)
    };
    Some(days_between(item.invoice.due_on, settled).max(0))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::cash::{Allocation, Evidence, Payment};
    use crate::event::{Event, Fact};
    use crate::evolve::evolve;
    use crate::invoice::Invoice;
    use crate::money::Money;

    /// An invoice of so many cents, due on a day, paid so many days later.
    fn history(account: &mut Account, number: &str, minor: i64, due_on: Date, paid_after: Option<i32>) {
        let amount = Money::new(minor, Currency::EUR);
        let mut happens = |day: Date, fact| {
            evolve(account, &Event { at: day.at(9, 0, 0, 0), on: day, origin: "test".to_owned(), fact });
        };
        let invoice = Invoice {
            number: number.into(),
            issued_on: plus_days(due_on, -30),
            due_on,
            total: amount,
            payable: amount,
            terms: String::new(),
            payment_references: Vec::new(),
            discounts: Vec::new(),
            buyer_reference: None,
            order: None,
            products: Vec::new(),
        };
        happens(plus_days(due_on, -30), Fact::InvoiceIssued { invoice });
        let Some(days) = paid_after else { return };
        let day = plus_days(due_on, days);
        let payment = Payment {
            id: format!("p-{number}").as_str().into(),
            amount,
            account: "creditor".into(),
            booked_on: day,
            value_on: day,
            payer_name: None,
            payer_account: None,
            references: Vec::new(),
            end_to_end_id: None,
            bank_reference: None,
            text: String::new(),
            reason: None,
        };
        let id = payment.id.clone();
        happens(day, Fact::PaymentReceived { payment });
        let allocations = vec![Allocation { to: Target::Invoice(number.into()), amount, by: Evidence::Person }];
        happens(day, Fact::CashAssigned { payment: id, allocations });
    }

    /// Four of 100.00 on time, two of them within the two days of grace; one of 600.00 paid 20 days late. On time are 4 of 5, or
    /// 80 percent. Late on average: 600.00 x 20 / 1000.00 = 12 days. 80 - 12 = 68.
    #[test]
    fn the_score_is_what_the_formula_says() {
        let mut account = Account::new("acme".into());
        let rules = ScoreRules::default();
        for (n, after) in [0, -3, 2, 1].into_iter().enumerate() {
            let month = i8::try_from(n).unwrap() + 2;
            history(&mut account, &format!("INV-{n}"), 10_000, date(2026, month, 10), Some(after));
        }
        assert_eq!(score(&account, &rules, date(2026, 7, 15)), None);
        history(&mut account, "INV-9", 60_000, date(2026, 6, 1), Some(20));
        let found = score(&account, &rules, date(2026, 7, 15)).unwrap();
        assert_eq!(found, Score { points: 68, invoices: 5, on_time: 4, days_late: 12 });
        // It does not move before the month is over, and a year later that history is gone.
        assert_eq!(score(&account, &rules, date(2026, 7, 31)), Some(found));
        assert_eq!(score(&account, &rules, date(2027, 7, 2)), None);
    }

    /// What is open counts as late so far: 100.00 due on 1 June, 30 days late on 1 July, beside 500.00 on time: 500.00 of 600.00.
    /// 5 of 6 on time are 83; 100.00 x 30 / 600.00 = 5 days late. 83 - 5 = 78.
    #[test]
    fn what_is_open_is_late_so_far() {
        let mut account = Account::new("acme".into());
        for n in 1..=5 {
            history(&mut account, &format!("INV-{n}"), 10_000, date(2026, n, 10), Some(0));
        }
        history(&mut account, "INV-9", 10_000, date(2026, 6, 1), None);
        let found = score(&account, &ScoreRules::default(), date(2026, 7, 1)).unwrap();
        assert_eq!((found.points, found.days_late), (78, 5));
    }
}
