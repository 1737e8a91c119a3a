//! The accumulator: one account after the other goes in, sums come out.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Setup;
use super::calls::Contacts;
use super::cost::Cost;
use super::figures::{call_figures, figures};
use super::metric::Metric;
use super::position::Position;
use super::ratio::Figure;
use super::watch::Seen;
use crate::id::AccountId;
use crate::money::Currency;

/// Accounts of a currency that are named with what they cost, dearest first.
pub const COSTLIEST_MAX: usize = 20;

pub struct Meter<'s> {
    setup: &'s Setup,
    accounts: u64,
    erased: u64,
    unreadable: u64,
    first: Option<Date>,
    positions: BTreeMap<Currency, Position>,
    contacts: Contacts,
    costliest: BTreeMap<Currency, Vec<Costly>>,
}

/// How it stands: plain data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metrics {
    pub setup: Setup,
    /// Known at the end of the period.
    pub accounts: u64,
    /// Accounts of which nothing can be told any more; every figure is without them.
    pub erased: u64,
    /// Accounts whose events cannot be read; every figure is without them.
    pub unreadable: u64,
    /// The day of the first event on record: before it nothing is known but what invoices say of themselves.
    pub first: Option<Date>,
    /// In the order of their codes.
    pub currencies: Vec<CurrencyMetrics>,
    pub contacts: Contacts,
    pub calls: BTreeMap<Metric, Figure>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrencyMetrics {
    pub currency: Currency,
    pub position: Position,
    pub figures: BTreeMap<Metric, Figure>,
    /// None: prices are not known.
    pub cost: Option<Cost>,
    pub costliest: Vec<Costly>,
}

/// An account that costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Costly {
    pub account: AccountId,
    pub name: String,
    pub cost: Cost,
}

impl<'s> Meter<'s> {
    pub fn new(setup: &'s Setup) -> Self {
        Self {
            setup,
            accounts: 0,
            erased: 0,
            unreadable: 0,
            first: None,
            positions: BTreeMap::new(),
            contacts: Contacts::default(),
            costliest: BTreeMap::new(),
        }
    }

    pub fn take(&mut self, seen: &Seen) {
        self.accounts += 1;
        self.first = Some(self.first.map_or(seen.first, |first| first.min(seen.first)));
        self.contacts.add(&seen.contacts);
        for (currency, position) in &seen.positions {
            self.positions.entry(*currency).or_insert_with(|| Position::new(self.setup)).add(position);
        }
        for (currency, cost) in seen.costs(self.setup) {
            if cost.total.is_positive() {
                self.positions.entry(currency).or_insert_with(|| Position::new(self.setup));
                self.costly(currency, Costly { account: seen.account.clone(), name: seen.name.clone(), cost });
            }
        }
    }

    pub fn erased(&mut self) {
        self.erased += 1;
    }

    pub fn unreadable(&mut self) {
        self.unreadable += 1;
    }

    pub fn read(self) -> Metrics {
        let Self { setup, accounts, erased, unreadable, first, positions, contacts, mut costliest } = self;
        let of = |(currency, position): (Currency, Position)| CurrencyMetrics {
            currency,
            figures: figures(&position, &setup.period),
            cost: setup.costs.as_ref().map(|costs| costs.cost(currency, &position, &contacts)),
            costliest: costliest.remove(&currency).unwrap_or_default(),
            position,
        };
        let currencies = positions.into_iter().map(of).collect();
        let calls = call_figures(&contacts);
        Metrics { setup: setup.clone(), accounts, erased, unreadable, first, currencies, contacts, calls }
    }

    fn costly(&mut self, currency: Currency, costly: Costly) {
        let all = self.costliest.entry(currency).or_default();
        let place = all.partition_point(|known| known.cost.total.minor >= costly.cost.total.minor);
        if place < COSTLIEST_MAX {
            all.insert(place, costly);
            all.truncate(COSTLIEST_MAX);
        }
    }
}

impl Seen {
    /// What the account cost, in each currency in which it cost or owed anything; nothing when prices are not known.
    pub fn costs(&self, setup: &Setup) -> Vec<(Currency, Cost)> {
        let Some(costs) = &setup.costs else { return Vec::new() };
        let nothing = Position::new(setup);
        let mut all: Vec<(Currency, Cost)> = self
            .positions
            .iter()
            .map(|(currency, position)| (*currency, costs.cost(*currency, position, &self.contacts)))
            .collect();
        if !self.contacts.is_empty() && !self.positions.contains_key(&costs.currency) {
            all.push((costs.currency, costs.cost(costs.currency, &nothing, &self.contacts)));
        }
        all
    }
}
