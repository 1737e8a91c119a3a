//! One account, watched over a period: how it stood at the begin, what happened, how it stands at the end.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Setup;
use super::calls::Contacts;
use super::causes;
use super::position::{Ended, Position, days_late, disputed};
use crate::account::Account;
use crate::effect::{Action, Notice};
use crate::event::{Event, Fact};
use crate::evolve::evolve;
use crate::id::{AccountId, EffectKey, InvoiceNumber};
use crate::invoice::{days_between, plus_days};
use crate::money::Currency;

/// Folds an account's events, in their order. What was recorded after the period is passed over.
pub struct Watch<'s> {
    setup: &'s Setup,
    account: Account,
    /// What was open of each invoice at the begin, once that is reached.
    begin: Option<BTreeMap<InvoiceNumber, i64>>,
    first: Option<Date>,
    contacts: Contacts,
    promises: Ended,
    learned: BTreeMap<InvoiceNumber, Date>,
    released: BTreeMap<InvoiceNumber, Date>,
    /// Past due x days, up to the evening of a day.
    late: BTreeMap<Currency, i128>,
    late_until: Date,
}

/// What a watch saw: the sums of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub account: AccountId,
    pub name: String,
    pub country: String,
    /// The day of its first event.
    pub first: Date,
    pub positions: BTreeMap<Currency, Position>,
    pub contacts: Contacts,
}

impl<'s> Watch<'s> {
    pub fn new(setup: &'s Setup, account: AccountId) -> Self {
        Self {
            setup,
            account: Account::new(account),
            begin: None,
            first: None,
            contacts: Contacts::default(),
            promises: Ended::new(),
            learned: BTreeMap::new(),
            released: BTreeMap::new(),
            late: BTreeMap::new(),
            late_until: setup.period.from(),
        }
    }

    pub fn event(&mut self, event: &Event) {
        let day = event.at.date();
        if day > self.setup.period.as_of() {
            return;
        }
        self.first = Some(self.first.map_or(day, |first| first.min(day)));
        if day > self.setup.period.from() {
            self.begin();
            self.pass_until(plus_days(day, -1));
            self.note(event, day);
        }
        evolve(&mut self.account, event);
    }

    /// After the last event; none when the account was not known at the end of the period.
    pub fn end(mut self) -> Option<Seen> {
        let first = self.first?;
        self.begin();
        self.pass_until(self.setup.period.as_of());
        let positions = self.positions();
        let Account { id, debtor, .. } = self.account;
        Some(Seen {
            account: id,
            name: debtor.name,
            country: debtor.country,
            first,
            positions,
            contacts: self.contacts,
        })
    }

    /// The state at the begin is kept before the first change after it.
    fn begin(&mut self) {
        if self.begin.is_none() {
            let open = |item: &crate::invoice::OpenItem| if item.is_open() { item.open.minor } else { 0 };
            let items = self.account.items.iter();
            self.begin = Some(items.map(|(number, item)| (number.clone(), open(item))).collect());
        }
    }

    /// Counts the days since the last change, up to the evening of a day: nothing changed on them.
    fn pass_until(&mut self, evening: Date) {
        if evening <= self.late_until {
            return;
        }
        for item in self.account.items.values().filter(|item| item.is_open()) {
            let days = days_late(item, self.late_until, evening);
            if days > 0 {
                *self.late.entry(item.open.currency).or_default() += i128::from(item.open.minor) * i128::from(days);
            }
        }
        self.late_until = evening;
    }

    /// What can only be told while it happens. The account is as it was before.
    fn note(&mut self, event: &Event, day: Date) {
        match &event.fact {
            Fact::InvoiceIssued { invoice } if !self.account.items.contains_key(&invoice.number) => {
                self.learned.entry(invoice.number.clone()).or_insert(day);
            }
            Fact::CallEnded(call) => self.contacts.calls.ended(&call.disposition),
            Fact::EffectDone { key, .. } | Fact::EffectSettled { key, happened: true, .. } => {
                let Some(notice) = self.notice(key) else { return };
                self.contacts.sent(notice.channel);
                for invoice in notice.releases() {
                    self.released.entry(invoice).or_insert(day);
                }
            }
            Fact::PromiseKept { promise } | Fact::PromisePartlyKept { promise } | Fact::PromiseBroken { promise }
                if self.account.running_promises().any(|running| &running.id == promise) =>
            {
                self.promises.insert(promise.clone());
            }
            _ => {}
        }
    }

    /// A notice that has not ended yet, or that was cancelled and went out all the same.
    fn notice(&self, key: &EffectKey) -> Option<Notice> {
        let cancelled = || self.account.cancelled.iter().map(|back| &back.effect).find(|effect| &effect.key == key);
        let effect = self.account.effects.get(key).map(|planned| &planned.effect).or_else(cancelled)?;
        match &effect.action {
            Action::SendNotice(notice) => Some(notice.clone()),
            _ => None,
        }
    }

    fn positions(&self) -> BTreeMap<Currency, Position> {
        let (account, setup) = (&self.account, self.setup);
        let begin = self.begin.as_ref();
        let mut all: BTreeMap<Currency, Position> = BTreeMap::new();
        let mut of = |currency: Currency, take: &mut dyn FnMut(&mut Position)| {
            take(all.entry(currency).or_insert_with(|| Position::new(setup)));
        };
        for (number, item) in &account.items {
            let before = begin.and_then(|items| items.get(number)).copied();
            let is_sale = before.is_none() && item.invoice.issued_on > setup.period.from();
            let was_disputed = account.disputes.iter().any(|dispute| &dispute.invoice == number);
            let learned = self.learned.get(number).map_or(0, |day| days_between(item.invoice.issued_on, *day));
            let released = self.released.get(number).copied();
            of(item.open.currency, &mut |position| {
                position.item(item, before, setup);
                if is_sale {
                    position.invoices_disputed += u64::from(was_disputed);
                    position.record_days += i128::from(learned.max(0));
                    if let Some(day) = released {
                        position.released += 1;
                        position.release_days += i128::from(days_between(item.invoice.issued_on, day).max(0));
                    }
                }
            });
        }
        for posted in account.payments.values() {
            of(posted.payment.amount.currency, &mut |position| position.payment(posted, account, &setup.period));
        }
        for (currency, minor) in &account.credit {
            of(*currency, &mut |position| position.credit += i128::from(*minor));
        }
        for promise in account.promises.iter().filter(|promise| self.promises.contains(&promise.id)) {
            let (amount, received) = (promise.amount, promise.received);
            of(amount.currency, &mut |position| position.promise(promise.state, amount, received));
        }
        for placement in &account.placements {
            of(placement.total.currency, &mut |position| position.placement(placement, account, &setup.period));
        }
        for (currency, reason, cause) in causes::of(account, &setup.period) {
            of(currency, &mut |position| position.causes.entry(reason).or_default().add(&cause));
        }
        for amount in disputed(account) {
            of(amount.currency, &mut |position| position.disputed += i128::from(amount.minor));
        }
        for (currency, late) in &self.late {
            of(*currency, &mut |position| position.late_days += late);
        }
        all
    }
}
