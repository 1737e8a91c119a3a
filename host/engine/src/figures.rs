//! What happened, in figures, counted from the journal alone.

use std::collections::{BTreeMap, BTreeSet};

use escalation::account::sum;
use escalation::charge::standing;
use escalation::event::Event;
use escalation::policy::Channel;
use escalation::{Account, Action, Currency, Effect, EffectKey, Fact, InvoiceNumber, Money};
use serde::Serialize;

/// Sums in minor units, by currency: currencies are never added up.
pub type Sums = BTreeMap<Currency, i64>;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    pub debtors: u64,
    pub invoices_read: u64,
    pub credit_memos: u64,
    pub emails: u64,
    pub letters: u64,
    pub notices_by_level: BTreeMap<String, u64>,
    pub colleagues_told: u64,
    pub calls_queued: u64,
    pub calls_withdrawn: u64,
    pub calls_done: u64,
    pub promises_made: u64,
    pub promises_kept: u64,
    pub promises_partly_kept: u64,
    pub promises_broken: u64,
    pub disputes: u64,
    pub holds: u64,
    pub holds_released: u64,
    pub placements: u64,
    pub direct_payments_reported: u64,
    pub recalls: u64,
    pub commission_minor: Sums,
    pub prepayments_asked: u64,
    pub cover_enquiries: u64,
    pub credit_reports_ordered: u64,
    /// Interest, compensation and fees claimed beside the principal, as they stand.
    pub charged_minor: Sums,
    /// Money that came and stayed.
    pub received_minor: Sums,
    /// Of that: applied to invoices or to what an agency remits.
    pub posted_minor: Sums,
    pub unapplied_minor: Sums,
    pub reversed_minor: Sums,
    pub open_minor: Sums,
    pub effects_rejected: u64,
    pub effects_unknown: u64,
    pub events: u64,
}

/// Counts one account as its events go by.
#[derive(Default)]
pub struct Count {
    pub figures: Figures,
    /// Every effect that was ever planned, and what the journal last said of it.
    pub effects: BTreeMap<EffectKey, (Effect, Ended)>,
    invoices: BTreeSet<InvoiceNumber>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Not,
    Done,
    Rejected,
    Unknown,
    Cancelled,
    Expired,
}

impl Count {
    pub fn event(&mut self, event: &Event) {
        self.figures.events += 1;
        let figures = &mut self.figures;
        match &event.fact {
            Fact::InvoiceIssued { invoice } => {
                figures.invoices_read += u64::from(self.invoices.insert(invoice.number.clone()));
            }
            Fact::CreditMemoIssued { .. } => figures.credit_memos += 1,
            Fact::CallEnded(_) => figures.calls_done += 1,
            Fact::PromiseMade { .. } => figures.promises_made += 1,
            Fact::PromiseKept { .. } => figures.promises_kept += 1,
            Fact::PromisePartlyKept { .. } => figures.promises_partly_kept += 1,
            Fact::PromiseBroken { .. } => figures.promises_broken += 1,
            Fact::DisputeOpened { .. } => figures.disputes += 1,
            Fact::CreditHeld { .. } => figures.holds += 1,
            Fact::CreditReleased { .. } => figures.holds_released += 1,
            Fact::EffectPlanned { effect } => {
                self.effects.insert(effect.key.clone(), (effect.clone(), Ended::Not));
            }
            Fact::EffectDone { key, .. } => self.ended(key, Ended::Done),
            Fact::EffectRejected { key, .. } => self.ended(key, Ended::Rejected),
            Fact::EffectUnknown { key, .. } => self.ended(key, Ended::Unknown),
            Fact::EffectCancelled { key, .. } => self.ended(key, Ended::Cancelled),
            Fact::EffectExpired { key } => self.ended(key, Ended::Expired),
            Fact::EffectSettled { key, happened, .. } => {
                self.ended(key, if *happened { Ended::Done } else { Ended::Rejected });
            }
            _ => {}
        }
    }

    fn ended(&mut self, key: &EffectKey, how: Ended) {
        // A call that the dialer has may lapse or be taken back later; that it was handed over stays true.
        let lapses = matches!(how, Ended::Expired | Ended::Cancelled);
        if let Some((_, ended)) = self.effects.get_mut(key)
            && !(lapses && *ended == Ended::Done)
        {
            *ended = how;
        }
    }

    /// After the last event: what follows from the effects and from the account that they made.
    pub fn finish(mut self, account: &Account) -> (Figures, BTreeMap<EffectKey, (Effect, Ended)>) {
        let effects = std::mem::take(&mut self.effects);
        for (effect, ended) in effects.values() {
            match ended {
                Ended::Done => self.done(&effect.action),
                Ended::Rejected => self.figures.effects_rejected += 1,
                Ended::Unknown => self.figures.effects_unknown += 1,
                Ended::Not | Ended::Cancelled | Ended::Expired => {}
            }
        }
        let figures = &mut self.figures;
        figures.debtors = u64::from(!account.items.is_empty());
        for posted in account.payments.values() {
            let amount = posted.payment.amount;
            if posted.reversed_on.is_some() {
                add(&mut figures.reversed_minor, amount);
                continue;
            }
            add(&mut figures.received_minor, amount);
            add(&mut figures.unapplied_minor, posted.unapplied);
            for allocation in &posted.allocations {
                add(&mut figures.posted_minor, allocation.amount);
            }
        }
        for claimed in standing(account) {
            add(&mut figures.charged_minor, claimed.charge.amount);
        }
        for placement in &account.placements {
            for collection in &placement.collections {
                add(&mut figures.commission_minor, collection.commission);
            }
            for direct in &placement.direct_payments {
                add(&mut figures.commission_minor, direct.commission);
            }
        }
        for open in sum(account.items.values().map(|item| item.open)) {
            add(&mut figures.open_minor, open);
        }
        (self.figures, effects)
    }

    fn done(&mut self, action: &Action) {
        let figures = &mut self.figures;
        match action {
            Action::SendNotice(notice) => {
                match notice.channel {
                    Channel::Email => figures.emails += 1,
                    Channel::Letter | Channel::RegisteredLetter => figures.letters += 1,
                    Channel::Sms => {}
                }
                *figures.notices_by_level.entry(notice.level.as_str().to_owned()).or_default() += 1;
            }
            Action::TellColleague { .. } | Action::AlertColleague { .. } => figures.colleagues_told += 1,
            Action::QueueCall(_) => figures.calls_queued += 1,
            Action::WithdrawCall { .. } => figures.calls_withdrawn += 1,
            Action::PlaceWithAgency { .. } => figures.placements += 1,
            Action::ReportDirectPayment { .. } => figures.direct_payments_reported += 1,
            Action::RecallPlacement { .. } => figures.recalls += 1,
            Action::AskPrepayment { .. } => figures.prepayments_asked += 1,
            Action::EnquireCover { .. } => figures.cover_enquiries += 1,
            Action::OrderCreditReport { .. } => figures.credit_reports_ordered += 1,
            _ => {}
        }
    }
}

fn add(sums: &mut Sums, amount: Money) {
    if amount.minor != 0 {
        let sum = sums.entry(amount.currency).or_default();
        *sum = sum.saturating_add(amount.minor);
    }
}

impl Figures {
    pub fn add(&mut self, other: Self) {
        let counts = [
            (&mut self.debtors, other.debtors),
            (&mut self.invoices_read, other.invoices_read),
            (&mut self.credit_memos, other.credit_memos),
            (&mut self.emails, other.emails),
            (&mut self.letters, other.letters),
            (&mut self.colleagues_told, other.colleagues_told),
            (&mut self.calls_queued, other.calls_queued),
            (&mut self.calls_withdrawn, other.calls_withdrawn),
            (&mut self.calls_done, other.calls_done),
            (&mut self.promises_made, other.promises_made),
            (&mut self.promises_kept, other.promises_kept),
            (&mut self.promises_partly_kept, other.promises_partly_kept),
            (&mut self.promises_broken, other.promises_broken),
            (&mut self.disputes, other.disputes),
            (&mut self.holds, other.holds),
            (&mut self.holds_released, other.holds_released),
            (&mut self.placements, other.placements),
            (&mut self.direct_payments_reported, other.direct_payments_reported),
            (&mut self.recalls, other.recalls),
            (&mut self.prepayments_asked, other.prepayments_asked),
            (&mut self.cover_enquiries, other.cover_enquiries),
            (&mut self.credit_reports_ordered, other.credit_reports_ordered),
            (&mut self.effects_rejected, other.effects_rejected),
            (&mut self.effects_unknown, other.effects_unknown),
            (&mut self.events, other.events),
        ];
        for (count, more) in counts {
            *count += more;
        }
        for (level, more) in other.notices_by_level {
            *self.notices_by_level.entry(level).or_default() += more;
        }
        let sums = [
            (&mut self.commission_minor, other.commission_minor),
            (&mut self.charged_minor, other.charged_minor),
            (&mut self.received_minor, other.received_minor),
            (&mut self.posted_minor, other.posted_minor),
            (&mut self.unapplied_minor, other.unapplied_minor),
            (&mut self.reversed_minor, other.reversed_minor),
            (&mut self.open_minor, other.open_minor),
        ];
        for (sum, more) in sums {
            for (currency, minor) in more {
                add(sum, Money::new(minor, currency));
            }
        }
    }
}
