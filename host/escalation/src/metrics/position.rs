//! Sums of one currency, of one account or of all: what every metric is made of. Two positions add up to one.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::causes::Cause;
use super::figures::NOT_PLACED;
use super::metric::Unit;
use super::period::{Month, Period};
use super::ratio::Figure;
use super::{Basis, Setup};
use crate::account::Account;
use crate::cash::{PostedPayment, Target};
use crate::dispute::Dispute;
use crate::id::{InvoiceNumber, PromiseId};
use crate::invoice::{OpenItem, days_between};
use crate::money::Money;
use crate::placement::{Placement, PlacementState};
use crate::promise::PromiseState;

/// Months that a countback goes back at most.
pub(super) const MONTHS_MAX: u32 = 36;

/// Minor units, or minor units times days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Open at the end, by bucket of the chosen basis; their sum is what is open.
    pub aging: Vec<i128>,
    /// Open at the end and not past due.
    pub current: i128,
    /// Payments that no invoice took.
    pub unapplied: i128,
    /// Credit memos that no invoice took.
    pub credit: i128,
    /// Open at the begin, as it was known then, with invoices dated before it that came to the record later.
    pub open_at_begin: i128,
    /// Invoices of the period: what was left to pay of them when they came to the record.
    pub sales: i128,
    pub invoices: u64,
    /// Sales by the month of the invoice, of the last 36 months; a date after the end counts to its month.
    pub months: BTreeMap<Month, i128>,
    /// Open x days since the invoice date.
    pub open_days: i128,
    /// Open x days past due.
    pub past_due_days: i128,
    /// Applied to invoices in the period by payments that were not given back; and x days from the invoice date.
    pub paid: i128,
    pub paid_days: i128,
    pub rolls: Rolls,
    pub promises: PromisesEnded,
    /// Invoices of the period that were ever disputed.
    pub invoices_disputed: u64,
    /// In open disputes at the end, at most what is open.
    pub disputed: i128,
    /// Days from the invoice date to the day on which the hub learned of it, over invoices of the period.
    pub record_days: i128,
    /// Invoices of the period that the hub sent to the debtor itself, and days from the invoice date to that.
    pub released: u64,
    pub release_days: i128,
    /// Disputes of the period, by reason.
    pub causes: BTreeMap<&'static str, Cause>,
    /// With agencies, to date.
    pub placed: Placed,
    /// The same by the agency's connection; an only agency has no name.
    pub agencies: BTreeMap<String, Placed>,
    /// Past due x days of the period on which it was.
    pub late_days: i128,
    /// Commission of agencies on what came in in the period.
    pub commission: i128,
}

/// What became of the money that was open at the begin, by days past due.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rolls {
    /// Open at the begin, by bucket of that day.
    pub begin: Vec<i128>,
    /// Of that: still open at the end, by bucket of the begin and of the end.
    pub moved: Vec<Vec<i128>>,
    /// Open at the end, by bucket of that day, newer invoices included.
    pub end: Vec<i128>,
}

/// Promises that ended in the period: how many, and the amounts promised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PromisesEnded {
    pub kept: u64,
    pub kept_amount: i128,
    pub partly_kept: u64,
    pub partly_kept_amount: i128,
    /// Cash that came for the partly kept ones.
    pub partly_kept_received: i128,
    pub broken: u64,
    pub broken_amount: i128,
}

/// What agencies had, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    pub placements: u64,
    pub amount: i128,
    /// By the agency, reversals taken off.
    pub collected: i128,
    /// To the creditor while the agency had it, and not given back.
    pub direct: i128,
    /// On both.
    pub commission: i128,
}

impl Position {
    pub(super) fn new(setup: &Setup) -> Self {
        let late = setup.edges.buckets(Basis::DueDate);
        Self {
            aging: vec![0; setup.edges.buckets(setup.basis)],
            rolls: Rolls { begin: vec![0; late], moved: vec![vec![0; late]; late], end: vec![0; late] },
            ..Self::default()
        }
    }

    pub fn open(&self) -> i128 {
        self.aging.iter().sum()
    }

    pub fn past_due(&self) -> i128 {
        self.open() - self.current
    }

    /// Open, less money and credit that no invoice took.
    pub fn net(&self) -> i128 {
        self.open() - self.unapplied - self.credit
    }

    pub(super) fn add(&mut self, other: &Self) {
        add_all(&mut self.aging, &other.aging);
        add_all(&mut self.rolls.begin, &other.rolls.begin);
        add_all(&mut self.rolls.end, &other.rolls.end);
        for (mine, theirs) in self.rolls.moved.iter_mut().zip(&other.rolls.moved) {
            add_all(mine, theirs);
        }
        for (month, sales) in &other.months {
            *self.months.entry(*month).or_default() += sales;
        }
        for (reason, cause) in &other.causes {
            self.causes.entry(reason).or_default().add(cause);
        }
        for (agency, placed) in &other.agencies {
            self.agencies.entry(agency.clone()).or_default().add(placed);
        }
        self.placed.add(&other.placed);
        let promises = &mut self.promises;
        for (sum, more) in [
            (&mut self.current, other.current),
            (&mut self.unapplied, other.unapplied),
            (&mut self.credit, other.credit),
            (&mut self.open_at_begin, other.open_at_begin),
            (&mut self.sales, other.sales),
            (&mut self.open_days, other.open_days),
            (&mut self.past_due_days, other.past_due_days),
            (&mut self.paid, other.paid),
            (&mut self.paid_days, other.paid_days),
            (&mut self.disputed, other.disputed),
            (&mut self.record_days, other.record_days),
            (&mut self.release_days, other.release_days),
            (&mut self.late_days, other.late_days),
            (&mut self.commission, other.commission),
            (&mut promises.kept_amount, other.promises.kept_amount),
            (&mut promises.partly_kept_amount, other.promises.partly_kept_amount),
            (&mut promises.partly_kept_received, other.promises.partly_kept_received),
            (&mut promises.broken_amount, other.promises.broken_amount),
        ] {
            *sum += more;
        }
        for (count, more) in [
            (&mut self.invoices, other.invoices),
            (&mut self.invoices_disputed, other.invoices_disputed),
            (&mut self.released, other.released),
            (&mut promises.kept, other.promises.kept),
            (&mut promises.partly_kept, other.promises.partly_kept),
            (&mut promises.broken, other.promises.broken),
        ] {
            *count += more;
        }
    }

    /// An invoice at the end of the period; `begin` is what was open of it at the begin, none when it was not on record then.
    pub(super) fn item(&mut self, item: &OpenItem, begin: Option<i64>, setup: &Setup) {
        let day = setup.period.as_of();
        let open = if item.is_open() { i128::from(item.open.minor) } else { 0 };
        let end = setup.edges.bucket(Basis::DueDate, item, day);
        add_at(&mut self.aging, setup.edges.bucket(setup.basis, item, day), open);
        add_at(&mut self.rolls.end, end, open);
        self.open_days += open * i128::from(days_between(item.invoice.issued_on, day).max(0));
        self.past_due_days += open * i128::from(item.days_past_due(day));
        if item.days_past_due(day) == 0 {
            self.current += open;
        }
        self.sold(item, begin, &setup.period);
        if let Some(before) = begin.filter(|before| *before > 0).map(i128::from) {
            let start = setup.edges.bucket(Basis::DueDate, item, setup.period.from());
            add_at(&mut self.rolls.begin, start, before);
            if let Some(row) = self.rolls.moved.get_mut(start) {
                add_at(row, end, open.min(before));
            }
        }
    }

    fn sold(&mut self, item: &OpenItem, begin: Option<i64>, period: &Period) {
        let sales = i128::from(item.invoice.payable.minor.max(0));
        let month = Month::of(item.invoice.issued_on.min(period.as_of()));
        if month > Month::of(period.as_of()).back(MONTHS_MAX) {
            *self.months.entry(month).or_default() += sales;
        }
        match begin {
            Some(open) => self.open_at_begin += i128::from(open),
            None if item.invoice.issued_on <= period.from() => self.open_at_begin += sales,
            None => {
                self.sales += sales;
                self.invoices += 1;
            }
        }
    }

    /// A payment as it stands at the end; only its allocations to invoices count.
    pub(super) fn payment(&mut self, posted: &PostedPayment, account: &Account, period: &Period) {
        self.unapplied += i128::from(posted.unapplied.minor);
        let booked = posted.payment.booked_on;
        if posted.reversed_on.is_some() || !period.contains(booked) {
            return;
        }
        for allocation in &posted.allocations {
            let Target::Invoice(number) = &allocation.to else { continue };
            let Some(item) = account.items.get(number) else { continue };
            let amount = i128::from(allocation.amount.minor);
            self.paid += amount;
            self.paid_days += amount * i128::from(days_between(item.invoice.issued_on, booked));
        }
    }

    pub(super) fn promise(&mut self, state: PromiseState, amount: Money, received: Money) {
        let minor = i128::from(amount.minor);
        let ended = &mut self.promises;
        match state {
            PromiseState::Kept => {
                ended.kept += 1;
                ended.kept_amount += minor;
            }
            PromiseState::PartlyKept => {
                ended.partly_kept += 1;
                ended.partly_kept_amount += minor;
                ended.partly_kept_received += i128::from(received.minor);
            }
            PromiseState::Broken => {
                ended.broken += 1;
                ended.broken_amount += minor;
            }
            PromiseState::Running | PromiseState::Superseded | PromiseState::Cancelled => {}
        }
    }

    /// Once an agency had it, for good: rejected and merely planned placements are none.
    pub(super) fn placement(&mut self, placement: &Placement, account: &Account, period: &Period) {
        if matches!(placement.state, PlacementState::Proposed | PlacementState::Rejected) {
            return;
        }
        let stays = |payment| account.payments.get(payment).is_some_and(|posted| posted.reversed_on.is_none());
        let mut placed = Placed {
            placements: 1,
            amount: i128::from(placement.total.minor),
            collected: i128::from(placement.gross_collected().minor),
            direct: 0,
            commission: i128::from(placement.commission_taken().minor),
        };
        for direct in placement.direct_payments.iter().filter(|direct| stays(&direct.payment)) {
            placed.direct += i128::from(direct.amount.minor);
            placed.commission += i128::from(direct.commission.minor);
            if period.contains(direct.received_on) {
                self.commission += i128::from(direct.commission.minor);
            }
        }
        for collection in placement.collections.iter().filter(|collection| period.contains(collection.on)) {
            self.commission += i128::from(collection.commission.minor);
        }
        self.placed.add(&placed);
        self.agencies.entry(placement.agency.clone().unwrap_or_default()).or_default().add(&placed);
    }
}

fn rate(part: i128, placed: i128) -> Figure {
    Figure::of(Unit::Percent, part * 100, placed, NOT_PLACED)
}

impl Placed {
    fn add(&mut self, other: &Self) {
        self.placements += other.placements;
        self.amount += other.amount;
        self.collected += other.collected;
        self.direct += other.direct;
        self.commission += other.commission;
    }

    /// Collected and paid directly, of what was placed.
    pub fn liquidation(&self) -> Figure {
        rate(self.collected + self.direct, self.amount)
    }

    /// The same, less commission.
    pub fn netback(&self) -> Figure {
        rate(self.collected + self.direct - self.commission, self.amount)
    }
}

/// What is disputed of an account's open items, each at most with what is open of it.
pub(super) fn disputed(account: &Account) -> Vec<Money> {
    let mut amounts: BTreeMap<&InvoiceNumber, Money> = BTreeMap::new();
    for Dispute { invoice, amount, .. } in account.open_disputes() {
        let sum = amounts.entry(invoice).or_insert(Money::zero(amount.currency));
        *sum = sum.plus(*amount).unwrap_or(*sum);
    }
    let open = |(number, amount): (&InvoiceNumber, Money)| {
        let item = account.items.get(number).filter(|item| item.is_open())?;
        Some(amount.at_most(item.open))
    };
    amounts.into_iter().filter_map(open).collect()
}

/// Promises by how they ended, in a period.
pub(super) type Ended = BTreeSet<PromiseId>;

/// The days between two evenings on which an item was past due.
pub(super) fn days_late(item: &OpenItem, after: Date, until: Date) -> i32 {
    days_between(after.max(item.invoice.due_on), until).max(0)
}

fn add_all(mine: &mut [i128], theirs: &[i128]) {
    for (sum, more) in mine.iter_mut().zip(theirs) {
        *sum += more;
    }
}

fn add_at(sums: &mut [i128], place: usize, amount: i128) {
    if let Some(sum) = sums.get_mut(place) {
        *sum += amount;
    }
}
